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

"""JSON Schema (draft 2020-12) of an artifact, from its type's declaration."""

from __future__ import annotations

import copy
import inspect
from typing import Any

from glance_artifacts.types import base
from glance_artifacts.types.field import ANNOTATION
from glance_artifacts.types import stored

DIALECT = 'https://json-schema.org/draft/2020-12/schema'


def artifact_schema(cls: type[base.ArtifactType]) -> dict[str, Any]:
    """The schema of one artifact of a type, as the API shows it.

    Only the name is required: a body that creates an artifact holds it, and
    lists leave long texts out. ``$id`` stays the same for all type versions.
    What JSON Schema has no words for, such as the kind of a field, stands
    under ``x-glance-artifacts``.
    """
    if issubclass(cls, stored.Stored):
        return copy.deepcopy(cls.stored_schema)
    fields = {**cls.common, **cls.fields}
    return {
        '$schema': DIALECT,
        '$id': '/v2/artifacts/schemas/%s' % cls.type_name,
        'title': cls.title or cls.type_name,
        'description': inspect.cleandoc(cls.__doc__ or ''),
        ANNOTATION: {'type_name': cls.type_name,
                     'type_version': cls.type_version},
        'type': 'object',
        'properties': {name: {**field.schema(), ANNOTATION: field.facts()}
                       for name, field in fields.items()
                       if not field.internal},
        'required': ['name'],
        'additionalProperties': False,
        '$defs': {'blob': blob_schema()},
    }


def blob_schema() -> dict[str, Any]:
    """The schema of a blob, as the API shows it."""
    properties = {
        'status': {'type': 'string', 'enum': ['saving', 'active']},
        'size': {'type': ['integer', 'null'], 'minimum': 0,
                 'description': 'In bytes; null until it is known.'},
        'sha256': _digest('Digest of the bytes, if they came in one piece.',
                          64),
        'md5': _digest('Digest of the bytes, if they came in one piece.', 32),
        'tree_sha256': _digest('Digest of the sha256 digests of the parts, '
                               'if the bytes came in parts.', 64),
        'content_type': {'type': ['string', 'null'],
                         'description': 'Media type of the bytes.'},
        'external': {'type': 'boolean',
                     'description': 'The bytes are kept elsewhere.'},
        'segments': {'type': 'integer', 'minimum': 0,
                     'description': 'How many pieces hold the bytes.'},
    }
    return {'type': 'object', 'description': 'State of stored bytes.',
            'readOnly': True, 'properties': properties,
            'required': list(properties), 'additionalProperties': False}


def _digest(description: str, length: int) -> dict[str, Any]:
    return {'type': ['string', 'null'], 'pattern': '^[0-9a-f]{%d}$' % length,
            'description': description}
