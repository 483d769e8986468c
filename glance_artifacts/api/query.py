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

"""The query string of a list."""

from __future__ import annotations

import base64
import dataclasses
import json
import re
from typing import Any

from glance_artifacts.api import filters
from glance_artifacts.db import ids
from glance_artifacts.db import postings
from glance_artifacts.repository import base
from glance_artifacts.repository import orders
from glance_artifacts.repository import predicates
from glance_artifacts.types import base as types_base
from glance_artifacts.types import common
from glance_artifacts.types import field as declared

DEFAULT_LIMIT = 25
MAX_LIMIT = 1000
MAX_SORT_KEYS = 5
_ONCE = ('limit', 'marker', 'sort', 'member_status')
_REPEATED = ('sort_key', 'sort_dir')
MEMBER_STATUSES = ('accepted', 'pending', 'rejected', 'all')
_DIRECTIONS = {'asc': False, 'desc': True}
#: What a list of several types sorts by: no more is in order across types.
SORT_ALL = (postings.CREATED, 'updated_at')
_LATEST = ('version', 'latest')

Parameters = list[tuple[str, str]]
TypeClass = type[types_base.ArtifactType]


def parse(type_class: TypeClass | None, parameters: Parameters,
          type_names: tuple[str, ...] = (),
          ) -> tuple[base.Query, str | None]:
    """The query, and the marker when it is a bare id.

    :param type_class: the type that is listed; None: those of ``type_names``
    :raises InvalidQuery: naming the parameter that is wrong
    """
    controls = _controls(parameters)
    wanted = [(name, text) for name, text in parameters
              if name not in _ONCE + _REPEATED]
    query = base.Query(
        type_class,
        filters.parse(lambda name: _field(type_class, name),
                      [one for one in wanted if one != _LATEST]),
        _sort(type_class, controls), _limit(controls.get('limit')),
        type_names=type_names, member_status=_member_status(controls))
    if _LATEST in wanted:
        query = _latest(query)
    after, bare_id = _marker(controls.get('marker'), query)
    return dataclasses.replace(query, after=after), bare_id


def marker(query: base.Query, place: orders.Place) -> str:
    """A place as an opaque word for ``next``."""
    values, artifact_id = place
    text = json.dumps([_spelled(query), [value.hex() for value in values],
                       artifact_id], separators=(',', ':'))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip('=')


def _controls(parameters: Parameters) -> dict[str, Any]:
    """What is no filter, by name; a list of what may be repeated."""
    found: dict[str, Any] = {}
    for name, text in parameters:
        if name in _REPEATED:
            found.setdefault(name, []).append(text)
        elif name in found:
            raise filters.invalid(name, 'is given twice')
        elif name in _ONCE:
            found[name] = text
    return found


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_LIMIT
    if re.fullmatch('[0-9]{1,4}', text) and 1 <= int(text) <= MAX_LIMIT:
        return int(text)
    raise filters.invalid('limit', 'must be from 1 to %d' % MAX_LIMIT)


def _member_status(controls: dict[str, Any]) -> str:
    status = controls.get('member_status', 'accepted')
    if status not in MEMBER_STATUSES:
        raise filters.invalid('member_status', 'is one of: %s'
                              % ', '.join(MEMBER_STATUSES))
    return status


def _latest(query: base.Query) -> base.Query:
    if query.type_class is None:
        raise filters.invalid('version', 'cannot be latest in a list of'
                              ' several types')
    if not query.type_class.common['version'].filterable:
        raise filters.invalid('version', 'is not a parameter of this list')
    active = predicates.Predicate(common.COMMON['status'], 'string', 'eq',
                                  ('active',))
    return dataclasses.replace(query, latest=True,
                               filters=(*query.filters, active))


def _sort(type_class: TypeClass | None,
          controls: dict[str, Any]) -> orders.Order:
    name, words = _sort_words(controls)
    order = tuple(_key(type_class, name, *one) for one in words)
    if len(order) > MAX_SORT_KEYS:
        raise filters.invalid(name, 'may have %d keys' % MAX_SORT_KEYS)
    if len({one.name for one in order}) < len(order):
        raise filters.invalid(name, 'has a key twice')
    return order


def _sort_words(controls: dict[str, Any],
                ) -> tuple[str, list[tuple[str, str]]]:
    """Keys and directions as they were said, and by which parameter."""
    if 'sort' in controls:
        if any(name in controls for name in _REPEATED):
            raise filters.invalid('sort',
                                  'does not go with sort_key or sort_dir')
        pairs = (word.partition(':') for word in controls['sort'].split(','))
        return 'sort', [(key, direction if colon else 'desc')
                        for key, colon, direction in pairs]
    keys = controls.get('sort_key', [postings.CREATED])
    directions = controls.get('sort_dir', ['desc'])
    if len(directions) == 1:
        directions *= len(keys)
    if len(directions) != len(keys):
        raise filters.invalid('sort_dir',
                              'must be given once, or once for each sort_key')
    return 'sort_key', list(zip(keys, directions))


def _key(type_class: TypeClass | None, parameter: str, name: str,
         direction: str) -> orders.Key:
    if direction not in _DIRECTIONS:
        raise filters.invalid(
            'sort_dir' if parameter == 'sort_key' else parameter,
            'goes in the direction asc or desc')
    field = _field(type_class, name)
    if (field is None or not field.sortable
            or type_class is None and name not in SORT_ALL):
        raise filters.invalid(parameter, 'cannot be by "%s"' % name[:64])
    return orders.key(field, _DIRECTIONS[direction])


def _marker(text: str | None,
            query: base.Query) -> tuple[orders.Place | None, str | None]:
    if text is None:
        return None, None
    if re.fullmatch(ids.PATTERN, text):
        return None, text
    try:
        raw = base64.b64decode(text + '=' * (-len(text) % 4), b'-_',
                               validate=True)
        order, values, artifact_id = json.loads(raw)
        place = tuple(map(bytes.fromhex, values)), _id(artifact_id)
    except (ValueError, TypeError, RecursionError):
        raise filters.invalid('marker', 'is not one of ours') from None
    if order != _spelled(query) or len(place[0]) != len(query.order):
        raise filters.invalid('marker', 'belongs to another order')
    return place, None


def _spelled(query: base.Query) -> str:
    return ','.join('%s:%s' % (one.name, 'desc' if one.descending else 'asc')
                    for one in query.sort)


def _id(text: Any) -> str:
    if not re.fullmatch(ids.PATTERN, text):
        raise ValueError(text)
    return text


def _field(type_class: TypeClass | None,
           name: str) -> declared.Field | None:
    if type_class is None:
        field = common.COMMON.get(name)
    else:
        field = type_class.common.get(name) or type_class.fields.get(name)
    return None if field is None or field.internal else field
