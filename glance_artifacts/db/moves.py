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

"""Statements on moves between pools that were asked for and are not done."""

from __future__ import annotations

import sqlalchemy as sa

from glance_artifacts.db import models

_TABLE = models.moves

#: Id of an artifact, and the pool that it is to move to.
Move = tuple[str, str]


def put(conn: sa.Connection, artifact_id: str, pool: str) -> None:
    """Note a move, under the lock of the artifact; the last word counts."""
    drop(conn, artifact_id)
    conn.execute(sa.insert(_TABLE).values(
        artifact_id=artifact_id, pool=pool))


def drop(conn: sa.Connection, artifact_id: str) -> None:
    """Forget a move, under the lock of the artifact."""
    conn.execute(sa.delete(_TABLE)
                 .where(_TABLE.c.artifact_id == artifact_id))


def following(conn: sa.Connection, after: str | None,
              limit: int) -> list[Move]:
    """The next moves, by id of the artifact."""
    select = sa.select(_TABLE.c.artifact_id, _TABLE.c.pool)
    if after is not None:
        select = select.where(_TABLE.c.artifact_id > after)
    return [tuple(row) for row in conn.execute(
        select.order_by(_TABLE.c.artifact_id).limit(limit))]


def target(conn: sa.Connection, artifact_id: str) -> str | None:
    """The pool that an artifact is to move to; None: it is not to."""
    return conn.scalar(sa.select(_TABLE.c.pool).where(
        _TABLE.c.artifact_id == artifact_id))


def by_pool(conn: sa.Connection) -> dict[str, int]:
    """How many artifacts are to move to each pool."""
    return dict(conn.execute(sa.select(_TABLE.c.pool, sa.func.count())
                             .group_by(_TABLE.c.pool)).all())
