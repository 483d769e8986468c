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

"""Artifacts switched on in the paste text that each test writes."""

from __future__ import annotations

import functools
import pathlib

from oslo_config import cfg

from glance_artifacts.cmd import paste_file
from glance_artifacts import conf as artifacts_conf


def install(base: type, database_url: str) -> None:
    """Have artifacts in the pipeline of every test, as an operator would.

    :param base: the suite's ``SynchronousAPIBase``
    :param database_url: where the artifacts' tables are; each test has a
        new database of its own, in which there are none
    """
    original = base.setup_simple_paste

    @functools.wraps(original)
    def setup_simple_paste(self):
        original(self)
        path = pathlib.Path(self.paste_config)
        path.write_text(paste_file.enable(path.read_text()))
        artifacts_conf.register_opts(cfg.CONF)
        self.config(connection=database_url, group='artifacts_database')

    base.setup_simple_paste = setup_simple_paste
