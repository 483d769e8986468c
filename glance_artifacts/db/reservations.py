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

"""Statements on the bytes that uploads under way have reserved.

A reservation belongs to the segment that is being written, so that whoever
finds that its writer is gone can give up exactly what it held. What changes
here is counted in ``usage`` by the same transaction, and last.
"""

from __future__ import annotations

import sqlalchemy as sa

from glance_artifacts.db import models

_TABLE = models.reservations


def add(conn: sa.Connection, segment_id: str, artifact_id: str,
        count: int, *, new: bool = False) -> None:
    """Note that a segment has reserved so many bytes more.

    :param new: so is the segment, and it has reserved nothing yet
    """
    if not new:
        updated = conn.execute(
            sa.update(_TABLE).where(_TABLE.c.segment_id == segment_id)
            .values(bytes=_TABLE.c.bytes + count))
        if updated.rowcount:
            return
    conn.execute(sa.insert(_TABLE).values(
        segment_id=segment_id, artifact_id=artifact_id, bytes=count))


def writing(conn: sa.Connection, segment_id: str) -> bool:
    """Whether a segment is still its writer's."""
    segments = models.segments
    return conn.scalar(sa.select(segments.c.status).where(
        segments.c.id == segment_id)) == 'saving'


def artifact_of(conn: sa.Connection, segment_id: str) -> str | None:
    """The artifact of a segment that has reserved something."""
    return conn.scalar(sa.select(_TABLE.c.artifact_id)
                       .where(_TABLE.c.segment_id == segment_id))


def drop(conn: sa.Connection, segment_id: str) -> int:
    """Forget the reservation of a segment; how many bytes it was."""
    return _drop(conn, _TABLE.c.segment_id == segment_id)


def drop_these(conn: sa.Connection, segment_ids: list[str]) -> int:
    """Forget the reservations of segments; how many bytes they were."""
    return _drop(conn, _TABLE.c.segment_id.in_(segment_ids))


def drop_all(conn: sa.Connection, artifact_id: str) -> int:
    """Forget those of an artifact; how many bytes they were."""
    return _drop(conn, _TABLE.c.artifact_id == artifact_id)


def hand_on(conn: sa.Connection, segment_ids: list[str]) -> None:
    """Let the copies of segments have what these have reserved."""
    copies = models.segments
    conn.execute(
        sa.update(_TABLE).where(_TABLE.c.segment_id.in_(segment_ids))
        .values(segment_id=sa.select(copies.c.id).where(
            copies.c.copy_of == _TABLE.c.segment_id).scalar_subquery()))


def total(conn: sa.Connection, artifact_id: str) -> int:
    """Bytes that the uploads to an artifact have reserved."""
    return _total(conn, _TABLE.c.artifact_id == artifact_id)


def _drop(conn: sa.Connection, where) -> int:
    count = _total(conn, where)
    if count:
        conn.execute(sa.delete(_TABLE).where(where))
    return count


def _total(conn: sa.Connection, where) -> int:
    return int(conn.scalar(sa.select(sa.func.sum(_TABLE.c.bytes))
                           .where(where)) or 0)
