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

"""The same without HTTP: statements, rows that they read, and SQL alone."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
import contextlib
import dataclasses
import statistics
import sys
import time
from typing import Any
import urllib.parse

import glance_store
from oslo_config import cfg
import sqlalchemy as sa

from bench.metadata import asking
from bench.metadata import kinds
from bench.metadata import loading
from bench.metadata import measure
from bench.metadata import shapes
from bench.metadata import sites
from glance_artifacts.api import documents
from glance_artifacts.api import query as api_query
from glance_artifacts.cmd import configuration
from glance_artifacts.cmd import progress
from glance_artifacts.db import records
from glance_artifacts import policy
from glance_artifacts.repository import base
from glance_artifacts import service
from glance_artifacts import types

_TURNS = 5
_RUNS = 2

Statement = tuple[str, Any]


@dataclasses.dataclass(frozen=True)
class Seen:
    """What one request comes to at the repository.

    :param statements: the most that it took
    :param examined: the most rows that they read; None: nobody counts
    :param repository: median time of the repository, in ms
    :param alone: median time of its statements by themselves, in ms
    """

    statements: int
    examined: int | None
    repository: float
    alone: float


class Inside:
    """The repository of a site, in this process."""

    def __init__(self, site: sites.Site, asker: asking.Asker) -> None:
        conf = configuration.load(str(site.conf.parent))
        # what Glance would have registered
        conf.register_opt(cfg.DictOpt('enabled_backends'))
        glance_store.register_store_opts(conf)
        self._repository = service.Service(
            conf, beside_glance=False).repository(kinds.MAIN, {})
        self._asker = asker
        self._engine = loading.connect(site.url)

    def run(self) -> dict[measure.Key, Seen]:
        """Look at all that the repository does by itself."""
        found = {}
        shown = progress.Progress(len(shapes.SHAPES), sys.stderr)
        shown.note('looking at the statements')
        for shape in shapes.SHAPES:
            shown.step()
            if shape.listed in ('glance', 'all') and not shape.query:
                continue
            if shape.listed != 'glance':
                for role in shape.roles:
                    found[shape.name, role] = self._list(shape, role)
        for name, work in (('create', self._create), ('show', self._show),
                           ('patch', self._patch)):
            found[name, ''] = self._seen(work)
        shown.close()
        return found

    def _list(self, shape: shapes.Shape, role: str) -> Seen:
        def work(turn: int) -> None:
            self._repository.page(self._caller(role, turn),
                                  self._query(shape, role, turn))
        return self._seen(work)

    def _query(self, shape: shapes.Shape, role: str,
               turn: int) -> base.Query:
        path = self._asker.list(shape, role, turn).path
        wanted, _ = api_query.parse(
            None if shape.listed == 'all' else kinds.MAIN,
            urllib.parse.parse_qsl(urllib.parse.urlsplit(path).query),
            kinds.NAMES if shape.listed == 'all' else ())
        return wanted

    def _caller(self, role: str, turn: int) -> policy.Caller:
        return policy.Caller(self._asker.project(role, turn),
                             role == shapes.ADMIN, {})

    def _create(self, turn: int) -> None:
        self._repository.create(documents.draft(
            kinds.OTHER, asking.body_of(False),
            self._asker.project(shapes.MEMBER, 0), 'general'))

    def _show(self, turn: int) -> None:
        self._get(kinds.MAIN, self._asker.single('show', turn).path)

    def _patch(self, turn: int) -> None:
        old = self._get(kinds.OTHER,
                        self._asker.single('patch', turn).path)
        self._repository.save(old, documents.changed(
            old, kinds.OTHER, {'title': 'At the repository, %d' % turn}))

    def _get(self, type_class: type[types.ArtifactType],
             path: str) -> records.Artifact:
        return self._repository.get(
            self._caller(shapes.ADMIN, 0), str(type_class.type_name),
            path.rpartition('/')[2])

    def _seen(self, work: Callable[[int], None]) -> Seen:
        work(0)  # what is done once is no part of it
        times, alone, counts, examined = [], [], [], []
        for turn in range(_TURNS):
            with _recorded() as statements:
                began = time.perf_counter()
                work(turn)
                times.append(time.perf_counter() - began)
            counts.append(len(statements))
            if all(text.startswith('SELECT') or text.startswith('(SELECT')
                   for text, _ in statements):
                alone.append(min(self._alone(statements)
                                 for _ in range(_RUNS)))
                examined.append(self._examined(statements))
        known = [one for one in examined if one is not None]
        return Seen(max(counts), max(known, default=None),
                    1000 * statistics.median(times),
                    1000 * statistics.median(alone) if alone else 0.0)

    def _alone(self, statements: list[Statement]) -> float:
        with self._engine.connect() as conn:
            began = time.perf_counter()
            for text, parameters in statements:
                conn.exec_driver_sql(text, parameters).all()
            return time.perf_counter() - began

    def _examined(self, statements: list[Statement]) -> int | None:
        count = _EXAMINED.get(self._engine.dialect.name)
        if count is None:
            return None
        with self._engine.connect() as conn:
            return count(conn, statements)


@contextlib.contextmanager
def _recorded() -> Iterator[list[Statement]]:
    """The statements that are sent meanwhile, by whatever engine."""
    found: list[Statement] = []

    def note(conn, cursor, statement, parameters, context, many) -> None:
        if not statement.startswith('BEGIN'):
            found.append((statement, parameters))

    sa.event.listen(sa.Engine, 'before_cursor_execute', note)
    try:
        yield found
    finally:
        sa.event.remove(sa.Engine, 'before_cursor_execute', note)


def _of_mariadb(conn: sa.Connection, statements: list[Statement]) -> int:
    """Reads of storage engines, less those of looking at the counters.

    Rows of a UNION count twice: it is a temporary table that is read, too.
    """
    start = _handler_reads(conn)
    looking = _handler_reads(conn) - start
    for text, parameters in statements:
        conn.exec_driver_sql(text, parameters).all()
    return _handler_reads(conn) - start - 2 * looking


def _handler_reads(conn: sa.Connection) -> int:
    return sum(int(value) for name, value in conn.exec_driver_sql(
        "SHOW SESSION STATUS LIKE 'Handler_read%%'"))


def _of_postgresql(conn: sa.Connection, statements: list[Statement]) -> int:
    """Rows that scans of tables and indexes came by."""
    return sum(_scanned(conn.exec_driver_sql(
        'EXPLAIN (ANALYZE, FORMAT JSON) ' + text, parameters)
        .scalar()[0]['Plan']) for text, parameters in statements)


def _scanned(node: dict[str, Any]) -> int:
    own = 0
    if 'Scan' in node['Node Type'] and ('Relation Name' in node):
        own = node['Actual Loops'] * sum(
            node.get(name, 0) for name in
            ('Actual Rows', 'Rows Removed by Filter',
             'Rows Removed by Index Recheck'))
    return round(own) + sum(map(_scanned, node.get('Plans', ())))


_EXAMINED = {'mysql': _of_mariadb, 'postgresql': _of_postgresql}
