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

import contextlib
import io
import socket
import threading
import time

import fixtures
from oslotest import base

from glance_artifacts.api import incoming


class TestBody(base.BaseTestCase):

    def _body(self, data=b'abcdef', length=6, waits=False):
        return incoming.Body(io.BytesIO(data), length, waits)

    def test_reads(self):
        body = self._body()
        self.assertEqual([b'abcd', b'ef', b''],
                         [body.read(4) for _ in range(3)])
        self.assertEqual(b'abcdef', self._body().read())

    def test_of_a_length(self):
        body = self._body()
        self.assertTrue(body.unread)
        body.read(5)
        self.assertTrue(body.unread)
        body.read(1)
        self.assertFalse(body.unread)

    def test_of_no_length(self):
        self.assertFalse(self._body(b'', 0).unread)

    def test_in_chunks(self):
        body = self._body(length=None)
        for read in (3, 3, 0):
            body.read(read)
            self.assertTrue(body.unread)
        self.assertEqual(b'', body.read(3))
        self.assertFalse(body.unread)

    def test_a_client_that_waits_sends_nothing(self):
        body = self._body(waits=True)
        self.assertFalse(body.unread)
        body.read(3)
        self.assertTrue(body.unread)

    def test_a_client_that_breaks_off(self):
        class Source:
            def read(self, size):
                raise OSError('gone')
        body = incoming.Body(Source(), 6, False)
        self.assertRaises(OSError, body.read, 3)
        self.assertTrue(body.unread)


class TestThenDrain(base.BaseTestCase):

    def test_another_server_looks_after_its_connections(self):
        parts = [b'a']
        self.assertIs(parts, incoming.then_drain(parts, 1.0))


class TestDrain(base.BaseTestCase):
    """After an answer to a client that sends on."""

    MORE = 8 * 1024 * 1024

    def setUp(self):
        super().setUp()
        with socket.create_server(('127.0.0.1', 0)) as listening:
            self.client = socket.create_connection(listening.getsockname())
            self.server, _ = listening.accept()
        for one in (self.client, self.server):
            self.addCleanup(one.close)
            one.settimeout(60)
        self.useFixture(fixtures.MockPatchObject(
            incoming.server, 'connection', self.server.fileno))

    def send(self, size):
        """Send from elsewhere, then say that it is all."""
        def run():
            with contextlib.suppress(OSError):  # the test may end before
                self.client.sendall(bytes(size))
                self.client.shutdown(socket.SHUT_WR)

        threading.Thread(target=run, daemon=True).start()

    def drain(self, seconds):
        """How long it took."""
        began = time.monotonic()
        incoming.then_drain([], seconds).close()
        return time.monotonic() - began

    def left(self):
        count = 0
        while data := self.server.recv(65536):
            count += len(data)
        return count

    def test_a_bit_is_read(self):
        self.send(self.MORE)
        self.drain(60.0)
        self.assertEqual(self.MORE - incoming._DRAIN_BYTES, self.left())

    def test_who_sends_on_has_time_to_read(self):
        self.send(self.MORE)
        self.assertLessEqual(incoming._LINGER, self.drain(60.0))

    def test_there_is_no_more_time_than_in_all(self):
        self.send(self.MORE)
        self.useFixture(fixtures.MockPatchObject(incoming, '_LINGER', 120.0))
        self.assertLess(self.drain(0.1), 60)

    def test_who_has_hung_up_is_not_waited_for(self):
        self.send(incoming._DRAIN_BYTES)
        self.useFixture(fixtures.MockPatchObject(incoming, '_LINGER', 120.0))
        self.assertLess(self.drain(120.0), 60)
