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

"""What there is to know of the server that we run in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

try:
    import uwsgi
except ImportError:  # another one
    uwsgi = None

#: Options of sockets on which the client's own bytes are.
_PLAIN_HTTP = frozenset(('http-socket', 'http11-socket'))
_SOCKET_TIMEOUT = 4.0  # uWSGI's own default


def threads() -> int | None:
    """Threads of each process; None when the server does not tell."""
    return None if uwsgi is None or _cooperative() else int(
        _option('threads', 1))


def connection() -> int | None:
    """The connection that the client's own bytes are on, if we have it.

    Behind TLS or another protocol these are the server's bytes: hands off.
    """
    if uwsgi is None:
        return None
    sockets = {name for name in uwsgi.opt
               if name.endswith('socket') or name in ('http', 'https')}
    if not sockets or not sockets <= _PLAIN_HTTP:
        return None
    return uwsgi.connection_fd()


def outlet() -> int | None:
    """The same, where a thread may wait for it and write on its own.

    Routes may change an answer on its way, and a server that keeps connections
    may count what it sends itself.
    """
    if uwsgi is None or _cooperative() or any(
            'route' in name or name == 'http11-socket'
            for name in uwsgi.opt):
        return None
    return connection()


def chunked() -> Chunks | None:
    """A chunked body; None where the server makes one stream of it."""
    return None if uwsgi is None else Chunks(uwsgi.chunked_read)


class Chunks:
    """A body that comes in chunks of any size.

    Glance's own request copies the rest of a chunk with every read.

    :param next_chunk: gives the next; nothing behind the last
    """

    def __init__(self, next_chunk: Callable[[], bytes]) -> None:
        self._next_chunk = next_chunk
        self._rest = memoryview(b'')
        self._ended = False

    def read(self, size: int = -1) -> bytes:
        """As much as is asked for, if there is so much."""
        parts = []
        while size and self._more():
            part = self._rest[:size] if size > 0 else self._rest
            self._rest = self._rest[len(part):]
            parts.append(part)
            size -= len(part) if size > 0 else 0
        return b''.join(parts)

    def _more(self) -> bool:
        if not self._rest and not self._ended:
            self._rest = memoryview(self._next_chunk() or b'')
            self._ended = not self._rest
        return bool(self._rest)


def patience() -> float:
    """Seconds that a client may take nothing without being cut off."""
    return float(_option('socket-timeout', _SOCKET_TIMEOUT))


def _cooperative() -> bool:
    """Whether a thread that waits keeps others from going on."""
    return 'gevent' in uwsgi.opt or 'async' in uwsgi.opt


def _option(name: str, default: Any) -> Any:
    said = uwsgi.opt.get(name, default)
    return said[-1] if isinstance(said, list) else said
