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

"""Which artifact types this service has: found, checked, or left out.

A type is an entry point in ``glance_artifacts.types``, named as the type. A
further version of a type adds a suffix of its own after a dot::

    glance_artifacts.types =
        ml_models = our_plugin.models:MLModel
        ml_models.v2 = our_plugin.models:MLModelV2
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
import importlib.metadata
from typing import Any

from oslo_log import log as logging
from stevedore import named

from glance_artifacts import exceptions
from glance_artifacts.types import base
from glance_artifacts.types import names

LOG = logging.getLogger(__name__)
NAMESPACE = 'glance_artifacts.types'


class _Unusable(Exception):
    """A type cannot be offered; the text says why, naming the plugin."""


class Registry:
    """The artifact types of this service.

    ``enabled`` maps name to version to class, lowest version first.
    ``disabled`` maps the name of each type that was asked for but cannot be
    offered to the reason.

    :param classes: the types to offer (``load`` finds them as plugins)
    """

    def __init__(self,
                 classes: Iterable[type[base.ArtifactType]] = ()) -> None:
        self.enabled: dict[str, dict[str, type[base.ArtifactType]]] = {}
        self.disabled: dict[str, str] = {}
        by_name: dict[str, list[type[base.ArtifactType]]] = {}
        for cls in classes:
            by_name.setdefault(str(cls.type_name), []).append(cls)
        for type_name, versions in by_name.items():
            self._add(type_name, versions)

    @classmethod
    def load(cls, enabled: Sequence[str]) -> Registry:
        """Load the plugins of the named types; no other code is touched.

        A type whose plugin is missing or wrong is disabled with an error in
        the log. Nothing is raised: images have to be served whatever a
        plugin does.
        """
        registry = cls()
        for type_name, points in _find(enabled).items():
            try:
                classes = [_load(point, type_name) for point in points]
            except _Unusable as problem:
                registry._disable(type_name, problem)
            else:
                registry._add(type_name, classes)
        return registry

    def get(self, type_name: str,
            type_version: str | None = None) -> type[base.ArtifactType]:
        """The class of a type: of the version given, else of the highest.

        :raises NotFound: if there is no such type or version
        """
        versions = self.enabled.get(type_name)
        if versions and type_version is None:
            return list(versions.values())[-1]
        if not versions or type_version not in versions:
            raise exceptions.NotFound(
                'There is no such artifact type or version of it.',
                code='type.not_found')
        return versions[type_version]

    def default(self, type_name: str) -> type[base.ArtifactType]:
        """The class of the highest version of a type.

        :raises NotFound: if there is no such type
        """
        return self.get(type_name)

    def all(self) -> list[type[base.ArtifactType]]:
        """Every version of every type, by name, lowest version first."""
        return [cls for _, versions in sorted(self.enabled.items())
                for cls in versions.values()]

    def leave_out(self, type_name: str, reason: str) -> None:
        """Take a type back that this service cannot have."""
        if self.enabled.pop(type_name, None) is not None:
            self.disabled[type_name] = reason
            LOG.warning('Artifact type %s is off: %s', type_name, reason)

    def _add(self, type_name: str,
             classes: list[type[base.ArtifactType]]) -> None:
        try:
            self.enabled[type_name] = _by_version(classes)
        except _Unusable as problem:
            self._disable(type_name, problem)

    def _disable(self, type_name: str, problem: _Unusable) -> None:
        self.disabled[type_name] = str(problem)
        LOG.error('Artifact type %(type)s is disabled: %(reason)s',
                  {'type': type_name, 'reason': problem},
                  exc_info=problem.__cause__)


def _find(enabled: Sequence[str],
          ) -> dict[str, list[importlib.metadata.EntryPoint]]:
    """The entry points of each enabled type, none of them loaded."""
    # stevedore finds and caches the entry points but does not load them (it
    # is given no name to load): it lets AssertionError and SystemExit out of
    # a plugin, which must not stop the service.
    manager: named.NamedExtensionManager[Any] = named.NamedExtensionManager(
        NAMESPACE, names=())
    found: dict[str, list] = {type_name: [] for type_name in enabled}
    for point in manager.list_entry_points():
        type_name = point.name.partition('.')[0]
        if type_name in found:
            found[type_name].append(point)
    return found


def _load(point: importlib.metadata.EntryPoint,
          type_name: str) -> type[base.ArtifactType]:
    try:
        cls: Any = point.load()
    except (Exception, SystemExit) as error:
        raise _Unusable('%s does not import: %s: %s' % (
            point.value, type(error).__name__, error)) from error
    if not isinstance(cls, type) or not issubclass(cls, base.ArtifactType):
        raise _Unusable('%s is no subclass of ArtifactType' % point.value)
    if cls.type_name != type_name:
        raise _Unusable('%s has the type_name %s, its entry point is %s' % (
            point.value, cls.type_name, point.name))
    return cls


def _by_version(classes: list[type[base.ArtifactType]],
                ) -> dict[str, type[base.ArtifactType]]:
    if not classes:
        raise _Unusable('no plugin provides it')
    versions: dict[str, type[base.ArtifactType]] = {}
    for cls in sorted(classes,
                      key=lambda cls: names.version_key(cls.type_version)):
        first = versions.setdefault(cls.type_version, cls)
        if first is not cls:
            raise _Unusable('%s and %s both claim version %s' % (
                _dotted(first), _dotted(cls), cls.type_version))
    return versions


def _dotted(cls: type) -> str:
    return '%s:%s' % (cls.__module__, cls.__qualname__)
