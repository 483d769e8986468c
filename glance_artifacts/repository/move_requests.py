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

"""Moves to another pool that are asked for; ``relocation`` makes them."""

from __future__ import annotations

import sqlalchemy as sa

from glance_artifacts.db import amounts
from glance_artifacts.db import moves
from glance_artifacts.db import records
from glance_artifacts.db import reservations
from glance_artifacts.db import usage


def put(conn: sa.Connection, current: records.Artifact, pool: str,
        limits: amounts.Limits) -> None:
    """Note a move, in the place of one that was noted before.

    To the pool where it is, too: copies of it may wait elsewhere by now.

    :param current: read under a lock in this transaction
    :param limits: of its owner in that pool
    :raises TooLarge: as ``check`` does
    """
    if current.pool != pool:
        check(conn, current, pool, limits)
    moves.put(conn, current.id, pool)


def check(conn: sa.Connection, artifact: records.Artifact, pool: str,
          limits: amounts.Limits) -> None:
    """Whether its owner has room for an artifact in a pool.

    Asked before it moves and not again: what has moved is there. What else is
    on its way to the pool does not count yet.

    :raises TooLarge: ``quota.artifacts``, ``quota.bytes``
    """
    name = amounts.pool(pool)
    there = usage.of(conn, artifact.owner).get(name, amounts.NOTHING)
    held = amounts.Amount(reserved=reservations.total(conn, artifact.id))
    amounts.check(name, there, amounts.of(artifact) + held, limits.of_pool)
