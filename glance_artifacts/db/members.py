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

"""Statements on members: the projects that artifacts are shared with.

Who writes here holds the lock on the row of the artifact, whose postings
follow from its members.
"""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa

from glance_artifacts.db import models
from glance_artifacts.db import records

_TABLE = models.members
_SHOWN = tuple(column for column in _TABLE.c
               if column.name != 'artifact_id')


def of(conn: sa.Connection, artifact_id: str) -> dict[str, records.Member]:
    """The members of an artifact, by project, in order of coming."""
    found = {}
    for row in conn.execute(
            sa.select(*_SHOWN).where(_TABLE.c.artifact_id == artifact_id)
            .order_by(_TABLE.c.created_at, _TABLE.c.member)).mappings():
        member = records.Member(**row)
        found[member.member] = member
    return found


def of_each(conn: sa.Connection, artifact_ids: list[str],
            ) -> dict[str, dict[str, records.Member]]:
    """The members of several artifacts, by project."""
    found: dict[str, dict[str, records.Member]] = {}
    for row in conn.execute(sa.select(_TABLE).where(
            _TABLE.c.artifact_id.in_(artifact_ids))).mappings():
        values = dict(row)
        artifact_id = values.pop('artifact_id')
        member = records.Member(**values)
        found.setdefault(artifact_id, {})[member.member] = member
    return found


def add(conn: sa.Connection, artifact_id: str,
        member: records.Member) -> None:
    conn.execute(sa.insert(_TABLE).values(artifact_id=artifact_id,
                                          **dataclasses.asdict(member)))


def update(conn: sa.Connection, artifact_id: str,
           member: records.Member) -> None:
    conn.execute(sa.update(_TABLE).where(*_one(artifact_id, member.member))
                 .values(status=member.status, updated_at=member.updated_at))


def remove(conn: sa.Connection, artifact_id: str, project_id: str) -> None:
    conn.execute(sa.delete(_TABLE).where(*_one(artifact_id, project_id)))


def remove_all(conn: sa.Connection, artifact_id: str) -> None:
    """Forget the members of an artifact that is deleted."""
    conn.execute(sa.delete(_TABLE).where(_TABLE.c.artifact_id == artifact_id))


def _one(artifact_id: str, project_id: str) -> tuple:
    return (_TABLE.c.artifact_id == artifact_id,
            _TABLE.c.member == project_id)
