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

"""Pages of artifacts: walks along posting lists.

A page merges one walk per audience and type. Each walk is a LIMITed branch of
its own (a derived table: the one form that SQLite, MariaDB and PostgreSQL all
take inside a UNION), and a position within a list is two branches, ``value = v
and id < i`` and ``value < v``: the one form that both MariaDB and PostgreSQL
answer from the index alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
import dataclasses
import itertools

import sqlalchemy as sa

from glance_artifacts.db import encoding
from glance_artifacts.db import models
from glance_artifacts.db import postings

_INDEX = models.index
#: SQLite takes 500 branches in one statement.
_BRANCHES = 400

#: A place in a list: the encoded value and the id.
Position = tuple[bytes, str]


@dataclasses.dataclass(frozen=True)
class Span:
    """A part of the lists of one key.

    :param low: lowest value, included; None: from the lowest there is
    :param high: highest value, excluded; None: to the highest there is
    """

    key: str
    low: bytes | None = None
    high: bytes | None = None

    @classmethod
    def of(cls, key: str, value: bytes) -> Span:
        """The part with one value."""
        return cls(key, value, value + encoding.ABOVE)

    @property
    def one_value(self) -> bool:
        """Whether all in it have one value: its order is by id."""
        return (self.low is not None
                and self.high == self.low + encoding.ABOVE)

    @property
    def is_empty(self) -> bool:
        """Whether no value can stand in it."""
        return self.high is not None and (self.low or b'') >= self.high

    def both(self, other: Span) -> Span:
        """What it has in common with another part of the lists."""
        highs = [one.high for one in (self, other) if one.high is not None]
        return Span(self.key, max(self.low or b'', other.low or b''),
                    min(highs, default=None))


@dataclasses.dataclass(frozen=True)
class Walk:
    """One ordered walk through the lists of one key.

    :param type_names: the types whose lists are walked
    :param key: the key whose lists are walked
    :param descending: the direction, of values and of ids alike
    :param low: lowest value, included; None: from the lowest there is
    :param high: highest value, excluded; None: to the highest there is
    :param first_id: lowest id, included
    :param last_id: highest id, excluded
    :param among: of other lists, each of one value: what it passes stands in
        one of each group. All that is walked is looked up there, so it
        must not be much
    """

    type_names: tuple[str, ...]
    audiences: tuple[str, ...]
    key: str
    descending: bool
    low: bytes | None = None
    high: bytes | None = None
    first_id: str | None = None
    last_id: str | None = None
    among: tuple[tuple[Span, ...], ...] = ()

    def only(self, value: bytes) -> Walk:
        """The same walk among the artifacts with one value."""
        return self.within(Span.of(self.key, value))

    def within(self, span: Span) -> Walk:
        """A walk through a part of a list, which may be another's."""
        return dataclasses.replace(self, **dataclasses.asdict(span))

    @property
    def one_value(self) -> bool:
        """Whether all that it passes have one value: its order is by id."""
        return self.span.one_value

    @property
    def span(self) -> Span:
        """The part of its lists that it goes through."""
        return Span(self.key, self.low, self.high)

    @property
    def lists(self) -> list[tuple[str, str]]:
        """The lists of its key that it goes through: audience and type.

        None where nothing can stand in that part of them.
        """
        if self.span.is_empty or (
                None not in (self.first_id, self.last_id)
                and self.first_id >= self.last_id):
            return []
        return [(audience, type_name) for type_name in self.type_names
                for audience in self.audiences]


def step(conn: sa.Connection, walks: Sequence[Walk], after: Position | None,
         limit: int) -> list[Position]:
    """The next ``limit`` places of walks in one direction, each once.

    Where there are several, an artifact may stand in more than one.
    """
    # an artifact of one's own that is public stands in two lists
    found = set(_rows(conn, walks, after, limit))
    return sorted(found, reverse=walks[0].descending)[:limit]


