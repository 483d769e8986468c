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

"""What has to hold before a place of an artifact may change."""

from __future__ import annotations

import sqlalchemy as sa

from glance_artifacts.db import artifacts
from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts.repository import base
from glance_artifacts.types import blob as types_blob
from glance_artifacts.types import folder as types_folder


def lease_lost() -> exceptions.Unavailable:
    """The answer to a writer whose segment was taken from it."""
    return exceptions.Unavailable(
        'The server was out of touch for too long: the upload was given up.',
        code='artifact.blob.lease_lost', retry_after=1)


def locked(conn: sa.Connection, artifact_id: str) -> records.Artifact:
    """An artifact that nobody else changes until the transaction ends.

    :raises NotFound: when it was deleted
    """
    current = artifacts.get(conn, artifact_id, lock=True)
    if current is None:
        raise exceptions.NotFound('The artifact was deleted.')
    return current


def owned(conn: sa.Connection, artifact_id: str,
          owner: str) -> records.Artifact:
    """The same, as long as it is of the project whose limits were asked for.

    :raises NotFound: when it was deleted
    :raises Stale: when it has another owner
    """
    current = locked(conn, artifact_id)
    if current.owner != owner:
        raise base.Stale('The artifact got another owner meanwhile.')
    return current


class Moved(base.Stale):
    """The artifact came to another pool since it was read."""


def check_pool(current: records.Artifact, pool: str) -> None:
    """Whether an artifact is in the pool that its bytes are about to go to.

    :raises Moved: when it is not, any more
    """
    if current.pool != pool:
        raise Moved('The artifact was moved to another pool meanwhile.')


def check_free(blob: records.Blob | None) -> None:
    """Whether the place of a blob can be taken.

    :raises BlobExists, BlobSaving: when there is one already
    """
    if blob is None:
        return
    if blob.status == 'saving':
        raise exceptions.BlobSaving(
            'Another upload to "%s" is under way.' % blob.field,
            field=blob.field)
    raise exceptions.BlobExists(
        '"%s" is there already: delete it first.' % blob.field,
        field=blob.field)


def check_folder(artifact: records.Artifact,
                 field: types_blob.Blob | types_folder.Folder, size: int,
                 found: bool = False) -> None:
    """Whether a folder has room for one more entry of this size.

    :param found: the entry is among those of the artifact already
    :raises TooLarge: when it has not
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
