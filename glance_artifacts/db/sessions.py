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

"""Statements on upload sessions and their parts.

The parts of an open session are the segments of its place with the status
``part``: no lease runs on them, and they go with the session. The lock of the
artifact guards all of it.
"""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa

from glance_artifacts.db import clock
from glance_artifacts.db import leases
from glance_artifacts.db import models
from glance_artifacts.db import records
from glance_artifacts.db import reservations

OPEN, COMPLETE = 'open', 'complete'
#: What is said of a segment that has arrived and is shown to nobody yet.
PART = 'part'
#: So long a session lasts after its last part, in seconds.
SECONDS = 7 * 24 * 60 * 60
_SESSIONS = models.sessions
_SEGMENTS = models.segments
_BATCH = 500


def add(conn: sa.Connection, session: records.Session) -> records.Session:
    """Begin a session; as it is kept, with the database's time."""
    conn.execute(sa.insert(_SESSIONS).values(
        **{**dataclasses.asdict(session), 'created_at': clock.now(conn),
           'expires_at': clock.now(conn, SECONDS)}))
    return get(conn, session.artifact_id, session.id)


def get(conn: sa.Connection, artifact_id: str,
        session_id: str) -> records.Session | None:
    """A session of an artifact; None when there is none of this id."""
    row = conn.execute(sa.select(_SESSIONS).where(
        _SESSIONS.c.id == session_id,
        _SESSIONS.c.artifact_id == artifact_id)).mappings().first()
    return row and records.Session(**row)


def prolong(conn: sa.Connection, session: records.Session) -> None:
    """Let a session last as long as a new one from now on."""
    conn.execute(sa.update(_SESSIONS).where(_SESSIONS.c.id == session.id)
                 .values(expires_at=clock.now(conn, SECONDS)))


def finish(conn: sa.Connection, session: records.Session) -> None:
    """Note that a session is complete: it answers, and changes no more."""
    conn.execute(sa.update(_SESSIONS).where(_SESSIONS.c.id == session.id)
                 .values(status=COMPLETE))


def remove(conn: sa.Connection, artifact_id: str,
           place: tuple[str, str] | None = None) -> None:
    """Forget the sessions of an artifact, or of one of its places.

    :param place: field and key
    """
    statement = sa.delete(_SESSIONS).where(
        _SESSIONS.c.artifact_id == artifact_id)
    if place is not None:
        statement = statement.where(_SESSIONS.c.field == place[0],
                                    _SESSIONS.c.key == place[1])
    conn.execute(statement)


def expired(conn: sa.Connection, after: str | None,
            limit: int) -> list[records.Session]:
    """Sessions whose time is over, by id.

    :param after: the id to go on behind
    """
    select = sa.select(_SESSIONS).where(_over(conn))
    if after is not None:
        select = select.where(_SESSIONS.c.id > after)
    rows = conn.execute(select.order_by(_SESSIONS.c.id).limit(limit))
    return [records.Session(**row) for row in rows.mappings()]


def is_over(conn: sa.Connection, session: records.Session) -> bool:
    """Whether the time of a session is over, as it is kept now."""
    return conn.scalar(sa.select(sa.func.count()).select_from(_SESSIONS)
                       .where(_SESSIONS.c.id == session.id,
                              _over(conn))) == 1


def count_expired(conn: sa.Connection) -> int:
    """How many sessions there are whose time is over."""
    return conn.scalar(sa.select(sa.func.count()).select_from(_SESSIONS)
                       .where(_over(conn)))


def parts(conn: sa.Connection, session: records.Session,
          n: int | None = None) -> list[records.Segment]:
    """What has arrived for a session and is kept, in order.

    :param n: the number of the one part that is wanted; None: all
    """
    status = PART if session.status == OPEN else 'active'
    where = [*_place(session), _SEGMENTS.c.status == status]
    if n is not None:
        where.append(_SEGMENTS.c.n == n)
    rows = conn.execute(sa.select(_SEGMENTS).where(*where)
                        .order_by(_SEGMENTS.c.n))
    return [records.Segment(**row) for row in rows.mappings()]


def drop(conn: sa.Connection, segment: records.Segment,
         delay: float = leases.SECONDS) -> None:
    """Let a segment go; whoever calls deletes its bytes, or purge does.

    :param delay: seconds until purge may
    """
    conn.execute(
        sa.update(_SEGMENTS).where(_SEGMENTS.c.id == segment.id)
        .values(status='deleted',
                lease_until=clock.now(conn, delay)))


def activate(conn: sa.Connection, session: records.Session) -> None:
    """Make all parts segments of the active blob."""
    conn.execute(
        sa.update(_SEGMENTS).where(*_place(session),
                                   _SEGMENTS.c.status == PART)
        .values(status='active'))


def release(conn: sa.Connection, segments: list[records.Segment]) -> int:
    """Forget what these have reserved; how many bytes it was."""
    ids = [segment.id for segment in segments]
    return sum(reservations.drop_these(conn, ids[start:start + _BATCH])
               for start in range(0, len(ids), _BATCH))


def _over(conn: sa.Connection) -> sa.ColumnElement[bool]:
    return _SESSIONS.c.expires_at < clock.now(conn)


def _place(session: records.Session) -> tuple[sa.ColumnElement[bool], ...]:
    return (_SEGMENTS.c.artifact_id == session.artifact_id,
            _SEGMENTS.c.field == session.field,
            _SEGMENTS.c.key == session.key)
