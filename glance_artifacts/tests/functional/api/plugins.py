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

"""Plugins that are installed for a test, and a server that has them."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys
from typing import Any

import fixtures

from glance_artifacts import tests
from glance_artifacts.tests.functional.api import base

SAMPLE = pathlib.Path(tests.__file__).parent / 'plugin'
BROKEN = SAMPLE / 'broken'
HOOKED = SAMPLE / 'hooked'
FIRST = SAMPLE / 'first'
SECOND = SAMPLE / 'second'


def install(source: pathlib.Path, work: pathlib.Path) -> str:
    """Have pip install a package into a directory of its own; its path."""
    # a copy: the build leaves things beside what it builds
    shutil.copytree(source, work / 'source')
    subprocess.run(
        [sys.executable, '-m', 'pip', 'install', '--quiet', '--no-index',
         '--disable-pip-version-check', '--no-build-isolation', '--no-deps',
         '--target', work / 'target', work / 'source'], check=True)
    return str(work / 'target')


def path_with(*targets: str) -> str:
    """$PYTHONPATH with directories before what is on it already."""
    return os.pathsep.join(
        filter(None, [*targets, os.environ.get('PYTHONPATH')]))


class Installed(fixtures.Fixture):
    """A plugin's package, on the path of servers that start afterwards.

    pip puts it into a directory of its own: the environment that the tests
    run in stays as it is.
    """

    def __init__(self, source: pathlib.Path) -> None:
        super().__init__()
        self._source = source

    def _setUp(self) -> None:
        work = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        self.useFixture(fixtures.EnvironmentVariable(
            'PYTHONPATH', path_with(install(self._source, work))))


class PluginTest(base.ApiTest):
    """Talks to a server that has plugins.

    :cvar source: the package to install, None for none
    :cvar enabled: the types that the server is told to offer
    :cvar options: more options of the section [artifacts]
    """

    source: pathlib.Path | None = None
    enabled: tuple[str, ...] = ()
    options: dict[str, str] = {}

    @classmethod
    def setUpClass(cls) -> None:
        cls.server_options = {'processes': 1, 'extra': {
            'artifacts': {'enabled_types': ', '.join(cls.enabled),
                          **cls.options}}}
        if cls.source is not None:
            installed = Installed(cls.source)
            installed.setUp()
            cls.addClassCleanup(installed.cleanUp)
        super().setUpClass()

    def catalogue(self) -> dict[str, dict[str, Any]]:
        """The catalogue's types by name."""
        body = self.call('GET', '/artifacts').json()
        return {entry['name']: entry for entry in body['types']}

    def check_images(self) -> None:
        """An image's way through Glance's own API."""
        image = self.call('POST', '/images', 201, json={
            'name': 'image', 'disk_format': 'raw',
            'container_format': 'bare'}).json()
        self.call('PUT', image['file'], 204, data=b'image bytes', headers={
            'Content-Type': 'application/octet-stream'})
        self.assertEqual(b'image bytes',
                         self.call('GET', image['file']).content)

    def log(self) -> str:
        """All that the server has written."""
        return self.server.log.read_text(errors='replace')
