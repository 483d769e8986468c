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

"""Text files into tables, the fastest way each database has."""

from __future__ import annotations

from collections.abc import Iterator
import pathlib
import re
from typing import Any
import uuid

import sqlalchemy as sa

from bench.metadata import rows
from glance_artifacts.db import columns

_UNESCAPED = {'t': '\t', 'n': '\n', 'r': '\r', '\\': '\\'}


def connect(url: str) -> sa.Engine:
    """An engine that may send files to the server."""
    local = ({'local_infile': True}
             if sa.make_url(url).get_backend_name() == 'mysql' else {})
    return sa.create_engine(url, poolclass=sa.pool.NullPool,
                            connect_args=local)


def load(engine: sa.Engine, table: str, path: pathlib.Path) -> None:
    """Add the rows of a file to a table, in one transaction."""
    _LOADERS[engine.dialect.name](engine, rows.TABLES[table], path)


def finish(engine: sa.Engine) -> None:
    """Let the database know what it holds, as it would by and by itself."""
    statements = {
        'postgresql': ['VACUUM ANALYZE ' + name for name in rows.TABLES],
        'mysql': ['ANALYZE TABLE ' + ', '.join(rows.TABLES)],
        'sqlite': []}[engine.dialect.name]
    with engine.connect() as conn:
        conn = conn.execution_options(isolation_level='AUTOCOMMIT')
        for statement in statements:
            conn.exec_driver_sql(statement)


def _mysql(engine: sa.Engine, table: sa.TableClause,
           path: pathlib.Path) -> None:
    names, changed = [], []
    for column in table.c:
        converted = _CONVERTED.get(type(column.type))
        names.append(('@%s' if converted else '`%s`') % column.name)
        if converted:
            changed.append('`%s` = %s' % (column.name,
                                          converted % column.name))
    with engine.begin() as conn:
        conn.exec_driver_sql('SET unique_checks = 0, foreign_key_checks = 0')
        conn.exec_driver_sql(
            "LOAD DATA LOCAL INFILE '%s' INTO TABLE %s CHARACTER SET utf8mb4"
            ' (%s)%s' % (path, table.name, ', '.join(names),
                         ' SET ' + ', '.join(changed) if changed else ''))
        warnings = conn.exec_driver_sql('SHOW WARNINGS').all()
    if warnings:
        raise RuntimeError('%s: %s' % (table.name, warnings[0]))


#: What MariaDB makes of the text of a column, by its type.
_CONVERTED = {columns.Id: "UNHEX(REPLACE(@%s, '-', ''))",
              columns.Bytes: 'UNHEX(SUBSTR(@%s, 3))'}


def _postgresql(engine: sa.Engine, table: sa.TableClause,
                path: pathlib.Path) -> None:
    names = ', '.join(column.name for column in table.c)
    with engine.begin() as conn, open(path, 'rb') as source:
        cursor = conn.connection.cursor()
        cursor.copy_expert('COPY %s (%s) FROM STDIN' % (table.name, names),
                           source)
        cursor.close()


def _sqlite(engine: sa.Engine, table: sa.TableClause,
            path: pathlib.Path) -> None:
    names = [column.name for column in table.c]
    with engine.begin() as conn:
        # many rows, one after the other: no list of them is made
        conn.connection.cursor().executemany(
            'INSERT INTO %s (%s) VALUES (%s)' % (
                table.name, ', '.join('"%s"' % name for name in names),
                ', '.join('?' * len(names))), _values(table, path))


def _values(table: sa.TableClause,
            path: pathlib.Path) -> Iterator[list[Any]]:
    kinds = [type(column.type) for column in table.c]
    with open(path, encoding='utf-8', newline='\n') as source:
        for line in source:
            yield [_value(kind, text) for kind, text
                   in zip(kinds, line.rstrip('\n').split('\t'))]


def _value(kind: type, text: str) -> Any:
    if text == '\\N':
        return None
    if kind is columns.Id:
        return uuid.UUID(text).bytes
    if kind is columns.Bytes:
        return bytes.fromhex(text[3:])
    return re.sub(r'\\(.)', lambda found: _UNESCAPED[found[1]], text)


_LOADERS = {'mysql': _mysql, 'postgresql': _postgresql, 'sqlite': _sqlite}
