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

"""What of the configuration cannot be taken away: bytes depend on it."""

from __future__ import annotations

from collections.abc import Iterator

from oslo_config import cfg
import sqlalchemy as sa

from glance_artifacts.conf import glance as glance_conf
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import models
from glance_artifacts.db import moves
from glance_artifacts import exceptions

_ARTIFACTS = models.artifacts
_SEGMENTS = models.segments


def problems(database: db_engine.Database, conf: cfg.ConfigOpts,
             ) -> Iterator[exceptions.Misconfigured]:
    """Stores and pools that are needed and not configured."""
    known = {*conf.artifacts.stores, *glance_conf.stores(conf)}
    with database.reader() as conn:
        used_stores, used_pools = stores(conn), pools(conn)
        targets = moves.by_pool(conn)
    for name in used_stores:
        if name not in known:
            yield exceptions.Misconfigured(
                'there are bytes of artifacts in the store "%s", which'
                ' neither it nor [DEFAULT]/enabled_backends names' % name,
                option='[artifacts]/stores',
                remedy='name the store again, in no pool if it is to get no'
                       ' more')
    for name in used_pools:
        if name not in conf.artifacts.pools:
            yield exceptions.Misconfigured(
                'there are artifacts in the pool "%s"' % name,
                option='[artifacts]/pools',
                remedy='name the pool again, without types if it is to get'
                       ' no more')
    for name in sorted(targets.keys() - {*used_pools,
                                         *conf.artifacts.pools}):
        yield exceptions.Misconfigured(
            'artifacts are to move to the pool "%s"' % name,
            option='[artifacts]/pools',
            remedy='name the pool again, until the worker has moved them')


def stores(conn: sa.Connection) -> list[str]:
    """The stores that have, or get, bytes of blobs."""
    column = _SEGMENTS.c.backend
    return [name for name in values(conn, column) if _any(
        conn, column == name, _SEGMENTS.c.status != 'deleted')]


def pools(conn: sa.Connection) -> list[str]:
    """The pools that have artifacts."""
    column = _ARTIFACTS.c.pool
    return [name for name in values(conn, column)
            if _any(conn, column == name, _ARTIFACTS.c.live == 1)]


def values(conn: sa.Connection, column: sa.Column) -> Iterator[str]:
    """The values of a column, which is the first of an index.

    One look into the index for each, however many rows there are.
    """
    found = conn.scalar(sa.select(sa.func.min(column)))
    while found is not None:
        yield found
        found = conn.scalar(sa.select(sa.func.min(column))
                            .where(column > found))


def _any(conn: sa.Connection, *where: sa.ColumnElement[bool]) -> bool:
    return conn.scalar(sa.select(sa.literal(1)).where(*where).limit(1)) == 1
