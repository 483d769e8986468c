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

import hashlib
import io

from oslotest import base

from glance_artifacts import exceptions
from glance_artifacts.store import cutter
from glance_artifacts.store import reader

DATA = bytes(range(256)) * 4


class TestCutter(base.BaseTestCase):

    def cut(self, data, length, step=7, limit=10 ** 6, size=None):
        """The pieces of a body, read a few bytes at a time."""
        found = cutter.Cutter(reader.Reader(io.BytesIO(data), limit, size))
        pieces = []
        while not pieces or found.more:
            piece, parts = found.piece(length), []
            while part := piece.read(step):
                parts.append(part)
            pieces.append(b''.join(parts))
        return found, pieces

    def test_pieces(self):
        for length in (1, 100, 255, 256, 1023, 1024, 1025):
            for step in (1, 50, 5000, -1):
                found, pieces = self.cut(DATA, length, step)
                self.assertEqual(DATA, b''.join(pieces))
                self.assertEqual({length}, set(map(len, pieces[:-1]))
                                 or {length})
                self.assertLessEqual(len(pieces[-1]), length)
                self.assertTrue(pieces[-1])
                self.assertEqual(hashlib.sha256(DATA).hexdigest(),
                                 found.sha256)
                self.assertEqual(len(DATA), found.count)

    def test_nothing(self):
        found, pieces = self.cut(b'', 10)
        self.assertEqual([b''], pieces)
        self.assertEqual(hashlib.sha256().hexdigest(), found.sha256)

    def test_what_goes_wrong_is_told(self):
        found = cutter.Cutter(reader.Reader(io.BytesIO(DATA), 100, None))
        piece = found.piece(2000)
        self.assertRaises(exceptions.TooLarge, piece.read, 500)
        self.assertIsInstance(piece.error, exceptions.TooLarge)
        self.assertIs(found.error, piece.error)

    def test_a_body_that_ends_early(self):
        found = cutter.Cutter(reader.Reader(io.BytesIO(b'12'), 100, 3))
        piece = found.piece(10)
        self.assertEqual(b'12', piece.read(10))
        self.assertRaises(exceptions.BadRequest, piece.read, 10)
