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
"""Clients that go on whatever is done to the services, as HTTP allows.

What RFC 9110 lets a client do by itself: send a request again whose
connection was refused; one that changes nothing when it is repeated (GET, PUT,
DELETE) also when its connection broke; and any that was answered with 503 and
``Retry-After``, when that time is over. Everything else is a failure.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
import http.client
import json
import threading
import time
from typing import Any

_IDEMPOTENT = ('GET', 'HEAD', 'PUT', 'DELETE')
_TIMEOUT = 60
_PATIENCE = 30.0
#: Between two rounds of a client: it is not about how many there may be.
_PAUSE = 1.0


class Failed(Exception):
    """A request failed that no client would repeat."""


class Answer:
    """A status, headers by their names in lower case, and a body."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes,
                 repeated: bool) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        #: Whether an earlier attempt may have done it.
        self.repeated = repeated

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


class Client:
    """One connection, which is kept open as long as the server has it open.

    :param address: HOST:PORT
    :ivar retries: what was sent again, and why
    """

    def __init__(self, address: str, token: str) -> None:
        self._connection = http.client.HTTPConnection(address,
                                                      timeout=_TIMEOUT)
        self._token = token
        self.retries: list[str] = []
        self.requests = 0

    def ask(self, method: str, path: str, *expected: int,
            body: Any = None, headers: dict[str, str] | None = None,
            slowly: float = 0.0) -> Answer:
        """Send a request until it has an answer.

        :param body: bytes, or what is sent as JSON
        :param slowly: take so many seconds over reading the answer
        :raises Failed: when the answer has another status, or there is none
        """
        sent = {'X-Auth-Token': self._token, **(headers or {})}
        if body is not None and not isinstance(body, (bytes, Slow)):
            body = json.dumps(body).encode()
            sent.setdefault('Content-Type', 'application/json')
        deadline = time.monotonic() + _PATIENCE
        repeated = False
        while True:
            answer = self._try(method, path, body, sent, slowly, repeated)
            if answer is None:
                repeated = True
            elif answer.status == 503 and 'retry-after' in answer.headers:
                self._note(method, path, answer.body[:200])
                time.sleep(float(answer.headers['retry-after']))
            elif answer.status in expected:
                self.requests += 1
                return answer
            else:
                raise Failed('%s %s: %d %r' % (method, path, answer.status,
                                               answer.body[:300]))
            if time.monotonic() > deadline:
                raise Failed('%s %s: no end of retries: %s' % (
                    method, path, self.retries))

    def close(self) -> None:
        """Give the connection up."""
        self._connection.close()

    def _try(self, method: str, path: str, body: Any, headers: dict[str, str],
             slowly: float, repeated: bool) -> Answer | None:
        """Send it once; None if it may be sent again."""
        try:
            if self._connection.sock is None:
                self._connection.connect()
        except OSError as exc:
            self._note(method, path, exc)
            return None
        try:
            self._connection.request(
                method, path, iter(body) if isinstance(body, Slow) else body,
                headers if not isinstance(body, Slow) else {
                    **headers, 'Content-Length': str(len(body))})
            found = self._connection.getresponse()
            return Answer(found.status, {
                name.lower(): value for name, value in found.getheaders()},
                _read(found, slowly), repeated)
        except (OSError, http.client.HTTPException) as exc:
            self._connection.close()
            if method not in _IDEMPOTENT:
                raise Failed('%s %s: %r' % (method, path, exc)) from exc
            self._note(method, path, exc)
            return None

    def _note(self, method: str, path: str, why: Any) -> None:
        self.retries.append('%s %s: %r' % (method, path, why))


class Slow:
    """A body that takes a while to come."""

    def __init__(self, data: bytes, seconds: float) -> None:
        self._data = data
        self._pause = seconds / 10

    def __len__(self) -> int:
        return len(self._data)

    def __iter__(self) -> Iterator[bytes]:
        size = -(-len(self._data) // 10)
        for start in range(0, len(self._data), size):
            yield self._data[start:start + size]
            time.sleep(self._pause)


class Traffic:
    """Clients, each in a thread, that do the same again and again.

    :param address: of what stands before the services
    :ivar failures: what went wrong
    """

    def __init__(self, address: str, token: str) -> None:
        self._address = address
        self._token = token
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        self.clients: list[Client] = []
        self.rounds: dict[str, int] = {}
        self.failures: list[str] = []

    def __str__(self) -> str:
        return '%s; %d requests; sent again: %s' % (
            self.rounds, sum(client.requests for client in self.clients),
            [each for client in self.clients for each in client.retries])

    def start(self, name: str, once: Callable[[Client], None]) -> None:
        """Have one client more.

        :param once: what it does again and again
        """
        self.rounds[name] = 0
        thread = threading.Thread(target=self._run, args=(name, once),
                                  name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def end(self) -> None:
        """Wait until each has ended what it is at."""
        self._over.set()
        for thread in self._threads:
            thread.join(2 * _TIMEOUT)
            if thread.is_alive():
                self.failures.append('%s: does not end' % thread.name)

    def after(self, rounds: int, but: str = '',
              timeout: float = 2 * _TIMEOUT) -> None:
        """Wait until each has done it so many times from now on.

        :param but: who need not
        :raises AssertionError: when somebody does not
        """
        wanted = {name: count + rounds for name, count
                  in dict(self.rounds).items() if name != but}
        deadline = time.monotonic() + timeout
        while any(self.rounds[name] < count
                  for name, count in wanted.items()):
            if self.failures or time.monotonic() > deadline:
                raise AssertionError('%s of %s: %s' % (
                    self.rounds, wanted, self.failures))
            time.sleep(0.05)

    def _run(self, name: str, once: Callable[[Client], None]) -> None:
        client = Client(self._address, self._token)
        self.clients.append(client)
        while not self._over.is_set():
            try:
                once(client)
                self.rounds[name] += 1
                self._over.wait(_PAUSE)
            except Exception as exc:
                self.failures.append('%s: %r' % (name, exc))
                return
        client.close()


def _read(answer: http.client.HTTPResponse, slowly: float) -> bytes:
    if not slowly:
        return answer.read()
    size = -(-int(answer.headers['Content-Length']) // 10)
    parts = []
    while part := answer.read(size):
        parts.append(part)
        time.sleep(slowly / 10)
    return b''.join(parts)
