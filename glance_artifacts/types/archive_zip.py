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

"""Lists zip archives by the standard library, on a short leash."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import os
import stat
import struct
from typing import BinaryIO
import zipfile
import zlib

from glance_artifacts.types.archive_entries import Listing
from glance_artifacts.types.rejected import Rejected

#: of the central directory: for each entry, and at least, in bytes
_DIRECTORY = 512
_LEAST = 128 * 1024
_ENTRY = b'PK\x01\x02'
#: encrypted, strongly encrypted, with a masked header (APPNOTE.TXT 4.4.4)
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_KINDS = (0, stat.S_IFREG, stat.S_IFDIR)
_ERRORS = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error,
           EOFError, OSError, OverflowError, RuntimeError, ValueError)


class Reader:
    """Reads files from a zip archive.

    :param listing: what to tell of each entry
    :raises Rejected: if anything about the archive is not acceptable
    """

    def __init__(self, file: BinaryIO, listing: Listing) -> None:
        directory = _Directory(file, listing)
        with _damage():
            self._zip = zipfile.ZipFile(directory)  # type: ignore
        directory.listing = None
        infos = self._zip.infolist()
        listing.check_count(len(infos))
        if infos and min(info.header_offset for info in infos) != 0:
            raise Rejected('The archive has data before its first entry.')
        for info in infos:
            _check(info)
            listing.add(info.orig_filename, info.file_size, info,
                        info.orig_filename.endswith('/'))

    def read(self, place: zipfile.ZipInfo, size: int) -> bytes:
        """The content of an entry, checked against its digest."""
        with _damage(), self._zip.open(place) as file:
            return file.read(size + 1)

    def close(self) -> None:
        self._zip.close()


class _Directory:
    """The file for zipfile, which reads a directory of any size at once.

    :param listing: knows how many entries are allowed; None once the
        directory has been read
    """

    def __init__(self, file: BinaryIO, listing: Listing | None) -> None:
        self.listing = listing
        self.seek = file.seek
        self.tell = file.tell
        self.seekable = file.seekable
        self._file = file

    def read(self, size: int = -1) -> bytes:
        if self.listing is None:
            return self._file.read(size)
        if size < 0:
            start = self.tell()
            size = self.seek(0, os.SEEK_END) - start
            self.seek(start)
        most = max(_LEAST, _DIRECTORY * self.listing.limits.max_entries)
        if size > most:
            raise Rejected('The directory of the archive has more than %d '
                           'bytes.' % most)
        data = self._file.read(size)
        self.listing.check_count(data.count(_ENTRY))
        return data


@contextlib.contextmanager
def _damage() -> Iterator[None]:
    try:
        yield
    except _ERRORS as error:
        raise Rejected('The archive is damaged: %s.' % error) from error


def _check(info: zipfile.ZipInfo) -> None:
    if info.flag_bits & _ENCRYPTED:
        raise _refuse(info, 'is encrypted')
    if stat.S_IFMT(info.external_attr >> 16) not in _KINDS:
        raise _refuse(info, 'is a link or a device')
    if info.compress_type not in _METHODS:
        raise _refuse(info, 'is packed by a method other than deflate')


def _refuse(info: zipfile.ZipInfo, problem: str) -> Rejected:
    return Rejected('%.100r in the archive %s.' % (info.filename, problem))
