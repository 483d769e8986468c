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


"""What to tell Glance so that an image becomes what an artifact says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts.repository.images import mapping
from glance_artifacts.types import base as types_base

#: Names that Glance's PATCH would take for something of its own: it looks
#: whether its object for the image has an attribute of the name.
_OBJECT = frozenset((
    'added_new_properties', 'base', 'context', 'db_api', 'deactivate',
    'delete', 'extra_properties', 'get_data', 'get_payload',
    'get_super_class', 'helper', 'image', 'image_id', 'member', 'orig_props',
    'property_rules', 'reactivate', 'send_notification', 'set_data',
    'store_api', 'store_utils', 'valid_state_targets'))
#: The same of words that Glance keeps for itself.
_WORDS = frozenset(('location', 'deleted', 'deleted_at'))
#: Properties that are shown as fields of their own.
_FIELDS = {'description': 'description',
           mapping.VERSION_PROPERTY: 'version'}
TAKEN = mapping.ATTRIBUTES | _OBJECT | _WORDS | frozenset(_FIELDS)


def body(draft: records.Artifact, type_class: type[types_base.ArtifactType],
         project_id: str | None) -> dict[str, Any]:
    """The body of a POST: what is not said takes Glance's own defaults.

    :raises InvalidValue: for a property that no image can have
    """
    _check_names(draft.metadata)
    fields = {**type_class.common, **type_class.fields}
    found = {name: draft.value(name)
             for name in ('name', 'visibility', *mapping.WRITABLE)
             if draft.value(name) != fields[name].initial()}
    if draft.owner != project_id:
        found['owner'] = draft.owner
    if draft.tags:
        found['tags'] = draft.tags
    return {**found, **_properties(draft)}


def operations(old: records.Artifact,
               new: records.Artifact) -> list[dict[str, Any]]:
    """The operations of a PATCH; none when nothing differs.

    :raises InvalidValue: for a property that no image can have
    """
    _check_names({name for name in {*old.metadata, *new.metadata}
                  if old.metadata.get(name) != new.metadata.get(name)})
    return [*_replaced(old, new),
            *_changed(_properties(old), _properties(new))]


def _replaced(old: records.Artifact,
              new: records.Artifact) -> Iterator[dict[str, Any]]:
    for name in (*mapping.SHARED, 'tags', *mapping.WRITABLE):
        if old.value(name) != new.value(name):
            yield {'op': 'replace', 'path': '/' + name,
                   'value': new.value(name)}


def _changed(old: dict[str, str],
             new: dict[str, str]) -> Iterator[dict[str, Any]]:
    for name in sorted({*old, *new}):
        path = '/' + name.replace('~', '~0').replace('/', '~1')
        if name not in new:
            yield {'op': 'remove', 'path': path}
        elif old.get(name) != new[name]:
            yield {'op': 'replace' if name in old else 'add', 'path': path,
                   'value': new[name]}


def _properties(artifact: records.Artifact) -> dict[str, str]:
    """All that is kept in further properties."""
    found = dict(artifact.metadata)
    if artifact.description is not None:
        found['description'] = artifact.description
    if artifact.version != mapping.NO_VERSION:
        found[mapping.VERSION_PROPERTY] = artifact.version
    return found


def _check_names(names: Any) -> None:
    for name in names:
        # Glance takes the blanks around a name away
        if name in TAKEN or name.startswith('__') or name != name.strip():
            raise exceptions.InvalidValue(
                '"metadata/%s" is no further property of an image: %s.'
                % (name, _reason(name)), field='metadata/' + name)


def _reason(name: str) -> str:
    if name in _FIELDS:
        return 'the field %s holds it' % _FIELDS[name]
    if name != name.strip():
        return 'names do not begin or end with a blank'
    return 'the name is Glance\'s own'
