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

"""Members of an artifact; each function is one transaction.

The row of the artifact is locked first, so that its members and its postings
change together, whoever else writes.
"""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa

from glance_artifacts.db import artifacts
from glance_artifacts.db import ids
from glance_artifacts.db import members
from glance_artifacts.db import records
from glance_artifacts import exceptions


def add(conn: sa.Connection, artifact: records.Artifact, member: str,
        limit: int) -> records.Member:
    """See ``Repository.add_member``."""
    current = _locked(conn, artifact)
    _check_room(current, limit)
    if member in current.members:
        raise exceptions.MemberExists(
            'The artifact is shared with this project already.',
            field='member')
    moment = ids.now()
    new = records.Member(member, 'pending', moment, moment)
    members.add(conn, current.id, new)
    _share(conn, current, {**current.members, member: new})
    return new


def change(conn: sa.Connection, artifact: records.Artifact, member: str,
           status: str) -> records.Member:
    """See ``Repository.change_member``."""
    current = _locked(conn, artifact)
    new = dataclasses.replace(find(current, member), status=status,
                              updated_at=ids.now())
    members.update(conn, current.id, new)
    _share(conn, current, {**current.members, member: new})
    return new


def remove(conn: sa.Connection, artifact: records.Artifact,
           member: str) -> None:
    """See ``Repository.remove_member``."""
    current = _locked(conn, artifact)
    find(current, member)
    members.remove(conn, current.id, member)
    _share(conn, current, _without(current, member))


def leave(conn: sa.Connection, artifact_id: str, member: str) -> None:
    """Have a project no member any more, whether it was one or not.

    Also of an artifact that is not shared now and keeps its members for later.
    """
    current = artifacts.get(conn, artifact_id, lock=True)
    members.remove(conn, artifact_id, member)
    if current is not None:
        _share(conn, current, _without(current, member))


def find(artifact: records.Artifact, member: str) -> records.Member:
    """A member of an artifact.

    :raises MemberNotFound: when the project is not a member
    """
    found = artifact.members.get(member)
    if found is None:
        raise not_found()
    return found


def not_found() -> exceptions.MemberNotFound:
    return exceptions.MemberNotFound('The artifact has no such member.')


def check_shared(artifact: records.Artifact) -> None:
    """Whether the artifact has members; others keep theirs for later.

    :raises NotShared: when it has not
    """
    if artifact.visibility != 'shared':
        raise exceptions.NotShared('Only shared artifacts have members.',
                                   field='visibility')


def _locked(conn: sa.Connection,
            artifact: records.Artifact) -> records.Artifact:
    current = artifacts.get(conn, artifact.id, lock=True)
    if current is None:
        raise exceptions.NotFound('The artifact was deleted.')
    check_shared(current)
    return current


def _share(conn: sa.Connection, current: records.Artifact,
           found: dict[str, records.Member]) -> None:
    artifacts.share(conn, current,
                    dataclasses.replace(current, members=found))


def _without(artifact: records.Artifact,
             member: str) -> dict[str, records.Member]:
    return {name: one for name, one in artifact.members.items()
            if name != member}


def _check_room(artifact: records.Artifact, limit: int) -> None:
    used = len(artifact.members)
    if 0 <= limit <= used:
        raise exceptions.TooLarge(
            'An artifact may have %d members.' % limit,
            code='artifact.member.quota', field='member', limit=limit,
            used=used, requested=1)
