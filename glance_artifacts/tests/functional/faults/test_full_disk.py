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

"""A disk that is full, for which a small tmpfs stands."""

import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import tempfile

from glance_artifacts.tests.functional import databases
from glance_artifacts.tests.functional.faults import base
from glance_artifacts.tests.functional.store import test_purge

MIB = 1024 * 1024
SIZE = 64 * MIB


def mounted(test_class):
    """A tmpfs of that size, until the tests of a class are over."""
    path = pathlib.Path(tempfile.mkdtemp(prefix='glance-artifacts-'))
    test_class.addClassCleanup(shutil.rmtree, path, ignore_errors=True)
    done = subprocess.run(
        ['mount', '-t', 'tmpfs', '-o', 'size=%d' % SIZE, 'tmpfs', str(path)],
        capture_output=True, text=True)
    if done.returncode:
        databases.leave_out('tests with a full disk are left out: %s'
                            % done.stderr.strip())
    test_class.addClassCleanup(
        subprocess.run, ['umount', '--lazy', str(path)], check=True)
    return path


class TestFullDisk(base.FaultTest):

    @classmethod
    def setUpClass(cls):
        cls.disk = mounted(cls)
        cls.server_options = {'processes': 2, 'extra': {
            'artifacts': {'lease_time': str(test_purge.LEASE)},
            'local': {'filesystem_store_datadir': str(cls.disk)}}}
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self.assertEqual(set(), self.files())
        self.data = os.urandom(40 * MIB)

    def files(self):
        return {path.name for path in self.disk.iterdir()}

    def free(self):
        found = os.statvfs(self.disk)
        return found.f_bavail * found.f_frsize

    def full(self, path, data):
        """Nothing of an upload that does not fit stays."""
        before, free = self.files(), self.free()
        self.refused(503, 'store.full', 'PUT', path, data=data)
        self.assertEqual((before, free), (self.files(), self.free()))
        self.nothing_reserved()

    def pieces(self, size):
        """A body of which nobody knows the length."""
        return (self.data[:MIB] for _ in range(size // MIB))

    def test_uploads(self):
        kept = self.active(data=self.data)
        draft = self.create()
        path = draft['self'] + '/data'
        for body in (self.data, self.pieces(len(self.data)),
                     self.pieces(2 * SIZE)):
            self.full(path, body)
            self.assertIsNone(self.show(draft)['data'])
        self.assertEqual(['active'],
                         [row['status'] for row in self.ledger()])
        self.same_bytes(self.data, self.call(
            'GET', kept['self'] + '/data').content)
        self.nothing_to_correct()
        self.call('DELETE', kept['self'], 204)
        self.upload(draft, self.pieces(len(self.data)))
        self.act(draft, 'activate')
        self.same_bytes(self.data[:MIB] * (len(self.data) // MIB),
                        self.call('GET', path).content)
        self.call('DELETE', draft['self'], 204)
        self.assertEqual([], self.ledger())

    def test_parts(self):
        """Those that fit stay, and so does the session."""
        size, draft = 25 * MIB, self.create()
        session = self.call('POST', draft['self'] + '/uploads', 201, json={
            'blob': 'data', 'part_size': size}).json()
        path = '%s/uploads/%s' % (draft['self'], session['id'])
        first, last = self.data[:size], self.data[:5 * MIB]
        self.call('PUT', path + '/parts/1', data=first)
        self.call('PUT', path + '/parts/2', data=first)
        for body in (first, self.pieces(size)):
            before = self.files()
            self.refused(503, 'store.full', 'PUT', path + '/parts/3',
                         data=body)
            self.assertEqual(before, self.files())
        self.assertEqual([1, 2], [part['n'] for part in self.call(
            'GET', path).json()['parts']])
        self.call('PUT', path + '/parts/3', data=last)
        self.assertEqual(3, self.call('POST', path + '/complete', 201
                                      ).json()['segments'])
        self.same_bytes(first + first + last, self.call(
            'GET', draft['self'] + '/data').content)
        self.call('DELETE', draft['self'], 204)
        self.assertEqual([], self.ledger())
        self.nothing_to_correct()

    def test_several_at_once(self):
        """Each would fit alone, and that is what it is measured by."""
        those = [self.client(number) for number in range(4)]
        things = [one.make(way='length' if number % 2 else 'chunks')
                  for number, one in enumerate(those)]
        for thing in things:
            thing.data = self.data[:SIZE * 2 // 5]
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            stored = list(pool.map(lambda one, thing: one.upload(thing),
                                   those, things))
        self.assertIn(False, stored)
        self.assertLess(sum(stored), 3)
        for thing, one in zip(things, stored):
            thing.stored = 'yes' if one else 'no'
        self.check_all(things)
        self.delete_all(things)
