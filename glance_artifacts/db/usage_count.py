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

"""Counting what projects use from the rows that there are.

Exact while the project's row in ``usage`` is locked: whoever changes what is
counted needs that row before they commit.
"""

from __future__ import annotations

import collections

import sqlalchemy as sa

from glance_artifacts.db import amounts
from glance_artifacts.db import blobs
from glance_artifacts.db import in_use
from glance_artifacts.db import models

_ARTIFACTS = models.artifacts
_BLOBS = models.blobs
_SEGMENTS = models.segments
_RESERVATIONS = models.reservations
_BY = (_ARTIFACTS.c.type_name, _ARTIFACTS.c.pool)


def count(conn: sa.Connection, project: str) -> dict[str, amounts.Amount]:
    """What a project uses, by type and by pool, and in all."""
    counted = {amounts.TOTAL: amounts.NOTHING}
    # with their names, those of a project are found through one index
    names = list(in_use.values(conn, _ARTIFACTS.c.type_name))
    if not names:
        return counted
    mine = sa.and_(_ARTIFACTS.c.type_name.in_(names),
                   _ARTIFACTS.c.owner == project, _ARTIFACTS.c.live == 1)
    numbers: dict[tuple, dict[str, int]] = collections.defaultdict(dict)
    for what, select in _selects().items():
        for type_name, pool, number in conn.execute(
                select.where(mine).group_by(*_BY)):
            numbers[type_name, pool][what] = int(number)
    for (type_name, pool), found in sorted(numbers.items()):
        for name in (amounts.TOTAL, type_name, amounts.pool(pool)):
            counted[name] = (counted.get(name, amounts.NOTHING)
                             + amounts.Amount(**found))
    return counted


def _selects() -> dict[str, sa.Select]:
    """What to add up, by part of an amount."""
    active = _ARTIFACTS.join(_BLOBS, sa.and_(
        _BLOBS.c.artifact_id == _ARTIFACTS.c.id, _BLOBS.c.status == 'active'))
    # what a writer has reserved who is gone for good holds no room
    reserved = _ARTIFACTS.join(
        _RESERVATIONS, _RESERVATIONS.c.artifact_id == _ARTIFACTS.c.id).join(
        _SEGMENTS, sa.and_(_SEGMENTS.c.id == _RESERVATIONS.c.segment_id,
                           _SEGMENTS.c.status.in_(blobs.UNDER_WAY)))
    return {
        'artifacts': sa.select(*_BY, sa.func.count()),
        'used': sa.select(*_BY, sa.func.coalesce(sa.func.sum(
            _BLOBS.c.size), 0)).select_from(active),
        'reserved': sa.select(*_BY, sa.func.sum(
            _RESERVATIONS.c.bytes)).select_from(reserved)}
