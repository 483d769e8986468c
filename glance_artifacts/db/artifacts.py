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

"""Statements on artifacts. Each function runs in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
import dataclasses
import json

from oslo_db import exception as db_exc
import sqlalchemy as sa

from glance_artifacts.db import amounts
from glance_artifacts.db import blobs
from glance_artifacts.db import index_rows
from glance_artifacts.db import members
from glance_artifacts.db import models
from glance_artifacts.db import postings
from glance_artifacts.db import records
from glance_artifacts.db import usage
from glance_artifacts import exceptions
from glance_artifacts.types import field as declared

_TABLE = models.artifacts
_PLAIN = tuple(column for column in _TABLE.c
               if column.name not in ('live', 'document', 'postings'))

Fields = Mapping[str, declared.Field]


def create(conn: sa.Connection, record: records.Artifact, fields: Fields,
           limits: amounts.Limits = amounts.UNLIMITED) -> records.Artifact:
    """Insert an artifact with its postings, and count it.

    :raises Duplicate: when (type_name, owner, name, version) is taken
    :raises TooLarge: when the owner has no room for it
    """
    record = _with_postings(record, fields)
    try:
        conn.execute(sa.insert(_TABLE).values(_row(record)))
    except db_exc.DBDuplicateEntry as exc:
        raise _duplicate(record) from exc
    index_rows.change(conn, record.id, (), _rows(record))
    usage.change(conn, record.owner, record.type_name, record.pool,
                 amounts.of(record), limits)
    return record


def get(conn: sa.Connection, artifact_id: str, *,
        lock: bool = False) -> records.Artifact | None:
    """All that is kept of an artifact, to be changed; None without one.

    With its members where it is shared; others keep theirs for later.

    :param lock: keep others from changing it until the transaction ends
    """
    select = sa.select(_TABLE).where(_TABLE.c.id == artifact_id,
                                     _TABLE.c.live == 1)
    row = conn.execute(select.with_for_update() if lock else select).first()
    if row is None:
        return None
    return _record(row, blobs=blobs.of(conn, artifact_id),
                   members=members.of(conn, artifact_id)
                   if row.visibility == 'shared' else {})


def lock(conn: sa.Connection, artifact_id: str) -> bool:
    """Keep others from changing an artifact; False when there is none."""
    return conn.scalar(sa.select(sa.literal(1)).where(
        _TABLE.c.id == artifact_id, _TABLE.c.live == 1)
        .with_for_update()) == 1


def store(conn: sa.Connection, old: records.Artifact,
          new: records.Artifact, fields: Fields,
          limits: amounts.Limits = amounts.UNLIMITED,
          released: int = 0) -> records.Artifact:
    """Write ``new`` over ``old``, raise the revision, mend the postings.

    ``old`` must have been read under a lock in this transaction. What the
    owners use is counted anew: this comes last in its transaction.

    :param limits: of the new owner
    :param released: bytes whose reservation this transaction has dropped
    :raises Duplicate: when the new name and version are taken
    :raises TooLarge: when a new owner has no room for it
    """
    new = _with_postings(
        dataclasses.replace(new, revision=old.revision + 1), fields)
    try:
        conn.execute(sa.update(_TABLE).where(_TABLE.c.id == new.id)
                     .values(_row(new)))
    except db_exc.DBDuplicateEntry as exc:
        raise _duplicate(new) from exc
    _reindex(conn, old, new)
    usage.follow(conn, old, new, limits, released)
    return new


def share(conn: sa.Connection, old: records.Artifact,
          new: records.Artifact) -> None:
    """Mend the postings of an artifact whose members have changed.

    Its revision stays: members are not shown with it. ``old`` must have been
    read under a lock in this transaction.
    """
    new = dataclasses.replace(new, postings=postings.readdress(
        old.postings, postings.audiences(new)))
    conn.execute(sa.update(_TABLE).where(_TABLE.c.id == new.id)
                 .values(postings=new.postings))
    _reindex(conn, old, new)


def for_index(conn: sa.Connection, ids: Iterable[str],
              ) -> dict[str, records.Artifact]:
    """The live artifacts among ``ids``, as far as their postings need them.

    With all members, with what is noted of their postings, and without blobs.
    """
    rows = conn.execute(sa.select(_TABLE).where(
        _TABLE.c.id.in_(ids), _TABLE.c.live == 1)).all()
    shared = members.of_each(conn, [row.id for row in rows
                                    if row.visibility == 'shared'])
    return {row.id: _record(row, members=shared.get(row.id, {}))
            for row in rows}


def mend(conn: sa.Connection, current: records.Artifact, noted: str,
         gone: set[postings.Posting], come: set[postings.Posting]) -> None:
    """Have the index hold what it should of an artifact.

    Nothing that is shown changes, so the revision stays. ``current`` must
    have been read under a lock in this transaction.

    :param noted: what its row is to say of its postings
    """
    if noted != current.postings:
        conn.execute(sa.update(_TABLE).where(_TABLE.c.id == current.id)
                     .values(postings=noted))
    index_rows.change(conn, current.id, gone, come)


def _record(row: sa.Row, **more) -> records.Artifact:
    values = {column.name: getattr(row, column.name) for column in _PLAIN}
    return records.Artifact(**values, **json.loads(row.document),
                            postings=row.postings, **more)


def _row(record: records.Artifact) -> dict:
    values = {column.name: getattr(record, column.name) for column in _PLAIN}
    values['live'] = None if record.status == 'deleted' else 1
    values['document'] = json.dumps(record.document(), ensure_ascii=False,
                                    separators=(',', ':'))
    values['postings'] = record.postings
    return values


def _with_postings(record: records.Artifact,
                   fields: Fields) -> records.Artifact:
    return dataclasses.replace(record,
                               postings=postings.of(record, fields))


def _rows(record: records.Artifact) -> set[postings.Posting]:
    return postings.rows(record.type_name, record.postings)


def _reindex(conn: sa.Connection, old: records.Artifact,
             new: records.Artifact) -> None:
    before, now = _rows(old), _rows(new)
    index_rows.change(conn, new.id, before - now, now - before)


def _duplicate(record: records.Artifact) -> exceptions.Duplicate:
    return exceptions.Duplicate(
        'This project already has a %s with this name and version.'
        % record.type_name, field='version')
