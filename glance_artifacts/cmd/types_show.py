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

"""How the commands print an artifact type."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from typing import Any

from glance_artifacts.types import base
from glance_artifacts.types import field as declared
from glance_artifacts.types import hooks
from glance_artifacts.types import lint

_FLAGS = ('required', 'mutable', 'filterable', 'sortable', 'computed',
          'internal', 'unique')
_CONSTRAINTS = ('default', 'min_length', 'max_length', 'pattern', 'enum',
                'minimum', 'maximum', 'min_items', 'max_items', 'keys',
                'required_keys', 'to', 'max_size', 'max_total',
                'content_types')


def table(rows: Sequence[tuple[str, ...]]) -> str:
    """Columns, two spaces apart; the last one may be long."""
    widths = [max(map(len, column)) for column in zip(*rows)]
    return '\n'.join(
        '  '.join(cell.ljust(width) for cell, width in zip(row, widths))
        .rstrip() for row in rows)


def text(cls: type[base.ArtifactType], versions: Sequence[str]) -> str:
    """A type in full.

    :param versions: of this type, all that there are
    """
    there = [name for name in lint.HOOKS if hooks.has(cls, name)]
    fields = [('FIELD', 'KIND', 'ATTRIBUTES', 'DESCRIPTION'),
              *((name, kind(field), ', '.join(attributes(field)) or '-',
                 field.description) for name, field in cls.fields.items())]
    return '\n'.join((
        '%s %s: %s' % (cls.type_name, cls.type_version, cls.title or '-'),
        'class:    %s:%s' % (cls.__module__, cls.__qualname__),
        'versions: %s' % ', '.join(versions),
        'blobs:    %s' % (', '.join([*cls.blobs(), *(
            name + '/' for name in cls.folders())]) or '-'),
        'hooks:    %s' % (', '.join(there) or '-'),
        '', table(fields)))


def kind(field: declared.Field) -> str:
    """The kind of a field, with that of its items."""
    of = getattr(field, 'of', None)
    return '%s of %s' % (field.kind, of.kind) if of else field.kind


def attributes(field: declared.Field) -> Iterator[str]:
    """What its declaration says beside that, as an author would write it."""
    for name in _FLAGS:
        if getattr(field, name, False):
            yield name
    for name in _CONSTRAINTS:
        value = getattr(field, name, None)
        if value not in (None, ()) and not (
                name.startswith('min_') and not value):
            yield '%s=%s' % (name, _value(value))


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return '|'.join(map(str, value))
    return str(value)
