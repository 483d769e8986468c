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

import gzip
import io
import tarfile
import time

from glance_artifacts.tests.unit.types import archives
from glance_artifacts import types
from glance_artifacts.types import archive_tar

END = bytes(1024)
FORMATS = (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)
LONG = 'd' * 90 + '/' + 'e' * 100 + '/f'


def pax(*records, type=tarfile.XHDTYPE):
    data = b''.join(records)
    return archives.header('pax', type, len(data), data)


class TestTar(archives.ArchiveTestCase):

    def test_long_names(self):
        for tar_format in FORMATS:
            name = LONG if tar_format != tarfile.USTAR_FORMAT else LONG[:150]
            data = archives.tar('a', (name, b'hello'), 'b', format=tar_format)
            with self.open(data) as archive:
                self.assertEqual(['a', name, 'b'], archive.names())
                self.assertEqual(b'hello', archive.read(name))

    def test_sizes_in_pax_records(self):
        data = (pax(b'10 size=5\n') + archives.header('a', data=b'hello')
                + archives.header('b') + END)
        with self.open(data) as archive:
            self.assertEqual([('a', 5), ('b', 0)], list(archive))
            self.assertEqual(b'hello', archive.read('a'))

    def test_records_hold_for_one_entry(self):
        data = (pax(b'10 path=x\n') + archives.header('a')
                + archives.header('b') + END)
        self.assertEqual(['x', 'b'], self.open(data).names())

    def test_global_records(self):
        comment = pax(b'13 comment=x\n', type=tarfile.XGLTYPE)
        data = comment + archives.header('a') + END
        self.assertEqual(['a'], self.open(data).names())
        for record in (b'10 path=x\n', b'10 size=1\n'):
            self.assert_rejects(
                pax(record, type=tarfile.XGLTYPE) + data, 'one name or size')

    def test_kinds(self):
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
            self.assert_rejects(
                archives.tar(('a', {'type': kind, 'linkname': 'b'})), 'link')
        for kind in (tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE,
                     tarfile.GNUTYPE_SPARSE, b'V', b'Z'):
            self.assert_rejects(
                archives.header('a', kind) + END, 'neither a file')
        data = archives.header('a', tarfile.CONTTYPE) + END
        self.assertEqual(['a'], self.open(data).names())

    def test_long_links(self):
        link = archives.header('l', tarfile.GNUTYPE_LONGLINK, 2, b'x\0')
        self.assertEqual(['a'], self.open(
            link + archives.header('a') + END).names())

    def test_sparse_files(self):
        for record in (b'22 GNU.sparse.major=1\n', b'21 GNU.sparse.size=9\n'):
            self.assert_rejects(
                pax(record) + archives.header('a') + END, 'sparse')

    def test_bad_records(self):
        for record in (b'', b'x', b'8 path=x\n', b'11 path=x\n', b'0 a=b\n',
                       b'-1 a=b\n', b'10 path:x\n', b' path=x\n',
                       b'10path=x\n', b'99 path=x\n', b'\xb2 path=x\n',
                       b'9' * 30 + b' path=x\n', b'10 path=xy'):
            data = pax(record or b'\0') + archives.header('a') + END
            self.assert_rejects(data, 'damaged')
        for size in (b'11 size=-5\n', b'12 size=1e3\n', b'8 size=\n'):
            self.assert_rejects(pax(size) + archives.header('a') + END,
                                'damaged')

    def test_unsafe_names_in_extensions(self):
        self.assert_rejects(pax(b'13 path=../x\n') + archives.header('a')
                            + END, 'leads out')
        self.assert_rejects(
            archives.header('l', tarfile.GNUTYPE_LONGNAME, 5, b'/etc\0')
            + archives.header('a') + END, 'absolute')
        self.assert_rejects(pax(b'11 path=\xff\xff\n')
                            + archives.header('a') + END, 'UTF-8')

    def test_sizes_that_lie(self):
        for size in (1, 10 ** 6, 8 ** 11 - 1):
            self.assertRaises(types.Rejected, self.open,
                              archives.header('a', size=size) + END[:512])
        self.assert_rejects(
            archives.header('a', size=10 ** 12) + END, 'more than',
            max_size=10 ** 9)

    def test_negative_sizes(self):
        block = bytearray(archives.header('a'))
        block[124:136] = b'\xff' * 12
        block[148:156] = b'%06o\0 ' % (
            256 + sum(block[:148]) + sum(block[156:]))
        self.assert_rejects(archives.header('b') + bytes(block) + END,
                            'negative')

    def test_extensions_are_bounded(self):
        size = archive_tar.EXTENSION + 1
        for kind in (tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE,
                     tarfile.GNUTYPE_LONGLINK, tarfile.XGLTYPE):
            self.assert_rejects(
                archives.header('a', kind, size, bytes(size)) + END,
                'too large a header')

    def test_extensions_without_end(self):
        data = pax(b'10 path=x\n') * 1000 + archives.header('a') + END
        self.assert_rejects(data, 'entries', max_entries=100)
        with self.open(data) as archive:
            self.assertEqual(['x'], archive.names())

    def test_many_records_take_little_time(self):
        record = b'6 a=b\n'
        data = pax(record * (archive_tar.EXTENSION // 6)) * 50
        start = time.process_time()
        self.open(data + archives.header('a') + END)
        self.assertLess(time.process_time() - start, 10)

    def test_no_end(self):
        self.assert_rejects(archives.header('a'), 'truncated')
        self.assert_rejects(archives.header('a') + bytes(511), 'truncated')
        self.open(archives.header('a') + bytes(512))

    def test_data_after_the_end(self):
        data = archives.tar('a') + archives.tar('b')
        self.assert_rejects(data, 'after its end')
        self.assert_rejects(gzip.compress(data), 'after its end')

    def test_bad_checksum(self):
        block = bytearray(archives.header('b'))
        block[0:1] = b'c'
        self.assert_rejects(archives.header('a') + block + END, 'damaged')

    def test_old_directories(self):
        data = (archives.header('d/', tarfile.AREGTYPE)
                + archives.header('a', tarfile.AREGTYPE) + END)
        self.assertEqual(['a'], self.open(data).names())

    def test_directories_have_no_content(self):
        data = archives.header('d', tarfile.DIRTYPE, 10 ** 6)
        self.assertEqual(['a'], self.open(
            data + archives.header('a') + END).names())

    def test_what_begins_a_tar(self):
        self.assertTrue(archive_tar.is_header(archives.header('a')))
        for block in (b'', bytes(512), b'a' * 512, archives.header('a')[:500]):
            self.assertFalse(archive_tar.is_header(block))

    def test_gnu_tar_agrees(self):
        """The names are those that the standard library sees, too."""
        data = archives.tar(*(('n%d' % number, b'x' * number)
                              for number in range(0, 2000, 97)), LONG)
        with tarfile.open(fileobj=io.BytesIO(data)) as other:
            self.assertEqual(other.getnames(), self.open(data).names())
