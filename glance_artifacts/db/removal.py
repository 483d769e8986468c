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

"""Giving artifacts up: dropping the tables, and ours alone."""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa

from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import migration
from glance_artifacts.db import models


@dataclasses.dataclass(frozen=True)
class Contents:
    """What would be lost.

    :param artifacts: how many there are, those that were deleted aside
    :param objects: how many objects they have in stores
    :param left: how many objects stores did not let go when told to
    :param prefix: what the names of all these objects begin with
    """

    artifacts: int = 0
    objects: int = 0
    left: int = 0
    prefix: str = ''

    @property
    def precious(self) -> bool:
        """Whether dropping the tables would lose anything."""
        return bool(self.artifacts or self.objects)


def tables(database: db_engine.Database) -> list[str]:
    """Our tables that exist, sorted."""
    with database.reader() as conn:
        return _present(conn)


def contents(database: db_engine.Database) -> Contents:
    """What the tables hold."""
    with database.reader() as conn:
        return _contents(conn)


def drop(database: db_engine.Database) -> Contents:
    """Drop our tables, unless they hold artifacts or objects.

    :return: what they held
    """
    with database.writer() as conn:
        found = _contents(conn)
        if not found.precious:
            for table in _ours().values():
                table.drop(conn, checkfirst=True)
        return found


def _ours() -> dict[str, sa.Table]:
    version = sa.Table(migration.VERSION_TABLE, sa.MetaData())
    return {**models.METADATA.tables, version.name: version}


def _present(conn: sa.Connection) -> list[str]:
    return sorted(set(sa.inspect(conn).get_table_names()) & set(_ours()))


def _contents(conn: sa.Connection) -> Contents:
    # a drop that was broken off may have left a part of them
    present = _present(conn)
    found: dict = {}
    if models.artifacts.name in present:
        found['artifacts'] = _count(conn, models.artifacts.c.live.is_not(None))
    if models.segments.name in present:
        gone = models.segments.c.status == 'deleted'
        found.update(objects=_count(conn, ~gone), left=_count(conn, gone))
    if models.settings.name in present:
        found['prefix'] = migration.prefix(conn)
    return Contents(**found)


def _count(conn: sa.Connection, where) -> int:
    return conn.scalar(sa.select(sa.func.count()).where(where)) or 0
