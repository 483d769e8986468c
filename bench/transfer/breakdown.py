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

"""What the time of a small upload is spent on."""

from __future__ import annotations

import dataclasses
import statistics
import time
from typing import Any

from bench.transfer import loader
from bench.transfer import measure
from bench.transfer import peers
from bench.transfer import systems
from bench.transfer import wire

MODULE = 'bench.transfer.watched:application'
#: As bench.transfer.watched has them, which only loads inside a server.
_HEADER = 'x-bench-'
_KINDS = ('statements', 'commits', 'fsyncs')
SIZE = 4 * measure.KiB
_WARM_UP = 10


@dataclasses.dataclass(frozen=True)
class Step:
    """One request: medians of times, in ms.

    :param client: from the connection to the last byte
    :param server: in the application
    :param counts: by kind, how many there were
    :param waits: by kind, what they took
    """

    system: str
    request: str
    client: float
    server: float
    counts: dict[str, int]
    waits: dict[str, float]

    @property
    def rest(self) -> float:
        """What the application did besides."""
        return self.server - sum(self.waits.values())


class _Noting(wire.Caller):
    """Remembers what each request took."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, list[tuple[float, dict[str, str]]]] = {}

    def call(self, address: str, method: str, path: str,
             *args: Any, **kwargs: Any) -> wire.Answer:
        began = time.perf_counter()
        answer = super().call(address, method, path, *args, **kwargs)
        took = time.perf_counter() - began
        self.found.setdefault('%s %s' % (method, _shape(path)), []).append(
            (took, answer.headers))
        return answer


def _shape(path: str) -> str:
    """Only the words that are always there."""
    parts = path.strip('/').split('/')[1:]
    return '/' + '/'.join('{id}' if len(part) > 30 else part
                          for part in parts)


def run(glance: systems.Glance, source: measure.Source, size: int,
        count: int) -> list[Step]:
    """Upload so often, to ours and to stock Glance, in turn."""
    compared: tuple[peers.Peer, ...] = glance.artifacts, glance.images
    callers = {peer.name: _Noting() for peer in compared}
    for number in range(_WARM_UP + count):
        if number == _WARM_UP:
            for caller in callers.values():
                caller.found.clear()
        for peer in compared:
            task: loader.Task = source.tasks(size, 1, 1)[0][0]
            peer.upload(callers[peer.name], task.piece, task.sha256)
    return [_step(name, request, found) for name, caller in callers.items()
            for request, found in caller.found.items()]


def _step(name: str, request: str,
          found: list[tuple[float, dict[str, str]]]) -> Step:
    told = [headers for _, headers in found]
    pairs = {kind: [one[_HEADER + kind].split() for one in told]
             for kind in _KINDS}
    return Step(
        name, request, 1000 * statistics.median(took for took, _ in found),
        1000 * statistics.median(float(one[_HEADER + 'seconds'])
                                 for one in told),
        {kind: round(statistics.median(int(one[0]) for one in values))
         for kind, values in pairs.items()},
        {kind: 1000 * statistics.median(float(one[1]) for one in values)
         for kind, values in pairs.items()})
