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

"""Statements on what processes tell of their transfers.

A process knows its own; who wants to know of all asks here.
"""

from __future__ import annotations

import collections
from collections.abc import Mapping

import sqlalchemy as sa

from glance_artifacts.db import clock
from glance_artifacts.db import models

#: A process that has said nothing for so long has no transfers any more; it
#: tells of long ones once a minute. In seconds.
SILENCE = 150
#: So long what a process has refused is remembered after its last word.
MEMORY = 24 * 60 * 60
#: The service of a process that does not tell.
UNKNOWN = 'unknown'
_TABLE = models.transfers
_KEY = 12
_LENGTH = _TABLE.c.process.type.length - _KEY - 1


def process(service: str, key: str) -> str:
    """A name for a process, which tells its service.

    :param service: which, and where; kept as far as there is room
    :param key: which no other process has
    """
    return '%s:%s' % (service.encode('ascii', 'replace').decode()[:_LENGTH],
                      key[:_KEY])


def tell(conn: sa.Connection, process: str,
         counts: Mapping[str, tuple[int, int]]) -> None:
    """Say what there is now, and forget who has been silent for long.

    :param counts: transfers that run, and those refused so far, by pool
    """
    conn.execute(sa.delete(_TABLE).where(sa.or_(
        _TABLE.c.process == process,
        _TABLE.c.seen_at < clock.now(conn, -MEMORY))))
    for pool, (running, refused) in sorted(counts.items()):
        conn.execute(sa.insert(_TABLE).values(
            process=process, pool=pool, running=running, refused=refused,
            seen_at=clock.now(conn)))


def of_all(conn: sa.Connection) -> dict[str, tuple[int, int]]:
    """The same of all processes together."""
    living = sa.case((_TABLE.c.seen_at > clock.now(conn, -SILENCE),
                      _TABLE.c.running), else_=0)
    return {row.pool: (int(row.running), int(row.refused))
            for row in conn.execute(sa.select(
                _TABLE.c.pool, sa.func.sum(living).label('running'),
                sa.func.sum(_TABLE.c.refused).label('refused'))
                .group_by(_TABLE.c.pool))}


def of_services(conn: sa.Connection) -> dict[str, dict[str, int]]:
    """The transfers that run, by pool and by the service that has them."""
    found: dict[str, dict[str, int]] = collections.defaultdict(dict)
    for row in conn.execute(sa.select(
            _TABLE.c.process, _TABLE.c.pool, _TABLE.c.running).where(
                _TABLE.c.running > 0,
                _TABLE.c.seen_at > clock.now(conn, -SILENCE))):
        # processes of older releases do not tell
        service = row.process.rpartition(':')[0] or UNKNOWN
        of_pool = found[row.pool]
        of_pool[service] = of_pool.get(service, 0) + row.running
    return found
