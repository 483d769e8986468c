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

import bz2
import gzip
import io
import lzma
import random

from oslotest import base

from glance_artifacts import types
from glance_artifacts.types import archive_entries
from glance_artifacts.types import archive_unpack

DATA = random.Random(2).randbytes(150_000) + bytes(150_000)
PACK = {'gz': gzip.compress, 'bz2': bz2.compress, 'xz': lzma.compress}


class TestUnpack(base.BaseTestCase):

    def _open(self, packed, packing, max_size=types.GiB):
        limits = archive_entries.Limits(len(packed), 1, max_size, 1000)
        return archive_unpack.open(io.BytesIO(packed), packing, limits)

    def _assert_rejects(self, packed, packing, text):
        error = self.assertRaises(types.Rejected,
                                  self._open(packed, packing).read)
        self.assertIn(text, str(error))

    def test_packing(self):
        for packing, pack in PACK.items():
            self.assertEqual(packing, archive_unpack.packing(pack(b'a')))
        for head in (b'', b'\x1f', b'BZ', b'PK\x03\x04'):
            self.assertEqual('', archive_unpack.packing(head))

    def test_plain(self):
        file = io.BytesIO(DATA)
        self.assertIs(file, archive_unpack.open(file, '', None))

    def test_read_tell_seek(self):
        for packing, pack in PACK.items():
            with self._open(pack(DATA), packing) as file:
                self.assertEqual(DATA, file.read())
                for start in (10, 250_000, 149_999, 0):
                    file.seek(start)
                    self.assertEqual(start, file.tell())
                    self.assertEqual(DATA[start:start + 40_000],
                                     file.read(40_000))
                file.seek(10 ** 9)
                self.assertEqual(b'', file.read(1))

    def test_several_streams_and_padding(self):
        for packing, pack in PACK.items():
            packed = pack(b'one') + pack(b'') + pack(b'two') + bytes(100_000)
            self.assertEqual(b'onetwo', self._open(packed, packing).read())

    def test_too_many_streams(self):
        self.patch(archive_unpack, 'MOST_STREAMS', 10)
        for packing, pack in PACK.items():
            self._assert_rejects(pack(b'') * 11, packing, 'too many streams')

    def test_truncated(self):
        for packing, pack in PACK.items():
            packed = pack(DATA)
            for length in (20, len(packed) // 2, len(packed) - 1):
                self._assert_rejects(packed[:length], packing, 'truncated')

    def test_damaged(self):
        for packing, pack in PACK.items():
            packed = bytearray(pack(DATA))
            packed[len(packed) // 2] ^= 255
            self._assert_rejects(bytes(packed), packing, 'damaged')

    def test_data_after_the_end(self):
        for packing, pack in PACK.items():
            self._assert_rejects(pack(DATA) + b'more' * 9, packing, 'damaged')

    def test_limits_hold_while_reading(self):
        for packing, pack in PACK.items():
            packed = pack(bytes(10 * types.MiB))
            file = self._open(packed, packing, 2 * types.MiB)
            file.read(types.MiB)
            self.assertRaises(types.Rejected, file.read)
            file = self._open(packed, packing, 2 * types.MiB)
            self.assertRaises(types.Rejected, file.seek, 9 * types.MiB)

    def test_memory_of_xz(self):
        filters = [{'id': lzma.FILTER_LZMA2, 'dict_size': 1 << 29}]
        packed = lzma.compress(b'a', filters=[
            {'id': lzma.FILTER_LZMA2, 'preset': 0}])
        self.assertEqual(b'a', self._open(packed, 'xz').read())
        encoder = lzma.LZMACompressor(filters=[
            {**filters[0], 'mode': lzma.MODE_FAST, 'mf': lzma.MF_HC3,
             'nice_len': 3}])
        packed = encoder.compress(b'a') + encoder.flush()
        self._assert_rejects(packed, 'xz', 'emory')
