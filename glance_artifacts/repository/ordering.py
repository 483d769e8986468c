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

"""Putting artifacts in the order of a query."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
import functools
import heapq
from typing import Any

from glance_artifacts.db import records
from glance_artifacts.repository import base
from glance_artifacts.repository import orders

#: An artifact at its place.
Row = tuple[orders.Place, records.Artifact]


def first(query: base.Query, rows: Iterable[Row], most: int) -> list[Row]:
    """The first of what stands behind the query's place, in its order."""
    compare = functools.partial(orders.compare, query.order)
    by, after = key(query), query.after
    return heapq.nsmallest(
        most, (row for row in rows
               if after is None or compare(row[0], after) > 0),
        key=lambda row: by(row[0]))


def key(query: base.Query) -> Callable[[orders.Place], Any]:
    """What places are sorted by."""
    return functools.cmp_to_key(functools.partial(orders.compare,
                                                  query.order))


def cut(query: base.Query, rows: Sequence[Row]) -> base.Page:
    """The last page, or one that ends where the limit cuts it off."""
    shown = rows[:query.limit]
    return base.Page([artifact for _, artifact in shown],
                     shown[-1][0] if len(rows) > query.limit else None)
