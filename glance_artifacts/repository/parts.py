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

"""Sessions and their parts, changed in the caller's transaction."""

from __future__ import annotations

import dataclasses
from typing import Any

import sqlalchemy as sa

from glance_artifacts.db import amounts
from glance_artifacts.db import artifacts
from glance_artifacts.db import blobs
from glance_artifacts.db import copies
from glance_artifacts.db import records
from glance_artifacts.db import reservations
from glance_artifacts.db import sessions
from glance_artifacts.db import usage
from glance_artifacts import exceptions
from glance_artifacts.repository import bodies
from glance_artifacts.repository import conditions
from glance_artifacts.repository import places as repository_places


class Parts:
    """Changes of sessions, each under the lock of the artifact."""

    def __init__(self, places: repository_places.Places) -> None:
        self._places = places

    def begin(self, conn: sa.Connection, artifact: records.Artifact,
              place: bodies.Place, blob: records.Blob,
              session: records.Session) -> records.Session:
        """Take the place of a blob for a session."""
        self._places.take(conn, artifact, place.field, blob,
                          session.size or 0)
        return sessions.add(conn, session)

    def reserve(self, conn: sa.Connection, session: records.Session,
                size: int, segment: records.Segment,
                artifact: records.Artifact, limits: amounts.Limits) -> None:
        """Note a part that is about to come, and room for it.

        :param artifact: of the owner whose limits these are, in the pool that
            the segment goes to
        :raises TooLarge: ``quota.bytes``
        """
        current = conditions.owned(conn, artifact.id, artifact.owner)
        conditions.check_pool(current, artifact.pool)
        _check_open(conn, session)
        blobs.reserve(conn, segment, self._places.lease)
        usage.reserve(conn, current, segment.id, size, limits, new=True)

    def arrive(self, conn: sa.Connection, session: records.Session,
               segment: records.Segment,
               ) -> tuple[records.Segment, list[records.Segment]]:
        """Keep a part that has arrived, and only one of each number.

        :returns: the one that is kept, and those whose bytes are to go
        """
        current = conditions.locked(conn, segment.artifact_id)
        _check_open(conn, session)
        earlier = sessions.parts(conn, session, segment.n)
        if not blobs.activate_segment(conn, segment, sessions.PART):
            raise conditions.lease_lost()
        kept, dropped = segment, earlier
        if earlier and (earlier[0].sha256, earlier[0].size) == (
                segment.sha256, segment.size):
            kept, dropped = earlier[0], [segment]
        for one in dropped:
            sessions.drop(conn, one)
        if earlier:
            copies.drop_of(conn, dropped)
        sessions.prolong(conn, session)
        held = sessions.release(conn, [segment, *earlier])
        reservations.add(conn, kept.id, current.id, kept.size)
        usage.change(conn, current.owner, current.type_name, current.pool,
                     amounts.Amount(reserved=kept.size - held))
        return kept, dropped

    def finish(self, conn: sa.Connection, session: records.Session,
               place: bodies.Place, parts: list[records.Segment], digest: str,
               values: dict[str, Any]) -> records.Blob:
        """Show what the parts make up.

        :param parts: what was looked at
        :param values: what the type made of it
        :raises Conflict: when there are others now
        """
        current = conditions.locked(conn, session.artifact_id)
        found = _current(conn, session)
        if found.status == sessions.COMPLETE:
            return current.blob(session.field, session.key)
        now = sessions.parts(conn, session)
        if not _same(now, parts):
            raise exceptions.Conflict(
                'Parts arrived while the upload was completed.',
                code='artifact.upload.changed')
        sessions.activate(conn, session)
        sessions.finish(conn, session)
        blob = dataclasses.replace(
            current.blob(session.field, session.key), status='active',
            size=sum(part.size for part in parts), tree_sha256=digest,
            segments=len(parts))
        return self._places.show(conn, current, place, blob, values,
                                 sessions.release(conn, now))

    def abort(self, conn: sa.Connection,
              session: records.Session) -> list[records.Segment]:
        """Give a session up; what to delete from stores.

        :raises Conflict: when it is complete
        """
        current = conditions.locked(conn, session.artifact_id)
        _check_open(conn, session)
        return self._close(conn, current, session)

    def reject(self, conn: sa.Connection, session: records.Session,
               parts: list[records.Segment]) -> list[records.Segment]:
        """Give a session up whose bytes are not wanted, if it still has them.

        :param parts: what was looked at
        """
        current = conditions.locked(conn, session.artifact_id)
        found = sessions.get(conn, current.id, session.id)
        if (found is None or found.status == sessions.COMPLETE
                or not _same(sessions.parts(conn, session), parts)):
            return []
        return self._close(conn, current, session)

    def expire(self, conn: sa.Connection,
               session: records.Session) -> bool:
        """Forget a session whose time is over; False when it is not.

        Its parts are left to whoever deletes what is due.
        """
        current = artifacts.get(conn, session.artifact_id, lock=True)
        if not sessions.is_over(conn, session):
            return False
        if current is None or session.status == sessions.COMPLETE:
            sessions.remove(conn, session.artifact_id,
                            (session.field, session.key))
        else:
            self._close(conn, current, session, delay=0)
        return True

    def _close(self, conn: sa.Connection, current: records.Artifact,
               session: records.Session,
               delay: float | None = None) -> list[records.Segment]:
        return self._places.vacate(
            conn, current, current.blob(session.field, session.key), delay)


def not_found() -> exceptions.NotFound:
    """The answer for a session that is not there, or not any more."""
    return exceptions.NotFound('There is no such upload.',
                               code='artifact.upload.not_found')


def _check_open(conn: sa.Connection, session: records.Session) -> None:
    if _current(conn, session).status == sessions.COMPLETE:
        raise exceptions.Conflict('The upload is complete.',
                                  code='artifact.upload.complete')


def _current(conn: sa.Connection,
             session: records.Session) -> records.Session:
    found = sessions.get(conn, session.artifact_id, session.id)
    if found is None:
        raise not_found()
    return found


def _same(parts: list[records.Segment],
          others: list[records.Segment]) -> bool:
    """Whether these have the same bytes; they may have moved."""
    return _digests(parts) == _digests(others)


def _digests(parts: list[records.Segment]) -> list[tuple]:
    return [(part.n, part.size, part.sha256) for part in parts]
