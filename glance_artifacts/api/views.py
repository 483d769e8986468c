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

"""What the API shows: representations, ETags, errors."""

from __future__ import annotations

import dataclasses
import datetime
import json
from typing import Any

import webob

from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts.types import base
from glance_artifacts.types import common
from glance_artifacts.types import field as declared

ROOT = '/v2/artifacts'
SCHEMAS = ROOT + '/schemas'
#: ``all`` is the name of no type.
MEMBER_SCHEMA = SCHEMAS + '/all/member'
MEMBERS_SCHEMA = SCHEMAS + '/all/members'
_MICROSECOND = '%Y-%m-%dT%H:%M:%S.%fZ'
#: of images, as Glance shows them
_SECOND = '%Y-%m-%dT%H:%M:%SZ'
_MOMENTS = tuple(name for name, field in common.COMMON.items()
                 if field.kind == 'datetime')


def artifact(record: records.Artifact,
             type_class: type[base.ArtifactType], *,
             internal: bool = False) -> dict[str, Any]:
    """One artifact, flat: common fields, then the type's by name.

    :param internal: with the fields that only hooks see
    """
    shown = {name: getattr(record, name, None) for name in common.COMMON}
    for name in _MOMENTS:
        shown[name] = _moment(record, shown[name])
    shown['self'] = path_of(record)
    shown['schema'] = schema_path(record.type_name)
    for name, field in type_class.fields.items():
        if internal or not field.internal:
            shown[name] = _own_field(record, name, field)
    return shown


def list_entry(record: records.Artifact,
               type_class: type[base.ArtifactType]) -> dict[str, Any]:
    """An artifact in a list: no long texts of its type, folders summed up."""
    shown = artifact(record, type_class)
    for name, field in type_class.fields.items():
        if field.kind == 'text':
            shown.pop(name, None)
        elif field.kind == 'folder':
            summary = record.folders.get(name, records.Summary(0, 0))
            shown[name] = dataclasses.asdict(summary)
    return shown


def folder(record: records.Artifact, name: str) -> dict[str, Any]:
    """A folder: its entries by key."""
    return {key: blob(entry) for key, entry in record.entries(name).items()}


def blob(record: records.Blob | None) -> dict[str, Any] | None:
    """A blob; stores and locations never appear."""
    if record is None:
        return None
    return {'status': record.status, 'size': record.size,
            'sha256': record.sha256, 'md5': record.md5,
            'tree_sha256': record.tree_sha256,
            'content_type': record.content_type,
            'external': record.external, 'segments': record.segments}


def member(record: records.Artifact, one: records.Member) -> dict[str, Any]:
    """A project that an artifact is shared with."""
    return {'artifact_id': record.id, 'member_id': one.member,
            'status': one.status,
            'created_at': _moment(record, one.created_at),
            'updated_at': _moment(record, one.updated_at),
            'schema': MEMBER_SCHEMA}


def path_of(record: records.Artifact) -> str:
    return '%s/%s/%s' % (ROOT, record.type_name, record.id)


def schema_path(type_name: str) -> str:
    return '%s/%s' % (SCHEMAS, type_name)


def etag(record: records.Artifact) -> str:
    """Without quotes: the revision, raised by all that is shown."""
    return record.digest or str(record.revision)


def answer(body: Any, status: int = 200,
           headers: dict[str, str] | None = None) -> webob.Response:
    """A JSON response."""
    response = webob.Response(status=status, content_type='application/json',
                              charset='UTF-8')
    # errors repeat what a client sent, lone surrogates included
    response.body = json.dumps(body, ensure_ascii=False).encode('utf-8',
                                                                'replace')
    response.headers.update(headers or {})
    return response


def answer_artifact(record: records.Artifact,
                    type_class: type[base.ArtifactType],
                    status: int = 200) -> webob.Response:
    """One artifact with its ETag."""
    response = answer(artifact(record, type_class), status)
    response.etag = etag(record), record.digest is None
    return response


def error(exc: exceptions.ArtifactsError,
          request_id: str | None) -> webob.Response:
    """The body that every error has."""
    common_part = {'status': exc.status, 'title': exc.title,
                   'request_id': request_id}
    return answer({'errors': [{**common_part, **entry}
                              for entry in exc.entries()]},
                  exc.status, exc.headers)


def _own_field(record: records.Artifact, name: str,
               field: declared.Field) -> Any:
    if field.kind == 'blob':
        return blob(record.blob(name))
    if field.kind == 'folder':
        return folder(record, name)
    value = record.fields.get(name)
    return field.coerce(None) if value is None else value


def moment(value: datetime.datetime) -> str:
    """A time as we show it."""
    return value.strftime(_MICROSECOND)


def _moment(record: records.Artifact,
            value: datetime.datetime | None) -> str | None:
    if value is None:
        return None
    return moment(value) if record.digest is None else value.strftime(_SECOND)
