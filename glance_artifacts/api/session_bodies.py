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

"""The bodies of upload sessions: what clients send, and what they see."""

from __future__ import annotations

import re
from typing import Any

from glance_artifacts.api import json_body
from glance_artifacts.api import views
from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts.repository import manifest
from glance_artifacts.repository import part_sizes
from glance_artifacts import types

_HEX = re.compile('[0-9a-fA-F]{64}')
#: What the body of a new session may hold.
FIELDS = {
    'blob': types.String('The blob or folder field of the type.',
                         max_length=64),
    'key': types.String('The key of the file, where it is a folder.',
                        max_length=255),
    'size': types.Integer('Bytes of all parts together, where they are '
                          'known.', minimum=0),
    'part_size': types.Integer(
        'Bytes of every part but the last; the server proposes unless given.',
        minimum=part_sizes.SMALLEST, maximum=part_sizes.LARGEST),
    'tree_sha256': types.String(
        'The tree digest that the parts must have, in hexadecimal digits.',
        pattern='[0-9a-fA-F]{64}'),
    'content_type': types.String(
        'The media type, which is given back on download; '
        'application/octet-stream unless given.', max_length=255),
}
for _name, _field in FIELDS.items():
    _field.name = _name


def wanted(body: Any) -> dict[str, Any]:
    """The members of the body that begins a session, None where absent.

    :raises BadRequest: when it is not an object of these members
    """
    json_body.check_object(body, FIELDS)
    values = {name: None if body.get(name) is None
              else field.coerce(body[name])
              for name, field in FIELDS.items()}
    if values['blob'] is None:
        raise exceptions.InvalidValue('"blob" is required.', field='blob')
    if values['tree_sha256'] is not None:
        values['tree_sha256'] = values['tree_sha256'].lower()
    return values


def listed(body: Any) -> manifest.Listed | None:
    """The parts that the body of ``complete`` lists; None for no list.

    :raises BadRequest: when it is no such list
    """
    if body is None:
        return None
    json_body.check_object(body, ('parts',))
    if body.get('parts') is None:
        return None
    if not isinstance(body['parts'], list):
        raise _no_parts()
    return [_part(one) for one in body['parts']]


def session(record: records.Artifact, found: records.Session,
            parts: list[records.Segment], max_size: int) -> dict[str, Any]:
    """A session with what has arrived.

    :param max_size: most bytes of the blob
    """
    blob = record.blob(found.field, found.key)
    return {'id': found.id, 'blob': found.field, 'key': found.key or None,
            'status': found.status, 'size': found.size,
            'part_size': found.part_size,
            'max_parts': part_sizes.most(found, max_size),
            'tree_sha256': found.tree_sha256,
            'content_type': blob and blob.content_type,
            'created_at': views.moment(found.created_at),
            'expires_at': views.moment(found.expires_at),
            'parts': [part(one) for one in parts]}


def part(segment: records.Segment) -> dict[str, Any]:
    """A part that has arrived."""
    return {'n': segment.n, 'size': segment.size, 'sha256': segment.sha256}


def _part(one: Any) -> tuple[int, str]:
    if (not isinstance(one, dict) or set(one) != {'n', 'sha256'}
            or type(one['n']) is not int
            or not isinstance(one['sha256'], str)
            or not _HEX.fullmatch(one['sha256'])):
        raise _no_parts()
    return one['n'], one['sha256'].lower()


def _no_parts() -> exceptions.InvalidValue:
    return exceptions.InvalidValue(
        '"parts" must be a list of objects of a number "n" and a "sha256" of'
        ' 64 hexadecimal digits.',
        field='parts')
