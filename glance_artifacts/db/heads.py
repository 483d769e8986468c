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

"""The highest versions, as far as a caller's lists show them."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from glance_artifacts.db import encoding
from glance_artifacts.db import models
from glance_artifacts.db import postings
from glance_artifacts.types import semver

_TABLE = models.artifacts
_INDEX = models.index
#: What has versions.
_GROUP = ('type_name', 'owner', 'name')


def among(conn: sa.Connection, ids: Sequence[str], type_name: str,
          audiences: Sequence[str]) -> set[str]:
    """Those of these artifacts that are the highest active versions.

    Of their names and owners, and of those that stand in the lists of
    ``audiences``, and so of those that the caller is shown there. A
    pre-release is it only where there is no release; build metadata decides
    between equal versions.
    """
    if not ids:
        return set()
    best: dict[tuple[str, str], tuple] = {}
    for row in _versions(conn, ids, type_name, audiences):
        group = row.owner, row.name
        best[group] = max(_rank(row), best.get(group, ()))
    return {rank[-1] for rank in best.values()}.intersection(ids)


def _versions(conn: sa.Connection, ids: Sequence[str], type_name: str,
              audiences: Sequence[str]) -> sa.CursorResult:
    """All versions of what has one among ``ids``, which are of the type."""
    group = [_TABLE.c[name] for name in _GROUP]
    # each once, or as many versions would be joined to as many ids; asked for
    # the type by name as well, SQLite would look through all of it
    groups = (sa.select(*group).distinct().where(_TABLE.c.id.in_(ids))
              .subquery())
    every = _TABLE.alias()
    return conn.execute(
        sa.select(every.c.owner, every.c.name, every.c.version, every.c.id)
        .select_from(groups.join(every, sa.and_(*(
            every.c[name] == groups.c[name] for name in _GROUP))))
        .where(every.c.live == 1, every.c.status == 'active',
               sa.or_(*(_listed(every, type_name, audience)
                        for audience in audiences))))


def _listed(table: sa.Alias, type_name: str,
            audience: str) -> sa.ColumnElement[bool]:
    # a scalar: what the optimizer makes of EXISTS hangs on its statistics
    return sa.select(sa.literal(1)).where(
        _INDEX.c.scope == postings.scope(audience, type_name,
                                         postings.CREATED),
        _INDEX.c.value == encoding.ABSENT,
        _INDEX.c.id == table.c.id).scalar_subquery().is_not(None)


def _rank(row: sa.Row) -> tuple[bool, bytes, str]:
    return (not semver.parse(row.version).prerelease,
            encoding.encode('semver', row.version), row.id)
