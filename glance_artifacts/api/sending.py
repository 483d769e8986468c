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

"""Bytes on their way out: what the server closes ends the transfer."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import errno
import os
import select
import socket

from oslo_log import log as logging

from glance_artifacts.api import server
from glance_artifacts import exceptions
from glance_artifacts.store import bulkhead
from glance_artifacts.store import pieces as store_pieces
from glance_artifacts.store import redaction

LOG = logging.getLogger(__name__)
#: With the first block the headers go; files follow by sendfile.
_FIRST = 64 * 1024
#: What file systems say that have no sendfile.
_UNABLE = (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP)
#: Bytes that are sent at a time.
_MOST = 16 * 1024 * 1024


class Sending:
    """Bytes, the first of which are there before the headers go.

    A store that fails can still say so then. One that fails later ends the
    connection, so that the client sees that there should be more.

    :param pieces: of what is sent
    :param connection: where files may be sent without our reading them, once
        the headers have gone; None: nowhere
    :raises Unavailable: what the store says
    """

    def __init__(self, pieces: Iterator[store_pieces.Piece],
                 transfer: bulkhead.Transfer, connection: int | None) -> None:
        self._blocks = _blocks(pieces, connection)
        self._transfer = transfer
        self._connection = connection
        try:
            self._first: bytes | None = next(self._blocks)
        except exceptions.Unavailable as exc:
            _say(exc)
            raise

    def __iter__(self) -> Sending:
        return self

    def __next__(self) -> bytes:
        found, self._first = self._first, None
        if found is not None:
            return found
        try:
            return next(self._blocks)
        except StopIteration:
            raise
        except Exception as exc:
            _say(exc)
            if self._connection is None:
                raise  # the server ends the connection
            _end(self._connection)
            raise StopIteration from None

    def close(self) -> None:
        """Called by the server in any case (PEP 3333)."""
        try:
            self._blocks.close()
        finally:
            self._transfer.close()


def _blocks(pieces: Iterator[store_pieces.Piece],
            connection: int | None) -> Iterator[bytes]:
    """What the server has to send; the rest is sent meanwhile."""
    begun = False
    for piece in pieces:
        with contextlib.closing(piece):
            if connection is None or not isinstance(piece, store_pieces.Span):
                yield from piece
            else:
                if not begun:
                    yield piece.read(_FIRST)
                try:
                    _send(piece, connection)
                except (ConnectionError, TimeoutError):
                    _end(connection)
                    return  # the client has gone, or takes nothing
                except OSError as exc:
                    if exc.errno not in _UNABLE:
                        raise
                    yield from piece
        begun = True


def _send(span: store_pieces.Span, connection: int) -> None:
    """Send what is left of a file, as the server does it with blocks.

    :raises ConnectionError: when the client has gone
    :raises TimeoutError: when it takes nothing
    :raises Unavailable: when the file ends early
    """
    room = select.poll()
    room.register(connection, select.POLLOUT)
    while span.left:
        try:
            span.send(connection, _MOST)
        except BlockingIOError:
            if not room.poll(server.patience() * 1000):
                raise TimeoutError from None


def _end(connection: int) -> None:
    """Let nothing follow what was sent, not even another answer."""
    with contextlib.suppress(OSError):
        with socket.socket(fileno=os.dup(connection)) as found:
            found.shutdown(socket.SHUT_RDWR)


def _say(exc: Exception) -> None:
    # the type alone: messages of drivers hold locations
    redaction.say(LOG.error, 'A download failed: %s',
                  getattr(exc, 'code', type(exc).__name__))
