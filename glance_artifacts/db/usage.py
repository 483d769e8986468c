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

"""What projects use and have reserved, counted as it changes.

A project has one row for all, one for each type and one for each pool. They
are changed in the transaction that changes what they count, and as the last of
its statements: the row of the project by one conditional UPDATE, those of the
type and of the pool by another, and looked at where they have limits. So the
order of locks is artifact, project, and a project is never held up for long.
Who holds the row of a project holds the others of it.

The first change of a project finds no row and counts what is there. Others
wait for that row, and add to it what they have done themselves. The rows of
pools are counted in the same way where a project has rows that are older than
they are.
"""

from __future__ import annotations

import sqlalchemy as sa

from glance_artifacts.db import amounts
from glance_artifacts.db import models
from glance_artifacts.db import records
from glance_artifacts.db import reservations
from glance_artifacts.db import usage_count
from glance_artifacts.db import usage_rows


def change(conn: sa.Connection, project: str, type_name: str, pool: str,
           more: amounts.Amount,
           limits: amounts.Limits = amounts.UNLIMITED) -> None:
    """Count a change that this transaction has made.

    Only what grows is held to its limit: one that was lowered refuses no
    deletion.

    :param more: how much more there is, or less
    :raises TooLarge: ``quota.artifacts``, ``quota.bytes``
    """
    if more == amounts.NOTHING:
        return
    if not usage_rows.add(conn, project, amounts.TOTAL, more, limits.total):
        if usage_rows.begin(conn, project):
            counted = usage_count.count(conn, project)
            usage_rows.replace(conn, project, counted)
            for name, limit in ((amounts.TOTAL, limits.total),
                                (type_name, limits.of_type),
                                (amounts.pool(pool), limits.of_pool)):
                _check_counted(counted, name, more, limit)
            return
        _insist(conn, project, more, limits.total)
    bounds = {type_name: limits.of_type, amounts.pool(pool): limits.of_pool}
    found = usage_rows.add_each(conn, project, bounds.keys(), more)
    if found < len(bounds) or any(limit != amounts.Limit()
                                  for limit in bounds.values()):
        _settle(conn, project, type_name, more, bounds)


def follow(conn: sa.Connection, old: records.Artifact,
           new: records.Artifact,
           limits: amounts.Limits = amounts.UNLIMITED,
           released: int = 0) -> None:
    """Count what has become of an artifact.

    What its uploads have reserved goes with it to another owner; of one that
    is deleted it is given up.

    :param limits: of the new owner
    :param released: bytes whose reservation this transaction has dropped
    :raises TooLarge: ``quota.artifacts``, ``quota.bytes``
    """
    if new.status == 'deleted':
        released += reservations.drop_all(conn, old.id)
    if (new.owner, new.pool) == (old.owner, old.pool):
        change(conn, new.owner, new.type_name, new.pool,
               amounts.of(new) - amounts.of(old)
               - amounts.Amount(reserved=released), limits)
        return
    held = amounts.Amount(reserved=reservations.total(conn, old.id))
    if new.owner == old.owner:
        _rehome(conn, old, new, amounts.of(new) + held)
        return
    steps = [(old.owner, amounts.NOTHING - amounts.of(old) - held,
              amounts.UNLIMITED),
             (new.owner, amounts.of(new) + held, limits)]
    # in order, so that two of them never wait for each other
    for owner, more, bound in sorted(steps, key=lambda step: step[0]):
        change(conn, owner, new.type_name, new.pool, more, bound)


def reserve(conn: sa.Connection, artifact: records.Artifact,
            segment_id: str, count: int, limits: amounts.Limits, *,
            new: bool = False) -> None:
    """Reserve bytes for a segment, under the lock of its artifact.

    :param new: this transaction has noted the segment
    :raises TooLarge: ``quota.bytes``
    """
    if count:
        reservations.add(conn, segment_id, artifact.id, count, new=new)
        change(conn, artifact.owner, artifact.type_name, artifact.pool,
               amounts.Amount(reserved=count), limits)


def release(conn: sa.Connection, segment_id: str) -> None:
    """Give up what a segment has reserved, if it still has anything.

    To be called in the transaction that takes the segment from ``saving``
    without making it part of a blob.
    """
    artifact_id = reservations.artifact_of(conn, segment_id)
    if artifact_id is None:
        return
    table = models.artifacts
    row = conn.execute(
        sa.select(table.c.owner, table.c.type_name, table.c.pool)
        .where(table.c.id == artifact_id).with_for_update()).first()
    count = reservations.drop(conn, segment_id)
    if row is not None:
        change(conn, row.owner, row.type_name, row.pool,
               amounts.Amount(reserved=-count))


def of(conn: sa.Connection, project: str) -> dict[str, amounts.Amount]:
    """What a project uses, by type and by pool, and in all.

    Counted from what is there, for a project that lacks rows.
    """
    found = usage_rows.of(conn, project)
    if any(name.startswith(amounts.POOL) for name in found):
        return found
    return usage_count.count(conn, project)


def _rehome(conn: sa.Connection, old: records.Artifact,
            new: records.Artifact, amount: amounts.Amount) -> None:
    """Count an artifact in another pool: the project has what it had."""
    project = new.owner
    left, entered = amounts.pool(old.pool), amounts.pool(new.pool)
    usage_rows.begin(conn, project)
    if {left, entered} <= usage_rows.of(conn, project).keys():
        usage_rows.add(conn, project, left, amounts.NOTHING - amount)
        usage_rows.add(conn, project, entered, amount)
    else:
        # this transaction has moved it already: what there is is right
        usage_rows.replace(conn, project, usage_count.count(conn, project))


def _insist(conn: sa.Connection, project: str, more: amounts.Amount,
            limit: amounts.Limit) -> None:
    """Tell why a project has no room."""
    amounts.check(amounts.TOTAL, usage_rows.locked(conn, project), more,
                  limit)
    # the row came, or room did, after we had looked
    usage_rows.add(conn, project, amounts.TOTAL, more)


def _settle(conn: sa.Connection, project: str, type_name: str,
            more: amounts.Amount, bounds: dict[str, amounts.Limit]) -> None:
    """Hold the rows of a type and a pool to their limits.

    They have been added to, where they are there. A type that has none gets
    one; the rows of pools that are missing are counted.
    """
    there = usage_rows.of(conn, project)
    missing = {} if type_name in there else {type_name: more}
    if not bounds.keys() <= {type_name, *there}:
        missing.update(
            (name, amount)
            for name, amount in usage_count.count(conn, project).items()
            if name.startswith(amounts.POOL) and name not in there)
    for name, amount in missing.items():
        usage_rows.insert(conn, project, name, amount)
    for name, limit in bounds.items():
        _check_counted({**there, **missing}, name, more, limit)


def _check_counted(counted: dict[str, amounts.Amount], name: str,
                   more: amounts.Amount, limit: amounts.Limit) -> None:
    """Hold to its limit what is part of the counters already."""
    there = counted.get(name, amounts.NOTHING) - more
    amounts.check(name, there, more, limit)
