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

"""Makes the moves that were asked for, one after the other."""

from __future__ import annotations

import collections
from collections.abc import Iterator

from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import moves
from glance_artifacts import exceptions
from glance_artifacts.repository import purge
from glance_artifacts.repository import relocation
from glance_artifacts.store import pools as store_pools

_BATCH = 100
#: Moves to a pool wait for the next time when stores fail so often, one after
#: the other.
_ENOUGH = 10
MOVES = 'moves'


class MoveQueue:
    """What ``actions/move`` has left to be done.

    Any number may be at work on it: each segment is copied by one of them.
    """

    def __init__(self, database: db_engine.Database, pools: store_pools.Pools,
                 relocations: relocation.Relocation) -> None:
        self._database = database
        self._pools = pools
        self._relocations = relocations

    def run(self, took: relocation.Took) -> Iterator[purge.Outcome]:
        """Make all moves that can be made now; the others stay.

        :param took: is told how many bytes were read, as they are
        :raises Stopped: when ``took`` does
        """
        last = None
        # one after the other, by pool
        failed: collections.Counter[str] = collections.Counter()
        while found := self._next(last):
            for artifact_id, pool in found:
                if failed[pool] >= _ENOUGH:
                    continue
                try:
                    done = self._relocations.run(
                        artifact_id, self._pools.get(pool), took,
                        asked=True)
                except exceptions.ArtifactsError as exc:
                    failed[pool] += relocation.is_of_stores(exc)
                    yield purge.Outcome(MOVES, artifact_id,
                                        '%s to pool %s: %s' % (
                                            artifact_id, pool, exc.detail))
                else:
                    failed[pool] = 0
                    yield purge.Outcome(
                        MOVES if done == relocation.MOVED else purge.LEFT,
                        artifact_id)
            last = found[-1][0]

    def _next(self, last: str | None) -> list[moves.Move]:
        with self._database.reader() as conn:
            return moves.following(conn, last, _BATCH)
