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

"""Unpacks gzip, bzip2 and xz streams piece by piece, within limits.

The file classes of the standard library neither limit the memory that an xz
header can ask for nor how many empty streams may follow one another.
"""

from __future__ import annotations

import bz2
import io
import lzma
import os
from typing import Any
from typing import BinaryIO
import zlib

from glance_artifacts.types.archive_entries import Limits
from glance_artifacts.types.rejected import Rejected

#: of packed and of unpacked bytes
CHUNK = 64 * 1024
#: of xz: "xz -9" needs 65 MiB to unpack
MEMORY = 128 * 1024 * 1024
#: one after another in a file, as parallel packers write them
MOST_STREAMS = 100_000
_MAGIC = {b'\x1f\x8b\x08': 'gz', b'BZh': 'bz2', b'\xfd7zXZ\0': 'xz'}


def packing(head: bytes) -> str:
    """``gz``, ``bz2`` or ``xz`` by the first bytes of a file, else empty."""
    return next((name for magic, name in _MAGIC.items()
                 if head.startswith(magic)), '')


def open(file: BinaryIO, packing: str, limits: Limits) -> Any:
    """The unpacked bytes as a file that reads, tells and seeks.

    :param packing: ``gz``, ``bz2``, ``xz`` or, for the file as it is, empty
    :raises Rejected: from reads and seeks, once the bytes are damaged or
        more than the limits allow
    """
    if not packing:
        return file
    return io.BufferedReader(_Unpacked(file, packing, limits), CHUNK)


class _Gunzip:
    """Of zlib, what the decompressors of bz2 and lzma look like."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(16 + zlib.MAX_WBITS)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data,
                                      max_length)


class _Unpacked(io.RawIOBase):

    def __init__(self, file: BinaryIO, packing: str, limits: Limits) -> None:
        super().__init__()
        self._file = file
        self._packing = packing
        self._limits = limits
        self._restart()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if whence != os.SEEK_SET:
            raise io.UnsupportedOperation('seek from elsewhere than the start')
        if offset < self._position:
            self._restart()
        while self._position < offset:
            if not self._read(min(CHUNK, offset - self._position)):
                break
        return self._position

    def readinto(self, buffer: Any) -> int:
        data = self._read(len(buffer))
        buffer[:len(data)] = data
        return len(data)

    def _restart(self) -> None:
        self._file.seek(0)
        self._position = 0
        self._streams = 0
        self._begin(b'')

    def _begin(self, packed: bytes) -> None:
        """Begin a stream with bytes that were read already."""
        self._streams += 1
        if self._streams > MOST_STREAMS:
            raise Rejected('The archive consists of too many streams.')
        self._packed = packed
        if self._packing == 'gz':
            self._decoder: Any = _Gunzip()
        elif self._packing == 'bz2':
            self._decoder = bz2.BZ2Decompressor()
        else:
            self._decoder = lzma.LZMADecompressor(lzma.FORMAT_XZ, MEMORY)

    def _read(self, size: int) -> bytes:
        """From 1 to so many unpacked bytes; none at the end."""
        while not self._decoder.eof or self._next():
            data = self._unpack(size)
            if data:
                self._position += len(data)
                self._limits.check_size(self._position)
                return data
        return b''

    def _next(self) -> bool:
        """Begin the stream that follows; zeros pad the last one."""
        rest = self._decoder.unused_data
        while not (rest := rest.lstrip(b'\0')):
            rest = self._file.read(CHUNK)
            if not rest:
                return False
        self._begin(rest)
        return True

    def _unpack(self, size: int) -> bytes:
        packed, hungry = b'', self._decoder.needs_input
        if hungry:
            packed = self._packed or self._file.read(CHUNK)
            self._packed = b''
        try:
            data = self._decoder.decompress(packed, size)
        except (zlib.error, lzma.LZMAError, OSError, ValueError) as error:
            raise Rejected('The archive is damaged: %s.' % error) from error
        if hungry and not packed and not data and not self._decoder.eof:
            raise Rejected('The archive is truncated.')
        return data
