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


"""The JSON schema of images, with what this Glance says of them."""

from __future__ import annotations

from typing import Any

from glance_artifacts.repository.images import mapping

_FORMATS = ('disk_format', 'container_format')


def joined(ours: dict[str, Any], glances: dict[str, Any]) -> dict[str, Any]:
    """Our schema, with the formats and properties that Glance knows.

    :param ours: the schema of the type; it is changed in place
    :param glances: ``/v2/schemas/image``, schema-image.json included
    """
    theirs = glances['properties']
    for name in _FORMATS:
        ours['properties'][name]['enum'] = theirs[name]['enum']
    metadata = ours['properties']['metadata']
    metadata['properties'] = {
        name: _as_text(said) for name, said in sorted(theirs.items())
        if name not in mapping.ATTRIBUTES
        and name not in ('description', mapping.VERSION_PROPERTY)}
    if glances.get('additionalProperties') is False:
        metadata['additionalProperties'] = False
    return ours


def _as_text(said: dict[str, Any]) -> dict[str, Any]:
    """What Glance says of a property, whose values we show as text."""
    found = {'type': 'string'}
    for name in ('description', 'pattern', 'maxLength', 'enum'):
        if name in said and _is_text(said):
            found[name] = said[name]
    return found


def _is_text(said: dict[str, Any]) -> bool:
    kind = said.get('type', 'string')
    return 'string' in ([kind] if isinstance(kind, str) else kind)
