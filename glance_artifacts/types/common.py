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

"""The fields that every artifact has, of whatever type."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from glance_artifacts.types.containers import Dict
from glance_artifacts.types.containers import List
from glance_artifacts.types.field import Field
from glance_artifacts.types.scalars import String
from glance_artifacts.types.scalars import Text
from glance_artifacts.types.semver import SemVer
from glance_artifacts.types.times import DateTime

#: what clients may set and change; name and version are fixed by activation
WRITABLE = ('name', 'version', 'description', 'tags', 'metadata',
            'visibility')

STATUSES = ('drafted', 'active', 'deactivated', 'deleted')
VISIBILITIES = ('private', 'shared', 'community', 'public')


def _declare() -> dict[str, Field]:
    """The common fields in the order in which an artifact shows them."""
    listed: dict[str, Any] = {'filterable': True, 'sortable': True}
    return {
        'id': String('Identifier, chosen by the server.',
                     computed=True, filterable=True),
        'type_name': String('Artifact type.', computed=True, max_length=80,
                            **listed),
        'type_version': String(
            'Version of the artifact type that the artifact follows.',
            computed=True, **listed),
        'name': String('Name.', required=True, min_length=1, **listed),
        'version': SemVer(
            'Version as in SemVer 2; 1 and 1.2 mean 1.0.0 and 1.2.0.',
            default='0.0.0', **listed),
        'description': Text(
            'What the artifact is, in prose of at most 65,535 characters.',
            mutable=True, max_length=65535),
        'tags': List('Words to find the artifact by.', mutable=True,
                     filterable=True, unique=True,
                     of=String(min_length=1)),
        'metadata': Dict('Free values by free keys.', mutable=True,
                         filterable=True, of=String(max_length=4096)),
        'visibility': String('Who may see the artifact once it is active.',
                             mutable=True, enum=VISIBILITIES,
                             default='private', **listed),
        'status': String('State of the life cycle.', computed=True,
                         enum=STATUSES, **listed),
        'owner': String('Project that the artifact belongs to.',
                        mutable=True, min_length=1, max_length=64,
                        filterable=True),
        'pool': String('Pool that keeps the bytes.', max_length=64,
                       filterable=True),
        'created_at': DateTime('When the artifact was created.',
                               computed=True, **listed),
        'updated_at': DateTime('When the artifact was last changed.',
                               computed=True, **listed),
        'activated_at': DateTime(
            'When the artifact was activated; null for a draft.',
            computed=True, **listed),
        'self': String('URL of the artifact.', computed=True,
                       max_length=2048),
        'schema': String('URL of the JSON schema of its type.',
                         computed=True, max_length=2048),
    }


def _build() -> dict[str, Field]:
    fields = _declare()
    for name, field in fields.items():
        # Null there would lose a value that every artifact has.
        _name(name, field, name in ('description', 'activated_at'))
    return fields


def _name(name: str, field: Field, nullable: bool) -> None:
    field.name = name
    field.nullable = nullable
    field.check()


COMMON: dict[str, Field] = _build()


def redeclared(nullable: Collection[str] = (),
               **fields: Field) -> dict[str, Field]:
    """The common fields for a type that keeps some of them by other rules.

    :param nullable: which of ``fields`` may be null
    :param fields: what takes the place of common fields, by name
    """
    for name, field in fields.items():
        _name(name, field, name in nullable)
    return {name: fields.get(name, field) for name, field in COMMON.items()}
