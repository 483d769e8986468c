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

"""What filters say about where in a list their artifacts stand."""

from __future__ import annotations

from collections.abc import Hashable
import dataclasses
import datetime
import functools
import re

from glance_artifacts.db import ids
from glance_artifacts.db import listing
from glance_artifacts.db import postings
from glance_artifacts.repository import predicates


def of_values(walk: listing.Walk,
              filters: tuple[predicates.Filter, ...]) -> listing.Walk:
    """The part of a sorted list that the filters on its own key leave."""
    spans = [listing.Span(walk.key, *window) for one in filters
             if (window := _of_value(one, walk.key)) is not None]
    if not spans:
        return walk
    return walk.within(functools.reduce(listing.Span.both, spans, walk.span))


def of_fields(filters: tuple[predicates.Filter, ...],
              key: str) -> list[tuple[listing.Span, ...]]:
    """Parts of lists that hold all that pass, field by field.

    What several filters leave of a field is in one part together.

    :param key: of the list that is walked anyway: what narrows that one is
        no better by itself
    """
    groups: dict[Hashable, list[predicates.Filter]] = {}
    for number, one in enumerate(filters):
        groups.setdefault(_one_value(one) or number, []).append(one)
    return [spans for some in groups.values()
            if (spans := _together(some, key))]


def _one_value(one: predicates.Filter) -> Hashable | None:
    """The field or map entry that a filter is on, if it has one value.

    Of many, one may pass this filter and another the next.
    """
    if not isinstance(one, predicates.Predicate) or (
            one.key is None and one.field.kind in ('list', 'dict')):
        return None
    return one.field.name, one.key


def _together(filters: list[predicates.Filter],
              key: str) -> tuple[listing.Span, ...]:
    """What all filters on one field leave of its lists; none: all."""
    narrow = [(one, spans) for one in filters
              if (spans := one.spans()) is not None]
    if all(_of_value(one, key) is not None for one, _ in narrow):
        return ()
    several = [spans for _, spans in narrow if len(spans) > 1]
    single = [spans[0] for _, spans in narrow if len(spans) == 1]
    if len(narrow) == 1:
        return narrow[0][1]
    if not several:
        return (functools.reduce(listing.Span.both, single),)
    parts = [functools.reduce(listing.Span.both, single, one)
             for one in set(several[0]).intersection(*several[1:])]
    # an empty one says that there is nothing, none would say: anything
    return (tuple(one for one in parts if not one.is_empty)
            or (listing.Span(several[0][0].key, b'', b''),))


def _of_value(one: predicates.Filter,
              key: str) -> tuple[bytes, bytes | None] | None:
    """The window that a filter leaves of the list of a key, if it does."""
    if not isinstance(one, predicates.Predicate) or one.field.name != key:
        return None
    return one.window()


def of_ids(walk: listing.Walk,
           filters: tuple[predicates.Filter, ...]) -> listing.Walk:
    """The part of a walk along ids that filters on id and time leave.

    A range of ``created_at`` is a range of ids.
    """
    for predicate in filters:
        first, last = _ids(predicate)
        if first is not None:
            walk = dataclasses.replace(
                walk, first_id=max(first, walk.first_id or first))
        if last is not None:
            walk = dataclasses.replace(
                walk, last_id=min(last, walk.last_id or last))
    return walk


def _ids(predicate: predicates.Filter) -> tuple[str | None, str | None]:
    """Lowest id that can pass and the lowest above all that can."""
    if isinstance(predicate, predicates.Tied) and predicate.key.by_id:
        return ids.bounds(predicate.value)
    if not isinstance(predicate, predicates.Predicate):
        return None, None
    name, op = predicate.field.name, predicate.op
    if name == 'id' and op in ('eq', 'in'):
        known = [value for value in predicate.values
                 if re.fullmatch(ids.PATTERN, value)]
        return ((min(known), ids.following(max(known))) if known
                else (ids.LOWEST, ids.LOWEST))
    if (name != postings.CREATED
            or op not in ('eq', 'gt', 'gte', 'lt', 'lte')):
        return None, None
    moment = datetime.datetime.fromisoformat(predicate.values[0])
    first = last = None
    if op in ('eq', 'gt', 'gte'):
        first = (ids.after if op == 'gt' else ids.first_of)(moment)
    if op in ('eq', 'lt', 'lte'):
        last = (ids.first_of if op == 'lt' else ids.after)(moment)
    return first, last
