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

"""Schemas of the bodies that are the same whatever the type."""

from __future__ import annotations

from typing import Any

from glance_artifacts.api import member_schema
from glance_artifacts.api import move_body
from glance_artifacts.api import patch
from glance_artifacts.api import session_bodies
from glance_artifacts.types import common
from glance_artifacts.types import names
from glance_artifacts.types import schema as types_schema

_TEXT = {'type': 'string'}
_COUNT = {'type': 'integer', 'minimum': 0}
_POINTER = {'type': 'string', 'pattern': '^(?:/(?:[^/~]|~[01])*)+$'}
#: Any of these stands in ``code``; each answer says which.
_CODE = {'type': 'string', 'pattern': r'^[a-z]+(?:\.[a-z_]+)+$'}


def _object(description: str, properties: dict[str, Any],
            optional: tuple[str, ...] = ()) -> dict[str, Any]:
    return {'type': 'object', 'description': description,
            'properties': properties,
            'required': [name for name in properties if name not in optional],
            'additionalProperties': False}


def _told(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, 'description': description}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {'type': 'array', 'items': items}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, 'type': [schema['type'], 'null']}


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema that has a URL of its own, without it."""
    return {name: value for name, value in schema.items()
            if not name.startswith('$')}


def _operation(words: list[str], *more: str) -> dict[str, Any]:
    """A form of operation; members that it does not have are ignored."""
    members = {'from': _POINTER, 'value': {}}
    return {'type': 'object', 'required': ['op', 'path', *more],
            'properties': {'op': {'enum': words}, 'path': _POINTER,
                           **{name: members[name] for name in more}}}


_ERROR = _object('One thing that is wrong.', {
    'status': _told('The HTTP status.', {'type': 'integer'}),
    'code': _told('A stable word for programs.', _CODE),
    'title': _told('The status in words.', _TEXT),
    'detail': _told('What is wrong, for people.', _TEXT),
    'request_id': _told('What to tell the operator.', _or_null(_TEXT)),
    'field': _told('The field, parameter or header at fault.', _TEXT),
    'limit': _told('The most that there may be.', {'type': 'integer'}),
    'used': _told('What there is already.', {'type': 'integer'}),
    'requested': _told('What was asked for; null where it is not known.',
                       _or_null({'type': 'integer'})),
}, optional=('field', 'limit', 'used', 'requested'))

_TYPE = _object('A type that the configuration names.', {
    'name': {'type': 'string', 'pattern': '^%s$' % names.NAME.pattern},
    'versions': _list({'type': 'string', 'pattern':
                       '^%s$' % names.TYPE_VERSION.pattern}),
    'default_version': _or_null(_TEXT),
    'title': _TEXT,
    'schema': _told('A path.', _or_null(_TEXT)),
    'pool': _or_null(_TEXT),
    'status': _told('``disabled`` when its plugin is missing or wrong.',
                    {'enum': ['enabled', 'disabled']}),
    'actions': _told('The routes that plugins add to it.', _list(_TEXT)),
})

_POOL = _object('Where bytes are kept.', {
    'name': _TEXT,
    'endpoint': _told('The URL of a service that serves its bytes; null: '
                      'this one does.',
                      _or_null(_TEXT)),
    'abilities': _list(_TEXT),
})

_DIGEST = {'type': 'string', 'pattern': '^[0-9a-f]{64}$'}
_TIME = {'type': 'string', 'format': 'date-time'}
_PART = _object('A part that has arrived.', {
    'n': _told('Its number.', {'type': 'integer', 'minimum': 1}),
    'size': _told('In bytes.', _COUNT),
    'sha256': _told('Of its bytes.', _DIGEST)})

_AMOUNT = _object('How much of it there is, and may be.', {
    'used': _told('What there is.', _COUNT),
    'reserved': _told('What uploads under way have reserved.', _COUNT),
    'limit': _told('The most that there may be; -1: any number.',
                   {'type': 'integer', 'minimum': -1})})
_COUNTED = {'artifacts': _told('Artifacts that are not deleted.', _AMOUNT),
            'bytes': _told('Bytes of active blobs.', _AMOUNT)}
#: An artifact of whatever type; its own fields are there, too.
_ANY = {'type': 'object', 'required': list(common.COMMON),
        'properties': {name: field.schema()
                       for name, field in common.COMMON.items()}}

SCHEMAS: dict[str, dict[str, Any]] = {
    'all_list': _object('Artifacts of several types.', {
        'artifacts': _told('The artifacts of the page, each as lists of its '
                           'type show it.', _list(_ANY)),
        'first': _told('The path of the first page.', _TEXT),
        'next': _told('The path of the next page; absent on the last. A page '
                      'may hold fewer artifacts than ``limit`` and still have '
                      'a ``next``.', _TEXT),
        'schema': _told('The path of the schemas of all types.', _TEXT),
    }, optional=('next',)),
    'artifact_move': {
        'type': 'object', 'required': ['pool'],
        'additionalProperties': False, 'properties': {
            'pool': {**move_body.POOL.value_schema(),
                     'description': move_body.POOL.description}}},
    'blob': types_schema.blob_schema(),
    'catalogue': _object('What this service offers.', {
        'version': _told('The version of glance_artifacts.', _TEXT),
        'types': _told('The types that the configuration names.',
                       _list(_TYPE)),
        'pools': _told('The pools that keep bytes.', _list(_POOL)),
        'limits': _object('Limits of this service.', {
            'body': _told('The most bytes of a JSON body.', _COUNT),
            'depth': _told('How deep a JSON body may be nested.', _COUNT),
            'page': _told('The highest ``limit`` of a list.', _COUNT)}),
    }),
    'error': _object('The body that every error has.', {
        'errors': {**_told('All that is wrong.', _list(_ERROR)),
                   'minItems': 1}}),
    'folder': {'type': 'object', 'additionalProperties': {
        '$ref': '#/components/schemas/blob'},
        'description': 'The files of a folder: a blob by each key.'},
    'folder_summary': _object('A folder, as lists show it.', {
        'entries': _told('How many files it has.', _COUNT),
        'size': _told('Their bytes.', _COUNT)}),
    'json_patch': {
        'description': 'A JSON Patch as in RFC 6902.',
        **_list({'anyOf': [
            _operation(['add', 'replace', 'test'], 'value'),
            _operation(['move', 'copy'], 'from'),
            _operation(['remove'])]}),
        'maxItems': patch.MAX_OPERATIONS},
    'member': _body(member_schema.member()),
    'members': _body(member_schema.members()),
    'member_create': {
        'type': 'object', 'required': ['member'], 'properties': {
            'member': {**member_schema.MEMBER.value_schema(),
                       'description': member_schema.MEMBER.description}}},
    'member_update': {
        'type': 'object', 'required': ['status'], 'properties': {
            'status': {**member_schema.STATUS.value_schema(),
                       'description': member_schema.STATUS.description}}},
    'part': _PART,
    'upload': _object('An upload in parts.', {
        'id': _told('What its paths end in.', _TEXT),
        'blob': _told('The field that the bytes are for.', _TEXT),
        'key': _told('Of the file, in a folder.', _or_null(_TEXT)),
        'status': _told('``open`` while parts may come.',
                        {'enum': ['open', 'complete']}),
        'size': _told('Bytes of all parts together, as announced.',
                      _or_null(_COUNT)),
        'part_size': _told('Bytes of every part but the last.', _COUNT),
        'max_parts': _told('The highest number of a part.', _COUNT),
        'tree_sha256': _told('The tree digest that was announced.',
                             _or_null(_DIGEST)),
        'content_type': _told('The media type of the blob.',
                              _or_null(_TEXT)),
        'created_at': _told('When it began.', _TIME),
        'expires_at': _told('When it ends unless a part comes.', _TIME),
        'parts': _told('What has arrived, by number.', _list(_PART))}),
    'upload_complete': {
        'type': 'object', 'additionalProperties': False, 'properties': {
            'parts': _told(
                'What the client takes to have arrived, by number.', {
                    'type': ['array', 'null'], 'items': {
                        'type': 'object', 'required': ['n', 'sha256'],
                        'additionalProperties': False, 'properties': {
                            'n': {'type': 'integer'}, 'sha256': {
                                'type': 'string',
                                'pattern': '^[0-9a-fA-F]{64}$'}}}})}},
    'upload_create': {
        'type': 'object', 'required': ['blob'],
        'additionalProperties': False, 'properties': {
            name: {**field.value_schema(), 'description': field.description}
            if name == 'blob' else field.schema()
            for name, field in session_bodies.FIELDS.items()}},
    'openapi': {'type': 'object', 'description': 'An OpenAPI 3.1 document.',
                'required': ['openapi', 'info', 'paths']},
    'schema': {'type': 'object', 'description': 'A JSON Schema (draft '
               '2020-12) of an artifact of the type, as the API shows it.',
               'required': ['$schema', '$id', 'properties']},
    'usage': _object('What a project uses.', {
        'usage': _object('In all, by type, and by pool.', {
            **_COUNTED,
            'types': _told('The same for each type, by its name.', {
                'type': 'object', 'additionalProperties':
                _object('Of one type.', _COUNTED)}),
            'pools': _told('The same for each pool, by its name.', {
                'type': 'object', 'additionalProperties':
                _object('In one pool.', _COUNTED)})})}),
    'schemas': _object('The JSON Schemas of all types.', {
        'schemas': _told('By the name of the type.', {
            'type': 'object', 'additionalProperties': {
                '$ref': '#/components/schemas/schema'}})}),
}
