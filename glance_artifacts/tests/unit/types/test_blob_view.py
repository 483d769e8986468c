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
import operator
import tarfile
import zipfile

from oslotest import base

from glance_artifacts import testing
from glance_artifacts import types
from glance_artifacts.types import blob_view


class TestBlobView(base.BaseTestCase):

    def _view(self, data, budget=10 ** 9, at_most=None):
        self.asked = []

        def read_at(offset, length):
            self.asked.append((offset, length))
            length = length if at_most is None else min(length, at_most)
            return data[offset:offset + length]

        return blob_view.BlobView('data', 'a/b', len(data), {'name': 'n'},
                                  read_at, budget)

    def test_attributes(self):
        view = self._view(b'abc')
        self.assertEqual(('data', 'a/b', 3, 'n'), (
            view.field, view.key, view.size, view.artifact['name']))
        self.assertRaises(TypeError, operator.setitem, view.artifact, 'name',
                          'x')

    def test_a_file_like_any_other(self):
        data = bytes(range(256)) * 1000
        for at_most in (None, 1000):
            with self._view(data, at_most=at_most).open() as file:
                self.assertTrue(file.readable() and file.seekable())
                self.assertFalse(file.writable())
                self.assertEqual(data, file.read())
                self.assertEqual(b'', file.read(1))
                self.assertEqual(5, file.seek(5))
                self.assertEqual(data[5:15], file.read(10))
                self.assertEqual(15, file.tell())
                file.seek(-3, io.SEEK_END)
                self.assertEqual(data[-3:], file.read(10))
                file.seek(-5, io.SEEK_CUR)
                self.assertEqual(data[-5:-4], file.read(1))
                file.seek(len(data) + 1)
                self.assertEqual(b'', file.read())
                self.assertRaises(OSError, file.seek, -1, io.SEEK_SET)

    def test_empty(self):
        with self._view(b'').open() as file:
            self.assertEqual(b'', file.read())
        self.assertEqual([], self.asked)

    def test_asks_for_moderate_pieces_within_the_blob(self):
        data = bytes(200_000)
        with self._view(data).open() as file:
            while file.read(100):
                pass
        self.assertLess(len(self.asked), 10)
        self.assertTrue(all(offset + length <= len(data)
                            for offset, length in self.asked))

    def test_budget_is_shared_and_exact(self):
        view = self._view(bytes(150), 200)
        with view.open() as file:
            file.read()
        with view.open() as file:
            self.assertEqual(50, len(file.read(50)))
            self.assertIsNone(view.failure)
            error = self.assertRaises(types.Rejected, file.read, 1)
        self.assertIn('read budget of 200 bytes', str(error))
        self.assertIs(error, view.failure)

    def test_reading_ahead_is_no_fault(self):
        with self._view(bytes(10 ** 6), 100).open() as file:
            self.assertEqual(100, len(file.read(100)))

    def test_once_over_the_budget_every_read_fails(self):
        view = self._view(bytes(100), 10)
        for _ in range(3):
            with view.open() as file:
                self.assertRaises(types.Rejected, file.read)

    def test_parsers_cannot_hide_it(self):
        tar = testing.make_tar({'a': bytes(range(256)) * 100})
        view = self._view(tar, 50)
        with view.open() as file:
            try:
                tarfile.open(fileobj=file).getnames()
            except Exception:
                pass
        self.assertIsInstance(view.failure, types.Rejected)
        view = self._view(testing.make_zip({'a': b'1'}), 10)
        with view.open() as file:
            self.assertFalse(view.failure)
            try:
                zipfile.is_zipfile(file)
            except types.Rejected:
                pass
        self.assertIsInstance(view.failure, types.Rejected)

    def test_a_store_that_fails(self):
        failure = ConnectionError('store')

        def read_at(offset, length):
            raise failure

        view = blob_view.BlobView('data', '', 3, {}, read_at, 100)
        with view.open() as file:
            self.assertRaises(ConnectionError, file.read)
        self.assertIs(failure, view.failure)

    def test_bytes_that_are_gone(self):
        view = blob_view.BlobView('data', '', 3, {}, lambda *at: b'', 100)
        with view.open() as file:
            self.assertRaises(OSError, file.read)
        self.assertIsInstance(view.failure, OSError)
