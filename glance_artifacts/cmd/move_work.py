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

"""What ``pool move`` does: artifact after artifact, several at a time."""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterator
from concurrent import futures
import dataclasses
import threading

from glance_artifacts.cmd import common
from glance_artifacts.cmd import progress
from glance_artifacts.cmd import rate
from glance_artifacts.db import artifacts
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import inventory
from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts.quota import limits
from glance_artifacts.repository import move_requests
from glance_artifacts.repository import relocation
from glance_artifacts.store import pools as store_pools

MOVED, REFUSED, FAILED, GONE = 'moved', 'refused', 'failed', 'gone'
BYTES = 'bytes'
#: The numbers, in the order of the output.
NUMBERS = (MOVED, BYTES, REFUSED, FAILED, GONE)
#: Why an artifact stays that the pool would take.
_REFUSALS = {
    relocation.OVERRULED:
        'It was asked to be in another pool: see actions/move.',
    relocation.FAR: 'Another service has a store that its bytes are in.'}
_BATCH = 100
#: After so many failures, one after the other, the rest is left.
_ENOUGH = 10
#: Seconds until artifacts that were busy are tried again.
_PAUSE = 2.0


@dataclasses.dataclass(frozen=True)
class Problem:
    """An artifact that stays where it is, and why.

    :param kind: the pool does not take it, or it could not be moved
    """

    kind: str
    type_name: str
    artifact_id: str
    detail: str


class Work:
    """One run of ``pool move``.

    :param target: where the artifacts go
    :param source: of the limits of their owners
    :param limit_rate: bytes in a second, at most; None: any number
    :param say: is told of each problem
    :ivar counts: of artifacts by what became of them, and of bytes
    """

    def __init__(self, database: db_engine.Database,
                 relocations: relocation.Relocation,
                 pools: store_pools.Pools, target: store_pools.Pool,
                 source: limits.Source, bar: progress.Progress,
                 limit_rate: int | None,
                 say: Callable[[Problem], None]) -> None:
        self._database = database
        self._relocations = relocations
        self._pools = pools
        self._target = target
        self._limits = source
        self._bar = bar
        self._say = say
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._pace = rate.Rate(limit_rate, sleep=self._stopped.wait)
        self._failures = 0
        self.counts: collections.Counter[str] = collections.Counter()

    def look(self, chosen: dict[str, str]) -> None:
        """Count what would be moved, and name what would be refused."""
        for artifact_id in self._ids(chosen):
            artifact = self._accepted(artifact_id, chosen)
            if artifact is not None:
                self.counts[MOVED] += 1
                with self._database.reader() as conn:
                    self.counts[BYTES] += inventory.volume(
                        conn, self._target.stores, id=artifact.id)

    def run(self, chosen: dict[str, str], jobs: int) -> None:
        """Move them.

        :param chosen: values that the artifacts have
        :param jobs: how many at a time
        :raises CommandError: when nothing works any more
        """
        busy = self._all(self._ids(chosen), chosen, jobs)
        # what is not done yet was accepted before
        said = False
        while busy:
            if not said:
                self._bar.note('%d artifacts wait for the end of uploads, or'
                               ' for another mover.' % len(busy))
                said = True
            self._stopped.wait(_PAUSE)
            busy = self._all(iter(busy), chosen, jobs, again=True)

    def _all(self, ids: Iterator[str], chosen: dict[str, str], jobs: int,
             again: bool = False) -> list[str]:
        """Move these; the ids of those that were busy."""
        busy: list[str] = []
        running: set[futures.Future] = set()
        with futures.ThreadPoolExecutor(jobs) as executor:
            try:
                for artifact_id in ids:
                    if len(running) >= jobs:
                        running = _wait(running, busy)
                    self._check_failures()
                    running.add(executor.submit(self._one, artifact_id,
                                                chosen, again))
                while running:
                    running = _wait(running, busy)
            except BaseException:
                # what is under way is given up, and its bytes deleted
                self._stopped.set()
                raise
        return busy

    def _one(self, artifact_id: str, chosen: dict[str, str],
             again: bool) -> str | None:
        """Move an artifact; its id when it is busy."""
        artifact = self._accepted(artifact_id, chosen, again)
        if artifact is None:
            return None
        try:
            done = self._relocations.run(artifact_id, self._target,
                                         self._took)
        except exceptions.ArtifactsError as exc:
            self._problem(FAILED, artifact, exc)
            return None
        if done == relocation.BUSY:
            return artifact_id
        if done in _REFUSALS:
            self._problem(REFUSED, artifact,
                          exceptions.Conflict(_REFUSALS[done]))
            return None
        with self._lock:
            self._failures = 0
            self.counts[MOVED if done == relocation.MOVED else GONE] += 1
        return None

    def _accepted(self, artifact_id: str, chosen: dict[str, str],
                  again: bool = False) -> records.Artifact | None:
        """An artifact that may move; None when it need not, or may not.

        :param again: it was let in before
        """
        with self._database.reader() as conn:
            artifact = artifacts.get(conn, artifact_id)
        if artifact is None or any(getattr(artifact, name) != value
                                   for name, value in chosen.items()):
            with self._lock:
                self.counts[GONE] += 1
            return None
        if again:
            return artifact
        try:
            self._pools.check(self._target.name, artifact.type_name)
            bounds = self._limits.of(artifact.owner).on(artifact.type_name,
                                                        self._target.name)
            with self._database.reader() as conn:
                move_requests.check(conn, artifact, self._target.name, bounds)
        except (exceptions.InvalidValue, exceptions.TooLarge) as exc:
            self._problem(REFUSED, artifact, exc)
            return None
        except exceptions.Unavailable as exc:  # nobody tells the limits
            self._problem(FAILED, artifact, exc)
            return None
        return artifact

    def _problem(self, kind: str, artifact: records.Artifact,
                 exc: exceptions.ArtifactsError) -> None:
        with self._lock:
            self.counts[kind] += 1
            self._failures += relocation.is_of_stores(exc)
            self._say(Problem(kind, artifact.type_name, artifact.id,
                              exc.detail))

    def _check_failures(self) -> None:
        if self._failures >= _ENOUGH:
            raise common.CommandError(
                '%d failed one after the other: the rest is left. Run it'
                ' again when the stores work.' % self._failures)

    def _took(self, count: int) -> None:
        if self._stopped.is_set():
            raise relocation.Stopped
        with self._lock:
            self.counts[BYTES] += count
            self._bar.step(count)
        self._pace.took(count)

    def _ids(self, chosen: dict[str, str]) -> Iterator[str]:
        last = None
        while found := self._batch(last, chosen):
            yield from found
            last = found[-1]

    def _batch(self, last: str | None, chosen: dict[str, str]) -> list[str]:
        with self._database.reader() as conn:
            return inventory.ids(conn, last, _BATCH, **chosen)


def _wait(running: set[futures.Future],
          busy: list[str]) -> set[futures.Future]:
    """Wait for one at least; those that go on.

    :param busy: ids of artifacts are added that were busy
    """
    done, rest = futures.wait(running, return_when=futures.FIRST_COMPLETED)
    for one in done:
        if (artifact_id := one.result()) is not None:
            busy.append(artifact_id)
    return rest
