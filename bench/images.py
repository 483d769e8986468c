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

"""What artifacts cost images: a Glance with them and one without, in turn.

    python -m bench.images [--quick]

Run it from the top of the repository, in the environment of the functional
tests. It prints the table that README.rst keeps.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
import contextlib
import http.client
import json
import pathlib
import random
import statistics
import tempfile
import time

from bench import machine
from bench import statistic
from glance_artifacts.cmd import paste_file
from glance_artifacts.dev import checks
from glance_artifacts.dev import config
from glance_artifacts.dev import server

IMAGES = 25
SIDES = ('with', 'without')
#: Requests before it counts.
WARM_UP = 20


class Glance:
    """One glance-api with one worker, and images in it.

    :ivar starts: how long its starts took, in seconds
    :ivar memory: of its worker before each stop, in MiB
    """

    def __init__(self, state: pathlib.Path, artifacts: bool) -> None:
        self.starts: list[float] = []
        self.memory: list[float] = []
        self._server = server.Server(state, port=checks.free_port(),
                                     processes=1)
        self._server.prepare()
        if not artifacts:
            paste = state / 'etc' / config.PASTE_INI
            paste.write_text(paste_file.disable(paste.read_text()))

    def start(self) -> None:
        """Start it and note how long that takes."""
        began = time.perf_counter()
        self._server.start()
        self._server.wait_ready()
        self.starts.append(time.perf_counter() - began)

    def stop(self) -> None:
        """Note the memory of the worker, and stop."""
        self.memory += machine.memory(self._server.uwsgi.pid)
        self._server.stop()

    def abandon(self) -> None:
        """Stop it, in whatever state it is."""
        self._server.stop()

    def send(self, method: str, path: str,
             body: dict | None = None) -> tuple[float, dict]:
        """Send a request; return seconds and what it answers.

        :raises RuntimeError: unless it succeeds
        """
        began = time.perf_counter()
        conn = http.client.HTTPConnection(self._server.address, timeout=60)
        with contextlib.closing(conn):
            conn.request(method, '/v2' + path,
                         json.dumps(body) if body else None,
                         {'Content-Type': 'application/json'})
            response = conn.getresponse()
            answer = response.read()
        took = time.perf_counter() - began
        if response.status >= 300:
            raise RuntimeError('%s %s: %d %r' % (method, path,
                                                 response.status, answer))
        return took, json.loads(answer)

    def fill(self) -> str:
        """Create images; return the id of the last."""
        for number in range(IMAGES):
            _, image = self.send('POST', '/images', {
                'name': 'image %d' % number, 'disk_format': 'raw',
                'container_format': 'bare', 'os_distro': 'cirros',
                'tags': ['a', 'b']})
        return image['id']


class Pairs:
    """The times of requests that were sent to both, in seconds."""

    def __init__(self) -> None:
        self.times: list[tuple[float, float]] = []

    def add(self, sides: dict[str, Glance], paths: dict[str, str]) -> None:
        """Send one request to each; chance says to which first."""
        took = {}
        for side in random.sample(SIDES, 2):
            took[side], _ = sides[side].send('GET', paths[side])
        self.times.append((took['with'], took['without']))

    def row(self) -> tuple[str, ...]:
        """Count, medians in ms, their ratio and its interval."""
        ratio, low, high = statistic.ratio(self.times)
        return (str(len(self.times)),
                *('%.2f' % (1000 * statistics.median(side))
                  for side in zip(*self.times)),
                '%.3f' % ratio, '%.3f to %.3f' % (low, high))


def measure(sides: dict[str, Glance], pairs: int,
            rounds: int) -> dict[str, Pairs]:
    """Measure in rounds, each with new processes."""
    found = {'/images': Pairs(), '/images/{id}': Pairs()}
    paths: dict[str, dict[str, str]] = {}
    for number in range(rounds):
        for side in random.sample(SIDES, 2):
            sides[side].start()
        if not paths:
            paths = {'/images': dict.fromkeys(SIDES, '/images'),
                     '/images/{id}': {
                         side: '/images/' + sides[side].fill()
                         for side in SIDES}}
        for name in found:
            for _ in range(WARM_UP):
                Pairs().add(sides, paths[name])
            for _ in range(pairs // rounds):
                found[name].add(sides, paths[name])
        for side in SIDES:
            sides[side].stop()
    return found


@contextlib.contextmanager
def both() -> Iterator[dict[str, Glance]]:
    """The two, with a directory each."""
    with tempfile.TemporaryDirectory(prefix='glance-artifacts-') as top:
        sides = {side: Glance(pathlib.Path(top, side), side == 'with')
                 for side in SIDES}
        try:
            yield sides
        finally:
            for one in sides.values():
                one.abandon()


def report(sides: dict[str, Glance], found: dict[str, Pairs]) -> str:
    """All of it, as a page of reStructuredText."""
    lines = [machine.name(), '', *statistic.table(
        ('request', 'pairs', 'with, ms', 'without, ms', 'ratio',
         '95 % interval'),
        [('``GET /v2%s``' % name, *pairs.row())
         for name, pairs in found.items()]), '', *statistic.table(
        ('glance-api', 'memory of a worker, MiB', 'start-up, s'),
        [(side, '%.1f' % statistics.median(one.memory),
          '%.2f' % statistics.median(one.starts))
         for side, one in sides.items()])]
    return '\n'.join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition('\n')[0])
    parser.add_argument('--quick', action='store_true',
                        help='100 pairs of each request in one round: in less'
                        ' than a minute')
    args = parser.parse_args()
    pairs, rounds = (100, 1) if args.quick else (2000, 4)
    with both() as sides:
        found = measure(sides, pairs, rounds)
        print(report(sides, found))


if __name__ == '__main__':
    main()
