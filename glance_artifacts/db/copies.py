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

"""Statements on copies of segments, for artifacts that change their pool.

A copy is a segment of its own, written on a lease like any other, so what a
killed process leaves of it is found in the ledger. Once it is whole it waits
as ``copied`` for those of all the rest. Then they take the places of what they
are of, in the transaction that says that the artifact is in another pool. Who
changes copies that are whole holds the lock of the artifact.
"""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Iterator

from oslo_db import exception as db_exc
import sqlalchemy as sa

from glance_artifacts.db import artifacts
from glance_artifacts.db import blobs
from glance_artifacts.db import clock
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import leases
from glance_artifacts.db import models
from glance_artifacts.db import records
from glance_artifacts.db import reservations
from glance_artifacts.db import sessions

#: For how long a copy waits for the others, in seconds.
SECONDS = sessions.SECONDS
#: Of segments that have bytes which somebody reads, or will.
_THERE = ('active', sessions.PART)
_BATCH = 500
_SEGMENTS = models.segments

_Pair = tuple[records.Segment, records.Segment]


def outside(conn: sa.Connection, artifact_id: str,
            stores: Collection[str]) -> list[records.Segment]:
    """The segments of an artifact that have to be copied to these stores.

    Those whose bytes are there, in none of the stores, and of which none has
    a copy yet; in the order of their places.
    """
    return _segments(conn, needed(sa.select(_SEGMENTS), stores).where(
        _SEGMENTS.c.artifact_id == artifact_id)
        .order_by(_SEGMENTS.c.field, _SEGMENTS.c.key, _SEGMENTS.c.n))


def needed(select: sa.Select, stores: Collection[str]) -> sa.Select:
    """Those of segments whose bytes are there, and not in these stores yet."""
    names, copy = sorted(stores), _SEGMENTS.alias()
    # a join: of copies that wait, PostgreSQL expects to find one or two
    return select.outerjoin(copy, copy.c.copy_of == _SEGMENTS.c.id).where(
        _SEGMENTS.c.status.in_(_THERE), _SEGMENTS.c.backend.not_in(names),
        sa.or_(copy.c.id.is_(None), copy.c.status != leases.COPIED,
               copy.c.backend.not_in(names)))


def begin(database: db_engine.Database, copy: records.Segment,
          lease: float) -> bool:
    """Note a copy before a byte moves; False when it is not to be made.

    Another is being made, or the segment is where it was no more.

    :param lease: seconds that the writer has, unless it renews the lease
    """
    try:
        database.write(_begin, copy, lease)
    except (db_exc.DBDuplicateEntry, _Gone):
        return False
    return True


class _Gone(Exception):
    """There is no such segment any more."""


def _begin(conn: sa.Connection, copy: records.Segment, lease: float) -> None:
    # first, as it waits for whoever is about to put an earlier copy in place
    blobs.reserve(conn, copy, lease)
    if status(conn, copy.copy_of) is None:
        raise _Gone


def of(conn: sa.Connection, segment_id: str) -> records.Segment | None:
    """The copy that there is of a segment, or that somebody makes."""
    return next(iter(_segments(conn, sa.select(_SEGMENTS).where(
        _SEGMENTS.c.copy_of == segment_id))), None)


def status(conn: sa.Connection, segment_id: str) -> str | None:
    """What a segment is whose bytes are there; of another, None."""
    return conn.scalar(sa.select(_SEGMENTS.c.status).where(
        _SEGMENTS.c.id == segment_id, _SEGMENTS.c.status.in_(_THERE)))


def keep(conn: sa.Connection, source: records.Segment,
         copy: records.Segment) -> bool:
    """Note that a copy is whole, and let it wait.

    :returns: False when the segment, or the copy's lease, is gone
    """
    # whoever drops the segment has the lock, and drops its copy, too
    if (not artifacts.lock(conn, source.artifact_id)
            or status(conn, source.id) is None):
        return False
    result = conn.execute(
        sa.update(_SEGMENTS).where(_SEGMENTS.c.id == copy.id,
                                   _SEGMENTS.c.status == 'saving')
        .values(status=leases.COPIED, location=copy.location, size=copy.size,
                sha256=copy.sha256, lease_until=clock.now(conn, SECONDS)))
    return result.rowcount == 1


