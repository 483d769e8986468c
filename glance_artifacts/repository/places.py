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

"""The places of blobs: taken, filled, given up, expired, cleared.

Each method is one transaction, or part of one. Bytes are reserved in
``reserve`` and ``extend``, settled in ``fill`` and released in ``_withdraw``;
what is counted is counted last.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from oslo_log import log as logging
import sqlalchemy as sa

from glance_artifacts.db import amounts
from glance_artifacts.db import artifacts
from glance_artifacts.db import blobs
from glance_artifacts.db import ids
from glance_artifacts.db import leases
from glance_artifacts.db import records
from glance_artifacts.db import reservations
from glance_artifacts.db import sessions
from glance_artifacts.db import usage
from glance_artifacts import exceptions
from glance_artifacts import lifecycle
from glance_artifacts.repository import bodies
from glance_artifacts.repository import conditions
from glance_artifacts.repository import type_versions
from glance_artifacts.types import blob as types_blob
from glance_artifacts.types import folder as types_folder

LOG = logging.getLogger(__name__)


class Places:
    """What artifacts have of blobs, changed in the caller's transaction.

    The fields of an artifact are those of its type version as it is now, for
    it may be upgraded while an upload runs.

    :ivar lease: seconds that a writer has, unless it renews the lease
    """

    def __init__(self, types: type_versions.TypeVersions,
                 lease: float = leases.SECONDS) -> None:
        self._types = types
        self.lease = lease

    def reserve(self, conn: sa.Connection, upload: bodies.Upload,
                blob: records.Blob, segment: records.Segment,
                artifact: records.Artifact, limits: amounts.Limits) -> None:
        """Take the place of a blob, and room for the bytes announced.

        :param artifact: of the owner whose limits these are, in the pool that
            the segment goes to
        :raises TooLarge: ``quota.bytes``
        """
        current = self.take(conn, artifact, upload.field, blob,
                            upload.size or 0)
        conditions.check_pool(current, artifact.pool)
        blobs.reserve(conn, segment, self.lease)
        usage.reserve(conn, current, segment.id, upload.size or 0, limits,
                      new=True)

    def take(self, conn: sa.Connection, artifact: records.Artifact,
             field: types_blob.Blob | types_folder.Folder,
             blob: records.Blob, size: int) -> records.Artifact:
        """Take the place of a blob, which is shown as ``saving`` then.

        :param size: bytes announced
        :raises BlobExists, BlobSaving: when it is taken
        :raises Immutable: when the artifact is no draft
        :raises TooLarge: when a folder has no room for it
        :raises Stale: when the artifact has another owner
        """
        current = conditions.owned(conn, artifact.id, artifact.owner)
        lifecycle.check_draft(current, blob.field)
        conditions.check_free(current.blob(blob.field, blob.key))
        conditions.check_folder(current, field, size)
        blobs.take(conn, current.id, blob)
        self._touch(conn, current)
        return current

    def extend(self, conn: sa.Connection, segment: records.Segment,
               count: int, owner: str, limits: amounts.Limits) -> str:
        """Take room for so many bytes more, as they come.

        :param owner: whose limits these are
        :returns: who owns the artifact; if it is another, nothing was done
        :raises TooLarge: ``quota.bytes``
        """
        current = conditions.locked(conn, segment.artifact_id)
        if not reservations.writing(conn, segment.id):
            raise conditions.lease_lost()
        if current.owner == owner:
            usage.reserve(conn, current, segment.id, count, limits)
        return current.owner

    def append(self, conn: sa.Connection, first: records.Segment,
               segment: records.Segment) -> None:
        """Note a further segment of an upload, before one byte moves.

        :param first: has the place of the blob
        """
        if not reservations.writing(conn, first.id):
            raise conditions.lease_lost()
        blobs.reserve(conn, segment, self.lease)

    def redirect(self, conn: sa.Connection, segment: records.Segment,
                 store: str) -> records.Segment:
        """Note that the bytes go to another store, before one moves."""
        if not blobs.redirect(conn, segment.id, store):
            raise conditions.lease_lost()
        return dataclasses.replace(segment, backend=store)

    def fill(self, conn: sa.Connection, upload: bodies.Upload,
             blob: records.Blob, segments: list[records.Segment],
             sha256: str, md5: str | None,
             values: dict[str, Any]) -> records.Blob:
        """Show the bytes that have arrived."""
        blob = dataclasses.replace(
            blob, status='active', segments=len(segments), sha256=sha256,
            md5=md5, size=sum(segment.size for segment in segments))
        current = conditions.locked(conn, segments[0].artifact_id)
        for segment in segments:
            if not blobs.activate_segment(conn, segment):
                raise conditions.lease_lost()
        return self.show(conn, current, upload, blob, values,
                         reservations.drop(conn, segments[0].id))

    def show(self, conn: sa.Connection, current: records.Artifact,
             upload: bodies.Place, blob: records.Blob,
             values: dict[str, Any], released: int) -> records.Blob:
        """Show a blob whose segments are active.

        :param values: what its type made of the bytes
        :param released: bytes whose reservation this transaction has dropped
        :raises Conflict: when it is not this upload's place any more
        """
        if not blobs.activate(conn, current.id, blob):
            raise exceptions.Conflict(
                'The upload was cancelled while it ran.',
                code='artifact.blob.cancelled', field=blob.field)
        conditions.check_folder(current, upload.field, blob.size, found=True)
        self._touch(conn, current, self._fitting(current, upload, values),
                    {**current.blobs, (blob.field, blob.key): blob}, released)
        return blob

    def give_up(self, conn: sa.Connection, segment: records.Segment) -> bool:
        """Take the place back; False when the bytes were shown after all.

        That happens when the database did what it was told and the word of it
        was lost: then the bytes are not the writer's to delete any more.
        """
        current = artifacts.get(conn, segment.artifact_id, lock=True)
        if not blobs.condemn(conn, segment):
            return False
        self._withdraw(conn, current, segment)
        return True

    def expire(self, conn: sa.Connection, segment: records.Segment) -> bool:
        """Take the place from a writer; False when its lease holds."""
        current = artifacts.get(conn, segment.artifact_id, lock=True)
        if not leases.take(conn, segment.id):
            return False
        self._withdraw(conn, current, segment)
        return True

    def clear(self, conn: sa.Connection, artifact_id: str,
              blob: records.Blob | None = None,
              delay: float | None = None) -> list[records.Segment]:
        """Take one blob, or all, from users; what to delete from stores.

        :param delay: seconds until the bytes go; None: the caller sees to it
        """
        return blobs.remove(conn, artifact_id, blob,
                            leases.SECONDS if delay is None else delay)

    def vacate(self, conn: sa.Connection, current: records.Artifact,
               blob: records.Blob,
               delay: float | None = None) -> list[records.Segment]:
        """Take a blob from a draft, or the parts of one: see ``clear``."""
        doomed = self.clear(conn, current.id, blob, delay)
        left = {place: one for place, one in current.blobs.items()
                if place != (blob.field, blob.key)}
        self._touch(conn, current, there=left, released=sessions.release(
            conn, [one for one in doomed if one.status == sessions.PART]))
        return doomed

    def _withdraw(self, conn: sa.Connection,
                  current: records.Artifact | None,
                  segment: records.Segment) -> None:
        # of a part the session has the place, which it keeps
        blob = records.Blob(field=segment.field, key=segment.key,
                            status='saving', upload=segment.id,
                            content_type='')
        if (blobs.withdraw(conn, segment.artifact_id, blob)
                and current is not None):
            self._touch(conn, current)
        usage.release(conn, segment.id)

    def _touch(self, conn: sa.Connection, current: records.Artifact,
               values: dict[str, Any] | None = None,
               there: dict[tuple[str, str], records.Blob] | None = None,
               released: int = 0) -> None:
        """A new revision: the artifact shows another state of its blobs.

        :param there: its blobs, where others have become active
        """
        artifacts.store(
            conn, current, dataclasses.replace(
                current, updated_at=ids.now(),
                blobs=current.blobs if there is None else there,
                fields={**current.fields, **(values or {})}),
            self._types.of(current).values(), released=released)

    def _fitting(self, current: records.Artifact, upload: bodies.Place,
                 values: dict[str, Any]) -> dict[str, Any]:
        """Those values that the artifact, as it is now, can have."""
        now = self._types.of(current)
        if now is upload.type_class:
            return values
        fitting = {}
        for name, value in values.items():
            field = now.fields.get(name)
            if field is None or not (field.computed or field.internal):
                continue
            try:
                fitting[name] = field.coerce(value)
            except exceptions.InvalidValue:
                pass  # the newer version means something else by this name
        if dropped := sorted(set(values) - set(fitting)):
            LOG.warning('%s %s became %s in mid upload: left out %s',
                        current.type_name, current.id, now.type_version,
                        ', '.join(dropped))
        return fitting
