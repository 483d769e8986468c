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

import random
import stat
import struct
import zipfile

from glance_artifacts.tests.unit.types import archives
from glance_artifacts import types


def patched(data, signature, offset, value):
    """A zip archive with some bytes changed in each header of a kind."""
    data = bytearray(data)
    at = data.find(signature)
    while at >= 0:
        data[at + offset:at + offset + len(value)] = value
        at = data.find(signature, at + 4)
    return bytes(data)


LOCAL, CENTRAL, END = b'PK\x03\x04', b'PK\x01\x02', b'PK\x05\x06'


class TestZip(archives.ArchiveTestCase):

    def test_empty(self):
        self.assertEqual([], self.open(archives.zipped()).names())

    def test_stored(self):
        data = archives.zipped(('a', b'hello'), method=zipfile.ZIP_STORED)
        self.assertEqual(b'hello', self.open(data).read('a'))

    def test_other_methods(self):
        for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
            self.assert_rejects(archives.zipped('a', method=method),
                                'other than deflate')

    def test_encrypted(self):
        data = archives.zipped(('a', b'hello'))
        for bit in (0x1, 0x41, 0x2000):
            self.assert_rejects(
                patched(data, CENTRAL, 8, struct.pack('<H', bit)),
                'encrypted')

    def test_links_and_devices(self):
        for kind in (stat.S_IFLNK, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO,
                     stat.S_IFSOCK):
            self.assert_rejects(
                archives.zipped(('a', {'external_attr': kind << 16})), 'link')
        for kind in (stat.S_IFREG | 0o644, 0o600, 0):
            self.open(archives.zipped(('a', {'external_attr': kind << 16})))

    def test_sizes_that_lie(self):
        content = bytes(1000)
        data = archives.zipped(('a', content))
        smaller = patched(data, CENTRAL, 24, struct.pack('<I', 10))
        with self.open(smaller) as archive:
            error = self.assertRaises(types.Rejected, archive.read, 'a')
            self.assertIn('damaged', str(error))
        larger = patched(data, CENTRAL, 24, struct.pack('<I', 5000))
        with self.open(larger) as archive:
            self.assertRaises(types.Rejected, archive.read, 'a')
        huge = patched(data, CENTRAL, 24, struct.pack('<I', 2 ** 32 - 2))
        self.assert_rejects(huge, 'unpacks to more')

    def test_the_directory_is_bounded(self):
        data = bytearray(archives.zipped('a'))
        at = data.find(END)
        # A directory of a gigabyte and a file to match would be read whole.
        struct.pack_into('<I', data, at + 12, 2 ** 30)
        filler = bytes(2 ** 20)
        huge = bytes(data[:at]) + filler + bytes(data[at:])
        self.assertRaises(types.Rejected, self.open, huge)
        many = archives.zipped(*(str(number) for number in range(1000)))
        self.assert_rejects(many, 'more than 100 entries', max_entries=100)
        self.assertEqual(1000, len(self.open(many, max_entries=1000)))

    def test_entries_that_are_not_counted(self):
        data = archives.zipped('a', 'b', 'c')
        few = patched(data, END, 8, struct.pack('<HH', 1, 1))
        self.assert_rejects(few, 'more than 2 entries', max_entries=2)

    def test_overlapping_entries_are_bombs(self):
        """Many entries that share one packed content (David Fifield)."""
        kernel = archives.zipped(('a', bytes(types.MiB)))
        start = kernel.find(CENTRAL)
        end = kernel.find(END)
        entry = bytearray(kernel[start:end])
        directory = b''
        for number in range(100):
            entry[46:47] = bytes([48 + number])
            directory += bytes(entry)
        tail = bytearray(kernel[end:])
        struct.pack_into('<HHII', tail, 8, 100, 100, len(directory), start)
        self.assert_rejects(kernel[:start] + directory + bytes(tail),
                            'times its own size')

    def test_data_before_the_first_entry(self):
        data = archives.zipped('a')
        self.assert_rejects(archives.zipped('b')[:31] + data, 'before')

    def test_nul_in_names(self):
        data = archives.zipped('abc')
        self.assert_rejects(data.replace(b'abc', b'a\0c'), 'control')

    def test_names_that_differ_inside(self):
        data = archives.zipped(('abc', b'x'))
        other = data.replace(b'abc', b'abd', 1)
        with self.open(other) as archive:
            self.assertRaises(types.Rejected, archive.read, archive.names()[0])

    def test_large_entries(self):
        content = random.Random(1).randbytes(3 * types.MiB)
        with self.open(archives.zipped(('a', content))) as archive:
            self.assertEqual(content, archive.read('a', 3 * types.MiB))
