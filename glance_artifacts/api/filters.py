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

"""The filters in the query string of a list."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
import re
from typing import Any

from glance_artifacts import exceptions
from glance_artifacts.repository import predicates
from glance_artifacts import types
from glance_artifacts.types import common
from glance_artifacts.types import field as declared

MAX_FILTERS = 50
MAX_VALUES = 100
#: What puts a filter into the one group of which one is enough.
_ALTERNATIVE = 'or'
#: These hold colons themselves.
_WITH_COLONS = ('datetime', 'link')
_BOOLEANS = {'true': True, 'false': False}
#: Filters are not held to the constraints of their field: a value that
#: nothing can have finds nothing.
_UNBOUND = {'integer': types.Integer(), 'float': types.Float(),
            'datetime': types.DateTime()}
_ITEM = re.compile(r'"((?:[^"\\]|\\["\\])*)"(?:,|\Z)|([^",]*)(?:,|\Z)')

#: Gives the field of a name, if the list has it.
Fields = Callable[[str], declared.Field | None]


def parse(fields: Fields, parameters: Iterable[tuple[str, str]],
          ) -> tuple[predicates.Filter, ...]:
    """What the parameters let through, all of them together.

    :raises InvalidQuery: naming the parameter that is wrong
    """
    every: list[predicates.Filter] = []
    some: list[predicates.Predicate] = []
    for name, text in parameters:
        if name in ('tags', 'tags-any'):
            every += _tags(name, text)
            continue
        one, alternative = _filter(fields, name, text)
        (some if alternative else every).append(one)
    if len(every) + len(some) > MAX_FILTERS:
        raise invalid('filter', 'parameters may be %d' % MAX_FILTERS)
    if len(some) == 1:
        return (*every, *some)
    return (*every, predicates.AnyOf(tuple(some))) if some else tuple(every)


def _filter(fields: Fields, name: str,
            text: str) -> tuple[predicates.Predicate, bool]:
    """A filter, and whether it is one of those of which one is enough."""
    field, key = _field(fields, name)
    of = field.of if field.kind in ('dict', 'list') else field
    op, text, alternative = _operator(of, name, text)
    if op == 'like' and predicates.WILDCARD not in text:
        op = 'eq'
    texts = split(name, text) if op in ('in', 'nin') else [text]
    if len(texts) > MAX_VALUES:
        raise invalid(name, 'may have %d values' % MAX_VALUES)
    values = tuple(_value(of, op, name, one) for one in texts)
    return predicates.Predicate(field, of.kind, op, values, key), alternative


def _field(fields: Fields, name: str) -> tuple[declared.Field, str | None]:
    """The field that a parameter is about, and the key if it is a map."""
    root, dot, key = name.partition('.')
    field = fields(root)
    if (field is None or not field.filterable
            or (field.kind == 'dict') != bool(dot)
            or field.kind == 'dict' and not key):
        raise invalid(name, 'is not a parameter of this list')
    return field, key or None


def _tags(name: str, text: str) -> Iterable[predicates.Predicate]:
    field = common.COMMON['tags']
    tags = split(name, text)
    if len(tags) > MAX_VALUES:
        raise invalid(name, 'may have %d values' % MAX_VALUES)
    if name == 'tags-any':
        return [predicates.Predicate(field, 'string', 'in', tuple(tags))]
    return [predicates.Predicate(field, 'string', 'eq', (tag,))
            for tag in tags]


def _operator(field: declared.Field, name: str,
              text: str) -> tuple[str, str, bool]:
    op, colon, rest = text.partition(':')
    alternative = bool(colon) and op == _ALTERNATIVE
    if alternative:
        text = rest
        op, colon, rest = text.partition(':')
    if not colon:
        return 'eq', text, alternative
    if op in predicates.OPERATORS:
        return op, rest, alternative
    if field.kind in _WITH_COLONS:
        return 'eq', text, alternative
    raise invalid(name, 'has no operator "%s"' % op[:64])


def _value(field: declared.Field, op: str, name: str, text: str) -> Any:
    """A word of the query string as a value in normal form."""
    try:
        if op == 'null':
            return _BOOLEANS[text.lower()]
        if op == 'like':
            return _pattern(field, name, text)
        return _normal(field, name, text)
    except (KeyError, ValueError, exceptions.InvalidValue):
        raise invalid(name, 'takes values of kind %s' % (
            'boolean' if op == 'null' else field.kind)) from None


def _normal(field: declared.Field, name: str, text: str) -> Any:
    if field.kind in ('string', 'text'):
        return _plain(text)
    value: Any = text
    if field.kind == 'boolean':
        value = _BOOLEANS[text.lower()]
    elif field.kind == 'integer':
        value = _number(r'-?[0-9]{1,19}', int, text)
    elif field.kind == 'float':
        value = _number(r'[-+0-9.eE]{1,64}', float, text)
    return _UNBOUND.get(field.kind, field).coerce(value, name)


def _pattern(field: declared.Field, name: str, text: str) -> str:
    if field.kind not in predicates.TEXTS:
        raise invalid(name, 'has no operator "like"')
    if text.startswith(predicates.WILDCARD):
        raise invalid(name, 'takes no wildcard at the start')
    return _plain(text)


def _number(form: str, convert, text: str):
    if not re.fullmatch(form, text):
        raise ValueError(text)
    return convert(text)


def _plain(text: str) -> str:
    if '\x00' in text:
        raise ValueError(text)
    text.encode('utf-8')
    return text


def split(name: str, text: str) -> list[str]:
    """Values between commas, quoted where they hold commas or quotes.

    :raises InvalidQuery: for a quote that does not end
    """
    found, at = [], 0
    while True:
        item = _ITEM.match(text, at)
        if item is None:
            raise invalid(name, 'has a quote in the wrong place')
        if '\x00' in item[0]:
            raise invalid(name, 'must not contain the character U+0000')
        quoted, plain = item.groups()
        found.append(plain if quoted is None
                     else re.sub(r'\\(.)', r'\1', quoted))
        if item.end() == len(text) and not item[0].endswith(','):
            return found
        at = item.end()


def invalid(parameter: str, rule: str) -> exceptions.InvalidQuery:
    """A refusal: ``rule`` ends the sentence that the parameter begins."""
    return exceptions.InvalidQuery('"%s" %s.' % (parameter[:64], rule),
                                   field=parameter[:64])
