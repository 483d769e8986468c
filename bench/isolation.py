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

"""What images feel of clients who move artifacts without pause.

    python -m bench.isolation [--quick] [--database-url URL]

Run it from the top of the repository, in the environment of the functional
tests. It prints the table that README.rst keeps.
"""

from __future__ import annotations

import argparse
import collections
from collections.abc import Iterator
import contextlib
import http.client
import json
import math
import multiprocessing
import os
import pathlib
import re
import statistics
import tempfile
import threading
import time
from typing import Any

import sqlalchemy as sa

from bench import machine
from bench import statistic
from glance_artifacts.dev import checks
from glance_artifacts.dev import config
from glance_artifacts.dev import server
from glance_artifacts.dev import standalone

CLIENTS = 8
IMAGES = 50
SIZE = 8 * 1024 * 1024
#: Bytes a second of a slow client.
SLOW = 8 * 1024 * 1024
_PIECE = 256 * 1024
_JSON = {'Content-Type': 'application/json', 'Connection': 'close'}
_IMAGE = {'name': 'an image', 'disk_format': 'raw',
          'container_format': 'bare'}
#: What is measured: method, path, body.
REQUESTS = (('GET', '/v2/images?limit=25', None),
            ('POST', '/v2/images', _IMAGE))
#: The two forms, by what they are called in the table.
FORMS = ('embedded, slow', 'standalone, full speed')


def send(address: str, method: str, path: str, body: object = None,
         ) -> tuple[int, float, bytes]:
    """Send a request; its status, the seconds it took, and the body."""
    began = time.perf_counter()
    conn = http.client.HTTPConnection(address, timeout=120)
    with contextlib.closing(conn):
        conn.request(method, path, json.dumps(body) if body else None, _JSON)
        response = conn.getresponse()
        answer = response.read()
    return response.status, time.perf_counter() - began, answer


class Site:
    """A glance-api with images, and what serves artifacts beside it.

    :ivar images: the address of the one
    :ivar artifacts: that of the other
    """

    def __init__(self, form: str, state: pathlib.Path,
                 database_url: str | None = None) -> None:
        self.pace = SLOW if form == FORMS[0] else None
        extra = {} if self.pace is None else {
            'artifact_pool:general': {'max_transfers': '2'}}
        self._glance = server.Server(state, port=checks.free_port(),
                                     processes=2, threads=4, extra=extra,
                                     database_url=database_url)
        self._beside: standalone.Standalone | None = None
        if self.pace is None:
            self._beside = standalone.Standalone(
                state / 'beside', port=checks.free_port(), processes=4,
                threads=4)
        self.images = self._glance.address
        self.artifacts = (self._beside or self._glance).address

    def start(self) -> None:
        """Start it all, and have images."""
        self._glance.prepare()
        self._glance.start()
        self._glance.wait_ready()
        if self._beside:
            self._beside.configure()
            self._beside.migrate()
            self._beside.start()
            self._beside.wait_ready()
            os.setpriority(os.PRIO_PGRP, self._beside.uwsgi.pid, _nice())
        for _ in range(IMAGES):
            send(self.images, *REQUESTS[1])

    def stop(self) -> None:
        """Leave nothing behind."""
        if self._beside:
            self._beside.stop()
        self._glance.stop()


def _nice() -> int:
    """The priority that our unit for systemd gives the service."""
    text = config.own_sample('glance-artifacts.service').read_text()
    found = re.search(r'(?m)^Nice=(\d+)$', text)
    if found is None:
        raise RuntimeError('the unit has no priority')
    return int(found[1])


class Movers:
    """Clients who upload and download in turn, in a process of their own.

    :ivar moved: bytes, once they have stopped
    :ivar answers: how many there were of each status, likewise
    """

    def __init__(self, site: Site) -> None:
        self.moved = 0
        self.answers: collections.Counter[int] = collections.Counter()
        # a fresh one: threads of this one would be in the way of each other
        context = multiprocessing.get_context('spawn')
        self._stopped, self._results = context.Event(), context.Queue()
        self._process = context.Process(target=_move_on, args=(
            site.artifacts, site.pace, self._stopped, self._results))

    def start(self) -> None:
        self._process.start()

    def stop(self) -> None:
        """Have all of them end, each after what it is at."""
        self._stopped.set()
        for _ in range(CLIENTS):
            moved, answers = self._results.get()
            self.moved += moved
            self.answers += answers
        self._process.join()


def _move_on(address: str, pace: int | None, stopped: Any,
             results: Any) -> None:
    clients = [Client(address, pace, stopped) for _ in range(CLIENTS)]
    threads = [threading.Thread(target=client.run) for client in clients]
    for thread in threads:
        thread.start()
    for client, thread in zip(clients, threads):
        thread.join()
        results.put((client.moved, client.answers))


