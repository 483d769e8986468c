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

"""Clients of a service whose artifacts move; they see nothing of it."""

from __future__ import annotations

import collections
from collections.abc import Iterator
import contextlib
import dataclasses
import hashlib
import http.client
import json
import random
import threading
from typing import Any

from glance_artifacts.tests.functional.api import base
from glance_artifacts.tests.functional.services import moving

_PART = 5 * moving.MIB
#: Seconds from one thing that a client does to the next.
_PAUSES = {'read': 0.02, 'put': 0.1, 'put_old': 0.5, 'put_parts': 1.0,
           'delete': 0.3}
#: So many reads are of what is large.
_LARGE = 0.05
_TIMEOUT = 120


@dataclasses.dataclass(frozen=True)
class Known:
    """An artifact that somebody was told is there.

    :param shown: as it was last shown; its pool is out of date by now
    :param data: its bytes; None while it has none
    """

    shown: dict[str, Any]
    data: memoryview | None = None

    @property
    def etag(self) -> str:
        """Of its bytes."""
        blob = self.shown['data']
        return '"sha256:%s"' % blob['sha256'] if blob['sha256'] else (
            '"tree:%s"' % blob['tree_sha256'])


class Wrong(Exception):
    """An answer that no client should get."""


class Clients:
    """What they know together, and what went wrong.

    :param token: of who they are
    :ivar known: what is there, by id
    :ivar wrong: what was answered that should not have been
    :ivar counts: of requests that were right, by kind
    """

    def __init__(self, address: str, token: str, seed: str) -> None:
        self.token = token
        self._address, self._seed = address, seed
        self._lock, self._stopped = threading.Lock(), threading.Event()
        self._doomed: set[str] = set()
        self.known: dict[str, Known] = {}
        self.wrong: list[str] = []
        self.counts: collections.Counter[str] = collections.Counter()

    @contextlib.contextmanager
    def at_work(self, **kinds: int) -> Iterator[None]:
        """Have so many of each kind at work meanwhile."""
        threads = [threading.Thread(
            target=self._work, args=(kind, random.Random(
                '%s %s %d' % (self._seed, kind, number))))
            for kind, count in kinds.items() for number in range(count)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stopped.set()
            for thread in threads:
                thread.join()

    def _work(self, kind: str, chosen: random.Random) -> None:
        while not self._stopped.wait(_PAUSES[kind]):
            try:
                idle = getattr(self, kind)(chosen)
                with self._lock:
                    self.counts[kind] += not idle
            except (Wrong, OSError, http.client.HTTPException) as exc:
                with self._lock:
                    self.wrong.append('%s: %r' % (kind, exc))

    def request(self, method: str, path: str, expected: int,
                body: Any = None, **headers: str,
                ) -> tuple[http.client.HTTPMessage, bytes]:
        """Send a request that has one right answer."""
        with contextlib.closing(http.client.HTTPConnection(
                self._address, timeout=_TIMEOUT)) as connection:
            connection.request(method, path, body, {
                'X-Auth-Token': self.token, **headers})
            answer = connection.getresponse()
            content = answer.read()
        if answer.status != expected:
            raise Wrong(method, path, answer.status, content[:300])
        return answer.headers, content

    def _json(self, method: str, path: str, expected: int,
              body: Any) -> dict[str, Any]:
        _, content = self.request(
            method, path, expected, json.dumps(body),
            **{'Content-Type': 'application/json'})
        return json.loads(content)

    def create(self, data: memoryview | None, active: bool = False) -> Known:
        """Make an artifact; by a PUT of its bytes, if it has some."""
        shown = self._json('POST', '/v2/artifacts/generic', 201,
                           {'name': base.unique('artifact')})
        if data is None:
            return self._keep(Known(shown))
        return self.fill(shown, data, active)

    def fill(self, shown: dict[str, Any], data: memoryview,
             active: bool) -> Known:
        """Give a draft its bytes by a PUT."""
        self.request('PUT', shown['self'] + '/data', 201, data)
        return self._finish(shown, data, active)

    def _finish(self, shown: dict[str, Any], data: memoryview,
                active: bool) -> Known:
        if active:
            _, content = self.request(
                'POST', shown['self'] + '/actions/activate', 200)
        else:
            _, content = self.request('GET', shown['self'], 200)
        return self._keep(Known(json.loads(content), data))

    def _keep(self, one: Known) -> Known:
        with self._lock:
            self.known[one.shown['id']] = one
        return one

    def read(self, chosen: random.Random) -> None:
        """Read an artifact: what it shows, the whole of it, or a range."""
        least = moving.MIB if chosen.random() < _LARGE else 0
        with self._lock:
            one = chosen.choice([
                one for one in self.known.values()
                if one.data is not None and len(one.data) >= least])
        try:
            chosen.choice((self.check_shown, self.check_whole,
                           lambda one: self._check_range(one, chosen)))(one)
        except (Wrong, ConnectionError, http.client.HTTPException) as exc:
            # bytes of several objects may end where the next one is gone
            right = (exc.args[2] == 404 if isinstance(exc, Wrong)
                     else len(one.data) > _PART)
            with self._lock:
                if not (right and one.shown['id'] in self._doomed):
                    raise

    def check_shown(self, one: Known) -> None:
        """It shows what it did, be it in another pool."""
        _, content = self.request('GET', one.shown['self'], 200)
        shown = json.loads(content)
        if {**shown, 'pool': one.shown['pool']} != one.shown:
            raise Wrong('GET', one.shown['self'], shown, one.shown)

    def check_whole(self, one: Known) -> None:
        """It has the bytes that it had."""
        fields, content = self.request('GET', one.shown['self'] + '/data',
                                       200)
        self._compare(one, fields, content, one.data)

    def check_etag(self, one: Known) -> None:
        """Its bytes have the ETag that they had."""
        if one.data is not None:
            fields, _ = self.request('HEAD', one.shown['self'] + '/data',
                                     200)
            self._compare(one, fields, one.data, one.data)

    def _check_range(self, one: Known, chosen: random.Random) -> None:
        if not one.data:
            return
        begin = chosen.randrange(len(one.data))
        end = min(begin + chosen.randrange(moving.MIB), len(one.data) - 1)
        fields, content = self.request(
            'GET', one.shown['self'] + '/data', 206,
            Range='bytes=%d-%d' % (begin, end))
        self._compare(one, fields, content, one.data[begin:end + 1])

    def _compare(self, one: Known, fields: http.client.HTTPMessage,
                 content: bytes, expected: memoryview) -> None:
        if content != expected or fields['ETag'] != one.etag:
            raise Wrong('GET', one.shown['self'], fields.as_string(),
                        'not its bytes, or not its ETag')

    def put(self, chosen: random.Random) -> None:
        """Make an artifact."""
        self.create(small(chosen), chosen.random() < 0.5)

    def put_old(self, chosen: random.Random) -> bool:
        """Give a draft that there is its bytes; True when there is none."""
        with self._lock:
            empty = [one for one in self.known.values() if one.data is None]
            if not empty:
                return True
            # nobody else is to delete it
            shown = self.known.pop(chosen.choice(empty).shown['id']).shown
        self.fill(shown, small(chosen), True)
        return False

    def put_parts(self, chosen: random.Random) -> None:
        """Make an artifact whose bytes come in parts."""
        data = moving.some_bytes(chosen, _PART + chosen.randrange(_PART))
        parts = [data[:_PART], data[_PART:]]
        shown = self._json('POST', '/v2/artifacts/generic', 201,
                           {'name': base.unique('artifact')})
        session = self._json('POST', shown['self'] + '/uploads', 201,
                             {'blob': 'data', 'part_size': _PART})
        path = '%s/uploads/%s' % (shown['self'], session['id'])
        for n in chosen.sample((1, 2), 2):
            self.request('PUT', '%s/parts/%d' % (path, n), 200, parts[n - 1])
        self._json('POST', path + '/complete', 201, {'parts': [
            {'n': n, 'sha256': hashlib.sha256(part).hexdigest()}
            for n, part in enumerate(parts, 1)]})
        self._finish(shown, data, True)

    def delete(self, chosen: random.Random) -> None:
        """Delete an artifact; who reads it now is told that it is gone."""
        with self._lock:
            shown = self.known[chosen.choice(list(self.known))].shown
            self._doomed.add(shown['id'])
            del self.known[shown['id']]
        self.request('DELETE', shown['self'], 204)


def small(chosen: random.Random) -> memoryview:
    """Bytes of a small artifact; now and then there are none."""
    return moving.some_bytes(chosen, int(chosen.random() ** 3 * 2 ** 16))
