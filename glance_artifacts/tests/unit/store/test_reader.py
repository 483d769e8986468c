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

from oslotest import base

from glance_artifacts import exceptions
from glance_artifacts.store import reader


class _Source(io.BytesIO):
    """A client that breaks off at the end of what it sends."""

    def read(self, size=-1):
        data = super().read(size)
        if not data and size:
            raise OSError('gone')
        return data


class TestReader(base.BaseTestCase):

    def _reader(self, data=b'abcdef', limit=6, size=None):
        return reader.Reader(io.BytesIO(data), limit, size)

    def test_reads(self):
        source = self._reader()
        self.assertEqual([b'abcd', b'ef', b'', b''],
                         [source.read(4) for _ in range(4)])
        self.assertEqual((6, None), (source.count, source.error))

    def test_reads_all(self):
        for args in ((), (-1,), (100,)):
            self.assertEqual(b'abcdef', self._reader().read(*args))

    def test_nothing(self):
        for size in (None, 0):
            source = self._reader(b'', 0, size)
            self.assertEqual(b'', source.read(4))
            self.assertIsNone(source.error)

    def test_as_much_as_was_announced(self):
        source = self._reader(size=6)
        self.assertEqual([b'abcdef', b''], [source.read(6), source.read(6)])
        self.assertIsNone(source.error)

    def test_reading_nothing_is_no_end(self):
        source = self._reader(size=6)
        self.assertEqual(b'', source.read(0))
        self.assertIsNone(source.error)

    def test_too_much(self):
        for limit, reads in ((5, 1), (3, 1), (0, 1)):
            source = self._reader(limit=limit)
            error = self.assertRaises(exceptions.TooLarge, source.read, 6)
            self.assertEqual((413, 'artifact.blob.too_large'),
                             (error.status, error.code))
            self.assertIn(str(limit), error.detail)
            self.assertIs(error, source.error)

    def test_too_much_bit_by_bit(self):
        source = self._reader(limit=5)
        self.assertEqual(b'abc', source.read(3))
        error = self.assertRaises(exceptions.TooLarge, source.read, 3)
        self.assertIs(error, source.error)

    def test_ended_early(self):
        source = self._reader(limit=10, size=7)
        self.assertEqual(b'abcdef', source.read(10))
        error = self.assertRaises(exceptions.BadRequest, source.read, 10)
        self.assertEqual((400, 'request.truncated'),
                         (error.status, error.code))
        self.assertIs(error, source.error)

    def test_broke_off(self):
        source = reader.Reader(_Source(b'abc'), 10, None)
        self.assertEqual(b'abc', source.read(10))
        error = self.assertRaises(exceptions.BadRequest, source.read, 10)
        self.assertEqual('request.truncated', error.code)
        self.assertIs(error, source.error)
        self.assertIsInstance(error.__cause__, OSError)