def step_ids(conn: sa.Connection, walks: Sequence[Walk],
             after: str | None, limit: int) -> list[str]:
    """The next ``limit`` ids of walks of one value each, each id once."""
    position = None if after is None else (encoding.ABSENT, after)
    found = {row_id for _, row_id in _rows(conn, walks, position, limit)}
    return sorted(found, reverse=walks[0].descending)[:limit]


def count(conn: sa.Connection, walk: Walk) -> int:
    """How many places a walk has, all of them, in one list."""
    (one,) = walk.lists
    return conn.scalar(
        sa.select(sa.func.count()).select_from(_INDEX)
        .where(_in_list(one, walk.key), *_positions(walk, None)[0]))


def measure(conn: sa.Connection, walks: Sequence[Walk],
            cap: int) -> list[int]:
    """How many entries each walk has, list by list; ``cap`` at most.

    One statement, and no more than ``cap`` rows for each list in it.
    """
    counts = [sa.select(sa.func.count()).select_from(
        sa.select(sa.literal(1).label('one')).select_from(_INDEX)
        .where(_in_list(one, walk.key), *_positions(walk, None)[0])
        .limit(cap).subquery()).scalar_subquery()
        for walk in walks for one in walk.lists]
    row = iter(conn.execute(sa.select(*counts)).one())
    return [sum(itertools.islice(row, len(walk.lists))) for walk in walks]


def _rows(conn: sa.Connection, walks: Sequence[Walk], after: Position | None,
          limit: int) -> Iterable[Position]:
    branches = (sa.select(_branch(walk, one, limit, position).subquery())
                for walk in walks for one in walk.lists
                for position in _positions(walk, after))
    for some in _batches(branches):
        rows = conn.execute(some[0] if len(some) == 1
                            else sa.union_all(*some))
        yield from ((row.value, row.id) for row in rows)


def _batches(branches: Iterable[sa.Select]) -> Iterator[list[sa.Select]]:
    branches = iter(branches)
    while some := list(itertools.islice(branches, _BRANCHES)):
        yield some


def _positions(walk: Walk, after: Position | None) -> list[tuple]:
    """The conditions on (value, id), one for each branch."""
    value, row_id = _INDEX.c.value, _INDEX.c.id
    window = []
    if walk.first_id is not None:
        window.append(row_id >= walk.first_id)
    if walk.last_id is not None:
        window.append(row_id < walk.last_id)
    if walk.one_value:
        if after is not None:
            window.append(row_id < after[1] if walk.descending
                          else row_id > after[1])
        return [(value == walk.low, *window)]
    if walk.low is not None:
        window.append(value >= walk.low)
    if walk.high is not None:
        window.append(value < walk.high)
    if after is None:
        return [tuple(window)]
    if walk.descending:
        return [(value == after[0], row_id < after[1], *window),
                (value < after[0], *window)]
    return [(value == after[0], row_id > after[1], *window),
            (value > after[0], *window)]


def _branch(walk: Walk, one: tuple[str, str], limit: int,
            conditions: tuple) -> sa.Select:
    order = ([_INDEX.c.value.desc(), _INDEX.c.id.desc()] if walk.descending
             else [_INDEX.c.value, _INDEX.c.id])
    return (sa.select(_INDEX.c.value, _INDEX.c.id)
            .where(_in_list(one, walk.key), *conditions,
                   *(sa.or_(*(_stands(one, span) for span in group))
                     for group in walk.among))
            .order_by(*order).limit(limit))


def _in_list(one: tuple[str, str], key: str, table: sa.FromClause = _INDEX,
             ) -> sa.ColumnElement[bool]:
    return table.c.scope == postings.scope(*one, key)


def _stands(one: tuple[str, str], span: Span) -> sa.ColumnElement[bool]:
    """Whether what is walked stands in another list of the audience, too."""
    other = _INDEX.alias()
    # a scalar: what the optimizer makes of EXISTS hangs on its statistics
    return sa.select(sa.literal(1)).where(
        _in_list(one, span.key, other), other.c.value == span.low,
        other.c.id == _INDEX.c.id).scalar_subquery().is_not(None)