def drop(conn: sa.Connection, copy: records.Segment) -> bool:
    """Leave a whole copy to purge; False when it is in its place by now."""
    return (artifacts.lock(conn, copy.artifact_id)
            and _drop(conn, _SEGMENTS.c.id == copy.id) == 1)


def drop_of(conn: sa.Connection, segments: list[records.Segment]) -> None:
    """Leave whole copies of these to purge, under the lock of the artifact."""
    _drop(conn, _SEGMENTS.c.copy_of.in_([one.id for one in segments]))


def are_ageing(conn: sa.Connection, artifact_id: str) -> bool:
    """Whether copies of an artifact have waited for half of their time."""
    return conn.scalar(sa.select(sa.literal(1)).where(
        *_ageing(conn, artifact_id)).limit(1)) == 1


def renew(conn: sa.Connection, artifact_id: str) -> None:
    """Let copies of an artifact wait as long as new ones from now on."""
    if artifacts.lock(conn, artifact_id):
        conn.execute(
            sa.update(_SEGMENTS).where(*_ageing(conn, artifact_id))
            .values(lease_until=clock.now(conn, SECONDS)))


def settle(conn: sa.Connection, artifact_id: str, stores: Collection[str],
           delay: float) -> bool:
    """Put all copies in their places, under the lock of the artifact.

    :param delay: seconds until purge may delete the bytes they are of
    :returns: False when there is anything of the artifact elsewhere that has
        no copy in these stores, or that may yet come there. An upload under
        way may go on in another store than the one it began in.
    """
    found = _segments(conn, sa.select(_SEGMENTS).where(
        _SEGMENTS.c.artifact_id == artifact_id,
        _SEGMENTS.c.status != 'deleted'))
    pairs = _pairs(found, stores)
    if pairs is None:
        return False
    for some in _batches(pairs):
        _replace(conn, some, delay)
    # for other pools
    _drop(conn, _SEGMENTS.c.artifact_id == artifact_id)
    return True


def _pairs(found: list[records.Segment],
           stores: Collection[str]) -> list[_Pair] | None:
    """Segments and their copies; None while there is something to wait for."""
    copies = {one.copy_of: one for one in found
              if one.status == leases.COPIED and one.backend in stores}
    pairs = []
    for one in found:
        if one.status == leases.COPIED:
            continue
        if one.status == 'saving':
            if one.copy_of is None or one.backend not in stores:
                return None
        elif one.backend not in stores:
            if one.id not in copies:
                return None
            pairs.append((one, copies[one.id]))
    return pairs


def _replace(conn: sa.Connection, pairs: list[_Pair], delay: float) -> None:
    parts = [source.id for source, _ in pairs
             if source.status == sessions.PART]
    if parts:
        reservations.hand_on(conn, parts)
    changed = 0
    for status_ in _THERE:
        ids = [copy.id for source, copy in pairs if source.status == status_]
        if ids:
            changed += conn.execute(
                sa.update(_SEGMENTS).where(
                    _SEGMENTS.c.id.in_(ids),
                    _SEGMENTS.c.status == leases.COPIED)
                .values(status=status_, lease_until=None, copy_of=None),
            ).rowcount
    if changed != len(pairs):
        raise RuntimeError('Copies were changed without the lock.')
    conn.execute(
        sa.update(_SEGMENTS)
        .where(_SEGMENTS.c.id.in_([source.id for source, _ in pairs]))
        .values(status='deleted', lease_until=clock.now(conn, delay)))


def _drop(conn: sa.Connection, *where: sa.ColumnElement[bool]) -> int:
    return conn.execute(
        sa.update(_SEGMENTS).where(_SEGMENTS.c.status == leases.COPIED,
                                   *where)
        .values(status='deleted', lease_until=clock.now(conn),
                copy_of=None)).rowcount


def _ageing(conn: sa.Connection,
            artifact_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (_SEGMENTS.c.artifact_id == artifact_id,
            _SEGMENTS.c.status == leases.COPIED,
            _SEGMENTS.c.lease_until < clock.now(conn, SECONDS / 2))


def _batches(pairs: list[_Pair]) -> Iterator[list[_Pair]]:
    for start in range(0, len(pairs), _BATCH):
        yield pairs[start:start + _BATCH]


def _segments(conn: sa.Connection, select) -> list[records.Segment]:
    return [records.Segment(**row)
            for row in conn.execute(select).mappings()]
