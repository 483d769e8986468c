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

import pathlib

import fixtures
from oslotest import base

from glance_artifacts.api import sending
from glance_artifacts import exceptions
from glance_artifacts.store import bulkhead


class SendingTest(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.bulkhead = bulkhead.Bulkhead({}, 1)
        self.transfer = self.bulkhead.enter('a')

    def assert_running(self, running):
        self.assertEqual(running, sum(
            one.running for one in self.bulkhead.counts().values()))


class TestFile(SendingTest):

    def test_ends_when_it_is_closed(self):
        path = pathlib.Path(self.useFixture(fixtures.TempDir()).path, 'a')
        path.write_bytes(b'bytes')
        found = sending.File(str(path), self.transfer)
        self.assertEqual((b'byt', b'es'), (found.read(3), found.read(3)))
        self.assert_running(1)
        found.close()
        self.assert_running(0)

    def test_one_that_is_not_there(self):
        self.assertRaises(FileNotFoundError, sending.File, '/nowhere',
                          self.transfer)


class TestChunks(SendingTest):

    def chunks(self):
        try:
            yield from (b'a', b'b', b'c')
        finally:
            self.closed = True

    def test_all(self):
        found = sending.Chunks(self.chunks(), self.transfer)
        self.assertEqual([b'a', b'b', b'c'], list(found))
        self.assert_running(1)
        found.close()
        self.assert_running(0)

    def test_a_client_that_goes_away(self):
        found = sending.Chunks(self.chunks(), self.transfer)
        self.closed = False
        self.assertEqual(b'a', next(found))
        found.close()
        self.assertTrue(self.closed)
        self.assert_running(0)

    def test_a_store_that_fails_at_once(self):
        def fails():
            raise exceptions.Unavailable('no')
            yield
        self.assertRaises(exceptions.Unavailable, sending.Chunks, fails(),
                          self.transfer)
