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

"""Pages in an order of several keys.

The list of the first key is walked. What ties there is read to its last and
put in order here, tie by tie. Where more ties than is reasonable, the rest of
the order is walked as a list of its own, among what has this one value: so a
page costs no more for it, and misses nothing.
"""

from __future__ import annotations

import dataclasses
from typing import Protocol

import sqlalchemy as sa

from glance_artifacts.db import listing
from glance_artifacts.db import records
from glance_artifacts.repository import base
from glance_artifacts.repository import ordering
from glance_artifacts.repository import orders
from glance_artifacts.repository import predicates


_NOWHERE: orders.Place = ((), '')


class Reader(Protocol):
    """What reads a page: ``paging.Reader``."""

    conn: sa.Connection
    budget: int
    most_tied: int

    def page(self, query: base.Query) -> base.Page:
        """What a query comes by within the budget."""

    def passing(self, query: base.Query, row_ids: list[str],
                ) -> dict[str, records.Artifact]:
        """The artifacts among these that the page may show, by id.

        Some may lack what is in other tables.
        """


def page(reader: Reader, query: base.Query,
         walk: listing.Walk) -> base.Page:
    """The page that a walk along the first key's list comes by."""
    return _Ties(reader, query, walk).page()


class _Ties:
    """One page, on its way.

    :ivar _after: the place that all found so far stands before
    :ivar _at: where the list is read on, always between two ties
    """

    def __init__(self, reader: Reader, query: base.Query,
                 walk: listing.Walk) -> None:
        self._reader = reader
        self._query = query
        self._walk = walk
        self._first = query.order[0]
        self._found: list[ordering.Row] = []
        self._after = query.after
        self._last = b''
        self._at = self._start()

    def page(self) -> base.Page:
        limit = self._query.limit
        while self._reader.budget > 0:
            places, at_end = self._ties()
            if places:
                self._take(places)
            if at_end or len(self._found) > limit:
                return ordering.cut(self._query, self._found)
            if not places and (rest := self._deep()) is not None:
                return self._answer(rest)
        return self._answer(self._after)

    def _start(self) -> listing.Position | None:
        if self._after is None:
            return None
        value = self._after[0][0]
        if self._after == orders.last_of(self._query.order, value):
            return orders.behind(self._first, value)
        return orders.before(self._first, value)

    def _ties(self) -> tuple[list[listing.Position], bool]:
        """Whole ties that come next, and whether the list ends with them.

        None where the next is longer than is reasonable.
        """
        most = max(self._reader.most_tied, self._query.limit + 1)
        step = self._query.limit + 1
        while True:
            places = listing.step(self._reader.conn, [self._walk], self._at,
                                  step)
            if len(places) < step:
                return places, True
            self._last = self._value(places[-1])
            whole = [one for one in places if self._value(one) != self._last]
            if whole or step == most:
                return whole, False
            step = min(4 * step, most)

    def _take(self, places: list[listing.Position]) -> None:
        passing = self._reader.passing(self._query,
                                       [row_id for _, row_id in places])
        rest = self._query.order[1:]
        rows = []
        for place in places:
            if artifact := passing.get(place[1]):
                # by the value that it stands at, if it has another by now
                values, row_id = orders.place(rest, artifact)
                rows.append((((self._value(place), *values), row_id),
                             artifact))
        self._found += ordering.first(
            self._query, rows, self._query.limit + 1 - len(self._found))
        self._pass(self._value(places[-1]))

    def _deep(self) -> orders.Place | None:
        """Walk the rest of the order in a long tie.

        The place where the page ends, or None when the tie is done with.
        """
        if len(self._found) == self._query.limit:
            return self._after
        value, after = self._last, self._query.after
        inside = after is not None and after[0][0] == value
        found = self._reader.page(dataclasses.replace(
            self._query, sort=self._query.order[1:],
            filters=(*self._query.filters,
                     predicates.Tied(self._first, value)),
            limit=self._query.limit - len(self._found),
            after=(after[0][1:], after[1]) if inside else None))
        # no page is cut off among these, so where they stand is no matter
        self._found += [(_NOWHERE, one) for one in found.artifacts]
        if found.next is not None:
            values, row_id = found.next
            return (value, *values), row_id
        self._pass(value)
        full = len(self._found) == self._query.limit
        return self._after if full else None

    def _pass(self, value: bytes) -> None:
        """Go on behind all that have one value of the first key."""
        self._after = orders.last_of(self._query.order, value)
        self._at = orders.behind(self._first, value)

    def _value(self, place: listing.Position) -> bytes:
        return orders.group(self._first, place)

    def _answer(self, after: orders.Place | None) -> base.Page:
        return base.Page([artifact for _, artifact in self._found], after)
