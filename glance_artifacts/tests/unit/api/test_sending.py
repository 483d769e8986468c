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

import errno
import os
import pathlib
import random
import socket
import threading
import types

import fixtures
from oslotest import base

from glance_artifacts.api import sending
from glance_artifacts import exceptions
from glance_artifacts.store import bulkhead
from glance_artifacts.store import pieces


class SendingTest(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.bulkhead = bulkhead.Bulkhead({}, 1)
        self.transfer = self.bulkhead.enter('a')
        self.logs = self.useFixture(fixtures.FakeLogger())
        self.closed = 0

    def assert_running(self, running):
        self.assertEqual(running, sum(
            one.running for one in self.bulkhead.counts().values()))

    def chunks(self, *data, error=None):
        try:
            yield from data
            if error is not None:
                raise error
        finally:
            self.closed += 1

    def sending(self, *found, connection=None):
        return sending.Sending(iter(found), self.transfer, connection)


class TestChunks(SendingTest):

    def test_all(self):
        found = self.sending(self.chunks(b'a', b'b'), self.chunks(b'c'))
        self.assertEqual([b'a', b'b', b'c'], list(found))
        self.assertEqual(2, self.closed)
        self.assert_running(1)
        found.close()
        self.assert_running(0)

    def test_a_client_that_goes_away(self):
        found = self.sending(self.chunks(b'a', b'b'))
        self.assertEqual(b'a', next(found))
        found.close()
        self.assertEqual(1, self.closed)
        self.assert_running(0)

    def test_a_store_that_fails_at_once(self):
        self.assertRaises(exceptions.Unavailable, self.sending, self.chunks(
            error=exceptions.Unavailable('no')))
        self.assertEqual(1, self.closed)

    def test_a_store_that_fails_later(self):
        for error in (exceptions.Unavailable('no'), ConnectionError()):
            found = self.sending(self.chunks(b'a', error=error))
            self.assertEqual(b'a', next(found))
            self.assertRaises(type(error), next, found)
        self.assertIn('A download failed: ConnectionError', self.logs.output)


class FileTest(SendingTest):
    """Files, over a connection as uWSGI has it."""

    def setUp(self):
        super().setUp()
        self.path = pathlib.Path(self.useFixture(fixtures.TempDir()).path,
                                 'a')
        self.ours, self.theirs = socket.socketpair()
        for one in (self.ours, self.theirs):
            self.addCleanup(one.close)
        self.ours.setblocking(False)
        self.patience(30)

    def patience(self, seconds):
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.api.server.uwsgi', types.SimpleNamespace(
                opt={'socket-timeout': str(seconds).encode()})))

    def written(self, size):
        data = random.Random(size).randbytes(size)
        self.path.write_bytes(data)
        return data

    def span(self, offset, length):
        return pieces.Span(str(self.path), offset, length)

    def received(self, *found):
        """What a client gets from a server that sends this."""
        got = []
        client = threading.Thread(target=lambda: got.extend(
            iter(lambda: self.theirs.recv(100_000), b'')))
        client.start()
        sent = self.sending(*found, connection=self.ours.fileno())
        try:
            for block in sent:
                self.ours.setblocking(True)
                self.ours.sendall(block)
                self.ours.setblocking(False)
            sent.close()
        finally:
            self.ours.close()
            client.join()
        self.assert_running(0)
        return b''.join(got)


class TestFile(FileTest):

    SIZE = 3_000_000

    def test_a_range(self):
        data = self.written(self.SIZE)
        self.assertEqual(data[5:-7], self.received(
            self.span(5, self.SIZE - 12)))

    def test_less_than_a_block(self):
        self.assertEqual(self.written(1000)[999:], self.received(
            self.span(999, 1)))

    def test_between_chunks(self):
        data = self.written(self.SIZE)
        self.assertEqual(b'ab' + data + b'c' + data[:1], self.received(
            self.chunks(b'a', b'b'), self.span(0, self.SIZE),
            self.chunks(b'c'), self.span(0, 1)))
        self.assertEqual('', self.logs.output)

    def test_without_a_connection(self):
        data = self.written(self.SIZE)
        self.assertEqual(data[1:] + data[:1], b''.join(self.sending(
            self.span(1, self.SIZE - 1), self.span(0, 1))))

    def test_file_systems_without_sendfile(self):
        data = self.written(self.SIZE)
        self.useFixture(fixtures.MockPatchObject(
            os, 'sendfile', side_effect=OSError(errno.EINVAL, 'no')))
        self.assertEqual(data[5:] + data[:1], self.received(
            self.span(5, self.SIZE - 5), self.span(0, 1)))
        self.assertEqual('', self.logs.output)

    def test_deleted_meanwhile(self):
        data, span = self.written(self.SIZE), self.span(0, self.SIZE)
        self.path.unlink()
        self.assertEqual(data, self.received(span))


class TestFault(FileTest):

    def failed(self):
        return self.logs.output.count('A download failed: store.truncated\n')

    def test_shorter_than_it_should_be(self):
        data = self.written(200_000)
        self.assertEqual(data, self.received(self.span(0, 200_001)))
        self.assertEqual(1, self.failed())

    def test_nothing_follows(self):
        self.written(100)
        found = self.sending(self.span(0, 101),
                             connection=self.ours.fileno())
        self.assertEqual(100, len(next(found)))
        self.assertEqual([], list(found))
        self.assertRaises(BrokenPipeError, self.ours.send, b'more')

    def test_nothing_there(self):
        self.written(10)
        error = self.assertRaises(
            exceptions.Unavailable, self.sending, self.span(10, 1),
            connection=self.ours.fileno())
        self.assertEqual('store.truncated', error.code)
        self.assertEqual(1, self.failed())

    def test_a_later_store_that_fails(self):
        data = self.written(100_000)
        self.assertEqual(data + b'b', self.received(
            self.span(0, 100_000), self.chunks(b'b', error=OSError(
                errno.EIO, str(self.path))), self.chunks(b'never')))
        self.assertEqual('A download failed: OSError\n', self.logs.output)

    def begun(self):
        self.written(8_000_000)
        found = self.sending(self.span(0, 8_000_000), self.chunks(b'never'),
                             connection=self.ours.fileno())
        next(found)
        return found

    def test_a_client_that_goes_away(self):
        found = self.begun()
        self.theirs.close()
        self.assertEqual([], list(found))
        self.assertEqual('', self.logs.output)
        found.close()
        self.assert_running(0)

    def test_a_client_that_takes_nothing(self):
        self.patience(0.05)
        self.assertEqual([], list(self.begun()))
        self.assertRaises(BrokenPipeError, self.ours.send, b'more')
        self.assertEqual('', self.logs.output)


class TestSpan(base.BaseTestCase):

    def test_one_that_is_not_there(self):
        self.assertRaises(FileNotFoundError, pieces.Span, '/nowhere', 0, 1)

    def test_closed(self):
        path = self.useFixture(fixtures.TempDir()).join('empty')
        with open(path, 'wb'):
            pass
        found = pieces.Span(path, 0, 1)
        self.assertEqual(1, _descriptors(path))
        self.assertRaises(exceptions.Unavailable, list, found)
        for _ in range(2):
            found.close()
        pieces.Span(path, 0, 1)
        self.assertEqual(0, _descriptors(path))


def _descriptors(path):
    """How many descriptors of this process are of a file."""
    found = 0
    for link in pathlib.Path('/proc/self/fd').iterdir():
        try:
            found += os.readlink(link) == path
        except FileNotFoundError:
            pass  # the one that lists them, or of another thread
    return found
