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

"""Artifacts in our own tables, their bytes in stores."""

from __future__ import annotations

from collections.abc import Iterator
import dataclasses
import functools

from glance_artifacts.db import amounts
from glance_artifacts.db import artifacts
from glance_artifacts.db import blobs
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import ids
from glance_artifacts.db import members as db_members
from glance_artifacts.db import moves
from glance_artifacts.db import records
from glance_artifacts.db import shown
from glance_artifacts import exceptions
from glance_artifacts import lifecycle
from glance_artifacts import policy
from glance_artifacts.quota import limits as quota_limits
from glance_artifacts.repository import base
from glance_artifacts.repository import bodies
from glance_artifacts.repository import conditions
from glance_artifacts.repository import inspection
from glance_artifacts.repository import members
from glance_artifacts.repository import move_requests
from glance_artifacts.repository import mover as repository_mover
from glance_artifacts.repository import orders
from glance_artifacts.repository import paging
from glance_artifacts.repository import places as repository_places
from glance_artifacts.repository import reading
from glance_artifacts.repository import sessions as repository_sessions
from glance_artifacts.repository import type_versions
from glance_artifacts.repository import uploads
from glance_artifacts.store import backends as store_backends
from glance_artifacts.store import pieces


class SqlRepository(base.Repository):
    """The repository of every type that has none of its own.

    :param delay: seconds until the bytes of what is deleted go; None: at once
    """

    def __init__(self, database: db_engine.Database,
                 backends: store_backends.Backends,
                 types: type_versions.TypeVersions,
                 places: repository_places.Places,
                 mover: repository_mover.Mover,
                 inspector: inspection.Inspector,
                 limits: quota_limits.Source, *,
                 delay: int | None = None) -> None:
        self._database = database
        self._backends = backends
        self._types = types
        self._places = places
        self._mover = mover
        self._uploader = uploads.Uploader(database, mover, places, inspector)
        self._sessions = repository_sessions.Sessions(
            database, mover, places, inspector)
        self._limits = limits
        self._delay = delay

    @property
    def sessions(self) -> repository_sessions.Sessions:
        return self._sessions

    def create(self, draft: records.Artifact) -> records.Artifact:
        self._types.remember(self._types.of(draft))
        return self._database.write(artifacts.create, draft,
                                    self._fields(draft), self._room(draft))

    def get(self, caller: policy.Caller, type_name: str,
            artifact_id: str) -> records.Artifact:
        return self._seen(caller, (type_name,), artifact_id)

    def page(self, caller: policy.Caller, query: base.Query) -> base.Page:
        with self._database.reader() as conn:
            return paging.page(conn, caller, query)

    def place(self, caller: policy.Caller, query: base.Query,
              artifact_id: str) -> orders.Place:
        found = self._seen(caller, query.listed_types, artifact_id)
        return orders.place(query.order, found)

    def save(self, old: records.Artifact,
             new: records.Artifact) -> records.Artifact:
        self._types.remember(self._types.of(new))
        limits = (amounts.UNLIMITED if new.owner == old.owner
                  else self._room(new))
        return self._database.write(self._save, old, new, limits)

    def delete(self, artifact: records.Artifact) -> None:
        self._delete_bytes(self._database.write(self._bury, artifact))

    def move(self, artifact: records.Artifact, pool: str) -> None:
        limits = self._limits.of(artifact.owner).on(artifact.type_name, pool)
        self._database.write(self._ask_to_move, artifact, pool, limits)

    def members(self, artifact: records.Artifact,
                ) -> dict[str, records.Member]:
        if artifact.visibility != 'shared':
            return {}
        with self._database.reader() as conn:
            return db_members.of(conn, artifact.id)

    def add_member(self, artifact: records.Artifact, member: str,
                   limit: int) -> records.Member:
        return self._database.write(members.add, artifact, member, limit)

    def change_member(self, artifact: records.Artifact, member: str,
                      status: str) -> records.Member:
        return self._database.write(members.change, artifact, member, status)

    def remove_member(self, artifact: records.Artifact, member: str) -> None:
        self._database.write(members.remove, artifact, member)

    def upload(self, artifact: records.Artifact,
               upload: bodies.Upload) -> records.Blob:
        if artifact.outdated:
            artifact = self.save(artifact, artifact)
        return self._uploader.run(artifact, upload)

    def read(self, artifact: records.Artifact, blob: records.Blob,
             offset: int, length: int) -> Iterator[pieces.Piece]:
        return reading.pieces(
            self._backends, self._segments(artifact, blob), offset, length,
            functools.partial(self._again, artifact, blob))

    def delete_blob(self, artifact: records.Artifact,
                    blob: records.Blob) -> None:
        self._delete_bytes(
            self._database.write(self._take_blob, artifact, blob))

    def _seen(self, caller: policy.Caller, type_names: tuple[str, ...],
              artifact_id: str) -> records.Artifact:
        with self._database.reader() as conn:
            found = shown.get(conn, artifact_id, caller.project_id)
        if (found is None or found.type_name not in type_names
                or not caller.sees(found)):
            raise exceptions.NotFound('There is no %s %s.' % (
                ' or '.join(type_names), artifact_id))
        return found

    def _save(self, conn, old: records.Artifact, new: records.Artifact,
              limits: amounts.Limits) -> records.Artifact:
        current = self._current(conn, old)
        shared = current.members
        if new.visibility != current.visibility:
            # one that becomes shared may have members from earlier on
            shared = db_members.of(conn, old.id)
        new = dataclasses.replace(new, blobs=current.blobs,
                                  members=shared, outdated=False,
                                  updated_at=ids.now())
        return artifacts.store(conn, current, new, self._fields(new), limits)

    def _bury(self, conn,
              artifact: records.Artifact) -> list[records.Segment]:
        """Mark an artifact deleted; what stores have to delete."""
        current = self._current(conn, artifact)
        gone = dataclasses.replace(current, status=lifecycle.DELETED,
                                   updated_at=ids.now())
        doomed = self._places.clear(conn, artifact.id, delay=self._delay)
        artifacts.store(conn, current, gone, {})
        db_members.remove_all(conn, artifact.id)
        moves.drop(conn, artifact.id)
        return doomed

    def _ask_to_move(self, conn, artifact: records.Artifact, pool: str,
                     limits: amounts.Limits) -> None:
        # nothing that is shown changes: any revision will do
        move_requests.put(conn, conditions.locked(conn, artifact.id), pool,
                          limits)

    def _take_blob(self, conn, artifact: records.Artifact,
                   blob: records.Blob) -> list[records.Segment]:
        """Take a blob from a draft; what stores have to delete."""
        current = self._current(conn, artifact)
        lifecycle.check_draft(current, blob.field)
        return self._places.vacate(conn, current, blob, self._delay)

    def _current(self, conn, old: records.Artifact) -> records.Artifact:
        """What is kept of ``old``, under a lock, if it is still that."""
        current = artifacts.get(conn, old.id, lock=True)
        if current is None:
            raise exceptions.NotFound(
                'There is no %s %s.' % (old.type_name, old.id))
        if current.revision != old.revision:
            raise base.Stale('The artifact was changed meanwhile.')
        return current

    def _segments(self, artifact: records.Artifact,
                  blob: records.Blob) -> list[records.Segment]:
        with self._database.reader() as conn:
            return blobs.segments(conn, artifact.id, blob)

    def _again(self, artifact: records.Artifact, blob: records.Blob,
               n: int) -> records.Segment | None:
        with self._database.reader() as conn:
            return blobs.segment(conn, artifact.id, blob, n)

    def _delete_bytes(self, doomed: list[records.Segment]) -> None:
        """Let stores delete; what they keep is left to purge."""
        if self._delay is None:
            self._mover.discard(doomed)

    def _room(self, artifact: records.Artifact) -> amounts.Limits:
        """What the owner of an artifact may have of its kind, and in all."""
        return self._limits.of(artifact.owner).on(artifact.type_name,
                                                  artifact.pool)

    def _fields(self, artifact: records.Artifact) -> artifacts.Fields:
        return self._types.of(artifact).values()
