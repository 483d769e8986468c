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

"""Filters: one field, one operator, some values; or one of several."""

from __future__ import annotations

from collections.abc import Iterable
import dataclasses
import functools
import operator
from typing import Any
from typing import Protocol

from glance_artifacts.db import encoding
from glance_artifacts.db import listing
from glance_artifacts.db import postings
from glance_artifacts.db import records
from glance_artifacts.repository import orders
from glance_artifacts.types import field as declared

_ORDER = {'gt': operator.gt, 'gte': operator.ge,
          'lt': operator.lt, 'lte': operator.le}
#: ``neq`` and ``nin`` also match artifacts without the field.
OPERATORS = ('eq', 'neq', 'in', 'nin', *_ORDER, 'like', 'null')
#: The kinds that ``like`` can look into.
TEXTS = ('string', 'text', 'link')
WILDCARD = '%'


class Filter(Protocol):
    """What lets some artifacts through."""

    def matches(self, artifact: records.Artifact) -> bool:
        """Whether the artifact passes."""

    def spans(self) -> tuple[listing.Span, ...] | None:
        """Parts of lists that hold all that pass; None where none do.

        Where each has one value, they hold no other.
        """


@dataclasses.dataclass(frozen=True)
class Predicate:
    """``field op values``; ``key`` is the entry of a map.

    :param kind: kind of the values compared: of the elements, for a list
    :param values: in the normal form of that kind, at least one; of ``like``
        a pattern, of ``null`` whether absence is wanted
    """

    field: declared.Field
    kind: str
    op: str
    values: tuple
    key: str | None = None

    def matches(self, artifact: records.Artifact) -> bool:
        return self.admits(self._values_of(artifact))

    def admits(self, values: Iterable[Any]) -> bool:
        """Whether an artifact with these values of the field passes."""
        found = [(value, encoded) for value in values
                 if (encoded := encoding.encode_found(self.kind, value))]
        if self.op == 'null':
            return self.values[0] is not bool(found)
        if self.op == 'like':
            return any(like(value, self.values[0]) for value, _ in found)
        return self._compares({encoded for _, encoded in found})

    @functools.cached_property
    def encoded(self) -> set[bytes]:
        return {encoding.encode(self.kind, value) for value in self.values}

    def spans(self) -> tuple[listing.Span, ...] | None:
        if self.op in ('neq', 'nin') or not postings.listed(self.field):
            return None
        if self.op in ('eq', 'in'):
            return tuple(listing.Span.of(*posting) for posting in {
                postings.lookup(self.field, self.kind, self.key, value)
                for value in self.values})
        window = self.window() if self.key is None else self._in_map()
        return None if window is None else (
            listing.Span(self.field.name, *window),)

    def window(self) -> tuple[bytes, bytes | None] | None:
        """Where in its field's own list all that pass must stand."""
        if self.op in ('neq', 'nin') or len(self.values) != 1:
            return None
        if self.op == 'null':
            return self._absence()
        if self.op == 'like':
            return encoding.beginning(
                encoding.encode(self.kind, self._head()))
        (value,) = self.encoded
        return encoding.window(self.op, value)

    def _absence(self) -> tuple[bytes, bytes | None] | None:
        if not self.values[0]:
            return encoding.PRESENT, None
        if self.field.kind == 'list':
            return None  # an empty one stands nowhere
        return encoding.ABSENT, encoding.ABSENT + encoding.ABOVE

    def _in_map(self) -> tuple[bytes, bytes] | None:
        """The same among the entries of a map."""
        low, high = encoding.beginning(encoding.entry(self.key))
        if self.op == 'null':
            return None if self.values[0] else (low, high)
        if self.op == 'like':
            return encoding.beginning(encoding.member(
                self.kind, self.key, self._head()))
        first, end = encoding.window(self.op, encoding.member(
            self.kind, self.key, self.values[0]))
        return max(low, first), high if end is None else min(high, end)

    def _compares(self, found: set[bytes]) -> bool:
        if self.op in ('eq', 'in'):
            return bool(found & self.encoded)
        if self.op in ('neq', 'nin'):
            return not found & self.encoded
        compare, (bound,) = _ORDER[self.op], self.encoded
        return any(compare(value, bound) for value in found)

    def _head(self) -> str:
        return self.values[0].partition(WILDCARD)[0]

    def _values_of(self, artifact: records.Artifact) -> list:
        value = artifact.value(self.field.name)
        if self.key is not None:
            value = value.get(self.key) if isinstance(value, dict) else None
        if value is None:
            return []
        return value if isinstance(value, list) else [value]


@dataclasses.dataclass(frozen=True)
class AnyOf:
    """Passes what one of its members lets through."""

    members: tuple[Predicate, ...]

    def matches(self, artifact: records.Artifact) -> bool:
        return any(member.matches(artifact) for member in self.members)

    def spans(self) -> tuple[listing.Span, ...] | None:
        found: dict[listing.Span, None] = {}
        for member in self.members:
            spans = member.spans()
            if spans is None:
                return None
            found.update(dict.fromkeys(spans))
        return tuple(found)


@dataclasses.dataclass(frozen=True)
class Tied:
    """Passes artifacts that an order's key puts at one value.

    :param value: as the index holds it
    """

    key: orders.Key
    value: bytes

    def matches(self, artifact: records.Artifact) -> bool:
        return orders.value(self.key, artifact) == self.value

    def spans(self) -> tuple[listing.Span, ...] | None:
        if self.key.by_id:
            return None
        return (listing.Span.of(self.key.name, self.value),)


def like(text: str, pattern: str) -> bool:
    """Whether a text is what a pattern says; only ``%`` is special in it."""
    # no regular expression: some patterns would take one for ever
    head, *middle = pattern.split(WILDCARD)
    if not middle:
        return text == pattern
    tail = middle.pop()
    if (len(text) < len(head) + len(tail) or not text.startswith(head)
            or not text.endswith(tail)):
        return False
    at, end = len(head), len(text) - len(tail)
    for part in middle:
        at = text.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True
