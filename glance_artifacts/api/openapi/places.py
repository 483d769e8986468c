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

"""Where a route is found: one path of it for each type and each blob."""

from __future__ import annotations

from collections.abc import Iterator
import dataclasses
import re
from typing import Any

from glance_artifacts.api.openapi import components
from glance_artifacts.repository.images import mapping
from glance_artifacts.types import base
from glance_artifacts.types import blob as types_blob
from glance_artifacts.types import folder as types_folder
from glance_artifacts.types import registry as types_registry
from glance_artifacts.types import route as types_route

TypeClass = type[base.ArtifactType]

#: Variables of our routes that stay variables in the document.
KEPT = ('id', 'key', 'tag', 'member', 'upload', 'n')


@dataclasses.dataclass(frozen=True)
class Place:
    """A path of the document.

    :param path: below ``/v2/artifacts``; the variables left are parameters
    :param prefix: the type as the path names it, its version included
    :param cls: the type; None where the path names none
    :param field: the blob or the folder; None where the path names none
    """

    path: str
    prefix: str = ''
    cls: TypeClass | None = None
    field: types_blob.Blob | types_folder.Folder | None = None

    @property
    def is_folder(self) -> bool:
        """It is a folder as a whole."""
        return (isinstance(self.field, types_folder.Folder)
                and not self.path.endswith('{key}'))

    @property
    def of_images(self) -> bool:
        """Glance itself answers here, too."""
        return (self.cls is not None
                and self.cls.type_name == mapping.TYPE)

    @property
    def slug(self) -> str:
        """The path as a word."""
        return re.sub('[^A-Za-z0-9]+', '_', 'artifacts' + self.path).strip('_')

    def variables(self) -> list[dict[str, Any]]:
        return [components.parameter(name)
                for name in types_route.VARIABLE.findall(self.path)
                if name in KEPT]


def types(registry: types_registry.Registry,
          ) -> Iterator[tuple[str, TypeClass]]:
    """Each type with its name in paths, and again with its version.

    The latter where there are several: elsewhere it says nothing new.
    """
    for name, versions in sorted(registry.enabled.items()):
        yield name, registry.default(name)
        if len(versions) > 1:
            for version, cls in versions.items():
                yield '%s/v%s' % (name, version), cls


def of(route: types_route.Route,
       known: list[tuple[str, TypeClass]]) -> Iterator[Place]:
    """The paths of a route."""
    if '{type_name}' not in route.path:
        yield Place(route.path)
        return
    for prefix, cls in known:
        path = route.path.replace('{type_name}', prefix)
        if '{blob}' not in path:
            yield Place(path, prefix, cls)
            continue
        fields = {**cls.folders()} if '{key}' in path else {
            **cls.blobs(), **cls.folders()}
        for name, field in fields.items():
            yield Place(path.replace('{blob}', name), prefix, cls, field)
