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

"""What there is in pools and stores, counted."""

from __future__ import annotations

from collections.abc import Iterator
import dataclasses

import sqlalchemy as sa

from glance_artifacts.db import amounts
from glance_artifacts.db import clock
from glance_artifacts.db import models

_ARTIFACTS = models.artifacts
_SEGMENTS = models.segments
_USAGE = models.usage


@dataclasses.dataclass(frozen=True)
class Stock:
    """Objects of one kind.

    :param status: ``active``; ``part``: they wait for the other parts of an
        upload; ``copied``: for the rest of an artifact that moves;
        ``deleted``: for their deletion
    :param bytes: those of uploads that were ended are not known
    """

    pool: str
    type_name: str
    store: str
    status: str
    objects: int
    bytes: int


def stock(conn: sa.Connection) -> Iterator[Stock]:
    """All objects, but for those being written. Reads every row."""
    kind = (_ARTIFACTS.c.pool, _ARTIFACTS.c.type_name, _SEGMENTS.c.backend,
            _SEGMENTS.c.status)
    for row in conn.execute(
            sa.select(*kind, sa.func.count(),
                      sa.func.coalesce(sa.func.sum(_SEGMENTS.c.size), 0))
            .join_from(_SEGMENTS, _ARTIFACTS,
                       _ARTIFACTS.c.id == _SEGMENTS.c.artifact_id)
            .where(_SEGMENTS.c.status != 'saving')
            .group_by(*kind).order_by(*kind)):
        yield Stock(*row[:4], int(row[4]), int(row[5]))


def uploads(conn: sa.Connection) -> dict[str, int]:
    """Uploads that somebody works on, by pool."""
    pool = _ARTIFACTS.c.pool
    return {row[0]: row[1] for row in conn.execute(
        sa.select(pool, sa.func.count())
        .join_from(_SEGMENTS, _ARTIFACTS,
                   _ARTIFACTS.c.id == _SEGMENTS.c.artifact_id)
        .where(_SEGMENTS.c.status == 'saving', _SEGMENTS.c.copy_of.is_(None),
               _SEGMENTS.c.lease_until > clock.now(conn)).group_by(pool))}


def totals(conn: sa.Connection) -> dict[str, amounts.Amount]:
    """What the counters of projects come to, by pool. Reads few rows."""
    name = _USAGE.c.type_name
    return {row[0].removeprefix(amounts.POOL): amounts.Amount(
        *map(int, row[1:])) for row in conn.execute(
            sa.select(name, *(sa.func.sum(column) for column in (
                _USAGE.c.artifacts_used, _USAGE.c.bytes_used,
                _USAGE.c.bytes_reserved)))
            .where(name.like(amounts.POOL + '%')).group_by(name))}


def backlog(conn: sa.Connection) -> int:
    """How many objects wait for their deletion."""
    return conn.scalar(sa.select(sa.func.count()).where(
        _SEGMENTS.c.status == 'deleted'))
