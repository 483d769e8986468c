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

"""Many clients at once."""

from __future__ import annotations

from collections.abc import Callable
import dataclasses
import random
import statistics
import threading
import time
import uuid

from bench import machine
from bench.metadata import asking
from bench.metadata import client
from bench.metadata import kinds
from bench.metadata import measure
from bench.metadata import shapes
from bench.metadata import sites

CLIENTS = 8
PROCESSES = 2
_LOOK = 2.0
_OURS = '/artifacts/%s' % kinds.OTHER.type_name
_READ = ('newest', '1/2', '1/1,000', 'tag, 1 row', 'name, 1 row',
         'by a field', 'latest')
_SHARED = 4


@dataclasses.dataclass
class Load:
    """What several clients met with.

    :ivar seconds: of each request, by what it was
    :ivar errors: what should not have been answered
    :ivar memory: of all workers in MiB, now and then
    :ivar lost: changes that were answered with 200 and are not there
    :ivar overtaken: changes that were refused, for another came first
    """

    seconds: dict[str, list[float]] = dataclasses.field(default_factory=dict)
    errors: list[str] = dataclasses.field(default_factory=list)
    memory: list[float] = dataclasses.field(default_factory=list)
    lost: int = 0
    overtaken: int = 0

    def of(self, *names: str) -> list[float]:
        """The times of these requests; of all, when none is named."""
        return [one for name, times in self.seconds.items()
                if not names or name in names for one in times]

    @property
    def spread(self) -> float:
        """p99 by p50 of all requests."""
        return measure.percentile(self.of(), 0.99) / statistics.median(
            self.of())

    @property
    def growth(self) -> float:
        """By how much memory grew in the last three of five parts."""
        start = self.memory[2 * len(self.memory) // 5]
        return self.memory[-1] / start - 1


class _Clients:
    """Threads that send requests until they are told to stop."""

    def __init__(self, address: str, load: Load) -> None:
        self.address = address
        self.load = load
        self._lock = threading.Lock()
        self._over = threading.Event()

    def run(self, work: Callable[[_Clients, int], None], seconds: float,
            look: Callable[[], None] = lambda: None) -> None:
        """Have all of them do some work, again and again.

        :param look: called now and then
        """
        threads = [threading.Thread(target=self._repeat, args=(work, number))
                   for number in range(CLIENTS)]
        end = time.monotonic() + seconds
        for one in threads:
            one.start()
        while (left := end - time.monotonic()) > 0:
            look()
            self._over.wait(min(_LOOK, left))
        self._over.set()
        for one in threads:
            one.join()

    def send(self, name: str, request: client.Request,
             *refused: int) -> client.Answer:
        """Send and note; ``refused`` are answers that are no errors."""
        answer = client.send(self.address, request)
        with self._lock:
            self.load.seconds.setdefault(name, []).append(answer.seconds)
            if answer.status >= 300 and answer.status not in refused:
                self.load.errors.append('%s: %d %r' % (
                    name, answer.status, str(answer.body)[:200]))
        return answer

    def _repeat(self, work: Callable[[_Clients, int], None],
                number: int) -> None:
        while not self._over.is_set():
            try:
                work(self, number)
            except Exception as exc:
                with self._lock:
                    self.load.errors.append(repr(exc))


def creates(address: str, seconds: float, is_image: bool) -> Load:
    """Create artifacts, or images, as fast as it goes."""
    load = Load()
    path = '/images' if is_image else _OURS

    def work(clients: _Clients, number: int) -> None:
        clients.send('create', client.Request(
            path, asking.token('project-%d' % (number + 1)), 'POST',
            asking.body_of(is_image)))

    _Clients(address, load).run(work, seconds)
    return load


def mixed(site: sites.Site, asker: asking.Asker, seconds: float) -> Load:
    """Nine reads to a write, and see whether a change is lost."""
    load = Load()
    changes = _Changes(asker)

    def work(clients: _Clients, number: int) -> None:
        turn = random.randrange(1_000_000)
        if random.random() < 0.1:
            changes.make(clients, number)
        elif random.random() < 0.3:
            clients.send('show', asker.single('show', turn))
        else:
            name = random.choice(_READ)
            clients.send('list', asker.list(
                _BY_NAME[name], random.choice(_BY_NAME[name].roles), turn))

    def look() -> None:
        load.memory.append(sum(machine.memory(site.server.uwsgi.pid)))

    _Clients(asker.address, load).run(work, seconds, look)
    look()
    load.lost = changes.lost()
    return load


_BY_NAME = {shape.name: shape for shape in shapes.SHAPES}


class _Changes:
    """Creates, and changes of artifacts that all clients share.

    Half of the changes say what they are based on, and come again when
    another was faster; half change what nobody else does.
    """

    def __init__(self, asker: asking.Asker) -> None:
        self._address = asker.address
        self._token = asking.token('project-1')
        self._ids = [client.must(self._address, client.Request(
            _OURS, self._token, 'POST', {
                'name': 'shared-%s' % uuid.uuid4().hex,
                'counter': 0})).body['id'] for _ in range(_SHARED)]
        self._lock = threading.Lock()
        self._raised = dict.fromkeys(self._ids, 0)
        self._set: dict[tuple[str, str], str] = {}

    def make(self, clients: _Clients, number: int) -> None:
        chance = random.random()
        if chance < 0.4:
            clients.send('create', client.Request(
                _OURS, asking.token('project-%d' % random.randrange(1, 200)),
                'POST', asking.body_of(False)))
        elif chance < 0.7:
            self._raise(clients, random.choice(self._ids))
        else:
            self._put(clients, number, random.choice(self._ids))

    def lost(self) -> int:
        """How many changes are not there that were said to be made."""
        lost = 0
        for one in self._ids:
            kept = client.must(self._address, client.Request(
                '%s/%s' % (_OURS, one), self._token)).body
            lost += abs(self._raised[one] - kept['counter'])
            lost += sum(kept['metadata'].get(key) != value
                        for (where, key), value in self._set.items()
                        if where == one)
        return lost

    def _raise(self, clients: _Clients, one: str) -> None:
        path = '%s/%s' % (_OURS, one)
        shown = clients.send('show', client.Request(path, self._token))
        answer = clients.send('patch', self._patch(
            path, '/counter', shown.body['counter'] + 1,
            ('If-Match', shown.headers['etag'])), 412)
        with self._lock:
            if answer.status == 200:
                self._raised[one] += 1
            elif answer.status == 412:
                clients.load.overtaken += 1

    def _put(self, clients: _Clients, number: int, one: str) -> None:
        key, value = 'client-%d' % number, uuid.uuid4().hex
        answer = clients.send('patch', self._patch(
            '%s/%s' % (_OURS, one), '/metadata/' + key, value), 409)
        with self._lock:
            if answer.status == 200:
                self._set[one, key] = value
            elif answer.status == 409:
                clients.load.overtaken += 1

    def _patch(self, path: str, where: str, value,
               *headers: tuple[str, str]) -> client.Request:
        return client.Request(
            path, self._token, 'PATCH',
            [{'op': 'add', 'path': where, 'value': value}],
            'application/json-patch+json', headers)
