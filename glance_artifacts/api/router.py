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

"""From a path to the routes of that path.

No URL belongs to two paths, so the order of the table means nothing; a
plugin's table that breaks this is left out. (The Routes library is not used
because it also takes a trailing slash or newline, which are 404 here.)
"""

from __future__ import annotations

from collections.abc import Iterable
import importlib.metadata
import re
from typing import Any

from oslo_log import log as logging
from stevedore import named

from glance_artifacts.db import ids
from glance_artifacts import exceptions
from glance_artifacts.types import names
from glance_artifacts.types import route as types_route

LOG = logging.getLogger(__name__)

NAMESPACE = 'glance_artifacts.routes'
UNKNOWN_PATH = 'request.path'
_OURS = 'glance_artifacts.api.routes:ROUTES'

_NOT = r'(?!(?:%s)(?:/|\Z))'
#: What the variables of a path stand for; any other is one part of a path.
_VARIABLES = {
    'type_name': (_NOT % '|'.join(names.RESERVED_TYPES)
                  + r'(?!v[0-9])' + names.NAME.pattern),
    'id': ids.PATTERN,
    'blob': _NOT % '|'.join(names.RESERVED_FIELDS) + names.NAME.pattern,
    'key': '(?s:.+)',
    'upload': ids.PATTERN,
    'n': '(?:0|[1-9][0-9]{0,18})',
}
#: A path that names a type may pin its version behind the name.
_PINNED = '(?:/v(?P<type_version>%s))?' % names.TYPE_VERSION.pattern
_REST = '{key}'
_SAMPLES = {'type_name': 'a_type', 'blob': 'a_blob',
            'id': '00000000-0000-0000-0000-000000000000',
            'upload': '00000000-0000-0000-0000-000000000000', 'n': '1'}

Match = tuple[types_route.Route, dict[str, str]]


class Router:
    """Finds the route of a request.

    ``disabled`` maps each entry point that was left out to the reason.
    """

    def __init__(self, table: Iterable[types_route.Route]) -> None:
        self.routes: list[types_route.Route] = []
        self.disabled: dict[str, str] = {}
        self._paths: dict[str, tuple[re.Pattern, dict]] = {}
        self.add(table)

    @classmethod
    def load(cls) -> Router:
        """The router of our routes and of those that plugins bring."""
        router = cls(())
        for point in _entry_points():
            try:
                router.add(point.load())
            except (Exception, SystemExit) as exc:
                router.disabled['%s = %s' % (point.name, point.value)] = (
                    '%s: %s' % (type(exc).__name__, exc))
                LOG.error('The routes of plugin %s (%s) are disabled: %s: %s',
                          point.name, point.value, type(exc).__name__, exc)
        return router

    def add(self, table: Iterable[types_route.Route]) -> None:
        """Add a table of routes, or none of it.

        :raises ValueError: when one of its paths is taken
        """
        table = list(table)
        added: dict[str, tuple[re.Pattern, dict]] = {}
        for route in table:
            others = [path for path in added if path != route.path]
            _check_free(route.path, [*self._paths, *others])
            _, methods = added.setdefault(
                route.path, (_pattern(route.path), {}))
            if methods.setdefault(route.method, route) is not route:
                raise ValueError('%s %s is there twice'
                                 % (route.method, route.path))
        self._paths.update(added)
        self.routes += table

    def match(self, method: str, path: str) -> Match:
        """The route for a method and path, and the path's variables.

        :raises NotFound: when no route has this path
        :raises MethodNotAllowed: when it has other methods only
        """
        for pattern, methods in self._paths.values():
            found = pattern.fullmatch(path)
            if found:
                route = methods.get('GET' if method == 'HEAD' else method)
                if route is None:
                    raise _not_allowed(method, methods)
                return route, {name: value for name, value
                               in found.groupdict().items() if value}
        raise exceptions.NotFound('There is nothing at this path.',
                                  code=UNKNOWN_PATH)


def _entry_points() -> list[importlib.metadata.EntryPoint]:
    """Tables of routes, none of them loaded, ours first."""
    # stevedore finds and caches the entry points but does not load them (it
    # is given no name to load): it lets AssertionError and SystemExit out of
    # a plugin, which must not stop the service.
    manager: named.NamedExtensionManager[Any] = named.NamedExtensionManager(
        NAMESPACE, names=())
    # a plugin never takes a path from us
    return sorted(manager.list_entry_points(),
                  key=lambda point: (point.value != _OURS, point.name))


def _check_free(path: str, paths: Iterable[str]) -> None:
    for taken in paths:
        if _overlap(path, taken):
            raise ValueError('the path %s is taken by %s' % (path, taken))


def _overlap(path: str, other: str) -> bool:
    """Whether a URL may belong to both, as far as samples tell."""
    parts, others = path.split('/'), other.split('/')
    if _REST in (parts[-1], others[-1]):
        # it takes whatever follows: what comes before it decides
        shorter = min(len(one) - (one[-1] == _REST)
                      for one in (parts, others))
        if any(one[-1] != _REST and len(one) <= shorter
               for one in (parts, others)):
            return False
        parts, others = parts[:shorter], others[:shorter]
    return len(parts) == len(others) and all(
        _pattern(one).fullmatch(_sample(two))
        or _pattern(two).fullmatch(_sample(one))
        for one, two in zip(parts, others))


def _pattern(path: str) -> re.Pattern:
    parts = types_route.VARIABLE.split(path)
    # split alternates: text, variable, text, …
    return re.compile(''.join(
        _variable(part) if n % 2 else re.escape(part)
        for n, part in enumerate(parts)))


def _variable(name: str) -> str:
    found = '(?P<%s>%s)' % (name, _VARIABLES.get(name, '[^/]+'))
    return found + _PINNED if name == 'type_name' else found


def _sample(path: str) -> str:
    return types_route.VARIABLE.sub(
        lambda found: _SAMPLES.get(found[1], 'a-part'), path)


def _not_allowed(method: str,
                 methods: Iterable[str]) -> exceptions.MethodNotAllowed:
    allowed = set(methods) | ({'HEAD'} if 'GET' in methods else set())
    return exceptions.MethodNotAllowed(
        '%s is not for this path.' % method[:16],
        headers={'Allow': ', '.join(sorted(allowed))})
