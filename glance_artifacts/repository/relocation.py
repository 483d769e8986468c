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

Segment by segment: copy, compare the digest, put the copy in the place of the
segment, let purge delete the old bytes later. The artifact is in the new pool
once everything it has is there. Any number of movers may be at work, on any
hosts; what one that is killed leaves is in the ledger, and any other goes on.
"""

from __future__ import annotations

from collections.abc import Callable
import dataclasses
import io
import uuid

from oslo_utils import units
import sqlalchemy as sa

from glance_artifacts.db import artifacts
from glance_artifacts.db import copies
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import ids
from glance_artifacts.db import keeper as db_keeper
from glance_artifacts.db import leases
from glance_artifacts.db import migration
from glance_artifacts.db import moves
from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts.repository import moving
from glance_artifacts.repository import places as repository_places
from glance_artifacts.repository import type_versions
from glance_artifacts.store import health as store_health
from glance_artifacts.store import pools as store_pools
from glance_artifacts.store import reader
from glance_artifacts.store import standalone

#: What became of an artifact: it is there; it was deleted; uploads to it are
#: under way, or another mover is at work on it.
MOVED, GONE, BUSY = 'moved', 'gone', 'busy'
_BLOCK = units.Mi

#: Is told how many bytes were read.
Took = Callable[[int], None]


class Stopped(Exception):
    """Whoever wanted the move wants it no more."""


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
        self._keeper = keeper
        self._delay = delay
        self._health = store_health.Health()
        with database.reader() as conn:
            self._prefix = migration.prefix(conn)

    def run(self, artifact_id: str, pool: store_pools.Pool,
            took: Took) -> str:
        """Move an artifact; ``MOVED``, ``GONE`` or ``BUSY``.

        When it is busy, what could be moved was; try again later.

        :param took: is told how many bytes were read, as they are; may raise
            ``Stopped``
        :raises Unavailable: when a store does not do it now
        :raises DigestMismatch: when bytes are not what was once stored
        """
        with self._database.reader() as conn:
            found = copies.outside(conn, artifact_id, pool.stores)
        for segment in found:
            try:
                self._move(segment, pool, took)
            except exceptions.ArtifactsError:
                # whoever deletes a segment changes its row first
                if self._is_there(segment):
                    raise
        arrived = self._database.write(self._arrive, artifact_id, pool)
        if arrived == BUSY and self._end_dead(artifact_id):
            arrived = self._database.write(self._arrive, artifact_id, pool)
        return arrived

    def _move(self, source: records.Segment, pool: store_pools.Pool,
              took: Took) -> None:
        """Move a segment to the first store that takes it."""
        error: exceptions.Unavailable | None = None
        for store in self._health.ordered(
                pool.stores if pool.fallback else pool.stores[:1]):
            copy = dataclasses.replace(
                source, id=str(uuid.uuid4()), status='saving', backend=store,
                location=None, size=None, sha256=None, created_at=ids.now(),
                copy_of=source.id)
            try:
                self._copy(source, copy, took)
                return
            except _Unwilling as exc:
                self._health.failed(store)
                error = exc.reason
        raise error

    def _copy(self, source: records.Segment, copy: records.Segment,
              took: Took) -> None:
        """Copy a segment and swap the two, unless somebody else does."""
        if not self._begin(source, copy):
            return
        with self._keeper.holding(copy.id):
            try:
                copy = self._put(source, copy, took)
                _check(source, copy)
                self._stores.sync(copy.backend, copy.location)
                if self._database.write(copies.swap, source, copy,
                                        self._delay):
                    return
            except BaseException:
                self._undo(copy)
                raise
        # deleted meanwhile, or somebody has taken the lease
        self._undo(copy)

    def _begin(self, source: records.Segment, copy: records.Segment) -> bool:
        lease = self._keeper.seconds
        if copies.begin(self._database, copy, lease):
            return True
        # of a mover that was killed, perhaps
        with self._database.reader() as conn:
            other = copies.of(conn, source.id)
        if other is not None and self._database.write(self._places.expire,
                                                      other):
            return copies.begin(self._database, copy, lease)
        return False

    def _put(self, source: records.Segment, copy: records.Segment,
             took: Took) -> records.Segment:
        with io.BufferedReader(_Body(self._stores, source, took),
                               _BLOCK) as body:
            checked = reader.Reader(body, source.size, source.size)
            try:
                stored = self._stores.put(
                    copy.backend, self._prefix + copy.id, checked,
                    source.size)
            except exceptions.Unavailable as exc:
                if checked.error is not None:
                    raise
                raise _Unwilling(exc) from exc
        return stored.of(copy)

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
                pool: store_pools.Pool) -> str:
        """Say that an artifact is in a pool, if all of it is."""
        current = artifacts.get(conn, artifact_id, lock=True)
        if current is None:
            moves.drop(conn, artifact_id)
            return GONE
        if copies.is_outside(conn, artifact_id, pool.stores):
            return BUSY
        moves.drop(conn, artifact_id, pool.name)
        if current.pool != pool.name:
            # its users know no change: updated_at stays
            artifacts.store(conn, current, dataclasses.replace(
                current, pool=pool.name), self._types.of(current).values())
        return MOVED

    def _undo(self, copy: records.Segment) -> None:
        moving.undo(self._database, self._stores, self._places, copy)


class _Unwilling(Exception):
    """A store did not take a copy; another may.

    :param reason: what to say when there is none
    """

    def __init__(self, reason: exceptions.Unavailable) -> None:
        super().__init__()
        self.reason = reason


class _Body(io.RawIOBase):
    """The bytes of a segment, for a driver to read."""

    def __init__(self, stores: standalone.Standalone,
                 segment: records.Segment, took: Took) -> None:
        self._chunks = stores.whole(segment.backend, segment.location)
        self._took = took
        self._ahead = memoryview(b'')

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        if not self._ahead:
            self._ahead = memoryview(next(self._chunks, b''))
            self._took(len(self._ahead))
        count = min(len(buffer), len(self._ahead))
        buffer[:count] = self._ahead[:count]
        self._ahead = self._ahead[count:]
        return count

    def close(self) -> None:
        self._chunks.close()
        super().close()


def _check(source: records.Segment, copy: records.Segment) -> None:
    """Whether a copy is what was once stored."""
    if (copy.size, copy.sha256) != (source.size, source.sha256):
        raise exceptions.DigestMismatch(
            'The bytes of segment %s in store %s have the sha256 %s, not %s.'
            % (source.id, source.backend, copy.sha256, source.sha256))
