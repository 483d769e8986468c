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

"""How lists behave right after a great many of the newest are deleted.

    python -m bench.deleted [--database-url URL] [--artifacts N] [--deleted N]

Run it from the top of the repository, in the environment of the functional
tests, with an empty database (SQLite unless one is named). What is deleted is
deleted list by list: the index is left as by as many requests.
"""

from __future__ import annotations

import argparse
import pathlib
import statistics
import tempfile
import time

import sqlalchemy as sa

from bench import filled
from bench import machine
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import models
from glance_artifacts.repository import paging
from glance_artifacts.repository import reindex
from glance_artifacts.repository import type_versions
from glance_artifacts.tests.functional.db import shapes
from glance_artifacts import types
from glance_artifacts.types import registry

RUNS = 30
_LATER = 60  # seconds
_SHAPES = (shapes.Shape('newest first'),
           shapes.Shape('newest first, admin', admin=True),
           shapes.Shape('by name', 'sort=name:asc'),
           shapes.Shape('a tag', 'tags=t1'))


class Lean(types.ArtifactType):
    """A type without fields: these are not what is measured."""

    type_name = 'samples'


def main() -> None:
    """Fill, measure, delete, measure again."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--database-url', metavar='URL')
    parser.add_argument('--artifacts', type=int, metavar='N', default=110000)
    parser.add_argument('--deleted', type=int, metavar='N', default=100000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix='glance-artifacts-') as top:
        url = args.database_url or 'sqlite:///%s' % pathlib.Path(top, 'db')
        database = filled.opened(url)
        print(machine.name(database.engine.dialect.name))
        filled.fill(database, filled.samples(args.artifacts), Lean.values())
        filled.analyze(database)
        _prove(database)
        _measure(database, 'before')
        began = time.perf_counter()
        _delete(database, args.artifacts - args.deleted)
        print('%d deleted in %.0f s' % (args.deleted,
                                        time.perf_counter() - began))
        _measure(database, 'right after')
        time.sleep(_LATER)
        _measure(database, '%d s later' % _LATER)
        filled.analyze(database)
        _measure(database, 'after ANALYZE')


def _prove(database: db_engine.Database) -> None:
    """What "index check" takes."""
    versions = type_versions.TypeVersions(database, registry.Registry([Lean]))
    began = time.perf_counter()
    work = reindex.Reindex(database, versions, mend=False)
    found = [one for stage in work.stages()
             for _, findings in stage.batches for one in findings]
    print('index check: %d artifacts, %d postings, %d findings, %.0f s' % (
        work.artifacts, work.postings, len(found),
        time.perf_counter() - began))


def _measure(database: db_engine.Database, when: str) -> None:
    """Of the time that a page of 25 takes in ms: first, least, median."""
    for shape in _SHAPES:
        times = []
        for _ in range(RUNS):
            with database.reader() as conn:
                query = shape.query(conn)
                began = time.perf_counter()
                paging.page(conn, shape.caller, query)
                times.append(1000 * (time.perf_counter() - began))
        print('%s | %s | %.1f | %.1f | %.1f' % (
            when, shape.title, times[0], min(times),
            statistics.median(times)))


def _delete(database: db_engine.Database, kept: int) -> None:
    """Delete all but the oldest, list by list."""
    table, index = models.artifacts, models.index
    with database.reader() as conn:
        first = conn.scalar(sa.select(table.c.id).order_by(table.c.id)
                            .offset(kept).limit(1))
        scopes = list(conn.scalars(sa.select(index.c.scope).distinct()))
    for scope in scopes:
        with database.writer() as conn:
            conn.execute(sa.delete(index).where(index.c.scope == scope,
                                                index.c.id >= first))
    with database.writer() as conn:
        conn.execute(sa.update(table).where(table.c.id >= first).values(
            live=None, status='deleted'))


if __name__ == '__main__':
    main()
