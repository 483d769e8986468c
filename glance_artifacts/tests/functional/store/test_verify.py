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

"""Bytes that rot, shrink and vanish in a store of files."""

import json
import os
import pathlib
import signal
import subprocess

import fixtures

from glance_artifacts.dev import process
from glance_artifacts.tests.functional.api import test_upload_sessions
from glance_artifacts.tests.functional.store import test_purge


class VerifyTest(test_purge.PurgeTest,
                 test_upload_sessions.SessionsTest):
    """The command, on a glance-api that serves meanwhile."""

    def verify(self, artifact, *args):
        """Exit code, what is wrong by kind and segment, and numbers."""
        done = subprocess.run(
            self.command('verify', '--json', '--id', artifact['id'], *args),
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=120)
        self.assertNotIn('gart-', done.stdout + done.stderr)
        *found, numbers = map(json.loads, done.stdout.splitlines())
        self.assertEqual({artifact['id']} if found else set(),
                         {one['id'] for one in found})
        return (done.returncode,
                [(one['kind'], one['segment']) for one in found], numbers)

    def file(self, artifact, n=1, key=''):
        """The file of a segment."""
        (segment,) = [row for row in self.segments(artifact)
                      if (row['n'], row['key']) == (n, key)]
        return pathlib.Path(segment['location'].removeprefix('file://'))

    def in_parts(self):
        """An artifact of three segments."""
        artifact = self.create()
        path, _ = self.begin(artifact)
        self.put_all(path)
        self.complete(path)
        return self.act(artifact, 'activate').json()


class TestDamage(VerifyTest):

    def test_a_byte_that_flips(self):
        artifact = self.active(data=os.urandom(300_000))
        path = self.file(artifact)
        with path.open('r+b') as file:
            file.seek(200_000)
            (byte,) = file.read(1)
            file.seek(200_000)
            file.write(bytes([byte ^ 1]))
        code, found, numbers = self.verify(artifact)
        self.assertEqual((1, [('corrupt', 1)], 0),
                         (code, found, numbers['verified']))

    def test_each_kind_among_parts(self):
        artifact = self.in_parts()
        data = test_upload_sessions.DATA
        code, found, numbers = self.verify(artifact)
        self.assertEqual((0, [], 3, len(data)), (
            code, found, numbers['verified'], numbers['bytes']))
        self.file(artifact, 3).unlink()
        os.truncate(self.file(artifact, 1), 1000)
        with self.file(artifact, 2).open('ab') as file:
            file.write(b'x')
        code, found, numbers = self.verify(artifact)
        self.assertEqual(
            (1, [('truncated', 1), ('corrupt', 2), ('missing', 3)], 0),
            (code, found, numbers['verified']))
        self.call('DELETE', artifact['self'], 204)

    def test_a_disk_that_is_gone(self):
        artifact = self.active(data=b'bytes')
        store = self.file(artifact).parent
        away = store.with_suffix('.away')
        store.rename(away)
        self.addCleanup(lambda: away.exists() and away.rename(store))
        code, found, numbers = self.verify(artifact)
        self.assertEqual((1, [('unread', 1)], 1),
                         (code, found, numbers['unread']))
        away.rename(store)
        self.assertEqual((0, []), self.verify(artifact)[:2])

    def test_all_that_there_is(self):
        kept = self.active(data=b'kept')
        done = subprocess.run(
            self.command('verify', '--type', 'generic', '--pool', 'general',
                         '--limit-rate', str(10 ** 10)),
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=120)
        self.assertIn('are as they were written', done.stdout)
        self.assertNotIn(kept['id'], done.stderr)


class TestInterrupted(VerifyTest):
    """At a byte in a second, the second file takes until it is ended."""

    def setUp(self):
        super().setUp()
        # what is ignored here, as in the background, children ignore as well
        self.addCleanup(signal.signal, signal.SIGINT, signal.signal(
            signal.SIGINT, signal.default_int_handler))
        self.artifact = self.create('heat_templates')
        for key, data in (('a', b'1'), ('b', os.urandom(100_000)),
                          ('c', b'3')):
            self.upload(self.artifact, data, 'files/' + key)
        self.directory = pathlib.Path(
            self.useFixture(fixtures.TempDir()).path)
        self.state = self.directory / 'state'

    def ended(self, number, *args):
        """What one writes that is ended in the second file; its status."""
        child = process.Process(
            self.command('verify', '--id', self.artifact['id'],
                         '--limit-rate', '1', *args),
            self.directory / 'log', os.environ)
        self.addCleanup(child.stop)
        self.eventually(lambda: ' of 100002 bytes' in child.tail(),
                        'the second file is read')
        os.kill(child.pid, number)
        self.eventually(lambda: child.status() is not None, 'it ends')
        return child.tail(), child.status()

    def check_going_on(self):
        """The first file is not asked for any more."""
        path = self.file(self.artifact, key='a')
        away = path.rename(path.with_suffix('.away'))
        code, found, numbers = self.verify(self.artifact, '--state',
                                           str(self.state))
        away.rename(path)
        self.assertEqual((0, [], 3, 100_002), (
            code, found, numbers['verified'], numbers['bytes']))
        self.assertFalse(self.state.exists())

    def test_politely(self):
        words, status = self.ended(signal.SIGINT, '--state', str(self.state))
        self.assertEqual(130, status)
        self.assertIn('--state %s to go on' % self.state, words)
        self.check_going_on()

    def test_by_force(self):
        _, status = self.ended(signal.SIGKILL, '--state', str(self.state))
        self.assertEqual(-signal.SIGKILL, status)
        self.check_going_on()

    def test_without_a_file(self):
        words, status = self.ended(signal.SIGINT)
        self.assertEqual(130, status)
        self.assertIn('it begins anew', words)
