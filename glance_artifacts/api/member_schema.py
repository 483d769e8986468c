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

"""What members are: the rules of their values, and JSON Schemas of them."""

from __future__ import annotations

from typing import Any

from glance_artifacts.api import views
from glance_artifacts.db import ids
from glance_artifacts import types
from glance_artifacts.types import scalars
from glance_artifacts.types import schema as types_schema


def _check_part(name: str) -> None:
    # it becomes a part of a path
    if '/' in name or name in ('.', '..') or scalars.UNPRINTABLE.search(name):
        raise ValueError('must not hold a slash or control characters, nor'
                         ' be "." or ".."')


#: As long as the owner of an artifact may be.
MEMBER = types.String('Project that the artifact is shared with.',
                      min_length=1, max_length=64, validators=(_check_part,))
STATUS = types.String('What the project makes of it.',
                      enum=('pending', 'accepted', 'rejected'))
MEMBER.name, STATUS.name = 'member', 'status'


def member() -> dict[str, Any]:
    """The schema of one member."""
    return {'$schema': types_schema.DIALECT, '$id': views.MEMBER_SCHEMA,
            'title': 'Member', **_member()}


def members() -> dict[str, Any]:
    """The schema of the members of an artifact."""
    properties = {'members': {'type': 'array', 'items': _member(),
                              'description': 'Those that the caller sees.'},
                  'schema': _text('URL of this schema.')}
    return {'$schema': types_schema.DIALECT, '$id': views.MEMBERS_SCHEMA,
            'title': 'Members', **_object(properties)}


def _member() -> dict[str, Any]:
    return _object({
        'artifact_id': _text('Artifact that is shared.',
                             pattern='^%s$' % ids.PATTERN),
        'member_id': {**MEMBER.value_schema(),
                      'description': MEMBER.description},
        'status': {**STATUS.value_schema(),
                   'description': STATUS.description},
        'created_at': _text('When the project became a member.'),
        'updated_at': _text('When its status was last set.'),
        'schema': _text('URL of the schema of a member.')})


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {'type': 'object', 'properties': properties,
            'required': list(properties), 'additionalProperties': False}


def _text(description: str, **rules: str) -> dict[str, Any]:
    return {'type': 'string', 'description': description, **rules}
