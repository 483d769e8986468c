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

import io
import os
import threading

import fixtures
from oslo_context import context
from oslotest import base

from glance_artifacts.store import ahead


class _Source:
    """Notes which thread reads how much."""

    def __init__(self, data=b'', error=None):
        self._body = io.BytesIO(data)
        self._error = error
        self.threads = set()
        self.count = 0

    def read(self, size=-1):
        self.threads.add(threading.current_thread())
        data = self._body.read(size)
        self.count += len(data)
        if not data and self._error is not None:
            raise self._error
        return data


class TestRun(base.BaseTestCase):

    def test_all_of_it(self):
        for length in (0, 1, ahead.BLOCK, 10 * ahead.BLOCK + 1):
            data = os.urandom(length)
            source = _Source(data)
            for size in (65536, ahead.BLOCK + 1, -1):
                self.assertEqual(data, ahead.run(
                    _Source(data), lambda body: self.read(body, size)))
            ahead.run(source, lambda body: body.read())
            self.assertEqual(length, source.count)

    def read(self, body, size):
        parts = []
        while part := body.read(size):
            parts.append(part)
        # as much as was asked for, but at the end
        self.assertTrue(size < 0 or all(
            len(part) == size for part in parts[:-1]))
        # the end stays the end
        self.assertEqual(b'', body.read(size))
        return b''.join(parts)

    def test_threads(self):
        """Servers read in the thread of the request; the work is elsewhere."""
        source = _Source(b'bytes')

        def work(body):
            body.read()
            return threading.current_thread()

        worker = ahead.run(source, work)
        self.assertEqual({threading.current_thread()}, source.threads)
        self.assertNotIn(worker, source.threads)
        self.assertFalse(worker.is_alive())

    def test_nothing_is_read_that_is_not_asked_for(self):
        """Another store may take it then."""
        source = _Source(b'bytes')
        self.assertRaises(ConnectionRefusedError, ahead.run, source,
                          self.fail_with(ConnectionRefusedError()))
        self.assertEqual(set(), source.threads)

    def fail_with(self, error, after=0):
        def work(body):
            if after:
                body.read(after)
            raise error
        return work

    def test_not_far_ahead(self):
        """What is in memory has a limit."""
        source = _Source(b'-' * (100 * ahead.BLOCK))
        self.assertRaises(OSError, ahead.run, source, self.fail_with(
            OSError(), after=1))
        self.assertLessEqual(source.count, 6 * ahead.BLOCK)

    def test_less_is_enough(self):
        source = _Source(b'-' * (100 * ahead.BLOCK))
        self.assertEqual(b'---', ahead.run(source, lambda body: body.read(3)))

    def test_the_source_fails(self):
        error = ValueError('of the client')
        source = _Source(b'-' * (2 * ahead.BLOCK), error)
        seen = []

        def work(body):
            while True:
                seen.append(len(body.read(ahead.BLOCK)))

        raised = self.assertRaises(ValueError, ahead.run, source, work)
        self.assertIs(error, raised)
        self.assertEqual([ahead.BLOCK] * 2, seen)

    def test_the_thread_of_the_source_ends(self):
        """Nobody waits for bytes that will never come."""
        source = _Source(b'-', SystemExit())
        self.assertRaises(SystemExit, ahead.run, source,
                          lambda body: body.read())

    def test_that_thread_ends_while_the_work_is_slow(self):
        def room(pipe):
            # it has waited until now
            if pipe._blocks:
                raise KeyboardInterrupt
            return True

        self.useFixture(fixtures.MockPatchObject(ahead._Pipe, '_room', room))
        self.assertRaises(KeyboardInterrupt, ahead.run,
                          _Source(b'-' * 10 * ahead.BLOCK),
                          lambda body: body.read())

    def test_log_lines_tell_of_the_request(self):
        self.addCleanup(setattr, context._request_store, 'context',
                        context.get_current())
        current = context.RequestContext(overwrite=True)
        self.assertIs(current, ahead.run(
            _Source(), lambda body: context.get_current()))
