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

"""The order of a list: several keys, each in its own direction, then the id.

A place is what all of an order's keys say of an artifact, as bytes that sort
as the values do, and its id. Absent is the lowest.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from glance_artifacts.db import encoding
from glance_artifacts.db import ids
from glance_artifacts.db import listing
from glance_artifacts.db import postings
from glance_artifacts.db import records
from glance_artifacts.types import field as declared

TYPE_NAME = 'type_name'

#: The values of the order's keys, and the id.
Place = tuple[tuple[bytes, ...], str]


@dataclasses.dataclass(frozen=True)
class Key:
    """A field to sort by.

    :param kind: the kind of its values
    """

    name: str
    kind: str
    descending: bool

    @property
    def by_id(self) -> bool:
        """Whether the order of ids is its own, ids telling more."""
        return self.name == postings.CREATED


Order = tuple[Key, ...]

NEWEST_FIRST: Order = (Key(postings.CREATED, 'datetime', True),)


def key(field: declared.Field, descending: bool) -> Key:
    """A key for one field."""
    return Key(field.name, field.kind, descending)


def effective(order: Order) -> Order:
    """The same order, of one type, in as few keys as do.

    All of one type have one ``type_name``; as the last key it still says in
    which direction ids go.
    """
    *first, last = order
    if last.name == TYPE_NAME:
        last = Key(postings.CREATED, 'datetime', last.descending)
    return (*(one for one in first if one.name != TYPE_NAME), last)


def value(one: Key, artifact: records.Artifact) -> bytes:
    """What a key says of an artifact."""
    return value_of(one, artifact.id, artifact.value(one.name))


def value_of(one: Key, row_id: str, found: Any) -> bytes:
    """What a key says of the artifact with an id and a value."""
    if one.by_id:
        return ids.tick(row_id)
    return encoding.bounded(encoding.encode_found(one.kind, found))


def place(order: Order, artifact: records.Artifact) -> Place:
    """Where an artifact stands."""
    return tuple(value(one, artifact) for one in order), artifact.id


def along(order: Order, position: listing.Position) -> Place:
    """Where what stands at a place of a list does, in an order of one key."""
    return (group(order[0], position),), position[1]


def compare(order: Order, one: Place, other: Place) -> int:
    """Below zero: ``one`` comes first; above: ``other`` does."""
    pairs = [*zip(one[0], other[0]), (one[1], other[1])]
    keys = [*order, order[-1]]
    for by, (mine, yours) in zip(keys, pairs):
        if mine != yours:
            return -1 if (mine < yours) != by.descending else 1
    return 0


def group(first: Key, position: listing.Position) -> bytes:
    """The value of a key at a place of its list."""
    return ids.tick(position[1]) if first.by_id else position[0]


def before(first: Key, group_value: bytes) -> listing.Position:
    """The place in a list before all that have one value."""
    return _beside(first, group_value, first.descending)


def behind(first: Key, group_value: bytes) -> listing.Position:
    """The place in a list behind all that have one value."""
    return _beside(first, group_value, not first.descending)


def last_of(order: Order, group_value: bytes) -> Place:
    """The place behind all that have one value of the first key.

    With one value for each key, none of which anything has.
    """
    rest = (encoding.ABSENT if one.descending else encoding.HIGHEST
            for one in order[1:])
    return ((group_value, *rest),
            ids.LOWEST if order[-1].descending else ids.HIGHEST)


def _beside(first: Key, group_value: bytes, above: bool) -> listing.Position:
    if first.by_id:
        return encoding.ABSENT, ids.bounds(group_value)[above]
    return group_value, ids.HIGHEST if above else ids.LOWEST
