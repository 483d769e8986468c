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

"""Statements that go through all artifacts, or all that a project has."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from glance_artifacts.db import copies
from glance_artifacts.db import in_use
from glance_artifacts.db import keyset
from glance_artifacts.db import models

_TABLE = models.artifacts
_MEMBERS = models.members
_SEGMENTS = models.segments

#: Where an artifact stands among those of one owner and type.
Named = tuple[str, str]


def count(conn: sa.Connection, **values: str) -> int:
    """How many live artifacts have these values, such as an owner."""
    return conn.scalar(sa.select(sa.func.count()).select_from(_TABLE)
                       .where(*_live(values)))


def ids(conn: sa.Connection, after: str | None, limit: int,
        **values: str) -> list[str]:
    """The ids of the next live artifacts that have these values, by id."""
    where = _live(values)
    if after is not None:
        where.append(_TABLE.c.id > after)
    return list(conn.scalars(sa.select(_TABLE.c.id).where(*where)
                             .order_by(_TABLE.c.id).limit(limit)))


def volume(conn: sa.Connection, to: Collection[str] | None = None,
           **values: str) -> int:
    """How many bytes they have in stores. Reads every row of segments.

    :param to: names of stores: count what has to be copied to these, also
        what waits for the other parts of an upload
    """
    select = (
        sa.select(sa.func.coalesce(sa.func.sum(_SEGMENTS.c.size), 0))
        .join_from(_SEGMENTS, _TABLE, _TABLE.c.id == _SEGMENTS.c.artifact_id)
        .where(*_live(values)))
    if to is None:
        return int(conn.scalar(select.where(_SEGMENTS.c.status == 'active')))
    return int(conn.scalar(copies.needed(select, to)))


def type_names(conn: sa.Connection) -> list[str]:
    """The types that there are artifacts of."""
    return list(in_use.values(conn, _TABLE.c.type_name))


def owned(conn: sa.Connection, owner: str, type_name: str,
          after: Named | None, limit: int) -> list[tuple[str, Named]]:
    """The next live artifacts of a project: their ids, and where they stand.

    By name and version, as the unique index has them.
    """
    key = (_TABLE.c.name, _TABLE.c.version)
    rows = keyset.step(conn, sa.select(_TABLE.c.id, *key).where(
        *_live({'type_name': type_name, 'owner': owner})), key, after, limit)
    return [(row.id, (row.name, row.version)) for row in rows]


def shared_with(conn: sa.Connection, project: str, limit: int) -> list[str]:
    """Some of the artifacts that a project is a member of."""
    return list(conn.scalars(
        sa.select(_MEMBERS.c.artifact_id).where(_MEMBERS.c.member == project)
        .limit(limit)))


def count_shared_with(conn: sa.Connection, project: str) -> int:
    """How many there are."""
    return conn.scalar(sa.select(sa.func.count()).select_from(_MEMBERS)
                       .where(_MEMBERS.c.member == project))


def _live(values: dict[str, str]) -> list[sa.ColumnElement[bool]]:
    return [_TABLE.c.live == 1, *(_TABLE.c[name] == value
                                  for name, value in values.items())]
