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

"""The body of a request, and the client that waits behind it.

uWSGI's ``http-socket`` never answers ``Expect: 100-continue``, and closes
with unread data when a request is refused early, which loses the answer on
its way. Both are mended here, on the connection itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
import os
import select
import socket
import time
from typing import BinaryIO

from glance_artifacts.api import server

_CONTINUE = b'HTTP/1.1 100 Continue\r\n\r\n'
_DRAIN_BYTES = 1024 * 1024
#: For how long that is tried, in seconds, and for how long where threads are
#: scarce.
PATIENTLY, BRIEFLY = 2.0, 0.25
#: For how long a client that sends more may read the answer, in seconds: a
#: proxy whose next bytes are met by a reset may drop the answer unread.
_LINGER = 0.5
_BLOCK = 64 * 1024


class Body:
    """A body that is asked for when it is wanted, and counted.

    :param length: bytes announced; None for a chunked body
    :param waits: the client waits for ``100 Continue``
    """

    def __init__(self, source: BinaryIO, length: int | None,
                 waits: bool) -> None:
        self._source = source
        self._length = length
        self._waits = waits
        self._count = 0
        self._ended = False

    def read(self, size: int = -1) -> bytes:
        """Read on; OSError when the client breaks off."""
        if self._waits:
            self._waits = False
            connection = server.connection()
            if connection is not None:
                os.write(connection, _CONTINUE)
        data = self._source.read(size)
        self._count += len(data)
        self._ended = not data and size != 0
        return data

    @property
    def unread(self) -> bool:
        """Whether the client may still be sending."""
        if self._waits:
            return False
        if self._length is None:
            return not self._ended
        return self._count < self._length


def then_drain(parts: Iterable[bytes], seconds: float) -> Iterable[bytes]:
    """An answer that lets the client finish hearing it.

    After the last part a bounded bit of the body is taken in, so that the
    connection is not reset under an answer that is still on its way.

    :param seconds: for how long at most
    """
    connection = server.connection()
    if connection is None:
        return parts
    return _ThenDrain(parts, connection, seconds)


class _ThenDrain:
    def __init__(self, parts: Iterable[bytes], connection: int,
                 seconds: float) -> None:
        self._parts = parts
        self._connection = connection
        self._seconds = seconds

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._parts)

    def close(self) -> None:
        """Called by the server once all parts are sent (PEP 3333)."""
        if hasattr(self._parts, 'close'):
            self._parts.close()
        # the end of the answer: a client that hears it closes at once
        with socket.socket(fileno=os.dup(self._connection)) as connection:
            self._drain(connection)

    def _drain(self, connection: socket.socket) -> None:
        deadline = time.monotonic() + self._seconds
        left = _DRAIN_BYTES
        try:
            connection.shutdown(socket.SHUT_WR)
            while left > 0:
                patience = deadline - time.monotonic()
                if patience <= 0 or not select.select(
                        [self._connection], [], [], patience)[0]:
                    return
                data = os.read(self._connection, min(left, _BLOCK))
                if not data:
                    return
                left -= len(data)
            _wait_for_end(self._connection,
                          min(_LINGER, deadline - time.monotonic()))
        except (OSError, ValueError):
            return  # the client has gone: nobody is left to hear


def _wait_for_end(connection: int, seconds: float) -> None:
    """Wait until the other side has hung up, or for so long."""
    poll = select.poll()
    poll.register(connection, select.POLLRDHUP)
    poll.poll(max(0.0, seconds) * 1000)
