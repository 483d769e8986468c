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

"""One operation of the document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from glance_artifacts.api.openapi import artifacts
from glance_artifacts.api.openapi import components
from glance_artifacts.api.openapi import lists
from glance_artifacts.api.openapi import places
from glance_artifacts.api.operations import answers
from glance_artifacts.api.operations import base
from glance_artifacts.api.operations import images
from glance_artifacts.api.operations import parameters
from glance_artifacts.types import route as types_route

_JSON = 'application/json'
#: HEAD has no bytes, hence no part of them either (RFC 9110, 14.2).
_OF_BYTES = (206, 416)
_RANGES = ('Range', 'If-Range')
_ANY = '*/*'
_OCTETS = 'application/octet-stream'


def operation(route: types_route.Route, known: base.Operation,
              place: places.Place) -> dict[str, Any]:
    """What a method of a path takes and answers."""
    found = {
        **_head(route.method, known, place),
        'description': '%s\n\n%s' % (
            known.text, base.policies(known, route.policy.name)),
        'parameters': [*place.variables(), *_parameters(known, place)],
        'responses': {str(answer.status): _response(answer, place)
                      for answer in answered(known, place)},
    }
    if known.request:
        found['requestBody'] = {'required': True, 'content': {
            media_type: content for name, body in known.request.items()
            for media_type, content in _content(name, body, place)}}
    return found


def head(known: base.Operation, place: places.Place) -> dict[str, Any]:
    """HEAD, wherever GET is: the same without a body."""
    ranges = [components.parameter(name) for name in _RANGES]
    return {
        **_head('HEAD', known, place),
        'parameters': [
            *place.variables(), *(one for one in _parameters(known, place)
                                  if one not in ranges)],
        'responses': {
            str(answer.status): {'description': answer.description,
                                 'headers': components.headers(answer.headers)}
            for answer in answered(known, place)
            if answer.status not in _OF_BYTES}}


def answered(known: base.Operation,
             place: places.Place) -> list[base.Answer]:
    """What is answered here, where folders are operations of their own."""
    found = [answer for answer in answers.of(known)
             if answer is not answers.IS_FOLDER]
    return images.of(found) if place.of_images else found


def error(answer: base.Answer) -> dict[str, Any]:
    """An error's answer as a component: its codes are all that there are."""
    told: dict[str, Any] = {'status': {'const': answer.status}}
    if answer.codes:
        told['code'] = {'enum': sorted(set(answer.codes))}
    content = {_JSON: {'schema': {'allOf': [
        components.schema('error'),
        {'properties': {'errors': {'items': {'properties': told}}}}]}}}
    if answer.status == answers.NO_TOKEN.status:
        content[_ANY] = {}
    return {'description': answer.description, 'content': content,
            'headers': components.headers(answer.headers)}


def name_of(answer: base.Answer) -> str:
    """The name of an error's answer among the components."""
    name = str(answer.status)
    return name if answer.variant == 'default' else '%s.%s' % (
        name, answer.variant)


def _head(method: str, known: base.Operation,
          place: places.Place) -> dict[str, Any]:
    return {'operationId': '%s_%s' % (method.lower(), place.slug),
            'summary': known.title,
            'tags': [place.prefix.partition('/')[0] or 'service']}


def _parameters(known: base.Operation,
                place: places.Place) -> Iterator[dict[str, Any]]:
    for name in known.parameters:
        if name in parameters.REQUEST_HEADERS:
            yield components.parameter(name)
    if set(parameters.QUERY) <= set(known.parameters):
        yield from lists.references(place.cls, place.prefix)


def _response(answer: base.Answer, place: places.Place) -> dict[str, Any]:
    if answer.is_error:
        return components.response(name_of(answer))
    found = {'description': answer.description,
             'headers': components.headers(answer.headers)}
    if answer.body is not None:
        found['content'] = dict(_content(_JSON, answer.body, place))
    return found


def _content(media_type: str, body: str, place: places.Place,
             ) -> Iterator[tuple[str, dict[str, Any]]]:
    """The media types of a body, each with its schema."""
    if body != base.BYTES:
        if body in artifacts.SCHEMAS:
            body = components.name_of(place.prefix, body)
        yield media_type, {'schema': components.schema(body)}
        return
    for taken in (place.field and place.field.content_types) or (
            _OCTETS, _ANY):
        yield taken, {}
