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
from glance_artifacts.db import usage
from glance_artifacts import exceptions
from glance_artifacts import lifecycle
from glance_artifacts.repository import base
from glance_artifacts.repository import type_versions
from glance_artifacts.store import backends as store_backends
from glance_artifacts.types import blob as types_blob
from glance_artifacts.types import folder as types_folder

LOG = logging.getLogger(__name__)


class Places:
    """What artifacts have of blobs, changed in the caller's transaction.

    The fields of an artifact are those of its type version as it is now, for
    it may be upgraded while an upload runs.

    :param lease: seconds that a writer has, unless it renews the lease
    """

    def __init__(self, types: type_versions.TypeVersions,
                 lease: float = leases.SECONDS) -> None:
        self._types = types
        self._lease = lease

    def reserve(self, conn: sa.Connection, upload: base.Upload,
                blob: records.Blob, segment: records.Segment, owner: str,
                limits: amounts.Limits) -> None:
        """Take the place of a blob, and room for the bytes announced.

        :param owner: whose limits these are
        :raises TooLarge: ``quota.bytes``
        """
        current = _locked(conn, segment.artifact_id)
        if current.owner != owner:
            raise base.Stale('The artifact got another owner meanwhile.')
        lifecycle.check_draft(current, blob.field)
        _check_free(current.blob(blob.field, blob.key))
        _check_folder(current, upload.field, upload.size or 0)
        blobs.reserve(conn, current.id, blob, segment, self._lease)
        self._touch(conn, current)
        usage.reserve(conn, current, segment.id, upload.size or 0, limits)

    def extend(self, conn: sa.Connection, segment: records.Segment,
               count: int, owner: str, limits: amounts.Limits) -> str:
        """Take room for so many bytes more, as they come.

        :param owner: whose limits these are
        :returns: who owns the artifact; if it is another, nothing was done
        :raises TooLarge: ``quota.bytes``
        """
        current = _locked(conn, segment.artifact_id)
        if not reservations.writing(conn, segment.id):
            raise _lease_lost()
        if current.owner == owner:
            usage.reserve(conn, current, segment.id, count, limits)
        return current.owner

    def redirect(self, conn: sa.Connection, segment: records.Segment,
                 store: str) -> records.Segment:
        """Note that the bytes go to another store, before one moves."""
        if not blobs.redirect(conn, segment.id, store):
            raise _lease_lost()
        return dataclasses.replace(segment, backend=store)

    def fill(self, conn: sa.Connection, upload: base.Upload,
             blob: records.Blob, segment: records.Segment,
             stored: store_backends.Stored,
             values: dict[str, Any]) -> records.Blob:
        """Show the bytes that have arrived."""
        blob = dataclasses.replace(
            blob, status='active', size=stored.size, sha256=stored.sha256,
            md5=stored.md5, segments=1)
        current = _locked(conn, segment.artifact_id)
        if not blobs.activate_segment(conn, dataclasses.replace(
                segment, location=stored.location, size=stored.size,
                sha256=stored.sha256)):
            raise _lease_lost()
        if not blobs.activate(conn, current.id, blob):
            raise exceptions.Conflict(
                'The upload was cancelled while it ran.',
                code='artifact.blob.cancelled', field=blob.field)
        _check_folder(current, upload.field, stored.size, found=True)
        released = reservations.drop(conn, segment.id)
        self._touch(conn, current, self._fitting(current, upload, values),
                    {**current.blobs, (blob.field, blob.key): blob}, released)
        return blob

    def give_up(self, conn: sa.Connection, blob: records.Blob,
                segment: records.Segment) -> bool:
        """Take the place back; False when the blob became active after all.

        That happens when the database did what it was told and the word of it
        was lost: then the bytes are not the writer's to delete any more.
        """
        current = artifacts.get(conn, segment.artifact_id, lock=True)
        if not blobs.condemn(conn, segment):
            return False
        self._withdraw(conn, current, segment, blob)
        return True

    def expire(self, conn: sa.Connection, segment: records.Segment) -> bool:
        """Take the place from a writer; False when its lease holds."""
        current = artifacts.get(conn, segment.artifact_id, lock=True)
        if not leases.take(conn, segment.id):
            return False
        self._withdraw(conn, current, segment, records.Blob(
            field=segment.field, key=segment.key, status='saving',
            upload=segment.id, content_type=''))
        return True

    def clear(self, conn: sa.Connection, artifact_id: str,
              blob: records.Blob | None = None,
              delay: float | None = None) -> list[records.Segment]:
        """Take one blob, or all, from users; what to delete from stores.

        :param delay: seconds until the bytes go; None: the caller sees to it
        """
        return blobs.remove(conn, artifact_id, blob,
                            leases.SECONDS if delay is None else delay)

    def _withdraw(self, conn: sa.Connection,
                  current: records.Artifact | None,
                  segment: records.Segment, blob: records.Blob) -> None:
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

    def _fitting(self, current: records.Artifact, upload: base.Upload,
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


def _lease_lost() -> exceptions.Unavailable:
    return exceptions.Unavailable(
        'The server was out of touch for too long: the upload was given up.',
        code='artifact.blob.lease_lost', retry_after=1)


def _locked(conn: sa.Connection, artifact_id: str) -> records.Artifact:
    current = artifacts.get(conn, artifact_id, lock=True)
    if current is None:
        raise exceptions.NotFound('The artifact was deleted.')
    return current


def _check_free(blob: records.Blob | None) -> None:
    if blob is None:
        return
    if blob.status == 'saving':
        raise exceptions.BlobSaving(
            'Another upload to "%s" is under way.' % blob.field,
            field=blob.field)
    raise exceptions.BlobExists(
        '"%s" is there already: delete it first.' % blob.field,
        field=blob.field)


def _check_folder(artifact: records.Artifact,
                  field: types_blob.Blob | types_folder.Folder, size: int,
                  found: bool = False) -> None:
    """Whether a folder has room for one more entry of this size.

    :param found: the entry is among those of the artifact already
    """
    if field.kind != 'folder':
        return
    there = artifact.entries(field.name).values()
    count = len(there) + (not found)
    if count > field.max_items:
        raise exceptions.TooLarge(
            '"%s" may have %d entries.' % (field.name, field.max_items),
            code='artifact.folder.items', field=field.name,
            limit=field.max_items, used=len(there), requested=1)
    used = sum(blob.size or 0 for blob in there)
    if field.max_total is not None and used + size > field.max_total:
        raise exceptions.TooLarge(
            'All of "%s" may have %d bytes.' % (field.name, field.max_total),
            code='artifact.folder.total', field=field.name,
            limit=field.max_total, used=used, requested=size)
