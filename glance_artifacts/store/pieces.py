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

"""Bytes on their way out of a store."""

from __future__ import annotations

from collections.abc import Iterator
import os

from oslo_utils import units

from glance_artifacts import exceptions

_BLOCK = units.Mi


class Span:
    """A stretch of a local file: iterate over it, or have it sent.

    What was deleted meanwhile can still be read: it is open.

    :raises OSError: when it cannot be opened
    """

    def __init__(self, path: str, offset: int, length: int) -> None:
        self._fd: int | None = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._offset = offset
        self.left = length

    def read(self, size: int = _BLOCK) -> bytes:
        """The next bytes; none behind the end of the stretch.

        :raises Unavailable: ``store.truncated``, when the file ends before it
        """
        data = os.pread(self._fd, min(size, self.left), self._offset)
        self._advance(len(data))
        return data

    def send(self, connection: int, size: int) -> None:
        """Have the system write the next bytes, as many as there is room for.

        :raises Unavailable: ``store.truncated``, when the file ends before it
        :raises BlockingIOError: when there is no room
        """
        self._advance(os.sendfile(connection, self._fd, self._offset,
                                  min(size, self.left)))

    def __iter__(self) -> Iterator[bytes]:
        while self.left:
            yield self.read()

    def close(self) -> None:
        """May come twice."""
        fd, self._fd = self._fd, None
        if fd is not None:
            os.close(fd)

    def __del__(self) -> None:
        if hasattr(self, '_fd'):
            self.close()

    def _advance(self, count: int) -> None:
        if self.left and not count:
            raise _truncated()
        self._offset += count
        self.left -= count


#: Some of the bytes that are wanted; to be closed.
Piece = Iterator[bytes] | Span


def cut(chunks: Iterator[bytes], skip: int, length: int) -> Iterator[bytes]:
    """``length`` bytes of ``chunks`` after the first ``skip``.

    :raises Unavailable: ``store.truncated``, when there are fewer
    """
    try:
        for chunk in chunks:
            if skip >= len(chunk):
                skip -= len(chunk)
                continue
            piece = chunk[skip:skip + length]
            skip, length = 0, length - len(piece)
            yield piece
            if not length:
                return
    finally:
        close = getattr(chunks, 'close', None)
        if close is not None:
            close()
    raise _truncated()


def _truncated() -> exceptions.Unavailable:
    # never pad: the connection ends short of its Content-Length
    return exceptions.Unavailable('The store ended early.',
                                  code='store.truncated')