class Client:
    """One who uploads and downloads in turn, until it is told to stop.

    :param pace: bytes a second; None: as fast as it goes
    :ivar moved: bytes
    :ivar answers: how many there were of each status
    """

    def __init__(self, address: str, pace: int | None, stopped: Any) -> None:
        self._address = address
        self._pace = pace
        self._stopped = stopped
        self._data = os.urandom(SIZE)
        self.moved = 0
        self.answers: collections.Counter[int] = collections.Counter()

    def run(self) -> None:
        while not self._stopped.is_set():
            _, _, answer = send(self._address, 'POST',
                                '/v2/artifacts/generic',
                                {'name': os.urandom(8).hex()})
            draft = json.loads(answer)['self']
            self._move('PUT', draft + '/data')
            self._move('GET', draft + '/data')
            send(self._address, 'DELETE', draft)

    def _move(self, method: str, path: str) -> None:
        """Move the bytes; again while there is no room."""
        while not self._stopped.is_set():
            conn = http.client.HTTPConnection(self._address,
                                              timeout=120)
            with contextlib.closing(conn):
                status = self._answer(conn, method, path)
            self.answers[status] += 1
            if status != 503:
                return
            self._stopped.wait(0.2)

    def _answer(self, conn: http.client.HTTPConnection, method: str,
                path: str) -> int:
        body = self._pieces() if method == 'PUT' else None
        headers = {'Content-Length': str(SIZE)} if body else {}
        try:
            conn.request(method, path, body, headers)
        except OSError:
            pass  # refused early: the answer is there
        try:
            response = conn.getresponse()
            began, size = time.monotonic(), 0
            while piece := response.read(_PIECE):
                size += len(piece)
                self._hold_back(began, size)
        except OSError:
            return 503
        if response.status < 300:
            self.moved += SIZE
        return response.status

    def _pieces(self) -> Iterator[bytes]:
        began = time.monotonic()
        for start in range(0, SIZE, _PIECE):
            yield self._data[start:start + _PIECE]
            self._hold_back(began, start + _PIECE)

    def _hold_back(self, began: float, size: int) -> None:
        """Wait as long as the client's line would take."""
        if self._pace:
            late = began + size / self._pace - time.monotonic()
            if late > 0:
                time.sleep(late)


class Times:
    """Seconds of requests, by request; errors are counted."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = collections.defaultdict(list)
        self.errors: collections.Counter[str] = collections.Counter()

    def measure(self, address: str, count: int) -> None:
        """Send each request so many times, in turn."""
        for _ in range(count):
            for method, path, body in REQUESTS:
                try:
                    status, took, _ = send(address, method, path, body)
                except OSError:
                    status, took = 0, 0.0
                if 200 <= status < 300:
                    self.seconds[method].append(took)
                else:
                    self.errors[method] += 1


def percentile(values: list[float], part: float) -> float:
    """The least value that so large a part of them does not exceed."""
    return sorted(values)[math.ceil(part * len(values)) - 1]


def measure(site: Site, rounds: int, count: int,
            ) -> tuple[Times, Times, list[Movers], float]:
    """Idle and busy in turn; the movers, and the seconds they had."""
    idle, busy, movers, lasted = Times(), Times(), [], 0.0
    Times().measure(site.images, 20)
    for _ in range(rounds):
        idle.measure(site.images, count)
        mover = Movers(site)
        mover.start()
        began = time.monotonic()
        time.sleep(1)
        busy.measure(site.images, count)
        lasted += time.monotonic() - began
        mover.stop()
        movers.append(mover)
    return idle, busy, movers, lasted


def rows(form: str, idle: Times, busy: Times) -> Iterator[tuple[str, ...]]:
    """A row for each request: milliseconds, ratios and errors."""
    for method, path, _ in REQUESTS:
        before, after = idle.seconds[method], busy.seconds[method]
        p50 = statistics.median(before), statistics.median(after)
        p99 = percentile(before, 0.99), percentile(after, 0.99)
        yield (form, '``%s %s``' % (method, path), str(len(after)),
               *('%.1f' % (1000 * one) for one in (*p50, *p99)),
               '%.2f' % (p50[1] / p50[0]), '%.2f' % (p99[1] / p99[0]),
               str(idle.errors[method] + busy.errors[method]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition('\n')[0])
    parser.add_argument('--quick', action='store_true',
                        help='one round of 20 requests of each kind')
    parser.add_argument('--database-url', metavar='URL',
                        help='of glance-api: an empty database, instead of'
                             ' SQLite')
    args = parser.parse_args()
    rounds, count = (1, 20) if args.quick else (5, 60)
    found, moved = [], []
    for form in FORMS:
        with tempfile.TemporaryDirectory(prefix='glance-artifacts-') as top:
            site = Site(form, pathlib.Path(top), args.database_url)
            try:
                site.start()
                idle, busy, movers, lasted = measure(site, rounds, count)
            finally:
                site.stop()
        found += rows(form, idle, busy)
        answers = sum((one.answers for one in movers), collections.Counter())
        moved.append((
            form, '%.0f' % (sum(one.moved for one in movers) / lasted / 2**20),
            ', '.join('%d: %d' % one for one in sorted(answers.items()))))
    database = sa.make_url(
        args.database_url or 'sqlite://').get_backend_name()
    print('\n'.join([machine.name(database), '', *statistic.table(
        ('artifacts', 'request', 'n', 'p50 idle, ms', 'p50 busy', 'p99 idle',
         'p99 busy', 'p50 ratio', 'p99 ratio', 'errors'), found), '',
        *statistic.table(('artifacts', 'moved, MiB/s', 'answers'), moved)]))


if __name__ == '__main__':
    main()
