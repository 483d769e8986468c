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

"""Schemas of the bodies that each type has in its own form."""

from __future__ import annotations

from collections.abc import Callable
import json
from typing import Any

from glance_artifacts.api.openapi import components
from glance_artifacts.repository import type_versions
from glance_artifacts.types import base
from glance_artifacts.types import common
from glance_artifacts.types import field as declared

TypeClass = type[base.ArtifactType]

_LIST = {'first': 'The path of the first page.',
         'next': 'The path of the next page; absent on the last. A page may '
         'hold fewer artifacts than ``limit`` and still have a ``next``.',
         'schema': 'The path of the JSON Schema of the type.'}


def shown(cls: TypeClass, prefix: str) -> dict[str, Any]:
    """An artifact, all of it."""
    whole = type_versions.schema_of(cls)
    return {'title': whole['title'], 'description': whole['description'],
            **_object(_moved(whole['properties']))}


def in_list(cls: TypeClass, prefix: str) -> dict[str, Any]:
    """An artifact in a list: no long texts of its type, folders summed up."""
    properties = shown(cls, prefix)['properties']
    for name, field in cls.fields.items():
        if field.kind == 'text':
            properties.pop(name, None)
        elif field.kind == 'folder':
            properties[name] = components.schema('folder_summary')
    return _object(properties)


def page(cls: TypeClass, prefix: str) -> dict[str, Any]:
    """A page of a list."""
    entry = components.schema(components.name_of(prefix, 'artifact_in_list'))
    words = {name: {'type': 'string', 'description': text}
             for name, text in _LIST.items()}
    return {**_object({'artifacts': {
        'type': 'array', 'items': entry, 'description': 'The artifacts of '
        'the page. Each is as it is shown alone, less the long texts of its '
        'type.'}, **words}), 'required': ['artifacts', 'first', 'schema']}


def created(cls: TypeClass, prefix: str) -> dict[str, Any]:
    """The body that creates an artifact."""
    fields = {name: common.COMMON[name]
              for name in (*common.WRITABLE, 'owner', 'pool')}
    fields.update({name: field for name, field in cls.values().items()
                   if not field.read_only})
    return {**_object({name: _moved(_settable(field))
                       for name, field in fields.items()}),
            'required': ['name']}


def merged(cls: TypeClass, prefix: str) -> dict[str, Any]:
    """A merge patch: values to set, null to take one away."""
    properties = created(cls, prefix)['properties']
    del properties['pool']
    status = common.COMMON['status']
    properties['status'] = {'type': 'string', 'enum': list(common.STATUSES),
                            'description': status.description}
    for name, one in properties.items():
        if one.get('type') == 'object':
            # entries go by null, too
            properties[name] = {'type': ['object', 'null'],
                                'description': one['description']}
    return {**_object(properties), 'required': [],
            'description': 'A merge patch as in RFC 7396.'}


#: By the name that operations give it, less the type.
SCHEMAS: dict[str, Callable[[TypeClass, str], dict[str, Any]]] = {
    'artifact': shown, 'artifact_in_list': in_list, 'artifact_list': page,
    'artifact_create': created, 'artifact_merge': merged}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {'type': 'object', 'properties': properties,
            'required': list(properties), 'additionalProperties': False}


def _settable(field: declared.Field) -> dict[str, Any]:
    """The schema of a value to set: null where it stands for none."""
    schema = field.schema()
    if field.nullable or not (field.default is not None
                              or field.kind in ('list', 'dict')):
        return schema
    rest = {name: schema.pop(name) for name in ('description', 'default')
            if name in schema}
    return {'anyOf': [schema, {'type': 'null'}], **rest}


def _moved(schema: dict[str, Any]) -> dict[str, Any]:
    """A copy whose references lead into the components."""
    return json.loads(json.dumps(schema).replace(
        '"#/$defs/', '"#/components/schemas/'))
