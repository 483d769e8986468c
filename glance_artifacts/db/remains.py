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

"""Statements on what is left of artifacts that were deleted: their rows."""

from __future__ import annotations

import sqlalchemy as sa

from glance_artifacts.db import clock
from glance_artifacts.db import models

_TABLE = models.artifacts
_SEGMENTS = models.segments


def find(conn: sa.Connection, age: float, after: str | None,
         limit: int) -> list[str]:
    """Artifacts that were deleted so long ago and left nothing in stores.

    :param age: in seconds
    :param after: the id to go on behind
    """
    where = _remains(conn, age)
    if after is not None:
        where.append(_TABLE.c.id > after)
    return list(conn.scalars(sa.select(_TABLE.c.id).where(*where)
                             .order_by(_TABLE.c.id).limit(limit)))


def count(conn: sa.Connection, age: float) -> int:
    """How many there are."""
    return conn.scalar(sa.select(sa.func.count()).select_from(_TABLE)
                       .where(*_remains(conn, age)))


def drop(conn: sa.Connection, artifact_ids: list[str]) -> None:
    """Drop their rows; nothing else refers to them any more."""
    conn.execute(sa.delete(_TABLE).where(_TABLE.c.id.in_(artifact_ids),
                                         _TABLE.c.live.is_(None)))


def _remains(conn: sa.Connection, age: float) -> list[sa.ColumnElement[bool]]:
    return [_TABLE.c.live.is_(None),
            _TABLE.c.updated_at <= clock.now(conn, -age),
            ~sa.exists().where(_SEGMENTS.c.artifact_id == _TABLE.c.id)]
