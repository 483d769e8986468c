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

"""Statements on leases: whose the bytes of a segment are, and until when.

A ``saving`` segment is its writer's, who renews the lease; once it has run
out, purge may take the segment and so end the upload. So it may with a copy
that waits for others (``db/copies.py``). A ``deleted`` segment is of
whoever is deleting it; once the lease has run out, of any purge. All by the
database's clock, and each change of hands is one conditional UPDATE.
"""

from __future__ import annotations

from collections.abc import Collection
import datetime

import sqlalchemy as sa

from glance_artifacts.db import clock
from glance_artifacts.db import models
from glance_artifacts.db import records

#: How long a lease lasts that is not renewed.
SECONDS = 60
#: What is said of a copy that is whole and not in its place yet.
COPIED = 'copied'
#: For writers of releases that knew no leases.
_UNRENEWED = 24 * 60 * 60
_TABLE = models.segments


def renew(conn: sa.Connection, segment_ids: Collection[str],
          seconds: float) -> None:
    """Hold segments that are being written for so long from now on.

    Also where a lease has run out, as long as nobody has taken it.
    """
    conn.execute(
        sa.update(_TABLE)
        .where(_TABLE.c.id.in_(sorted(segment_ids)),
               _TABLE.c.status == 'saving')
        .values(lease_until=clock.now(conn, seconds)))


def expired(conn: sa.Connection, after: str | None,
            limit: int) -> list[records.Segment]:
    """Segments whose writers let their leases run out, by id.

    :param after: the id to go on behind
    """
    where = [_abandoned(conn)]
    if after is not None:
        where.append(_TABLE.c.id > after)
    return _segments(conn, sa.select(_TABLE).where(*where)
                     .order_by(_TABLE.c.id).limit(limit))


def abandoned(conn: sa.Connection,
              artifact_id: str) -> list[records.Segment]:
    """Segments of an artifact whose writers let their leases run out."""
    return _segments(conn, sa.select(_TABLE).where(
        _TABLE.c.artifact_id == artifact_id, _abandoned(conn)))


def take(conn: sa.Connection, segment_id: str) -> bool:
    """Take a segment from a writer; False when the lease holds after all."""
    result = conn.execute(
        sa.update(_TABLE).where(_TABLE.c.id == segment_id, _abandoned(conn))
        .values(status='deleted', lease_until=clock.now(conn), copy_of=None))
    return result.rowcount == 1


def due(conn: sa.Connection, moment: datetime.datetime,
        without: Collection[str], limit: int) -> list[records.Segment]:
    """Segments to be deleted since before a moment, in no order.

    :param without: names of stores to leave out
    """
    return _segments(conn, sa.select(_TABLE).where(
        _due(moment), _TABLE.c.backend.not_in(sorted(without))).limit(limit))


def claim(conn: sa.Connection, segment_id: str, moment: datetime.datetime,
          seconds: float) -> bool:
    """Be the one who deletes a segment; False when another is."""
    result = conn.execute(
        sa.update(_TABLE).where(_TABLE.c.id == segment_id, _due(moment))
        .values(lease_until=clock.now(conn, seconds)))
    return result.rowcount == 1


def release(conn: sa.Connection, segment_id: str) -> None:
    """Leave a segment that was not deleted to the next who tries."""
    conn.execute(
        sa.update(_TABLE)
        .where(_TABLE.c.id == segment_id, _TABLE.c.status == 'deleted')
        .values(lease_until=clock.now(conn)))


def now(conn: sa.Connection) -> datetime.datetime:
    """What the database's clock says."""
    return conn.scalar(sa.select(clock.now(conn)))


def count(conn: sa.Connection,
          without: Collection[str] = ()) -> tuple[int, int]:
    """How many leases have run out, and how many segments are to go.

    :param without: names of stores to leave out of the latter
    """
    def rows(where) -> int:
        return conn.scalar(sa.select(sa.func.count()).select_from(_TABLE)
                           .where(where))

    return rows(_abandoned(conn)), rows(sa.and_(
        _due(now(conn)), _TABLE.c.backend.not_in(sorted(without))))


def _abandoned(conn: sa.Connection) -> sa.ColumnElement[bool]:
    return sa.and_(_TABLE.c.status.in_(('saving', COPIED)), sa.or_(
        _TABLE.c.lease_until < clock.now(conn),
        sa.and_(_TABLE.c.lease_until.is_(None),
                _TABLE.c.created_at < clock.now(conn, -_UNRENEWED))))


def _due(moment: datetime.datetime) -> sa.ColumnElement[bool]:
    return sa.and_(_TABLE.c.status == 'deleted', sa.or_(
        _TABLE.c.lease_until <= moment, _TABLE.c.lease_until.is_(None)))


def _segments(conn: sa.Connection, select) -> list[records.Segment]:
    return [records.Segment(**row)
            for row in conn.execute(select).mappings()]
