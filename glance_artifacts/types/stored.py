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

"""Stand-ins for types whose plugin is gone.

Their artifacts stay listable, readable, downloadable and deletable by what
``schema.artifact_schema`` wrote while the plugin was there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from typing import ClassVar

from glance_artifacts.types import base
from glance_artifacts.types.blob import Blob
from glance_artifacts.types import common
from glance_artifacts.types.containers import Dict
from glance_artifacts.types.containers import List
from glance_artifacts.types.field import ANNOTATION
from glance_artifacts.types.field import Field
from glance_artifacts.types.folder import Folder
from glance_artifacts.types.link import Link
from glance_artifacts.types.scalars import Boolean
from glance_artifacts.types.scalars import Float
from glance_artifacts.types.scalars import Integer
from glance_artifacts.types.scalars import String
from glance_artifacts.types.scalars import Text
from glance_artifacts.types.semver import SemVer
from glance_artifacts.types.times import DateTime


class Stored(base.ArtifactType):
    """A type known by its schema alone: read, list and delete, never write.

    Its fields have the kinds and the attributes of the declaration, not its
    constraints; its hooks do nothing.
    """

    #: as it was stored
    stored_schema: ClassVar[dict[str, Any]] = {}

    @classmethod
    def _check(cls) -> None:
        """A name that was good then is good enough now."""


class Opaque(Field):
    """A value of a kind that this release does not know: shown as it is."""

    kind = 'opaque'
    can_filter = False
    can_sort = False

    def value_schema(self) -> dict[str, Any]:
        return {}

    def _normal(self, value: Any, path: str) -> Any:
        return value


KINDS: dict[str, type[Field]] = {cls.kind: cls for cls in (
    Blob, Boolean, DateTime, Dict, Float, Folder, Integer, Link, List, SemVer,
    String, Text)}


def from_schema(schema: dict[str, Any], type_name: str,
                type_version: str) -> type[Stored]:
    """A stand-in for the type that has this schema.

    :param schema: as ``schema.artifact_schema`` made it
    :raises ValueError: if it is no schema of ours
    """
    try:
        fields = {name: _field(prop[ANNOTATION],
                               prop.get('description', ''))
                  for name, prop in schema['properties'].items()
                  if name not in common.COMMON}
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError('the schema of %s %s was not made by this service'
                         % (type_name, type_version)) from error
    cls: Any = type('Stored', (Stored,), {
        **fields, '__doc__': schema.get('description'),
        '__module__': __name__, 'type_name': type_name,
        'type_version': type_version})
    cls.stored_schema = schema
    return cls


def _field(facts: Mapping[str, Any], description: str = '') -> Field:
    """A field from what ``Field.facts`` said of it."""
    facts = dict(facts)
    cls = KINDS.get(facts.pop('kind'), Opaque)
    if cls is Opaque:
        return Opaque(description)
    if 'of' in facts:
        facts['of'] = _field(facts['of'])
    return cls(description, **facts)
