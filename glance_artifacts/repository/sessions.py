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

"""Uploads in parts: in any order, at the same time, through any process.

A session has the place of a blob until it is complete or given up. Each part
is a segment of its own; those that have arrived wait without a lease, and go
when the session goes.
"""

from __future__ import annotations

import dataclasses
from typing import Any
import uuid

import sqlalchemy as sa

from glance_artifacts.db import amounts
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import ids
from glance_artifacts.db import records
from glance_artifacts.db import sessions as db_sessions
from glance_artifacts import exceptions
from glance_artifacts.repository import bodies
from glance_artifacts.repository import inspection
from glance_artifacts.repository import manifest
from glance_artifacts.repository import mover as repository_mover
from glance_artifacts.repository import moving
from glance_artifacts.repository import part_sizes
from glance_artifacts.repository import parts as repository_parts
from glance_artifacts.repository import places as repository_places
from glance_artifacts.repository import uploads


@dataclasses.dataclass(frozen=True)
class Wanted:
    """What a client says of a session that it begins.

    :param size: bytes of all parts together
    :param tree_sha256: the digest that it expects, in hex
    """

    content_type: str
    size: int | None = None
    part_size: int | None = None
    tree_sha256: str | None = None


class Sessions:
    """The upload sessions of artifacts."""

    def __init__(self, database: db_engine.Database,
                 mover: repository_mover.Mover,
                 places: repository_places.Places,
                 inspector: inspection.Inspector) -> None:
        self._database = database
        self._mover = mover
        self._inspector = inspector
        self._parts = repository_parts.Parts(places)

    def begin(self, artifact: records.Artifact, place: bodies.Place,
              wanted: Wanted) -> records.Session:
        """Take the place of a blob for a new session.

        :raises BlobExists, BlobSaving: when it is taken
        :raises Immutable: when the artifact is no draft
        :raises InvalidValue: for a part size that does not do
        """
        moment = ids.now()
        session = records.Session(
            id=str(uuid.uuid4()), artifact_id=artifact.id,
            field=place.field.name, key=place.key, status=db_sessions.OPEN,
            size=wanted.size, tree_sha256=wanted.tree_sha256,
            part_size=part_sizes.choose(
                wanted.size, wanted.part_size,
                self._mover.segment_size(artifact)),
            created_at=moment, expires_at=moment)
        blob = records.Blob(
            field=session.field, key=session.key, status='saving',
            upload=session.id, content_type=wanted.content_type)
        return self._database.write(self._parts.begin, artifact, place, blob,
                                    session)

    def get(self, artifact: records.Artifact,
            session_id: str) -> records.Session:
        """A session of an artifact.

        :raises NotFound: ``artifact.upload.not_found``
        """
        with self._database.reader() as conn:
            found = db_sessions.get(conn, artifact.id, session_id)
        if found is None:
            raise repository_parts.not_found()
        return found

    def parts(self, session: records.Session) -> list[records.Segment]:
        """What has arrived, in order."""
        with self._database.reader() as conn:
            return db_sessions.parts(conn, session)

    def put(self, artifact: records.Artifact, session: records.Session,
            n: int, stream: moving.Stream) -> records.Segment:
        """Take in a part; the same once more, or another in its place.

        :raises NotFound: when the session is gone
        :raises Conflict: when it is complete
        """
        def reserve(conn: sa.Connection, segment: records.Segment,
                    found: records.Artifact,
                    limits: amounts.Limits) -> None:
            self._parts.reserve(conn, session, stream.size or 0, segment,
                                found, limits)

        def settle(moved: moving.Moved) -> records.Segment:
            kept, dropped = self._database.write(self._parts.arrive, session,
                                                 *moved.segments)
            self._mover.discard(dropped)
            return kept

        return self._mover.run(
            artifact, uploads.new_segment(artifact, session.field,
                                          session.key, n), stream, reserve,
            settle)

    def complete(self, artifact: records.Artifact, session: records.Session,
                 place: bodies.Place,
                 listed: manifest.Listed | None) -> records.Blob:
        """Make the parts one active blob; once more, the same answer.

        :param listed: what the client takes to have arrived, if it says
        :raises Conflict: when parts are missing or not what they should be,
            or have changed meanwhile
        :raises RejectedByType: then the session and its parts are gone
        """
        if session.status == db_sessions.COMPLETE:
            return artifact.blob(session.field, session.key)
        parts = self.parts(session)
        digest = manifest.check(session, parts, listed)
        try:
            values = self._inspector.run(place, parts)
        except exceptions.RejectedByType:
            self._give_up(self._parts.reject, session, parts)
            raise
        return self._database.write(self._parts.finish, session, place, parts,
                                    digest, values)

    def abort(self, session: records.Session) -> None:
        """Give a session up; nothing of it stays.

        :raises Conflict: when it is complete
        """
        self._give_up(self._parts.abort, session)

    def _give_up(self, how: Any, *args: Any) -> None:
        self._mover.discard(self._database.write(how, *args))
