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

"""Proving the counters of projects against what there is."""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa

from glance_artifacts.db import amounts
from glance_artifacts.db import blobs
from glance_artifacts.db import models
from glance_artifacts.db import usage_count
from glance_artifacts.db import usage_rows


@dataclasses.dataclass(frozen=True)
class Difference:
    """A row that does not say what there is.

    :param type_name: empty for the row of the project as a whole,
        ``pool:NAME`` for that of a pool
    """

    project: str
    type_name: str
    kept: amounts.Amount
    counted: amounts.Amount


def recount(conn: sa.Connection, project: str,
            correct: bool) -> list[Difference]:
    """Count a project, which waits meanwhile, and compare.

    :param correct: make the rows say what there is
    :returns: nothing for a project that has no rows yet
    """
    if usage_rows.locked(conn, project) is None:
        return []
    kept = usage_rows.of(conn, project)
    counted = usage_count.count(conn, project)
    found = [Difference(project, name, *pair)
             for name in sorted({*kept, *counted})
             for pair in [(kept.get(name, amounts.NOTHING),
                           counted.get(name, amounts.NOTHING))]
             if pair[0] != pair[1]]
    if correct:
        _forget_idle(conn)
        if found:
            usage_rows.replace(conn, project, counted)
    return found


def _forget_idle(conn: sa.Connection) -> None:
    """Forget reservations that nobody writes to; they are not counted."""
    held, segments = models.reservations, models.segments
    idle = list(conn.scalars(sa.select(held.c.segment_id).select_from(
        held.outerjoin(segments, sa.and_(
            segments.c.id == held.c.segment_id,
            segments.c.status.in_(blobs.UNDER_WAY))))
        .where(segments.c.id.is_(None))))
    if idle:
        conn.execute(sa.delete(held).where(held.c.segment_id.in_(idle)))
