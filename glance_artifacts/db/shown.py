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

"""Statements on artifacts as they are shown to one caller.

One statement reads all that a page shows. What one artifact shows takes a
second where it has entries in folders.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
import functools
import itertools
import json

import sqlalchemy as sa

from glance_artifacts.db import models
from glance_artifacts.db import records

_TABLE = models.artifacts
_MEMBERS = models.members
_BLOBS = models.blobs.alias('blobs')
_ENTRIES = models.blobs.alias('entries')

_OF_ARTIFACT = tuple(name for name in _TABLE.c.keys()
                     if name not in ('live', 'document', 'postings'))
#: What is kept of an artifact in columns of its own.
COLUMNS = frozenset(_OF_ARTIFACT)
_OF_BLOB = tuple(name for name in _BLOBS.c.keys() if name != 'artifact_id')
_OF_MEMBER = tuple(name for name in _MEMBERS.c.keys()
                   if name != 'artifact_id')
#: Where they begin in a row, and what comes behind them.
_DOCUMENT = len(_OF_ARTIFACT)
_MEMBER = _DOCUMENT + 1
_BLOB = _MEMBER + len(_OF_MEMBER)
_MORE = _BLOB + len(_OF_BLOB)


def get(conn: sa.Connection, artifact_id: str,
        project_id: str | None) -> records.Artifact | None:
    """The artifact, or None when there is none or it is deleted.

    :param project_id: who asks: what is shared has this member, if any
    """
    rows = conn.execute(_one(), {'id': artifact_id,
                                 'project': project_id}).all()
    if not rows:
        return None
    entries = (conn.execute(_entries(), {'id': artifact_id})
               if rows[0][_MORE] else ())
    return _artifact(rows, entries=entries)


def get_many(conn: sa.Connection, ids: Iterable[str], *, folders: bool,
             project_id: str | None = None) -> dict[str, records.Artifact]:
    """The live artifacts among ``ids``, as lists show them.

    :param folders: whether there can be folders to sum up
    :param project_id: who asks: what is shared has this member, if any
    """
    ids = list(ids)
    if not ids:
        return {}
    found: dict[str, list[sa.Row]] = {}
    for row in conn.execute(_many(folders), {'ids': ids,
                                             'project': project_id}):
        found.setdefault(row[0], []).append(row)
    return {row_id: _artifact(rows, folders=folders)
            for row_id, rows in found.items()}


def get_bare(conn: sa.Connection, ids: Iterable[str], *,
             project_id: str | None = None) -> dict[str, records.Artifact]:
    """The live artifacts among ``ids``, without blobs and folders.

    Enough to put them in order and to tell which are shown, for less.

    :param project_id: as for ``get_many``
    """
    return {row[0]: _artifact([row], blobs=False) for row in conn.execute(
        _bare(), {'ids': list(ids), 'project': project_id})}


def columns(conn: sa.Connection, ids: Iterable[str],
            names: Sequence[str]) -> list[sa.Row]:
    """The id and these columns of the live artifacts among ``ids``.

    :param names: some of ``COLUMNS``
    """
    return list(conn.execute(
        sa.select(_TABLE.c.id, *(_TABLE.c[name] for name in names))
        .where(_TABLE.c.id.in_(list(ids)), _TABLE.c.live == 1)))


def _artifact(rows: Sequence[sa.Row], *, folders: bool = False,
              blobs: bool = True, entries: Iterable[Sequence] = (),
              ) -> records.Artifact:
    """The artifact that each of the rows tells a part of."""
    first = rows[0]
    found = itertools.chain(
        (row[_BLOB:_MORE] for row in rows if blobs), entries)
    return records.Artifact(
        **dict(zip(_OF_ARTIFACT, first)), **json.loads(first[_DOCUMENT]),
        blobs=dict(_blobs(found)),
        members=_membership(first[_MEMBER:_BLOB]),
        folders=dict(_sums(rows)) if folders else {})


def _blobs(rows: Iterable[Sequence],
           ) -> Iterator[tuple[tuple[str, str], records.Blob]]:
    for row in rows:
        values = dict(zip(_OF_BLOB, row))
        if values['field'] is not None:
            blob = records.Blob(**values)
            yield (blob.field, blob.key), blob


def _membership(row: Sequence) -> dict[str, records.Member]:
    values = dict(zip(_OF_MEMBER, row))
    if values['member'] is None:
        return {}
    return {values['member']: records.Member(**values)}


def _sums(rows: Sequence[sa.Row]) -> Iterator[tuple[str, records.Summary]]:
    for row in rows:
        field, entries, size = row[_MORE:]
        if field is not None:
            yield field, records.Summary(entries, int(size))


# Made once: to make a statement costs about as much as to run it.

@functools.cache
def _one() -> sa.Select:
    more = sa.exists().where(_ENTRIES.c.artifact_id == _TABLE.c.id,
                             _ENTRIES.c.key != '')
    return _select(_parts(), more).where(_TABLE.c.id == sa.bindparam('id'))


@functools.cache
def _many(folders: bool) -> sa.Select:
    ids = sa.bindparam('ids', expanding=True)
    if not folders:
        return _select(_parts()).where(_TABLE.c.id.in_(ids))
    sums = (sa.select(_ENTRIES.c.artifact_id, _ENTRIES.c.field,
                      sa.func.count().label('entries'),
                      sa.func.coalesce(sa.func.sum(_ENTRIES.c.size), 0)
                      .label('size'))
            .where(_ENTRIES.c.artifact_id.in_(ids), _ENTRIES.c.key != '')
            .group_by(_ENTRIES.c.artifact_id, _ENTRIES.c.field).subquery())
    return _select(
        _parts().outerjoin(sums, sums.c.artifact_id == _TABLE.c.id),
        sums.c.field, sums.c.entries, sums.c.size).where(_TABLE.c.id.in_(ids))


@functools.cache
def _bare() -> sa.Select:
    return _select(_with_member(_TABLE), blobs=()).where(
        _TABLE.c.id.in_(sa.bindparam('ids', expanding=True)))


@functools.cache
def _entries() -> sa.Select:
    return sa.select(*(_ENTRIES.c[name] for name in _OF_BLOB)).where(
        _ENTRIES.c.artifact_id == sa.bindparam('id'), _ENTRIES.c.key != '')


def _select(parts: sa.FromClause, *more: sa.ColumnElement,
            blobs: Iterable[str] = _OF_BLOB) -> sa.Select:
    return (sa.select(*(_TABLE.c[name] for name in _OF_ARTIFACT),
                      _TABLE.c.document,
                      *(_MEMBERS.c[name] for name in _OF_MEMBER),
                      *(_BLOBS.c[name] for name in blobs), *more)
            .select_from(parts).where(_TABLE.c.live == 1))


def _parts() -> sa.Join:
    """An artifact with its blobs, less those in folders, and its member."""
    blobs = sa.and_(_BLOBS.c.artifact_id == _TABLE.c.id, _BLOBS.c.key == '')
    return _with_member(_TABLE.outerjoin(_BLOBS, blobs))


def _with_member(parts: sa.FromClause) -> sa.Join:
    member = sa.and_(_TABLE.c.visibility == 'shared',
                     _MEMBERS.c.artifact_id == _TABLE.c.id,
                     _MEMBERS.c.member == sa.bindparam('project'))
    return parts.outerjoin(_MEMBERS, member)
