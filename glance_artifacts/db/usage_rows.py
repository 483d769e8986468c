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

"""Statements on the rows that say what a project uses.

What they mean, and the order in which they are changed, is in ``usage``.
"""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite

from glance_artifacts.db import amounts
from glance_artifacts.db import models

_TABLE = models.usage
#: Stands in a row only until its own transaction has counted.
_UNCOUNTED = -1


def of(conn: sa.Connection, project: str) -> dict[str, amounts.Amount]:
    """What the rows of a project say, by type and by pool."""
    return {row.type_name: _amount(row) for row in conn.execute(
        sa.select(_TABLE).where(_TABLE.c.project == project))}


def projects(conn: sa.Connection) -> list[str]:
    """The projects that have rows, in order."""
    return list(conn.scalars(
        sa.select(_TABLE.c.project).where(_TABLE.c.type_name == amounts.TOTAL)
        .order_by(_TABLE.c.project)))


def locked(conn: sa.Connection, project: str) -> amounts.Amount | None:
    """What the row of a project says; it is ours until we are done."""
    row = conn.execute(sa.select(_TABLE).where(*_key(project, amounts.TOTAL))
                       .with_for_update()).first()
    return None if row is None else _amount(row)


def begin(conn: sa.Connection, project: str) -> bool:
    """Bring the row of a project and lock it.

    Waits for a transaction that is about to bring the same row.

    :returns: False when it is there already
    """
    conn.execute(_insert_once(conn.dialect.name, {
        'project': project, 'type_name': amounts.TOTAL,
        'artifacts_used': _UNCOUNTED, 'bytes_used': 0, 'bytes_reserved': 0}))
    found = locked(conn, project)
    return found is not None and found.artifacts == _UNCOUNTED


def add(conn: sa.Connection, project: str, type_name: str,
        more: amounts.Amount, limit: amounts.Limit = amounts.Limit()) -> bool:
    """Add to a row if there is room; False: no row, or no room."""
    update = _added(more).where(*_key(project, type_name))
    if more.artifacts > 0 and limit.artifacts >= 0:
        update = update.where(
            _TABLE.c.artifacts_used + more.artifacts <= limit.artifacts)
    if more.bytes > 0 and limit.bytes >= 0:
        update = update.where(_TABLE.c.bytes_used + _TABLE.c.bytes_reserved
                              + more.bytes <= limit.bytes)
    return conn.execute(update).rowcount == 1


def add_each(conn: sa.Connection, project: str, names: Collection[str],
             more: amounts.Amount) -> int:
    """Add to rows of a project, which is locked; how many of them exist."""
    return conn.execute(_added(more).where(
        _TABLE.c.project == project,
        _TABLE.c.type_name.in_(sorted(names)))).rowcount


def insert(conn: sa.Connection, project: str, type_name: str,
           amount: amounts.Amount) -> None:
    """Bring the row of a type or pool, under the lock of its project."""
    conn.execute(sa.insert(_TABLE).values(
        project=project, type_name=type_name, **_values(amount)))


def replace(conn: sa.Connection, project: str,
            counted: dict[str, amounts.Amount]) -> None:
    """Put these in the place of all rows of a project, which is locked."""
    # that of the project stays: it is the lock
    conn.execute(sa.update(_TABLE).where(*_key(project, amounts.TOTAL))
                 .values(_values(counted[amounts.TOTAL])))
    conn.execute(sa.delete(_TABLE).where(_TABLE.c.project == project,
                                         _TABLE.c.type_name != amounts.TOTAL))
    for type_name, amount in counted.items():
        if type_name != amounts.TOTAL:
            insert(conn, project, type_name, amount)


def _added(more: amounts.Amount) -> sa.sql.Update:
    return sa.update(_TABLE).values(
        artifacts_used=_TABLE.c.artifacts_used + more.artifacts,
        bytes_used=_TABLE.c.bytes_used + more.used,
        bytes_reserved=_TABLE.c.bytes_reserved + more.reserved)


def _insert_once(dialect: str, values: dict) -> sa.sql.Insert:
    """An INSERT that leaves alone what is there."""
    if dialect == 'postgresql':
        return postgresql.insert(_TABLE).values(
            values).on_conflict_do_nothing()
    if dialect == 'sqlite':
        return sqlite.insert(_TABLE).values(values).on_conflict_do_nothing()
    # IGNORE would lock the row for reading: two who wait would deadlock
    return mysql.insert(_TABLE).values(values).on_duplicate_key_update(
        project=_TABLE.c.project)


def _key(project: str, type_name: str) -> tuple:
    return _TABLE.c.project == project, _TABLE.c.type_name == type_name


def _amount(row) -> amounts.Amount:
    return amounts.Amount(row.artifacts_used, row.bytes_used,
                          row.bytes_reserved)


def _values(amount: amounts.Amount) -> dict[str, int]:
    return {'artifacts_used': amount.artifacts, 'bytes_used': amount.used,
            'bytes_reserved': amount.reserved}
