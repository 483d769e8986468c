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

"""Clients that send just the bytes that they are told to."""

from __future__ import annotations

from collections.abc import Mapping
import http.client
import io
import json
import socket
from typing import Any

TIMEOUT = 60.0
_END = b'\r\n\r\n'


class Answer:
    """What came back until the server closed; None of it means silence."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        head, _, self.content = raw.partition(_END)
        line, _, fields = head.partition(b'\r\n')
        words = line.split(b' ', 2)
        self.status_code = int(words[1]) if len(words) == 3 else None
        self.headers = http.client.parse_headers(io.BytesIO(fields + _END))

    def json(self) -> Any:
        return json.loads(self.content)


class Client:
    """One connection.

    :param address: of the server, ``HOST:PORT``
    """

    def __init__(self, address: str, timeout: float = TIMEOUT) -> None:
        host, _, port = address.rpartition(':')
        self.socket = socket.create_connection((host, int(port)),
                                               timeout=timeout)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *exc_info: Any) -> None:
        self.socket.close()

    def send(self, data: bytes) -> bool:
        """Send; False when the server listens no more."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def end(self) -> None:
        """Say that nothing more will come."""
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the server was faster

    def receive(self, size: int = 65536) -> bytes:
        """What is there, at least a byte; none once all is said."""
        try:
            return self.socket.recv(size)
        except ConnectionResetError:
            return b''

    def answer(self, begun: bytes = b'') -> Answer:
        """All that comes until the server closes."""
        pieces = [begun]
        while piece := self.receive():
            pieces.append(piece)
        return Answer(b''.join(pieces))


def head(method: bytes | str, path: bytes | str,
         headers: Mapping[str, bytes | str]) -> bytes:
    """Line and headers of a request, in whatever bytes are given."""
    lines = [b'%s %s HTTP/1.1' % (_bytes(method), _bytes(path))]
    lines += [b'%s: %s' % (_bytes(name), _bytes(value))
              for name, value in headers.items()]
    return b'\r\n'.join(lines) + _END


def _bytes(text: bytes | str) -> bytes:
    return text if isinstance(text, bytes) else text.encode()
