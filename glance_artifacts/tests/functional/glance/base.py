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

"""Servers whose configuration is edited before they start."""

from __future__ import annotations

from collections.abc import Callable
import pathlib
import shutil
import tempfile
import time
import unittest

import requests

from glance_artifacts.dev import checks
from glance_artifacts.dev import server
from glance_artifacts.tests.functional.api import base as api_base
from glance_artifacts.tests.functional import base
from glance_artifacts.tests.functional import databases

#: For tests of Glance's own import tasks.
imports = unittest.skipIf(
    databases.KIND == 'sqlite', "on SQLite Glance's import tasks now and then"
    ' end with "database is locked"; run on the other databases')


class EditedServer(base.ServerFixture):
    """A server that need not serve artifacts.

    :param edit: what is done to its directory ``etc`` before it starts
    """

    def __init__(self, edit: Callable[[pathlib.Path], None]) -> None:
        super().__init__()
        self._edit = edit

    def _setUp(self) -> None:
        state = pathlib.Path(tempfile.mkdtemp(prefix='glance-artifacts-'))
        self.addCleanup(shutil.rmtree, state, ignore_errors=True)
        database = self.useFixture(databases.Database(state))
        self.server = server.Server(state, port=checks.free_port(),
                                    processes=1, database_url=database.url)
        self.addCleanup(self.server.stop)
        self.server.configure()
        database.migrate(self.server.migrate)
        self._edit(state / 'etc')
        self.server.start()
        self._wait()

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.server.uwsgi.status() is not None:
                break
            try:
                with checks.session() as session:
                    if session.get(self.server.root + '/healthcheck').ok:
                        return
            except requests.ConnectionError:
                time.sleep(0.05)
        raise AssertionError('glance-api does not serve:\n%s'
                             % self.server.uwsgi.tail())


def without_our_line(etc: pathlib.Path) -> None:
    """Make the paste file what it was before artifacts were switched on."""
    paste = etc / 'glance-api-paste.ini'
    lines = paste.read_text().splitlines(keepends=True)
    kept = [line for line in lines if 'artifactsapp' not in line
            and 'glance_artifacts.service' not in line]
    if len(lines) - len(kept) != 3:
        raise AssertionError('three lines were to go:\n' + ''.join(lines))
    paste.write_text(''.join(kept))


class ImagesTest(api_base.ApiTest):
    """Works with images, too."""

    @classmethod
    def setUpClass(cls) -> None:
        own = cls.make_server()
        if own is None:
            super().setUpClass()
            return
        super(base.FunctionalTest, cls).setUpClass()
        own.setUp()
        cls.addClassCleanup(own.cleanUp)
        cls.fixture = own

    @classmethod
    def make_server(cls) -> EditedServer | None:
        """The server of this class; None for the shared one."""
        return None

    def image(self, data: bytes | None = None, **kwargs) -> dict:
        """Create an image and upload its bytes."""
        image = self.call('POST', '/images', 201, json={
            'name': api_base.unique('image'), 'disk_format': 'raw',
            'container_format': 'bare'}, **kwargs).json()
        if data is not None:
            self.call('PUT', image['file'], 204, data=data, headers={
                'Content-Type': 'application/octet-stream'}, **kwargs)
        return image


class BesidePlainTest(ImagesTest):
    """Compares a server with one that is without us.

    Each is new and of one process. What Glance answers depends on what a
    process was asked before: its ``OpenStack-image-store-ids`` names reserved
    stores until a request has it register an option. And an administrator
    sees the images of these tests alone.

    :cvar plain: the server without us
    """

    plain: EditedServer

    @classmethod
    def make_server(cls) -> EditedServer:
        return EditedServer(lambda etc: None)

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.plain = EditedServer(without_our_line)
        cls.plain.setUp()
        cls.addClassCleanup(cls.plain.cleanUp)
