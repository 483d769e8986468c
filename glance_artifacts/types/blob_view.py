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

"""What a type sees of bytes that were just uploaded."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
import errno
import io
import os
import types
from typing import Any

from glance_artifacts.types.rejected import Rejected

#: of each opened file, in bytes: parsers read a few at a time, stores like
#: to be asked seldom
BUFFER = 64 * 1024


class BlobView:
    """One blob, or one file of a folder, for ``inspect`` to look at.

    All files that ``open`` gives share one budget of bytes to read: an
    archive of terabytes must not keep a server busy.

    :param field: name of the field that holds the bytes
    :param key: which file of a folder; empty for a blob
    :param size: in bytes
    :param artifact: the artifact as the API shows it, with internal fields
    :param read_at: takes an offset and a length in bytes and gives that many
        bytes or fewer, though at least one
    :param budget: how many bytes may be read in all
    """

    def __init__(self, field: str, key: str, size: int,
                 artifact: Mapping[str, Any],
                 read_at: Callable[[int, int], bytes], budget: int) -> None:
        self.field = field
        self.key = key
        self.size = size
        self.artifact = types.MappingProxyType(dict(artifact))
        #: What the first failed read raised. Parsers swallow or disguise
        #: exceptions of their files; whoever runs the hook looks here.
        self.failure: Exception | None = None
        self._read_at = read_at
        self._budget = budget
        self._left = budget

    def open(self) -> io.BufferedReader:
        """A binary file over the bytes: read-only and seekable.

        :raises Rejected: from any read beyond the budget
        """
        return io.BufferedReader(_File(self), BUFFER)

    def read_at(self, offset: int, length: int) -> bytes:
        """At most so many bytes from an offset on, out of the budget."""
        if self.failure is not None:
            raise self.failure
        try:
            return self._read(offset, min(length, self.size - offset))
        except Exception as error:
            self.failure = error
            raise

    def _read(self, offset: int, length: int) -> bytes:
        if length <= 0:
            return b''
        if not self._left:
            raise Rejected('The read budget of %d bytes is spent before this '
                           'could be checked: it is too large.'
                           % self._budget)
        # A buffer asks for more than its reader needs: it gets what is left.
        data = self._read_at(offset, min(length, self._left))
        if not data:
            raise OSError(errno.EIO, 'no bytes at offset %d of %d'
                          % (offset, self.size))
        self._left -= len(data)
        return data


class _File(io.RawIOBase):

    def __init__(self, view: BlobView) -> None:
        super().__init__()
        self._view = view
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position,
                 os.SEEK_END: self._view.size}[whence]
        if start + offset < 0:
            raise OSError(errno.EINVAL, 'seek to before the beginning')
        self._position = start + offset
        return self._position

    def readinto(self, buffer: Any) -> int:
        data = self._view.read_at(self._position, len(buffer))
        buffer[:len(data)] = data
        self._position += len(data)
        return len(data)
