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

"""Lists: of the artifacts of one type, and of all types."""

import dataclasses
from typing import Any
import urllib.parse

from glance_artifacts.api import query
from glance_artifacts.api import request
from glance_artifacts.api import views
from glance_artifacts import exceptions
from glance_artifacts.repository import base
from glance_artifacts.repository import everything
from glance_artifacts.repository import predicates
from glance_artifacts.types import common


def index(req: request.Request) -> dict[str, Any]:
    type_class = req.type_class
    req.authorize({'type_name': type_class.type_name})
    wanted, marker_id = query.parse(type_class, req.parameters)
    return _answer(req, req.repository, _pinned(req, wanted), marker_id,
                   views.schema_path(type_class.type_name))


def index_all(req: request.Request) -> dict[str, Any]:
    allowed, refusal = _allowed(req)
    wanted, marker_id = query.parse(None, req.parameters, allowed)
    repository = req.service.everything(req.environ)
    try:
        # entries are of many schemas: this is where they all are
        return _answer(req, repository, wanted, marker_id, views.SCHEMAS)
    except (exceptions.Forbidden, exceptions.Unauthorized) as exc:
        raise refusal or exc from None  # images were what was left


def _allowed(req: request.Request,
             ) -> tuple[tuple[str, ...], exceptions.ArtifactsError | None]:
    """The types whose artifacts the caller may list, and a refusal.

    :raises Forbidden: when there are none
    """
    names = req.service.types.names()
    if not names:
        req.authorize({'type_name': req.args['type_name']})
    allowed, refusal = [], None
    for type_name in names:
        try:
            req.authorize({'type_name': type_name})
        except exceptions.ArtifactsError as exc:
            refusal = exc
        else:
            allowed.append(type_name)
    if refusal is not None and not allowed:
        raise refusal
    return tuple(allowed), refusal


def _answer(req: request.Request, repository: everything.Lister,
            wanted: base.Query, marker_id: str | None,
            schema: str) -> dict[str, Any]:
    if marker_id is not None:
        wanted = _behind(req, repository, wanted, marker_id)
    page = repository.page(req.caller, wanted)
    rest = [(name, value) for name, value in req.parameters
            if name != 'marker']
    answer = {'artifacts': _entries(req, page), 'first': _url(req, rest),
              'schema': schema}
    if page.next is not None:
        answer['next'] = _url(
            req, [*rest, ('marker', query.marker(wanted, page.next))])
    return answer


def _entries(req: request.Request, page: base.Page) -> list[dict[str, Any]]:
    types = req.service.types
    shown = page.artifacts
    if 'type_version' not in req.args:
        shown = [types.for_list(artifact) for artifact in shown]
    return [views.list_entry(artifact, types.of(artifact))
            for artifact in shown]


def _pinned(req: request.Request, wanted: base.Query) -> base.Query:
    """The same among the artifacts of the type version in the path."""
    pinned = req.args.get('type_version')
    if pinned is None:
        return wanted
    return dataclasses.replace(wanted, filters=(
        *wanted.filters, predicates.Predicate(
            common.COMMON['type_version'], 'string', 'eq', (pinned,))))


def _behind(req: request.Request, repository: everything.Lister,
            wanted: base.Query, artifact_id: str) -> base.Query:
    try:
        after = repository.place(req.caller, wanted, artifact_id)
    except exceptions.NotFound:
        raise exceptions.InvalidQuery(
            'The marker is not in this list.', field='marker') from None
    return dataclasses.replace(wanted, after=after)


def _url(req: request.Request, parameters: query.Parameters) -> str:
    path = '%s/%s' % (views.ROOT, req.args['type_name'])
    if req.args.get('type_version'):
        path += '/v' + req.args['type_version']
    if not parameters:
        return path
    return path + '?' + urllib.parse.urlencode(parameters)
