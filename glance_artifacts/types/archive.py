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

"""Looks into zip and tar archives that strangers made."""

from __future__ import annotations

from collections.abc import Iterator
import os
import tarfile
from typing import Any
from typing import BinaryIO

from glance_artifacts.types import archive_entries
from glance_artifacts.types import archive_tar
from glance_artifacts.types import archive_unpack
from glance_artifacts.types import archive_zip
from glance_artifacts.types.blob import GiB
from glance_artifacts.types.blob import MiB
from glance_artifacts.types.rejected import Rejected

ZIP = 'zip'
TAR = 'tar'


class Archive:
    """The files in an archive; nothing is ever extracted to disk.

    ``open`` looks at all of the archive before it gives anything away. It
    refuses what is truncated, damaged or encrypted, links and devices,
    names that are absolute, hold ``..``, backslashes, drive letters or
    control characters, or occur twice, and what unpacks to too much. Names
    are given without ``./`` and doubled slashes; directories are not listed.
    ::

        with blob.open() as file, types.Archive.open(file) as archive:
            if 'MANIFEST.json' not in archive.names():
                raise types.Rejected('MANIFEST.json is missing.')
            manifest = archive.read('MANIFEST.json')

    :ivar format: ``zip``, ``tar``, ``tar.gz``, ``tar.bz2`` or ``tar.xz``
    """

    def __init__(self, archive_format: str, reader: Any,
                 listing: archive_entries.Listing) -> None:
        self.format = archive_format
        self._reader = reader
        self._listing = listing

    @classmethod
    def open(cls, file: BinaryIO, *, max_entries: int = 10_000,
             max_size: int = GiB, max_ratio: int = 200) -> Archive:
        """Open an archive, whatever its name, by what it holds.

        :param file: binary and seekable; stays open when the archive closes
        :param max_entries: how many entries it may have, directories and all
        :param max_size: how many bytes it may unpack to in all
        :param max_ratio: how many times its own size it may unpack to, once
            that is more than 1 MiB
        :raises Rejected: if it is no archive or not a safe one
        """
        size = file.seek(0, os.SEEK_END)
        listing = archive_entries.Listing(archive_entries.Limits(
            size, max_entries, max_size, max_ratio))
        archive_format = _format(file)
        if archive_format == ZIP:
            reader: Any = archive_zip.Reader(file, listing)
        else:
            stream = archive_unpack.open(
                file, archive_format.partition('.')[2], listing.limits)
            reader = archive_tar.Reader(stream, listing)
        return cls(archive_format, reader, listing)

    def names(self) -> list[str]:
        """The names of the files, in their order."""
        return list(self._listing.files)

    def read(self, name: str, limit: int = MiB) -> bytes:
        """The content of one file.

        :param limit: how many bytes it may have
        :raises Rejected: if there is no such file, or it is larger
        """
        if name not in self._listing.files:
            raise Rejected('The archive does not hold %.100r.' % name)
        size, place = self._listing.files[name]
        if size > limit:
            raise Rejected('%.100r in the archive has %d bytes; at most %d '
                           'are allowed.' % (name, size, limit))
        data = self._reader.read(place, size)
        if len(data) != size:
            raise Rejected('%.100r in the archive is damaged.' % name)
        return data

    def __iter__(self) -> Iterator[archive_entries.Entry]:
        return (archive_entries.Entry(name, size)
                for name, (size, _) in self._listing.files.items())

    def __len__(self) -> int:
        return len(self._listing.files)

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *error: Any) -> None:
        self._reader.close()


def _format(file: BinaryIO) -> str:
    file.seek(0)
    head = file.read(tarfile.BLOCKSIZE)
    if head.startswith((b'PK\x03\x04', b'PK\x05\x06')):
        return ZIP
    if packing := archive_unpack.packing(head):
        return '%s.%s' % (TAR, packing)
    if archive_tar.is_header(head):
        return TAR
    raise Rejected('This is no zip or tar archive, or a damaged one.')
