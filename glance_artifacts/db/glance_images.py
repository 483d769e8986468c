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


"""Where images stand in a list: Glance's own table, read and never written.

Glance's API pages by a marker that must still be there, and knows nothing of
artifacts. So the ids of a page are found here, and Glance is asked for these.
"""

from __future__ import annotations

from collections.abc import Sequence
import dataclasses
from typing import Any

import sqlalchemy as sa

_IMAGES = sa.table(
    'images', sa.column('id', sa.String), sa.column('name', sa.String),
    sa.column('created_at', sa.DateTime),
    sa.column('updated_at', sa.DateTime), sa.column('owner', sa.String),
    sa.column('visibility', sa.String), sa.column('status', sa.String),
    sa.column('disk_format', sa.String), sa.column('size', sa.BigInteger),
    sa.column('container_format', sa.String),
    sa.column('deleted', sa.Boolean), sa.column('os_hidden', sa.Boolean))
_MEMBERS = sa.table(
    'image_members', sa.column('image_id', sa.String),
    sa.column('member', sa.String), sa.column('status', sa.String),
    sa.column('deleted', sa.Boolean))
#: The states of artifacts, of which an image's is one.
_STATE = sa.case((_IMAGES.c.status.in_(('active', 'deactivated')),
                  _IMAGES.c.status), else_='drafted')
#: What lists can be sorted by.
COLUMNS: dict[str, sa.ColumnElement] = {
    **{name: _IMAGES.c[name] for name in (
        'name', 'created_at', 'updated_at', 'visibility', 'disk_format',
        'container_format', 'size')},
    'image_status': _IMAGES.c.status, 'status': _STATE}
_NEVER_ABSENT = ('created_at', 'updated_at', 'id')
#: Glance's lists leave it out.
_KILLED = 'killed'

#: The values of the columns that sort, and the id.
Place = tuple[tuple[Any, ...], str]


@dataclasses.dataclass(frozen=True)
class Walk:
    """The images that a caller's list shows, in an order.

    :param project_id: None where the caller has no project
    :param community: those of other projects are asked for
    :param member_status: which of the images that are shared with the
        project are listed: of one member status, or ``all``
    :param hidden: those that are hidden, in place of all others
    :param sort: names in ``COLUMNS``, each with whether it descends; absent
        is the lowest
    :param ids_descend: the direction of ids, which decide ties
    """

    project_id: str | None
    is_admin: bool
    sort: tuple[tuple[str, bool], ...]
    ids_descend: bool
    community: bool = False
    member_status: str = 'accepted'
    hidden: bool = False


def step(conn: sa.Connection, walk: Walk, after: Place | None,
         limit: int) -> list[Place]:
    """The next places of a walk."""
    keys = [_Key.of(conn, name, down) for name, down in walk.sort]
    keys.append(_Key('id', _IMAGES.c.id, walk.ids_descend))
    branches = [[]] if after is None else _behind(keys, (*after[0], after[1]))
    found: list[Place] = []
    for branch in branches:
        if len(found) < limit:
            found += _rows(conn, walk, keys, branch, limit - len(found))
    return found


def place(conn: sa.Connection, walk: Walk, image_id: str) -> Place | None:
    """Where an image stands in a walk; None when there is none."""
    row = conn.execute(_columns(walk).where(
        _IMAGES.c.id == image_id)).one_or_none()
    return None if row is None else (tuple(row[:-1]), row[-1])


@dataclasses.dataclass(frozen=True)
class _Key:
    """What rows are in the order of."""

    name: str
    column: sa.ColumnElement
    descending: bool

    @classmethod
    def of(cls, conn: sa.Connection, name: str, descending: bool) -> _Key:
        """A column in the order of code points, whatever the database."""
        column = COLUMNS[name]
        if isinstance(column.type, sa.String):
            if conn.dialect.name == 'postgresql':
                # the visibility is an enumeration there
                column = sa.collate(sa.cast(column, sa.Text), 'C')
            elif conn.dialect.name in ('mysql', 'mariadb'):
                column = sa.cast(column, sa.LargeBinary)
        return cls(name, column, descending)

    def same(self, value: Any) -> sa.ColumnElement:
        if value is None:
            return self.column.is_(None)
        return self.column == self._bound(value)

    def past(self, value: Any) -> sa.ColumnElement:
        """What comes behind a value."""
        if value is None:
            return (sa.false() if self.descending
                    else self.column.is_not(None))
        bound = self._bound(value)
        if not self.descending:
            return self.column > bound
        if self.name in _NEVER_ABSENT:
            return self.column < bound
        return sa.or_(self.column < bound, self.column.is_(None))

    def order(self, conn: sa.Connection) -> sa.ColumnElement:
        order = self.column.desc() if self.descending else self.column.asc()
        # there, and only there, absent is the highest
        if (conn.dialect.name != 'postgresql'
                or self.name in _NEVER_ABSENT):
            return order
        return (order.nulls_last() if self.descending
                else order.nulls_first())

    def _bound(self, value: Any) -> Any:
        if isinstance(self.column.type, sa.LargeBinary):
            return value.encode()
        return value


def _behind(keys: Sequence[_Key],
            values: Sequence[Any]) -> list[list[sa.ColumnElement]]:
    """Conditions, one for each number of keys that are the same.

    Apart, for no database walks an index along all of them at once; in the
    order in which what they let through comes.
    """
    return [[*(key.same(value) for key, value in zip(keys[:same], values)),
             keys[same].past(values[same])]
            for same in reversed(range(len(keys)))]


def _columns(walk: Walk) -> sa.Select:
    return sa.select(*(COLUMNS[name].label(name) for name, _ in walk.sort),
                     _IMAGES.c.id)


def _rows(conn: sa.Connection, walk: Walk, keys: Sequence[_Key],
          branch: Sequence[sa.ColumnElement], limit: int) -> list[Place]:
    found = conn.execute(
        _columns(walk).where(*_shown(walk), *branch)
        .order_by(*(key.order(conn) for key in keys)).limit(limit))
    return [(tuple(row[:-1]), row[-1]) for row in found]


def _shown(walk: Walk) -> list:
    """What Glance's own list shows the caller."""
    images = _IMAGES.c
    # IS, not =: MariaDB would intersect the indexes of these two, which leave
    # nearly all there is, and sort that, rather than walk one along the order
    found = [images.deleted.is_(sa.false()), images.status != _KILLED,
             images.os_hidden.is_(sa.true() if walk.hidden else sa.false())]
    if not walk.is_admin:
        found.append(sa.or_(*_audiences(walk)))
    elif not walk.community:
        found.append(sa.or_(images.visibility != 'community',
                            images.owner == walk.project_id))
    return found


def _audiences(walk: Walk) -> list:
    images = _IMAGES.c
    found = [images.visibility == 'public']
    if walk.community:
        found.append(images.visibility == 'community')
    if walk.project_id is not None:
        found += [images.owner == walk.project_id, sa.and_(
            images.visibility == 'shared', images.id.in_(_shared(walk)))]
    return found


def _shared(walk: Walk) -> sa.Select:
    members = _MEMBERS.c
    found = sa.select(members.image_id).where(
        members.member == walk.project_id, members.deleted == sa.false())
    if walk.member_status != 'all':
        found = found.where(members.status == walk.member_status)
    return found
