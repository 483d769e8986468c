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

"""What a database makes of the statements of each shape of a list.

    python -m bench.plans [--database-url URL] [--artifacts N]

Run it from the top of the repository, in the environment of the functional
tests, with an empty database (SQLite unless one is named). What it prints is
in ``doc/source/contributor/plans``.
"""

from __future__ import annotations

import argparse
import collections
from collections.abc import Iterable
import pathlib
import tempfile
import textwrap

import sqlalchemy as sa

from bench import filled
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import index_rows
from glance_artifacts.db import inventory
from glance_artifacts.repository import paging
from glance_artifacts.tests.functional.db import explained
from glance_artifacts.tests.functional.db import shapes
from glance_artifacts.tests.unit import factories

_WIDTH = 110


def main() -> None:
    """Fill a database and print the plans."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--database-url', metavar='URL')
    parser.add_argument('--artifacts', type=int, metavar='N', default=5000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix='glance-artifacts-') as top:
        url = args.database_url or 'sqlite:///%s' % pathlib.Path(top, 'db')
        database = filled.opened(url)
        for name in ('samples', 'others'):
            filled.fill(database, filled.samples(args.artifacts, name),
                        factories.FIELDS)
        filled.analyze(database)
        with database.reader() as conn:
            print('%s, %d artifacts of each of two types' % (
                _name(conn), args.artifacts))
            _lists(database, conn)
            _walks(database, conn)


def _lists(database: db_engine.Database, conn: sa.Connection) -> None:
    rows: dict[str, explained.Statement] = {}
    for shape in shapes.SHAPES:
        query = shape.query(conn)
        with explained.recorded(database.engine) as statements:
            paging.page(conn, shape.caller, query)
        _title(shape.title, '?' + shape.text if shape.text else '')
        _print(conn, [one for one in statements
                      if 'gart_index' in one.tables])
        for one in statements:
            if 'gart_index' not in one.tables:
                rows.setdefault(one.tables[0], one)
    _title('The rows of a page, for each of these')
    _print(conn, rows.values())


def _walks(database: db_engine.Database, conn: sa.Connection) -> None:
    """What goes through all there is: commands."""
    with explained.recorded(database.engine) as statements:
        (place,) = index_rows.step(conn, None, 1)
        index_rows.step(conn, place, 5000)
    _title('The whole index, batch by batch (index check)')
    _print(conn, statements[1:])
    with explained.recorded(database.engine) as statements:
        ((_, named),) = inventory.owned(conn, 'p', 'samples', None, 1)
        inventory.owned(conn, 'p', 'samples', named, 500)
    _title('All that a project has of a type (project purge)')
    _print(conn, statements[1:])


def _print(conn: sa.Connection,
           statements: Iterable[explained.Statement]) -> None:
    """The plans of statements, each once."""
    plans = collections.Counter(
        (', '.join(one.tables), one.branches,
         tuple(explained.plan(conn, one))) for one in statements)
    for (tables, branches, lines), count in plans.items():
        print('  %s%s%s' % (
            tables, '' if branches == 1 else ', %d branches' % branches,
            '' if count == 1 else ', %d statements' % count))
        for line in lines:
            depth = ' ' * (len(line) - len(line.lstrip()))
            print('\n'.join(textwrap.wrap(
                line, _WIDTH, initial_indent='    ',
                subsequent_indent='        ' + depth)))


def _title(title: str, text: str = '') -> None:
    print('\n%s%s' % (title, text and ':  ' + text))


def _name(conn: sa.Connection) -> str:
    version = '.'.join(map(str, conn.dialect.server_version_info))
    name = conn.dialect.name
    if getattr(conn.dialect, 'is_mariadb', False):
        name = 'mariadb'
    return '%s %s' % ({'sqlite': 'SQLite', 'mariadb': 'MariaDB',
                       'mysql': 'MySQL', 'postgresql': 'PostgreSQL'}[name],
                      version)


if __name__ == '__main__':
    main()
