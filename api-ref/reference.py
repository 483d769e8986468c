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

"""Writes the pages of the API reference from ``api.operations``.

The one table that the OpenAPI document is made from, too: what a route takes
and answers is told once.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
import pathlib
from typing import Any

import yaml

from glance_artifacts.api.openapi import artifacts
from glance_artifacts.api.openapi import bodies
from glance_artifacts.api import operations
from glance_artifacts.api.operations import answers
from glance_artifacts.api.operations import base
from glance_artifacts.api.operations import parameters
from glance_artifacts.api import routes
from glance_artifacts import types
from glance_artifacts.types import route as types_route

_PARAMETERS, _STATUS = 'parameters.yaml', 'status.yaml'
#: Where the pages and the samples are, seen from ``index.rst``.
_HERE, _SAMPLES = 'generated/', 'samples/'
_IN = ('header', 'path', 'query', 'body')
_POLICIES = {(route.method, route.path): route.policy.name
             for route in routes.ROUTES}
_FIELD = {
    'artifact': 'Each field of the type, by its name. A field without a value '
    'is ``null``, ``[]`` or ``{}``; a blob is ``null`` or an object, a folder '
    'an object with a blob by each key. Those that are ``readOnly`` in the '
    'schema are computed from what was uploaded.',
    'artifact_create': 'Any field of the type that is neither a blob, a '
    'folder nor read-only, by its name.'}

Rows = dict[str, dict[str, Any]]


class _AnyType(types.ArtifactType):
    """Stands for all: it has the fields that all types have."""

    type_name = 'any_type'


def pages() -> dict[str, str]:
    """The text of each file, by its name."""
    found = {name_of(chapter): chapter_page(chapter, table)
             for chapter, table in operations.CHAPTERS.items()}
    found[_PARAMETERS] = yaml.safe_dump(_all_rows(), sort_keys=False)
    found[_STATUS] = yaml.safe_dump(_statuses())
    return found


def write(directory: pathlib.Path) -> None:
    directory.mkdir(exist_ok=True)
    for name, text in pages().items():
        path = directory / name
        if not path.exists() or path.read_text(encoding='utf-8') != text:
            path.write_text(text, encoding='utf-8')


def name_of(chapter: str) -> str:
    """The page of a chapter."""
    return chapter.split()[0].lower() + '.inc'


def chapter_page(chapter: str,
                 table: dict[tuple[str, str], base.Operation]) -> str:
    parts = [_headline(chapter, '=')]
    for (method, path), operation in table.items():
        parts += _section(method, path, operation)
    return '\n\n'.join(parts) + '\n'


def _headline(text: str, line: str) -> str:
    return '%s\n%s' % (text, line * len(text))


def _section(method: str, path: str,
             operation: base.Operation) -> Iterator[str]:
    yield _headline(operation.title, '~')
    yield '.. rest_method:: %s /v2/artifacts%s' % (method, path)
    yield operation.text
    yield base.policies(operation, _POLICIES[method, path])
    told = answers.of(operation)
    for word, wanted in (('success', False), ('error', True)):
        yield _block('rest_status_code:: %s %s' % (word, _HERE + _STATUS), (
            '%d: %s' % (one.status, one.variant)
            for one in told if one.is_error is wanted))
    yield _headline('Request', '-')
    yield from _request(path, operation)
    yield _headline('Response', '-')
    yield from _response(operation)


def _request(path: str, operation: base.Operation) -> Iterator[str]:
    named = [*types_route.VARIABLE.findall(path), *operation.parameters]
    rows = ['%s: %s' % (name, _key(parameters.REQUEST[name], name))
            for name in named]
    more = []
    for media_type, body in operation.request.items():
        more.append('The body is the bytes.' if body == base.BYTES
                    else 'The body is ``%s``.' % media_type)
        more += _body(body, rows)
    if rows:
        yield _table(rows)
    yield from more or ['There is no body.']
    if operation.request_sample:
        yield _sample(operation.request_sample + '-request')


def _response(operation: base.Operation) -> Iterator[str]:
    told = [one for one in operation.answers if not one.is_error]
    rows = ['%s: %s' % (name, _key(parameters.HEADERS[name], name))
            for name in dict.fromkeys(name for one in told
                                      for name in one.headers)]
    more = []
    for body in dict.fromkeys(one.body for one in told if one.body):
        more += _body(body, rows)
    if rows:
        yield _table(rows)
    if not any(one.body for one in told):
        yield 'There is no body.'
    yield from more
    folder = operation.folder.samples if operation.folder else {}
    for name, text in {**operation.samples, **folder}.items():
        if text:
            yield text
        yield _sample(name + '-response')


def _body(name: str, rows: list[str]) -> Iterator[str]:
    """Adds the members of a body to a table, or tells of it as a whole."""
    if name == base.BYTES:
        return
    members = _members(name)
    rows += ['%s: %s.%s' % (member, name, member) for member in members]
    if not members:
        yield bodies.SCHEMAS[name]['description']


def _schema(name: str) -> dict[str, Any]:
    if name in artifacts.SCHEMAS:
        return artifacts.SCHEMAS[name](_AnyType, _AnyType.type_name)
    return bodies.SCHEMAS[name]


def _members(name: str) -> Rows:
    """The members of a body, as rows."""
    schema = _schema(name)
    found = {member: _row(one, member in schema.get('required', ()))
             for member, one in schema.get('properties', {}).items()}
    if name in _FIELD:
        found['FIELD'] = {'in': 'body', 'type': 'any', 'description':
                          _FIELD[name], 'required': name == 'artifact'}
    return found


def _row(schema: dict[str, Any], required: bool) -> dict[str, Any]:
    plain = schema['anyOf'][0] if 'anyOf' in schema else schema
    kind = plain.get('type', 'string')
    text = schema.get('description', '')
    if 'enum' in plain:
        text += ' One of %s.' % ', '.join(
            '``%s``' % one for one in plain['enum'] if one is not None)
    if not required and 'default' in schema:
        text += ' ``%s`` unless given.' % schema['default']
    return {'in': 'body', 'type': kind if isinstance(kind, str) else kind[0],
            'required': required, 'description': text.strip()}


def _all_rows() -> Rows:
    """Every row that a page may name."""
    found: Rows = {}
    for table in (parameters.REQUEST, parameters.HEADERS):
        for name, one in table.items():
            found[_key(one, name)] = {
                'in': one.where, 'type': one.schema.get('type', 'string'),
                'required': one.required, 'description': one.description}
    for name in (*artifacts.SCHEMAS, *bodies.SCHEMAS):
        found.update(('%s.%s' % (name, member), row)
                     for member, row in _members(name).items())
    return dict(sorted(found.items(), key=lambda row: (
        _IN.index(row[1]['in']), row[0].lower())))


def _statuses() -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for operation in operations.OPERATIONS.values():
        for one in answers.of(operation):
            text = one.description
            more = [code for code in one.codes if code not in text]
            if more:
                text += ' Codes: %s.' % ', '.join(map('``{}``'.format, more))
            found.setdefault(one.status, {})[one.variant] = text
    for variants in found.values():  # os-api-ref wants it
        variants.setdefault('default', next(iter(variants.values())))
    return found


def _key(parameter: parameters.Parameter, name: str) -> str:
    return '%s.%s' % (parameter.where, name)


def _table(rows: Iterable[str]) -> str:
    return _block('rest_parameters:: ' + _HERE + _PARAMETERS, rows)


def _block(head: str, rows: Iterable[str]) -> str:
    return '\n'.join(['.. %s\n' % head, *('   - ' + row for row in rows)])


def _sample(name: str) -> str:
    return ('.. literalinclude:: %s%s.json\n   :language: json'
            % (_SAMPLES, name))
