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

"""From a query to a page: walk lists, pass over what is not wanted.

Every filter is tested on the records themselves, so a list that is too wide
costs time, never truth. A walk ends after ``EXAMINED`` artifacts: the page is
then short and yet has a next.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
import functools
import itertools

import sqlalchemy as sa

from glance_artifacts.db import records
from glance_artifacts.db import shown
from glance_artifacts import policy
from glance_artifacts.repository import base
from glance_artifacts.repository import ordering
from glance_artifacts.repository import orders
from glance_artifacts.repository import plans
from glance_artifacts.repository import sieve
from glance_artifacts.repository import ties

#: Most artifacts that one page looks at, unless ten pages are more.
EXAMINED = 2000
#: Most that are read together, unless a page is more; and least.
_BATCH, _LEAST = 1000, 25
#: How many versions of a name are looked at for each that is shown.
_OF_A_NAME = 4

#: Gives so many places, from behind one.
Read = Callable[[orders.Place | None, int], list[orders.Place]]


def page(conn: sa.Connection, caller: policy.Caller,
         query: base.Query) -> base.Page:
    """One page of what the caller sees and the query wants."""
    reader = Reader(conn, caller, audiences(caller, query),
                    max(EXAMINED, 10 * query.limit))
    return reader.completed(query, reader.page(query))


def audiences(caller: policy.Caller, query: base.Query) -> tuple[str, ...]:
    """Whose lists hold what a query may show: what is visible in a list.

    Nothing else says so: the highest versions are looked for there, too.
    """
    return caller.audiences_for(query.community, query.member_status)


class Reader(sieve.Sieve):
    """Reads one page."""

    @property
    def most_tied(self) -> int:
        """How many artifacts of one value are put in order here."""
        return EXAMINED

    def page(self, query: base.Query) -> base.Page:
        """What the plan for a query comes by."""
        plan = plans.make(self.conn, self._audiences, query, EXAMINED)
        if plan.in_order:
            return self._in_order(query, plan)
        if len(query.order) == 1 and query.order[0].by_id:
            return self._placed(query, plan)
        in_columns = shown.COLUMNS.issuperset(one.name for one in query.order)
        return self._tried(query, plan) or (
            self._placed(query, plan)
            if in_columns and sieve.many(query, plan.count)
            else self._sorted(query, plan))

    def _in_order(self, query: base.Query, plan: plans.Plan) -> base.Page:
        if len(query.order) > 1:
            return ties.page(self, query, plan.walks[0])
        step = (query.limit + 1) * (_OF_A_NAME if query.latest else 1)
        return self._walked(query, functools.partial(self._step, query, plan),
                            step, sparing=query.latest)

    def _walked(self, query: base.Query, read: Read, step: int, *,
                sparing: bool = False) -> base.Page:
        """The page that a walk in the right order comes by.

        :param step: how many places are looked at first
        :param sparing: read no more artifacts than may be enough
        """
        found: list[records.Artifact] = []
        after, looked = query.after, 0
        while self.budget > 0:
            step = min(step, self.budget)
            places = read(after, step)
            wanted = query.limit + 1 - len(found) if sparing else step
            for place, artifact in self._shown(query, places, wanted):
                if artifact is not None:
                    if len(found) == query.limit:
                        return base.Page(found, after)
                    found.append(artifact)
                after = place
            if len(places) < step:
                return base.Page(found, None)
            looked += step
            step = _enough(query.limit + 1 - len(found), looked, len(found),
                           max(_BATCH, query.limit + 1))
        return base.Page(found, after)

    def _shown(self, query: base.Query, places: list[orders.Place],
               wanted: int) -> Iterator[tuple[orders.Place,
                                              records.Artifact | None]]:
        """The places in turn, each with its artifact if that may be shown.

        :param wanted: how many are read together; then the rest, if need be
        """
        row_ids = self.candidates(query, [row_id for _, row_id in places])
        rest = row_ids[wanted:]
        passing = self.read(query, row_ids[:wanted])
        for place in places:
            if rest and place[1] == rest[0]:
                passing.update(self.read(query, rest))
                rest = []
            yield place, passing.get(place[1])

    def _placed(self, query: base.Query, plan: plans.Plan) -> base.Page:
        """The page from short lists, put in order before they are read."""
        places = sorted({place for row_ids in self._some(plan)
                         for place in self._places(query, row_ids)},
                        key=ordering.key(query))

        def read(after: orders.Place | None, limit: int):
            return [one for one in places if after is None or orders.compare(
                query.order, one, after) > 0][:limit]

        return self._walked(query, read, len(places) + 1, sparing=True)

    def _places(self, query: base.Query,
                row_ids: list[str]) -> Iterator[orders.Place]:
        """Where artifacts stand, by what is in columns or in their ids."""
        if all(one.by_id for one in query.order):
            rows: Iterable[tuple] = zip(row_ids)
        else:
            rows = shown.columns(self.conn, row_ids,
                                 [one.name for one in query.order])
        for row_id, *values in rows:
            found = itertools.zip_longest(query.order, values)
            yield tuple(orders.value_of(one, row_id, value)
                        for one, value in found), row_id

    def _tried(self, query: base.Query,
               plan: plans.Plan) -> base.Page | None:
        """The page that a short walk in order comes by, if it is a whole one.

        What a filter leaves may be few, and yet most of what there is; of
        more than was counted, it hardly is.
        """
        if plan.total > EXAMINED and 2 * plan.count < plan.total:
            return None
        page = query.limit + 1
        likely = max(page, page * plan.total // max(plan.count, 1))
        if 10 * likely > plan.count:
            return None
        reader = Reader(self.conn, self._caller, self._audiences, 2 * likely)
        found = reader._in_order(query, plan.ordered())
        self._bare |= reader._bare
        whole = len(found.artifacts) == query.limit or found.next is None
        return found if whole else None

    def _step(self, query: base.Query, plan: plans.Plan,
              after: orders.Place | None, limit: int) -> list[orders.Place]:
        places = plans.places(self.conn, plan,
                              after and (after[0][0], after[1]), limit)
        return [orders.along(query.order, place) for place in places]

    def _sorted(self, query: base.Query, plan: plans.Plan) -> base.Page:
        """The page from all that short lists hold, put in order here."""
        rows = ((orders.place(query.order, one), one)
                for one in self._all(query, plan))
        return ordering.cut(
            query, ordering.first(query, rows, query.limit + 1))

    def _all(self, query: base.Query,
             plan: plans.Plan) -> Iterator[records.Artifact]:
        """All that passes."""
        for row_ids in self._some(plan):
            for start in range(0, len(row_ids), _BATCH):
                yield from self.passing(
                    query, row_ids[start:start + _BATCH]).values()

    def _some(self, plan: plans.Plan) -> Iterator[list[str]]:
        """All that a plan passes; mostly, one statement finds it."""
        after, size = None, EXAMINED + 1
        while True:
            places = plans.places(self.conn, plan, after, size)
            yield list(dict.fromkeys(row_id for _, row_id in places))
            if len(places) < size:
                return
            after = places[-1]


def _enough(wanted: int, looked: int, found: int, most: int) -> int:
    """How many places to look at next, as things have gone so far."""
    if not found:
        return min(most, 20 * looked)
    return min(most, max(_LEAST, 2 * wanted * looked // found))
