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

"""Statements on the rows of the index: what stands in the posting lists."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator

import sqlalchemy as sa

from glance_artifacts.db import keyset
from glance_artifacts.db import models
from glance_artifacts.db import postings

_TABLE = models.index
_KEY = (_TABLE.c.scope, _TABLE.c.value, _TABLE.c.id)
#: How many rows one statement names.
_BATCH = 500

#: scope, value, id of the artifact.
Row = tuple[bytes, bytes, str]


def change(conn: sa.Connection, artifact_id: str,
           gone: Iterable[postings.Posting],
           come: Iterable[postings.Posting]) -> None:
    """Take rows of an artifact out and put others in, under its lock."""
    for these in _conditions(conn, artifact_id, gone):
        conn.execute(sa.delete(_TABLE).where(these))
    rows = [{'scope': scope, 'value': value, 'id': artifact_id}
            for scope, value in sorted(come)]
    if rows:
        conn.execute(sa.insert(_TABLE), rows)


def there(conn: sa.Connection, artifact_id: str,
          wanted: Iterable[postings.Posting]) -> set[postings.Posting]:
    """Those of these rows of an artifact that there are."""
    return {(row.scope, row.value)
            for these in _conditions(conn, artifact_id, wanted)
            for row in conn.execute(sa.select(*_KEY).where(these))}


def step(conn: sa.Connection, after: Row | None, limit: int) -> list[Row]:
    """The next rows of all lists, in the order of the key."""
    return [(row.scope, row.value, row.id) for row in keyset.step(
        conn, sa.select(*_KEY), _KEY, after, limit)]


def _conditions(conn: sa.Connection, artifact_id: str,
                some: Iterable[postings.Posting],
                ) -> Iterator[sa.ColumnElement[bool]]:
    """What rows are these, for as few statements as there can be."""
    # sorted, so that two writers never wait for each other
    rows = [(scope, value, artifact_id) for scope, value in sorted(some)]
    if conn.dialect.name == 'sqlite':
        # it would look for a list of tuples in all of the table
        for row in rows:
            yield sa.and_(*(column == value
                            for column, value in zip(_KEY, row)))
        return
    for start in range(0, len(rows), _BATCH):
        yield sa.tuple_(*_KEY).in_(rows[start:start + _BATCH])
