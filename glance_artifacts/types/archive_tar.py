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

"""Lists tar archives in one pass forward (POSIX.1-2017, pax; GNU names).

The header of each entry is parsed by the standard library; ``TarFile``
itself is not used: it follows sizes and offsets of an archive wherever they
lead, backwards or into gigabytes of memory.
"""

from __future__ import annotations

from collections.abc import Iterator
import tarfile
from typing import Any

from glance_artifacts.types.archive_entries import Listing
from glance_artifacts.types.rejected import Rejected

#: of an extended header or a long name, in bytes
EXTENSION = 64 * 1024
#: that one entry may have
_HEADERS = 4
_FILES = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE)
_LINKS = (tarfile.LNKTYPE, tarfile.SYMTYPE)
_BLOCK = tarfile.BLOCKSIZE
_ZEROS = bytes(_BLOCK)
#: in what steps the padding at the end is read, in blocks
_STEP = 128


def is_header(block: bytes) -> bool:
    """Whether a tar archive may begin with these bytes."""
    try:
        _parse(block)
    except Rejected:
        return False
    return True


class Reader:
    """Reads files from a tar archive.

    :param stream: the unpacked archive, positioned anywhere
    :param listing: what to tell of each entry
    :raises Rejected: if anything about the archive is not acceptable
    """

    def __init__(self, stream: Any, listing: Listing) -> None:
        self._stream = stream
        self._listing = listing
        self._position = 0
        stream.seek(0)
        for info in self._entries():
            if info.type in _LINKS:
                raise _refuse(info, 'is a link')
            if info.type not in (*_FILES, tarfile.DIRTYPE):
                raise _refuse(info, 'is neither a file nor a directory')
            listing.add(info.name, info.size, self._position, info.isdir())
            self._skip(info.size)
        self._check_end()

    def read(self, place: int, size: int) -> bytes:
        """So many bytes from an offset in the unpacked archive on."""
        self._stream.seek(place)
        return self._stream.read(size)

    def close(self) -> None:
        """Nothing to let go of: the file is somebody else's."""

    def _entries(self) -> Iterator[tarfile.TarInfo]:
        """Each entry, with the stream at the beginning of its content."""
        extended: dict[str, str] = {}
        headers = 0
        while (block := self._take(_BLOCK)) != _ZEROS:
            headers += 1
            self._listing.check_count(headers // _HEADERS)
            info = _parse(block)
            if info.type == tarfile.GNUTYPE_LONGNAME:
                extended['path'] = _text(self._content(info).rstrip(b'\0'))
            elif info.type == tarfile.GNUTYPE_LONGLINK:
                self._content(info)
            elif info.type in (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE):
                extended.update(_records(self._content(info)))
            elif info.type == tarfile.XGLTYPE:
                _check_global(_records(self._content(info)))
            else:
                yield _extend(info, extended)
                extended = {}

    def _content(self, info: tarfile.TarInfo) -> bytes:
        if info.size > EXTENSION:
            raise _refuse(info, 'has too large a header')
        data = self._take(info.size)
        self._take(-info.size % _BLOCK)
        return data

    def _take(self, size: int) -> bytes:
        data = self._stream.read(size)
        if len(data) != size:
            raise Rejected('The archive is truncated.')
        self._position += size
        return data

    def _skip(self, size: int) -> None:
        self._position += size + -size % _BLOCK
        self._stream.seek(self._position)

    def _check_end(self) -> None:
        """Only zeros may follow: other readers might see other entries."""
        while data := self._stream.read(_STEP * _BLOCK):
            if data.strip(b'\0'):
                raise Rejected('The archive has data after its end.')


def _parse(block: bytes) -> tarfile.TarInfo:
    try:
        info = tarfile.TarInfo.frombuf(block, 'utf-8', 'surrogateescape')
    except (tarfile.TarError, ValueError) as error:
        raise Rejected('The archive is damaged: %s.' % error) from error
    if info.size < 0:
        raise _refuse(info, 'has a negative size')
    if info.isdir():
        info.size = 0
    return info


def _extend(info: tarfile.TarInfo,
            extended: dict[str, str]) -> tarfile.TarInfo:
    """An entry as its pax records or GNU headers have it."""
    info.name = extended.get('path', info.name)
    if 'size' in extended and not info.isdir():
        info.size = _number(extended['size'])
    return info


def _check_global(records: dict[str, str]) -> None:
    if 'path' in records or 'size' in records:
        raise Rejected('The archive gives all its entries one name or size.')


def _records(data: bytes) -> dict[str, str]:
    """The ``LENGTH KEY=VALUE`` lines of a pax header."""
    records: dict[str, str] = {}
    start = 0
    while start < len(data):
        digits, _, _ = data[start:start + 20].partition(b' ')
        end = start + _number(_text(digits))
        key, equals, value = data[start + len(digits) + 1:end].partition(b'=')
        if not equals or value[-1:] != b'\n' or end > len(data):
            raise Rejected('The archive is damaged: bad pax header.')
        if key.startswith(b'GNU.sparse.'):
            raise Rejected('The archive holds sparse files.')
        records[_text(key)] = _text(value[:-1])
        start = end
    return records


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Rejected('The archive is damaged: bad number.')
    return int(text)


def _text(data: bytes) -> str:
    return data.decode('utf-8', 'surrogateescape')


def _refuse(info: tarfile.TarInfo, problem: str) -> Rejected:
    return Rejected('%.100r in the archive %s.' % (info.name, problem))
