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

"""Moving artifacts to another pool while they are read and written.

Segment by segment: copy, compare the digest, let the copy wait. Once there is
one of everything, the artifact is in the new pool, with all of its bytes, and
purge deletes the old ones later: at no time does a service that reaches the
stores of one pool alone lack any. Any number of movers may be at work, on any
hosts; what one that is killed leaves is in the ledger, and any other goes on.
"""

from __future__ import annotations

import dataclasses
import time

import sqlalchemy as sa

from glance_artifacts.db import artifacts
from glance_artifacts.db import copies
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import keeper as db_keeper
from glance_artifacts.db import leases
from glance_artifacts.db import moves
from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts.repository import copier
from glance_artifacts.repository import places as repository_places
from glance_artifacts.repository import type_versions
from glance_artifacts.store import health as store_health
from glance_artifacts.store import pools as store_pools
from glance_artifacts.store import standalone

#: What became of an artifact: it is there; it was deleted; uploads to it are
#: under way, or another mover is at work on it; it was asked to be elsewhere;
#: other services have stores of it, which may not be what is in reach here.
MOVED, GONE, BUSY, OVERRULED, FAR = 'moved', 'gone', 'busy', 'overruled', 'far'
_HOUR = 3600.0
Stopped = copier.Stopped
Took = copier.Took


def is_of_stores(exc: exceptions.ArtifactsError) -> bool:
    """Whether others will fail, too: it is not this one object that is bad."""
    return isinstance(exc, exceptions.Unavailable) and exc.code not in (
        'store.object_missing', 'store.truncated')


class Relocation:
    """Moves artifacts to pools.

    :param keeper: renews the leases of copies
    :param delay: seconds for which the old bytes are kept
    """

    def __init__(self, database: db_engine.Database,
                 stores: standalone.Standalone,
                 types: type_versions.TypeVersions,
                 keeper: db_keeper.Keeper, delay: float) -> None:
        self._database = database
        self._stores = stores
        self._types = types
        self._places = repository_places.Places(types, keeper.seconds)
        self._copier = copier.Copier(database, stores, self._places, keeper)
        self._delay = delay
        self._health = store_health.Health()

    def run(self, artifact_id: str, pool: store_pools.Pool, took: Took, *,
            asked: bool = False) -> str:
        """Move an artifact; what became of it.

        When it is busy, what could be copied was; try again later. When it was
        asked to be elsewhere, that counts. When it is far, nothing was done.

        :param took: is told how many bytes were read, as they are; may raise
            ``Stopped``
        :param asked: because it was asked to be there, and no longer
        :raises Unavailable: when a store does not do it now
        :raises DigestMismatch: when bytes are not what was once stored
        """
        with self._database.reader() as conn:
            found = copies.outside(conn, artifact_id, pool.stores)
        if found and self._stores.far & {
                *pool.stores, *(segment.backend for segment in found)}:
            return FAR
        waiting = _Waiting(self._database, artifact_id)
        for segment in found:
            waiting.renew()
            with self._database.reader() as conn:
                if _is_overruled(conn, artifact_id, pool, asked):
                    return OVERRULED
            try:
                self._copy(segment, pool, took)
            except exceptions.ArtifactsError:
                # whoever deletes a segment changes its row first
                if self._is_there(segment):
                    raise
        arrive = artifact_id, pool, asked
        arrived = self._database.write(self._arrive, *arrive)
        if arrived == BUSY:
            waiting.renew()
            if self._end_dead(artifact_id):
                arrived = self._database.write(self._arrive, *arrive)
        return arrived

    def _copy(self, source: records.Segment, pool: store_pools.Pool,
              took: Took) -> None:
        """Copy a segment to the first store that takes it."""
        error: exceptions.Unavailable | None = None
        for store in self._health.choice(pool):
            try:
                self._copier.copy(source, store, pool.stores, took)
                return
            except copier.Unwilling as exc:
                self._health.failed(store)
                error = exc.reason
        raise error

    def _end_dead(self, artifact_id: str) -> bool:
        """End uploads whose writers were killed; whether there were any."""
        with self._database.reader() as conn:
            dead = leases.abandoned(conn, artifact_id)
        return any([self._database.write(self._places.expire, segment)
                    for segment in dead])

    def _is_there(self, segment: records.Segment) -> bool:
        with self._database.reader() as conn:
            return copies.status(conn, segment.id) is not None

    def _arrive(self, conn: sa.Connection, artifact_id: str,
                pool: store_pools.Pool, asked: bool) -> str:
        """Have an artifact in a pool, if all of it is there."""
        current = artifacts.get(conn, artifact_id, lock=True)
        if current is None:
            moves.drop(conn, artifact_id)
            return GONE
        if _is_overruled(conn, artifact_id, pool, asked):
            return OVERRULED
        if not copies.settle(conn, artifact_id, pool.stores, self._delay):
            return BUSY
        moves.drop(conn, artifact_id)
        if current.pool != pool.name:
            # its users know no change: updated_at stays
            artifacts.store(conn, current, dataclasses.replace(
                current, pool=pool.name), self._types.of(current).values())
        return MOVED


class _Waiting:
    """The copies that wait for the one that is being made."""

    def __init__(self, database: db_engine.Database,
                 artifact_id: str) -> None:
        self._database = database
        self._artifact_id = artifact_id
        self._next = 0.0

    def renew(self) -> None:
        """Have them wait for longer; looks after them once an hour."""
        if time.monotonic() < self._next:
            return
        with self._database.reader() as conn:
            ageing = copies.are_ageing(conn, self._artifact_id)
        if ageing:
            self._database.write(copies.renew, self._artifact_id)
        self._next = time.monotonic() + _HOUR


def _is_overruled(conn: sa.Connection, artifact_id: str,
                  pool: store_pools.Pool, asked: bool) -> bool:
    target = moves.target(conn, artifact_id)
    return target != pool.name and (asked or target is not None)
