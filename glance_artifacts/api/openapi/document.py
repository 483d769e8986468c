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

"""The document as a whole (OpenAPI 3.1)."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from typing import Any

import glance_artifacts
from glance_artifacts.api.openapi import artifacts
from glance_artifacts.api.openapi import bodies
from glance_artifacts.api.openapi import components
from glance_artifacts.api.openapi import lists
from glance_artifacts.api.openapi import paths
from glance_artifacts.api.openapi import places
from glance_artifacts.api.openapi import plugins
from glance_artifacts.api import operations
from glance_artifacts.api.operations import base
from glance_artifacts.api.operations import parameters
from glance_artifacts.api import views
from glance_artifacts.types import registry as types_registry
from glance_artifacts.types import route as types_route
from glance_artifacts.types import schema as types_schema

VERSION = '3.1.0'
_ABOUT = """The artifact repository of the image service.

A segment ``v{type_version}`` may follow the name of a type in every path; it \
has paths of its own here where a type is offered in several versions. Every \
path may also answer 404 ``request.path`` and 405 \
``request.method_not_allowed`` to what is not described here."""


def build(routes: Iterable[types_route.Route],
          registry: types_registry.Registry) -> dict[str, Any]:
    """The document of a service that has these routes and these types."""
    known = list(places.types(registry))
    routes = list(routes)
    told = list(_answers(routes, known))
    return {
        'openapi': VERSION,
        'jsonSchemaDialect': types_schema.DIALECT,
        'info': {'title': 'glance_artifacts', 'description': _ABOUT,
                 'version': glance_artifacts.__version__,
                 'license': {'name': 'Apache-2.0',
                             'identifier': 'Apache-2.0'}},
        'security': [{'token': []}],
        'paths': _paths(routes, known),
        'components': {
            'schemas': _schemas(known),
            'parameters': _parameters(known),
            'headers': _headers(told),
            'responses': {paths.name_of(answer): paths.error(answer)
                          for answer in told if answer.is_error},
            'securitySchemes': {'token': {
                'type': 'apiKey', 'in': 'header', 'name': 'X-Auth-Token',
                'description': 'A token of the identity service.'}},
        },
    }


def _paths(routes: Iterable[types_route.Route],
           known: list) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {}
    for route in routes:
        for place in places.of(route, known):
            item = _item(route, place)
            if item:
                found.setdefault(views.ROOT + place.path, {}).update(item)
    return found


def _item(route: types_route.Route, place: places.Place) -> dict[str, Any]:
    """A method of a path, with HEAD where it is GET."""
    has_head = route.method == 'GET'
    if (route.method, route.path) not in operations.OPERATIONS:
        return {method.lower(): plugins.operation(method, route, place)
                for method in [route.method, *['HEAD'] * has_head]}
    told = _told(route, place)
    if told is None:
        return {}
    item = {route.method.lower(): paths.operation(route, told, place)}
    if has_head:
        item['head'] = paths.head(told, place)
    return item


def _schemas(known: list) -> dict[str, Any]:
    found = dict(bodies.SCHEMAS)
    for prefix, cls in known:
        found.update((components.name_of(prefix, name), make(cls, prefix))
                     for name, make in artifacts.SCHEMAS.items())
    return found


def _parameters(known: list) -> dict[str, Any]:
    found = {name: {'name': name, 'in': one.where, 'schema': one.schema,
                    'required': one.required, 'description': one.description}
             for name, one in parameters.REQUEST.items()}
    for name in (set(parameters.PATH) - set(places.KEPT)).union(
            lists.MADE_HERE):
        del found[name]
    found.update({**lists.shared(), **lists.of_all()})
    for prefix, cls in known:
        found.update(lists.of_type(cls, prefix))
    return found


def _headers(told: list[base.Answer]) -> dict[str, Any]:
    used = {name for answer in told for name in answer.headers}
    return {name: {'description': one.description, 'required': one.required,
                   'schema': one.schema}
            for name, one in parameters.HEADERS.items() if name in used}


def _told(route: types_route.Route,
          place: places.Place) -> base.Operation | None:
    """What is known of a route of ours at a place, if it is there."""
    told = operations.OPERATIONS.get((route.method, route.path))
    return told.folder if told and place.is_folder else told


def _answers(routes: list[types_route.Route],
             known: list) -> Iterator[base.Answer]:
    """Whatever some operation answers."""
    for route in routes:
        for place in places.of(route, known):
            told = _told(route, place)
            if told is not None:
                yield from paths.answered(told, place)
