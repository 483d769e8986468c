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
import random
import tarfile

from glance_artifacts import testing
from glance_artifacts.tests.unit.types import archives
from glance_artifacts import types

FILES = ('a.txt', b'hello'), ('dir/b', b''), ('\xe9/\U0001f600', b'x' * 9)
NAMES = [name for name, _ in FILES]
MODES = {'w': 'tar', 'w:gz': 'tar.gz', 'w:bz2': 'tar.bz2', 'w:xz': 'tar.xz'}
UNSAFE = {
    '/a': 'absolute', '//a': 'absolute', '../a': 'leads out',
    'a/../../b': 'leads out', 'a/..': 'leads out', 'a\\b': 'backslash',
    '..\\a': 'backslash', 'C:a': 'drive letter', 'c:/a': 'drive letter',
    'a\n': 'control', 'a\x1b[2J': 'control', 'a\x85': 'control',
    'a' * 1025: 'more than 1024'}


class TestArchive(archives.ArchiveTestCase):
    """What holds for each format."""

    def each(self, *entries):
        for mode in MODES:
            yield archives.tar(*entries, mode=mode)
        yield archives.zipped(*entries)

    def test_formats(self):
        for mode, expected in MODES.items():
            with self.open(archives.tar('a', mode=mode)) as archive:
                self.assertEqual(expected, archive.format)
        with self.open(archives.zipped('a')) as archive:
            self.assertEqual('zip', archive.format)

    def test_content(self):
        for data in self.each(*FILES):
            with self.open(data) as archive:
                self.assertEqual(NAMES, archive.names())
                self.assertEqual([(name, len(content))
                                  for name, content in FILES], list(archive))
                self.assertEqual(len(FILES), len(archive))
                # backwards and again, too
                for name, content in (*FILES[::-1], *FILES):
                    self.assertEqual(content, archive.read(name))

    def test_entries_are_named(self):
        with self.open(archives.zipped(*FILES)) as archive:
            entry = next(iter(archive))
            self.assertEqual(('a.txt', 5), (entry.name, entry.size))

    def test_the_file_stays_open(self):
        file = io.BytesIO(archives.zipped('a'))
        with types.Archive.open(file):
            pass
        self.assertFalse(file.closed)

    def test_where_the_file_stands_does_not_matter(self):
        for data in self.each('a'):
            file = io.BytesIO(data)
            file.seek(100)
            self.assertEqual(['a'], types.Archive.open(file).names())

    def test_names_are_tidied(self):
        for data in self.each('./a', 'b//c', 'd/./e', './', 'f/'):
            self.assertEqual(['a', 'b/c', 'd/e'],
                             self.open(data).names()[:3])

    def test_unsafe_names(self):
        for name, problem in UNSAFE.items():
            for data in self.each('good', name):
                self.assert_rejects(data, problem)

    def test_names_that_occur_twice(self):
        for first, second in (('a', 'a'), ('a', './a'), ('a', 'a/'),
                              ('b//a', 'b/a')):
            for data in self.each(first, 'c', second):
                self.assert_rejects(data, 'twice')

    def test_empty_names(self):
        self.assert_rejects(archives.zipped(''), 'is empty')

    def test_names_that_are_no_utf8(self):
        self.assert_rejects(archives.tar('\udcff'), 'UTF-8')

    def test_limits(self):
        for data in self.each(*((str(number), bytes(100))
                                for number in range(20))):
            self.open(data, max_entries=20)
            self.assert_rejects(data, 'more than 19 entries', max_entries=19)
            self.assert_rejects(data, 'more than 1999 bytes', max_size=1999)

    def test_directories_count(self):
        for data in self.each('a/', 'b/', 'c'):
            self.assert_rejects(data, 'more than 2 entries', max_entries=2)

    def test_bombs(self):
        for data in self.each(('zeros', bytes(20 * types.MiB))):
            if len(data) < types.MiB:
                self.assert_rejects(data, 'more than 200 times')
                self.assertEqual(1, len(self.open(data, max_ratio=10 ** 6)))

    def test_small_ones_are_no_bombs(self):
        for data in self.each(('zeros', bytes(types.MiB - 20_000))):
            self.assertEqual(1, len(self.open(data)))

    def test_read_is_bounded(self):
        for data in self.each(('a', bytes(2000))):
            with self.open(data) as archive:
                self.assertEqual(bytes(2000), archive.read('a', 2000))
                error = self.assertRaises(types.Rejected, archive.read, 'a',
                                          1999)
                self.assertIn('1999', str(error))
                error = self.assertRaises(types.Rejected, archive.read, 'b')
                self.assertIn("does not hold 'b'", str(error))

    def test_truncated(self):
        for data in self.each(*FILES):
            # The zeros at the end of a plain tar are padding, all but one
            # block.
            least = 3 * 1024 if data[:1] == b'a' else len(data)
            for length in (*range(0, 600, 37), least // 2, least - 1):
                if length < least:
                    self.assertRaises(types.Rejected, self.open,
                                      data[:length])

    def test_no_archive(self):
        for data in (b'', b'a', b'hello' * 1000, bytes(10240),
                     b'%PDF-1.7', b'7z\xbc\xaf\x27\x1c', b'Rar!\x1a\x07',
                     b'\x28\xb5\x2f\xfd', b'MZ' + archives.zipped('a'),
                     b'\x1f\x9d\x90'):
            self.assert_rejects(data, 'no zip or tar')

    def test_damaged_at_random(self):
        """Whatever a bit does, nothing but Rejected comes out."""
        chance = random.Random(4)
        for data in self.each(*FILES):
            for _ in range(400):
                at = chance.randrange(len(data))
                flipped = bytearray(data)
                flipped[at] ^= 1 << chance.randrange(8)
                self._read_all(bytes(flipped))

    def test_rubbish_behind_a_magic(self):
        chance = random.Random(5)
        for data in self.each(*FILES):
            for length in (4, 10, 30, 150):
                for _ in range(20):
                    self._read_all(data[:length] + chance.randbytes(2000))

    def _read_all(self, data):
        try:
            with self.open(data) as archive:
                for name in archive.names():
                    archive.read(name)
        except types.Rejected:
            pass

    def test_damage_in_a_file_is_seen(self):
        content = random.Random(6).randbytes(5000)
        for data in self.each(('a', content)):
            if data.startswith(b'a'):
                continue  # a plain tar has no digests
            middle = len(data) // 2
            damaged = (data[:middle] + bytes([data[middle] ^ 1])
                       + data[middle + 1:])
            self.assertRaises(types.Rejected,
                              lambda: self.open(damaged).read('a'))

    def test_samples_of_testing(self):
        files = {'a': b'1', 'b/c': b'2'}
        for make in (testing.make_tar, testing.make_zip):
            data = make(files)
            self.assertEqual(data, make(files))
            with self.open(data) as archive:
                self.assertEqual(files, {name: archive.read(name)
                                         for name in archive.names()})

    def test_reads_of_a_large_plain_tar_are_few(self):
        data = archives.tar(('big', bytes(8 * types.MiB)), ('b', b'1'))
        reads = []

        class Counting(io.BytesIO):
            def read(self, size=-1):
                reads.append(size)
                return super().read(size)

        with types.Archive.open(Counting(data)) as archive:
            self.assertEqual(b'1', archive.read('b'))
        self.assertLess(len(reads), 20)
        self.assertLess(sum(reads), types.MiB)
        self.assertEqual(tarfile.BLOCKSIZE, reads[0])
