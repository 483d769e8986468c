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

"""The plugins of artifact types, for the commands."""

from __future__ import annotations

from collections.abc import Sequence
import importlib
import importlib.metadata
import sys

from glance_artifacts.cmd import common
from glance_artifacts.types import base
from glance_artifacts.types import names
from glance_artifacts.types import registry as types_registry

TypeClass = type[base.ArtifactType]


def installed() -> list[str]:
    """The names of all types that plugins bring, none of them loaded."""
    return sorted(_plugins())


def versions(name: str) -> list[TypeClass]:
    """The classes of a type, the newest last, enabled or not.

    :param name: of an installed type; or ``module:Class``, which need not
        be installed
    :raises common.CommandError: when there is none, or its plugin is broken
    """
    if ':' in name:
        return [_load(name)]
    found = types_registry.Registry.load([name])
    if name in found.disabled:
        raise common.CommandError('%s: %s' % (name, found.disabled[name]))
    return list(found.enabled[name].values())


def entries(enabled: Sequence[str]) -> list[tuple[str, str, str, str]]:
    """Name, versions, plugin and status of each type.

    Only those that are enabled are loaded.
    """
    plugins = _plugins()
    found = types_registry.Registry.load(enabled)
    return [(name, ', '.join(found.enabled.get(name, ())) or '-',
             ', '.join(sorted(plugins.get(name, ()))) or '-',
             _status(name, enabled, found))
            for name in dict.fromkeys([*enabled, *sorted(plugins)])]


def _status(name: str, enabled: Sequence[str],
            found: types_registry.Registry) -> str:
    if name in found.disabled:
        return 'disabled: ' + ' '.join(found.disabled[name].split())
    return 'enabled' if name in enabled else 'not enabled'


def _plugins() -> dict[str, set[str]]:
    """The packages that bring each type, by its name."""
    found: dict[str, set[str]] = {}
    for point in importlib.metadata.entry_points(
            group=types_registry.NAMESPACE):
        package = point.dist.name if point.dist is not None else '?'
        found.setdefault(point.name.partition('.')[0], set()).add(package)
    return found


def _load(path: str) -> TypeClass:
    """The class at ``module:Class``, as seen from the current directory."""
    module, _, attribute = path.partition(':')
    sys.path.insert(0, '')
    try:
        cls = getattr(importlib.import_module(module), attribute)
    except (Exception, SystemExit) as error:
        raise common.CommandError('%s does not import: %s: %s' % (
            path, type(error).__name__, error)) from error
    finally:
        sys.path.remove('')
    if not isinstance(cls, type) or not issubclass(cls, base.ArtifactType):
        raise common.CommandError('%s is no subclass of ArtifactType' % path)
    try:
        names.check_type(cls.type_name, cls.type_version)
    except (TypeError, ValueError) as error:
        raise common.CommandError('%s: %s' % (path, error)) from error
    return cls
