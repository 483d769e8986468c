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

"""How many transfers may run in this process at a time.

A transfer holds one of the server's threads for as long as its client, or a
store, takes. The last thread is for images, and one pool's transfers are not
to hold up those of another.

Where many small transfers come at once, though, places come free all the time,
and whoever turned some away would turn most away. So one may wait for a place
for a moment, on the last thread, as long as the others are not long ones.
"""

from __future__ import annotations

import collections
from collections.abc import Callable, Mapping
import dataclasses
import threading
import time

from glance_artifacts.conf import pools as options
from glance_artifacts import exceptions
from glance_artifacts.store import pools as store_pools

#: How many threads a server is taken to have that does not tell.
ASSUMED = 4
#: After so many seconds a client may try again.
_RETRY_AFTER = 2
#: Seconds that a transfer may wait for a place, and that another may have
#: taken which does not count as long.
PATIENCE, LONG = 1.0, 2.0


@dataclasses.dataclass(frozen=True)
class Counts:
    """Of one pool.

    :param running: transfers at this moment
    :param refused: transfers since the start of the process
    """

    running: int
    refused: int


class Bulkhead:
    """Lets transfers in, or not.

    :param limits: the most at a time, by pool
    :param total: the most of all pools together, and of one that has no limit
    """

    def __init__(self, limits: Mapping[str, int], total: int) -> None:
        self._limits = limits
        self._total = total
        self._changed = threading.Condition()
        self._waiting = 0
        # pool and beginning of each
        self._running: dict[object, tuple[str, float]] = {}
        self._refused: collections.Counter[str] = collections.Counter()
        #: Called when the counts have changed.
        self.on_change: Callable[[], None] = lambda: None

    @classmethod
    def of(cls, pools: store_pools.Pools, threads: int | None) -> Bulkhead:
        """One as the options say.

        :param threads: of each process of the server; None: it does not tell
        :raises Misconfigured: when a pool could take all threads
        """
        room = max(1, (threads or ASSUMED) - 1)
        limits = {pool.name: pool.max_transfers or room for pool in pools}
        for name, limit in limits.items():
            if threads is not None and limit > room:
                raise exceptions.Misconfigured(
                    'each process of glance-api has %d threads, and the last'
                    ' is for images' % threads, value=limit,
                    option='[%s]/max_transfers' % options.name_of(name),
                    remedy='set at most %d, or give uWSGI more threads'
                           % room)
        return cls(limits, max(room, *limits.values()))

    def enter(self, pool: str) -> Transfer:
        """Begin a transfer; close what is returned when it has ended.

        :raises Busy: when there are as many as there may be
        """
        with self._changed:
            full = self._full(pool) and not (self._moving(pool)
                                             and self._wait(pool))
            # not the transfer itself, which may be dropped unclosed
            key = object()
            if full:
                self._refused[pool] += 1
            else:
                self._running[key] = pool, time.monotonic()
        self.on_change()
        if full:
            raise exceptions.Busy(
                'There are as many transfers as there may be just now.',
                retry_after=_RETRY_AFTER)
        return Transfer(self, key)

    def leave(self, key: object) -> None:
        """What ``Transfer.close`` does."""
        with self._changed:
            del self._running[key]
            self._changed.notify_all()
        self.on_change()

    def counts(self, lasting: float = 0.0) -> dict[str, Counts]:
        """By pool, of those that have any.

        :param lasting: seconds since a transfer must have begun to count
        """
        latest = time.monotonic() - lasting
        with self._changed:
            running = collections.Counter(
                pool for pool, began in self._running.values()
                if began <= latest)
            return {pool: Counts(running[pool], self._refused[pool])
                    for pool in {*running, *self._refused}}

    def _full(self, pool: str) -> bool:
        return (len(self._running) >= self._total
                or len(self._began(pool)) >= self._limits.get(pool,
                                                              self._total))

    def _began(self, pool: str) -> list[float]:
        return [began for one, began in self._running.values()
                if one == pool]

    def _moving(self, pool: str) -> bool:
        """Whether a place may come free soon."""
        began = (self._began(pool) if len(self._running) < self._total
                 else [began for _, began in self._running.values()])
        return time.monotonic() - max(began) < LONG

    def _wait(self, pool: str) -> bool:
        """Wait for a place, unless others do on the last thread."""
        if len(self._running) + self._waiting > self._total:
            return False
        self._waiting += 1
        try:
            return self._changed.wait_for(lambda: not self._full(pool),
                                          PATIENCE)
        finally:
            self._waiting -= 1


class Transfer:
    """A place that is taken until ``close``, which may come twice.

    :param bulkhead: that keeps it; None: it takes none
    """

    def __init__(self, bulkhead: Bulkhead | None, key: object) -> None:
        self._bulkhead = bulkhead
        self._key = key

    def close(self) -> None:
        bulkhead, self._bulkhead = self._bulkhead, None
        if bulkhead is not None:
            bulkhead.leave(self._key)

    def __enter__(self) -> Transfer:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def __del__(self) -> None:
        # an answer that was lost on its way to the server is never closed
        self.close()


#: One that is over at once.
FREE = Transfer(None, None)
