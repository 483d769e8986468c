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

"""The tables as the database has them, word by word."""

import sqlalchemy as sa

from glance_artifacts.db import models

_COLUMNS = """
    SELECT column_name, ordinal_position, data_type, is_nullable,
           column_default, character_maximum_length, collation_name,
           numeric_precision, datetime_precision
    FROM information_schema.columns
    WHERE table_name = :table ORDER BY ordinal_position"""
_CONSTRAINTS = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = CAST(:table AS regclass) ORDER BY conname"""
_INDEXES = """
    SELECT indexdef FROM pg_indexes
    WHERE tablename = :table ORDER BY indexname"""
_SQLITE = """
    SELECT sql FROM sqlite_master
    WHERE tbl_name = :table AND sql IS NOT NULL ORDER BY type, name"""


def of(conn: sa.Connection) -> dict[str, str]:
    """The definition of each of our tables, with its keys and indexes."""
    define = {'sqlite': _sqlite, 'postgresql': _postgresql}.get(
        conn.dialect.name, _mysql)
    return {name: ' '.join(define(conn, name).split())
            for name in models.METADATA.tables}


def _sqlite(conn: sa.Connection, table: str) -> str:
    return _all(conn, table, _SQLITE)


def _mysql(conn: sa.Connection, table: str) -> str:
    # in the order of creation, which for indexes is SQLAlchemy's whim
    lines = conn.exec_driver_sql('SHOW CREATE TABLE %s' % table).one()[
        1].splitlines()
    keys = sorted(line.strip(' ,') for line in lines
                  if line.startswith('  KEY '))
    return '\n'.join([line.rstrip(',') for line in lines
                      if not line.startswith('  KEY ')] + keys)


def _postgresql(conn: sa.Connection, table: str) -> str:
    return _all(conn, table, _COLUMNS, _CONSTRAINTS, _INDEXES)


def _all(conn: sa.Connection, table: str, *queries: str) -> str:
    return '\n'.join(
        ' '.join(map(str, row)) for query in queries
        for row in conn.execute(sa.text(query), {'table': table}))
