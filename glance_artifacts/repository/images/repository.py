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


"""The repository of the type ``images``: Glance itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts import lifecycle
from glance_artifacts import policy
from glance_artifacts.repository import base
from glance_artifacts.repository import bodies
from glance_artifacts.repository.images import changes
from glance_artifacts.repository.images import client
from glance_artifacts.repository.images import mapping
from glance_artifacts.repository.images import paging
from glance_artifacts.repository.images import schema
from glance_artifacts.repository.images import transfer
from glance_artifacts.repository import orders
from glance_artifacts.store import pieces
from glance_artifacts.types import base as types_base

_PATCH = 'application/openstack-images-v2.1-json-patch'
#: Glance asks its policy, then finds nothing to remove: no property has a
#: name of more than 255 characters.
_NOTHING = [{'op': 'remove', 'path': '/' + 256 * '-'}]


class ImagesRepository(base.Repository):
    """Images, as the sender of one request may see and change them.

    :param session: acts for that sender, whatever caller a method is given
    :param type_class: the type ``images``
    :param database: Glance's own
    """

    def __init__(self, session: client.Session,
                 type_class: type[types_base.ArtifactType],
                 database: db_engine.Database) -> None:
        self._session = session
        self._reader = paging.Reader(session, database)
        self._type_class = type_class

    def create(self, draft: records.Artifact) -> records.Artifact:
        body = changes.body(draft, self._type_class,
                            self._session.project_id)
        return mapping.artifact(
            self._session.send_json('POST', '/images', body).json)

    def get(self, caller: policy.Caller, type_name: str,
            artifact_id: str) -> records.Artifact:
        return self._get(artifact_id)

    def page(self, caller: policy.Caller, query: base.Query) -> base.Page:
        found = self._reader.page(caller, query)
        return base.Page([artifact for _, artifact in found.rows],
                         found.next)

    def place(self, caller: policy.Caller, query: base.Query,
              artifact_id: str) -> orders.Place:
        return self._reader.place(caller, query, artifact_id)

    def save(self, old: records.Artifact,
             new: records.Artifact) -> records.Artifact:
        """See the base class; one request to Glance changes it, or none.

        :raises BadRequest: when status and other fields change at once
        """
        operations = changes.operations(old, new)
        if old.status != new.status:
            return self._move(old, new.status, operations)
        if not operations:
            return old
        return mapping.artifact(self._session.send_json(
            'PATCH', _path(old.id), operations, _PATCH).json)

    def delete(self, artifact: records.Artifact) -> None:
        self._session.send('DELETE', _path(artifact.id))
        self._session.forget_cached(artifact.id)

    def members(self, artifact: records.Artifact,
                ) -> dict[str, records.Member]:
        if artifact.visibility != 'shared':
            return {}
        found = self._session.get(_path(artifact.id) + '/members')
        return {one['member_id']: mapping.member(one)
                for one in found['members']}

    def add_member(self, artifact: records.Artifact, member: str,
                   limit: int) -> records.Member:
        return mapping.member(self._session.send_json(
            'POST', _path(artifact.id) + '/members',
            {'member': member}).json)

    def change_member(self, artifact: records.Artifact, member: str,
                      status: str) -> records.Member:
        return mapping.member(self._session.send_json(
            'PUT', _member(artifact, member), {'status': status}).json)

    def remove_member(self, artifact: records.Artifact, member: str) -> None:
        self._session.send('DELETE', _member(artifact, member))

    def upload(self, artifact: records.Artifact,
               upload: bodies.Upload) -> records.Blob:
        _check_not_saving(artifact)
        body = transfer.Checked(upload.body, upload.field.max_size,
                                upload.size, upload.sha256)
        try:
            self._session.send('PUT', _path(artifact.id) + '/file', body,
                               upload.size, mapping.OCTETS)
        except exceptions.ArtifactsError as exc:
            # what Glance makes of a client that fails is no answer to it
            raise body.error or exc from None
        blob = self._get(artifact.id).blob(mapping.BLOB)
        if blob is None:
            raise exceptions.NotFound('The image has lost its bytes.',
                                      code='artifact.blob.not_found')
        return blob

    def check_readable(self, artifact: records.Artifact,
                       blob: records.Blob) -> None:
        transfer.ask(self._session, artifact.id)

    def read(self, artifact: records.Artifact, blob: records.Blob,
             offset: int, length: int) -> Iterator[pieces.Piece]:
        yield transfer.read(self._session, artifact.id, blob.size, offset,
                            length)

    def delete_blob(self, artifact: records.Artifact,
                    blob: records.Blob) -> None:
        """See the base class.

        :raises BlobSaving: always: Glance cancels no upload
        """
        _check_not_saving(artifact)

    def unchanged(self, artifact: records.Artifact,
                  action: str | None = None) -> None:
        if action is not None:
            self._act(artifact, action)
            return
        try:
            self._session.send_json('PATCH', _path(artifact.id), _NOTHING,
                                    _PATCH)
        except exceptions.Conflict:
            pass

    def action(self, artifact: records.Artifact, action: str) -> str:
        if action == 'activate' and artifact.status != lifecycle.DRAFTED:
            return 'reactivate'  # Glance's word
        return action

    def schema(self, type_class: type[types_base.ArtifactType],
               ) -> dict[str, Any]:
        return schema.joined(super().schema(type_class),
                             self._session.get('/schemas/image'))

    def _move(self, old: records.Artifact, status: str,
              operations: list[dict[str, Any]]) -> records.Artifact:
        if operations:
            raise exceptions.BadRequest(
                'The status of an image changes by itself: send the other'
                ' changes in a request of their own.', code='image.status',
                field='status')
        self._act(old, lifecycle.action(old.status, status))
        return self._get(old.id)

    def _act(self, artifact: records.Artifact, action: str | None) -> None:
        self._session.send('POST', '%s/actions/%s'
                           % (_path(artifact.id), action))

    def _get(self, image_id: str) -> records.Artifact:
        return mapping.artifact(self._session.get(_path(image_id)))


def _path(image_id: str) -> str:
    return '/images/' + image_id


def _member(artifact: records.Artifact, member: str) -> str:
    return '%s/members/%s' % (_path(artifact.id), member)


def _check_not_saving(artifact: records.Artifact) -> None:
    if artifact.blob(mapping.BLOB) is not None:
        raise exceptions.BlobSaving('An upload to "file" is under way.',
                                    field=mapping.BLOB)
