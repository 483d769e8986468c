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

"""Requests by plain sockets: as little work for the client as can be."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import pathlib
import socket
import struct
import time

_BUFFER = 1024 * 1024
_HEAD = 64 * 1024
_TIMEOUT = 300
#: A server that has no room is asked again after so many seconds.
_AGAIN = 0.2


class Failed(Exception):
    """A request was not answered as it should be."""


@dataclasses.dataclass(frozen=True)
class Piece:
    """A part of a file, as the body of a request."""

    path: pathlib.Path
    offset: int
    size: int


@dataclasses.dataclass(frozen=True)
class Answer:
    """What came back.

    :param headers: by name in lower case
    :param body: empty when it was only to be counted
    :param size: its length
    :param sha256: of a body that was counted, if that was asked for
    """

    status: int
    headers: dict[str, str]
    body: bytes
    size: int
    sha256: str | None = None


class Caller:
    """Sends requests, each on a connection of its own.

    :ivar refused: how often a server had no room
    """

    def __init__(self) -> None:
        self.refused = 0
        self._buffer = memoryview(bytearray(_BUFFER))

    def call(self, address: str, method: str, path: str,
             headers: dict[str, str] | None = None,
             body: bytes | Piece = b'', *, count: bool = False,
             check: bool = False) -> Answer:
        """Send a request, and again as long as there is no room.

        :param count: do not keep the body of the answer
        :param check: hash it
        :raises Failed: when it is refused
        """
        while True:
            answer = self.once(address, method, path, headers or {}, body,
                               count, check)
            if answer.status < 300:
                return answer
            if answer.status != 503:
                raise Failed('%s %s: %d %r' % (
                    method, path, answer.status, answer.body[:300]))
            self.refused += 1
            time.sleep(_AGAIN)

    def once(self, address: str, method: str, path: str,
             headers: dict[str, str], body: bytes | Piece, count: bool,
             check: bool) -> Answer:
        """Send a request; whatever is answered."""
        host, _, port = address.partition(':')
        with contextlib.closing(socket.create_connection(
                (host, int(port)))) as sock:
            _set_timeouts(sock)
            size = body.size if isinstance(body, Piece) else len(body)
            lines = ['%s %s HTTP/1.1' % (method, path), 'Host: ' + address,
                     'Connection: close', 'Content-Length: %d' % size,
                     *('%s: %s' % item for item in headers.items())]
            data = ('\r\n'.join(lines) + '\r\n\r\n').encode()
            try:
                sock.sendall(data if isinstance(body, Piece) else data + body)
                if isinstance(body, Piece):
                    _send_piece(sock, body)
            except (BrokenPipeError, ConnectionResetError):
                pass  # refused early: the answer is there
            try:
                return self._receive(sock, count, check)
            except ConnectionResetError:
                return Answer(503, {}, b'reset', 0)

    def _receive(self, sock: socket.socket, count: bool,
                 check: bool) -> Answer:
        data = b''
        while b'\r\n\r\n' not in data:
            more = sock.recv(_HEAD)
            if not more:
                raise Failed('the connection was closed: %r' % data[:300])
            data += more
        head, _, body = data.partition(b'\r\n\r\n')
        first, *lines = head.decode('latin-1').split('\r\n')
        status = int(first.split()[1])
        headers = {name.lower(): value.strip() for name, _, value
                   in (line.partition(':') for line in lines)}
        if 'transfer-encoding' in headers:
            raise Failed('the answer comes in chunks')
        size = int(headers.get('content-length', -1))
        if status == 204:
            size = 0
        if not count or status >= 300:
            kept = self._keep(sock, body, size)
            return Answer(status, headers, kept, len(kept))
        return Answer(status, headers, b'', *self._count(
            sock, body, size, check))

    def _keep(self, sock: socket.socket, body: bytes, size: int) -> bytes:
        while size < 0 or len(body) < size:
            more = sock.recv(_HEAD)
            if not more:
                break
            body += more
        return body

    def _count(self, sock: socket.socket, body: bytes, size: int,
               check: bool) -> tuple[int, str | None]:
        """Receive and forget; the length and, if asked for, the digest."""
        digest = hashlib.sha256(body) if check else None
        got = len(body)
        while got != size:
            length = sock.recv_into(self._buffer)
            if not length:
                break
            if digest is not None:
                digest.update(self._buffer[:length])
            got += length
        return got, digest.hexdigest() if digest is not None else None


def _send_piece(sock: socket.socket, piece: Piece) -> None:
    with open(piece.path, 'rb') as source:
        sent = 0
        while sent < piece.size:
            sent += os.sendfile(sock.fileno(), source.fileno(),
                                piece.offset + sent, piece.size - sent)


def _set_timeouts(sock: socket.socket) -> None:
    # in the kernel: sendfile wants a socket that blocks
    limit = struct.pack('ll', _TIMEOUT, 0)
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        sock.setsockopt(socket.SOL_SOCKET, option, limit)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
