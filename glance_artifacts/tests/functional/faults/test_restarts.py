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

"""Databases that end, politely or not, in mid upload, and come back."""

import functools
import pathlib
import select
import shutil
import tempfile
import time
import unittest

from glance_artifacts.db import liveness
from glance_artifacts.tests.functional import base as functional
from glance_artifacts.tests.functional import databases
from glance_artifacts.tests.functional.faults import base
from glance_artifacts.tests.functional.faults import clients
from glance_artifacts.tests.functional.hostile import base as hostile
from glance_artifacts.tests.functional.store import test_uploads

MIB = 1024 * 1024


class _Own(databases.Database):
    """A database on a server that is for one class of tests.

    :param server: a private one
    """

    def __init__(self, directory, server):
        super().__init__(directory)
        self._server = server

    def _setUp(self):
        self._server.create(self._name)
        self.url = self._server.url_of(self._name)

    def migrate(self, migrate):
        migrate()


class _OnOwn(functional.ServerFixture):

    def __init__(self, server, **options):
        super().__init__(**options)
        self._server = server

    def database(self, state):
        return self.useFixture(_Own(state, self._server))


class TestRestarts(base.FaultTest):
    """On a private server of the kind that the tests run on."""

    @classmethod
    def setUpClass(cls):
        kind = databases.KINDS[databases.KIND]
        if kind is None:
            raise unittest.SkipTest('SQLite has no server to restart')
        if None in kind.programs():
            databases.leave_out(
                'tests that restart %s are left out: it is not installed'
                ' (Debian package: %s)' % (kind.title, kind.package))
        home = pathlib.Path(tempfile.mkdtemp(prefix='glance-artifacts-'))
        cls.addClassCleanup(shutil.rmtree, home, ignore_errors=True)
        cls.database = kind.private(home)
        cls.addClassCleanup(cls.database.end, True)
        cls.server_fixture = functools.partial(_OnOwn, cls.database)
        super().setUpClass()

    def restart(self):
        self.database.end(abruptly=self.random.random() < 0.5)
        self.database.start()

    def test_while_a_body_arrives(self):
        """It comes to its end, or it is refused and nothing is left."""
        things = []
        for number in hostile.times(20):
            client = self.client(number)
            for way in ('length', 'chunks'):
                for idle in (False, True):
                    self.upload_meanwhile(client.make(way=way), idle)
            things += client.things
        self.check_all(things)
        self.delete_all(things)

    def upload_meanwhile(self, thing, idle):
        """Restart the database between the halves of a body.

        :param idle: when connections are asked whether they live
        """
        upload = test_uploads.Upload(
            self, thing.draft,
            len(thing.data) if thing.way == 'length' else None)
        half = len(thing.data) // 2
        upload.send(thing.data[:half])
        self.eventually(lambda: self.segments(thing.draft)
                        or self.answered(upload), 'the upload begins')
        if self.answered(upload):
            # a connection that died a moment ago: nothing was taken
            self.assertEqual(503, upload.status())
            return
        self.restart()
        idle_from = time.monotonic() + liveness.BELIEVED
        self.eventually(lambda: not idle or time.monotonic() > idle_from,
                        'all connections have been idle')
        upload.send(thing.data[half:])
        status = upload.finish()
        self.assertIn(status, (201,) if idle else (201, 503))
        thing.stored = clients.YES if status == 201 else clients.MAYBE

    @staticmethod
    def answered(upload):
        return bool(select.select([upload.socket], [], [], 0)[0])

    def test_while_clients_go_on(self):
        self.go_on(20, self.restart, self.work)

    def work(self, client):
        thing = client.make()
        if client.upload(thing) and client.random.random() < 0.5:
            client.activate(thing)
