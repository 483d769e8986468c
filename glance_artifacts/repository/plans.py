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

"""From a query to the lists that are walked for it.

The order asked for is the order of one list; or a filter has lists of so few
artifacts that they are fetched and put in order here; or, where ids are the
order, a filter's lists are walked, whatever their length.
"""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa

from glance_artifacts.db import encoding
from glance_artifacts.db import listing
from glance_artifacts.db import postings
from glance_artifacts.repository import base
from glance_artifacts.repository import orders
from glance_artifacts.repository import predicates
from glance_artifacts.repository import windows

#: Most lists that are looked at together because of filters.
BRANCHES = 64

Walks = tuple[listing.Walk, ...]


@dataclasses.dataclass(frozen=True)
class Plan:
    """What to walk.

    :param walks: together they pass all that the query wants
    :param in_order: in the order of the query's first key
    :param count: how many artifacts that is, at most, if it is not in order
    :param instead: what can be walked in order
    :param total: how many artifacts that is, as far as was counted
    """

    walks: Walks
    in_order: bool
    count: int = 0
    instead: listing.Walk | None = None
    total: int = 0

    def ordered(self) -> Plan:
        """The plan to walk what is in order."""
        return self if self.instead is None else Plan((self.instead,), True)

    @property
    def along_ids(self) -> bool:
        """Whether all of the walks go from id to id."""
        return _is_along_ids(self.walks)


def make(conn: sa.Connection, audiences: tuple[str, ...], query: base.Query,
         few: int) -> Plan:
    """The cheapest plan.

    :param few: how many artifacts are put in order here, at most
    """
    first = query.order[0]
    walk = listing.Walk(type_names(query), audiences, first.name,
                        first.descending)
    by_id = first.by_id and len(query.order) == 1
    choices, whole = _choices(walk, query), _whole(walk, query)
    for walks in (*choices, (whole,)):
        # what has no lists is read without a statement
        if not any(one.lists for one in walks):
            return Plan(walks, True)
    if by_id and len(choices) == 1 and _is_along_ids(choices[0]):
        return Plan(choices[0], True)
    if not choices:
        return Plan((whole,), True)
    *counts, total = _measure(conn, [*choices, () if by_id else (whole,)],
                              few + 1)
    for number in sorted(range(len(choices)), key=counts.__getitem__):
        walks, is_few = choices[number], counts[number] <= few
        if is_few:
            walks = _among(walks, choices[:number] + choices[number + 1:])
        if by_id and _is_along_ids(walks):
            return Plan(walks, True)
        if is_few:
            return Plan(walks, False, counts[number], whole, total)
    return Plan((whole,), True)


def places(conn: sa.Connection, plan: Plan, after: listing.Position | None,
           limit: int) -> list[listing.Position]:
    """The next places of a plan's walks."""
    if len(plan.walks) == 1 or not plan.along_ids:
        return listing.step(conn, plan.walks, after, limit)
    return [(encoding.ABSENT, row_id) for row_id in listing.step_ids(
        conn, plan.walks, after and after[1], limit)]


def type_names(query: base.Query) -> tuple[str, ...]:
    """Those of the listed types that filters on their name leave."""
    narrowing = [one for one in query.filters
                 if isinstance(one, predicates.Predicate)
                 and one.field.name == orders.TYPE_NAME]
    return tuple(name for name in query.listed_types
                 if all(one.admits([name]) for one in narrowing))


def _whole(walk: listing.Walk, query: base.Query) -> listing.Walk:
    """The list of the first key, as far as filters on that key leave it."""
    if walk.key == postings.CREATED:
        return windows.of_ids(walk.only(encoding.ABSENT), query.filters)
    return windows.of_values(walk, query.filters)


def _choices(walk: listing.Walk, query: base.Query) -> list[Walks]:
    """The lists that hold all that pass, field by field."""
    found, left = [], BRANCHES
    choices = [_of_spans(walk, query, spans)
               for spans in windows.of_fields(query.filters, walk.key)]
    if walk.key != postings.CREATED:
        choices.append(_of_times(walk, query))
    for walks in sorted(filter(None, choices), key=len):
        left -= sum(len(one.lists) for one in walks)
        if left < 0:
            break
        found.append(walks)
    return found


def _of_spans(walk: listing.Walk, query: base.Query,
              spans: tuple[listing.Span, ...]) -> Walks:
    walks = (walk.within(span) for span in spans)
    # in a list of many values, ids would be looked for one by one
    return tuple(windows.of_ids(part, query.filters) if part.one_value
                 else part for part in walks)


def _of_times(walk: listing.Walk, query: base.Query) -> Walks:
    """What filters on ``id`` and ``created_at`` leave of all there is."""
    whole = walk.within(listing.Span.of(postings.CREATED, encoding.ABSENT))
    narrow = windows.of_ids(whole, query.filters)
    return () if narrow == whole else (narrow,)


def _among(walks: Walks, others: list[Walks]) -> Walks:
    """The walks, where each artifact stands in lists of the others, too."""
    groups = tuple(
        tuple(one.span for one in other)
        for other in others if _is_along_ids(other))
    return tuple(dataclasses.replace(walk, among=groups) for walk in walks)


def _is_along_ids(walks: Walks) -> bool:
    return all(walk.one_value for walk in walks)


def _measure(conn: sa.Connection, choices: list[Walks],
             cap: int) -> list[int]:
    """How many entries the lists of each choice have, up to a cap."""
    walks = [walk for choice in choices for walk in choice]
    counts = iter(listing.measure(conn, walks, cap) if walks else ())
    return [sum(next(counts) for _ in choice) for choice in choices]
