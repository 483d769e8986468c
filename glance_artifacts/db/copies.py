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

"""Statements on segments that move from one store to another.

The copy is a segment of its own, written on a lease like any other, so what a
killed process leaves of it is found in the ledger. It takes the place of the
one that it is of in one transaction, under the lock of the artifact.
"""

from __future__ import annotations

from collections.abc import Collection

from oslo_db import exception as db_exc
import sqlalchemy as sa

from glance_artifacts.db import artifacts
from glance_artifacts.db import blobs
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import models
from glance_artifacts.db import records
from glance_artifacts.db import reservations
from glance_artifacts.db import sessions

#: Of segments that have bytes which somebody reads, or will.
_THERE = ('active', sessions.PART)
_SEGMENTS = models.segments


def outside(conn: sa.Connection, artifact_id: str,
            stores: Collection[str]) -> list[records.Segment]:
    """The segments of an artifact that are in none of these stores.

    Those whose bytes are there, in the order of their places.
    """
    rows = conn.execute(
        sa.select(_SEGMENTS).where(
            _SEGMENTS.c.artifact_id == artifact_id,
            _SEGMENTS.c.backend.not_in(sorted(stores)),
            _SEGMENTS.c.status.in_(_THERE))
        .order_by(_SEGMENTS.c.field, _SEGMENTS.c.key, _SEGMENTS.c.n))
    return [records.Segment(**row) for row in rows.mappings()]


def is_outside(conn: sa.Connection, artifact_id: str,
               stores: Collection[str]) -> bool:
    """Whether anything of an artifact is elsewhere, or may yet come there.

    An upload under way may go on in another store than the one it began in.
    What only waits for its deletion does not count.
    """
    uploading = sa.and_(_SEGMENTS.c.status == 'saving',
                        _SEGMENTS.c.copy_of.is_(None))
    return conn.scalar(
        sa.select(sa.literal(1)).where(
            _SEGMENTS.c.artifact_id == artifact_id,
            _SEGMENTS.c.status != 'deleted',
            sa.or_(_SEGMENTS.c.backend.not_in(sorted(stores)), uploading))
        .limit(1)) == 1


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
    # first, as it waits for whoever is about to swap an earlier copy
    blobs.reserve(conn, copy, lease)
    if status(conn, copy.copy_of) is None:
        raise _Gone


def of(conn: sa.Connection, segment_id: str) -> records.Segment | None:
    """The copy that somebody makes of a segment."""
    row = conn.execute(sa.select(_SEGMENTS).where(
        _SEGMENTS.c.copy_of == segment_id)).mappings().first()
    return row and records.Segment(**row)


def status(conn: sa.Connection, segment_id: str) -> str | None:
    """What a segment is whose bytes are there; of another, None."""
    return conn.scalar(sa.select(_SEGMENTS.c.status).where(
        _SEGMENTS.c.id == segment_id, _SEGMENTS.c.status.in_(_THERE)))


def swap(conn: sa.Connection, source: records.Segment, copy: records.Segment,
         delay: float) -> bool:
    """Put a copy in the place of the segment that it is of.

    :param delay: seconds until purge may delete the bytes of the latter
    :returns: False when the segment, or the copy's lease, is gone
    """
    if not artifacts.lock(conn, source.artifact_id):
        return False
    there = status(conn, source.id)
    if there is None or not blobs.activate_segment(conn, copy, there):
        return False
    sessions.drop(conn, source, delay)
    reservations.hand_on(conn, source.id, copy.id)
    return True
