# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""Servers that a module of the tests gets into before glance-api does."""

from __future__ import annotations

from collections.abc import Callable
import pathlib
import shutil
from typing import Any

import fixtures

from glance_artifacts.dev import ini
from glance_artifacts.tests.functional import databases
from glance_artifacts.tests.functional.glance import base


class PluggedServer(base.EditedServer):
    """A server whose processes import a module first.

    :param module: its dotted name
    :param edit: what is done to the directory ``etc`` before it starts
    """

    def __init__(self, module: str, edit: Callable[[pathlib.Path], Any],
                 ) -> None:
        super().__init__(edit)
        self._module = module

    def _setUp(self) -> None:
        # uWSGI takes each of its options from the environment, too
        with fixtures.EnvironmentVariable('UWSGI_PYIMPORT', self._module):
            super()._setUp()


def own_database(etc: pathlib.Path) -> None:
    """Give artifacts a database of their own where Glance's is SQLite.

    Glance reads and then writes in one transaction, which SQLite refuses at
    once when another wrote in between: images fail beside any upload.
    """
    if databases.KIND != 'sqlite':
        return
    shutil.copy(etc.parent / 'glance.sqlite', etc.parent / 'ours.sqlite')
    set_options(etc, 'artifacts_database',
                connection='sqlite:///%s' % (etc.parent / 'ours.sqlite'))


def set_options(etc: pathlib.Path, section: str, **options: str) -> None:
    """Set options of glance-api.conf."""
    conf = etc / 'glance-api.conf'
    for key, value in options.items():
        conf.write_text(ini.set_option(conf.read_text(), section, key, value))
