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

"""What can be said of a route that a plugin brings: not much, but true."""

from __future__ import annotations

import inspect
from typing import Any

from glance_artifacts.api.openapi import components
from glance_artifacts.api.openapi import places
from glance_artifacts.types import route as types_route

_JSON = 'application/json'


def operation(method: str, route: types_route.Route,
              place: places.Place) -> dict[str, Any]:
    """A method of a path, in the words of its handler and its policy.

    Its handler may answer anything with any status; what it raises has the
    body that all errors have.
    """
    text = inspect.getdoc(route.handler) or route.policy.description or ''
    title = text.partition('\n')[0].rstrip('.')
    found: dict[str, Any] = {
        'operationId': '%s_%s' % (method.lower(), place.slug),
        'summary': title, 'tags': ['plugins'],
        'description': '%s\n\nPolicy: ``%s``.' % (text, route.policy.name),
        'parameters': [*place.variables(), *_others(place)],
        'responses': {'2XX': {'description': 'It is done.'},
                      'default': {'description': 'Whatever the plugin '
                                  'answers; an error, unless it says '
                                  'otherwise.'}}}
    if method in ('PATCH', 'POST', 'PUT'):
        found['requestBody'] = {'content': {_JSON: {}}}
    if method != 'HEAD':
        found['responses']['default']['content'] = {
            _JSON: {'schema': components.schema('error')}, '*/*': {}}
    return found


def _others(place: places.Place) -> list[dict[str, Any]]:
    """The variables that only the plugin knows."""
    return [{'name': name, 'in': 'path', 'required': True,
             'schema': {'type': 'string', 'pattern': '^[^/]+$'}}
            for name in types_route.VARIABLE.findall(place.path)
            if name not in places.KEPT]
