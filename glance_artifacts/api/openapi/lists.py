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

"""The parameters of lists: those that depend on the fields of a type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from glance_artifacts.api import filters
from glance_artifacts.api.openapi import components
from glance_artifacts.api.operations import parameters
from glance_artifacts.api import query
from glance_artifacts.types import base
from glance_artifacts.types import common
from glance_artifacts.types import field as declared

TypeClass = type[base.ArtifactType]

_FILTER = 'filter.'
_ALL = 'all'
#: Names that stand for fields in the table, and the two that order lists.
MADE_HERE = ('FIELD', 'sort', 'sort_key', 'tags', 'tags-any')


def shared() -> dict[str, dict[str, Any]]:
    """The filters by common fields, as components."""
    found = {_FILTER + name: _filter(name, field)
             for name, field in common.COMMON.items()
             if field.filterable and name != 'tags'}
    for name in ('tags', 'tags-any'):
        found[_FILTER + name] = _parameter(name, {'type': 'string'})
    return found


def of_type(cls: TypeClass, prefix: str) -> dict[str, dict[str, Any]]:
    """What lists of a type take besides, as components."""
    keys = [name for name, field in {**common.COMMON, **cls.fields}.items()
            if field.sortable]
    found = _order(keys)
    for name, field in cls.fields.items():
        if field.filterable and not field.internal:
            found[_FILTER + name] = _filter(name, field)
    return {components.name_of(prefix, name): parameter
            for name, parameter in found.items()}


def of_all() -> dict[str, dict[str, Any]]:
    """What lists of all types take besides, as components."""
    return {components.name_of(_ALL, name): parameter
            for name, parameter in _order(list(query.SORT_ALL)).items()}


def references(cls: TypeClass | None,
               prefix: str) -> Iterator[dict[str, Any]]:
    """All parameters of lists of a type, or of all types."""
    for name in parameters.QUERY:
        if name not in MADE_HERE:
            yield components.parameter(name)
    own = of_all() if cls is None else of_type(cls, prefix)
    for name in [*shared(), *own]:
        yield components.parameter(name)


def _order(keys: list[str]) -> dict[str, dict[str, Any]]:
    """The parameters that say what a list is sorted by."""
    words = [word for key in keys for word in
             (key, key + ':asc', key + ':desc')]
    return {'sort': _parameter('sort', _some_of(words), explode=False),
            'sort_key': _parameter('sort_key', _some_of(keys))}


def _some_of(words: list[str]) -> dict[str, Any]:
    return {'type': 'array', 'minItems': 1, 'uniqueItems': True,
            'maxItems': query.MAX_SORT_KEYS,
            'items': {'type': 'string', 'enum': words}}


def _parameter(name: str, schema: dict[str, Any],
               **more: Any) -> dict[str, Any]:
    return {'name': name, 'in': 'query', 'schema': schema, **more,
            'description': parameters.QUERY.get(
                name, parameters.QUERY['FIELD']).description}


def _filter(name: str, field: declared.Field) -> dict[str, Any]:
    """A filter, which may be given several times.

    Those by the entries of a map are one object, whose members are written as
    parameters of their own.
    """
    many = {'type': 'array', 'items': {'type': 'string'},
            'maxItems': filters.MAX_FILTERS}
    schema: dict[str, Any] = many
    if field.kind == 'dict':
        schema = {'type': 'object', 'additionalProperties': False,
                  'patternProperties': {r'^%s\..' % name: {'type': 'string'}}}
    return _parameter(name, schema, style='form', explode=True) | {
        'description': field.description + ' ``VALUE`` or '
        '``OPERATOR:VALUE``.'}
