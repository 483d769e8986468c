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

import datetime
import uuid

from oslotest import base
import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite
from sqlalchemy import schema

from glance_artifacts.db import columns
from glance_artifacts.db import models
from glance_artifacts.tests.unit import factories


def _mariadb():
    dialect = mysql.dialect()
    dialect.is_mariadb = True
    return dialect


DIALECTS = {'sqlite': sqlite.dialect(), 'mysql': mysql.dialect(),
            'mariadb': _mariadb(), 'postgresql': postgresql.dialect()}


class TestTypes(base.BaseTestCase):
    """What each database makes of our columns."""

    def _assert_types(self, column, **expected):
        self.assertEqual(
            expected, {name: column.compile(dialect=dialect)
                       for name, dialect in DIALECTS.items()})

    def test_ids_are_sixteen_bytes(self):
        self._assert_types(columns.Id(), sqlite='BLOB', mysql='BINARY(16)',
                           mariadb='BINARY(16)', postgresql='UUID')

    def test_bytes_have_a_length_where_it_matters(self):
        self._assert_types(
            columns.Bytes(1400), sqlite='BLOB', mysql='VARBINARY(1400)',
            mariadb='VARBINARY(1400)', postgresql='BYTEA')

    def test_text_is_compared_by_code_point(self):
        self._assert_types(
            columns.CodePoints(9), sqlite='VARCHAR(9)',
            mysql='VARCHAR(9) CHARACTER SET utf8mb4 COLLATE'
                  ' utf8mb4_0900_bin',
            mariadb='VARCHAR(9) CHARACTER SET utf8mb4 COLLATE'
                    ' utf8mb4_nopad_bin',
            postgresql='VARCHAR(9) COLLATE "C"')

    def test_text_of_our_own_is_short(self):
        text = 'VARCHAR(9) CHARACTER SET ascii COLLATE ascii_bin'
        self._assert_types(
            columns.Ascii(9), sqlite='VARCHAR(9)', mysql=text, mariadb=text,
            postgresql='VARCHAR(9) COLLATE "C"')

    def test_times_have_microseconds(self):
        self._assert_types(
            columns.UTCDateTime(), sqlite='DATETIME', mysql='DATETIME(6)',
            mariadb='DATETIME(6)',
            postgresql='TIMESTAMP WITHOUT TIME ZONE')

    def test_documents_have_no_end(self):
        text = 'LONGTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin'
        self._assert_types(columns.Document(), sqlite='TEXT', mysql=text,
                           mariadb=text, postgresql='TEXT')


class TestValues(base.BaseTestCase):

    def _round_trip(self, column, value, name='sqlite', kept=None):
        dialect = DIALECTS[name]
        bound = column.process_bind_param(value, dialect)
        if kept is not None:
            self.assertEqual(kept, bound)
        self.assertEqual(value, column.process_result_value(bound, dialect))

    def test_ids(self):
        made = str(uuid.uuid4())
        for name in DIALECTS:
            kept = (made if name == 'postgresql' else uuid.UUID(made).bytes)
            self._round_trip(columns.Id(), made, name, kept)
            self._round_trip(columns.Id(), None, name)

    def test_ids_as_drivers_give_them(self):
        made = uuid.uuid4()
        for given in (made.bytes, bytearray(made.bytes),
                      memoryview(made.bytes)):
            self.assertEqual(str(made), columns.Id().process_result_value(
                given, DIALECTS['sqlite']))

    def test_bytes_as_drivers_give_them(self):
        for given in (b'\x00\xff', memoryview(b'\x00\xff')):
            found = columns.Bytes(9).process_result_value(
                given, DIALECTS['postgresql'])
            self.assertEqual((b'\x00\xff', bytes), (found, type(found)))

    def test_times(self):
        column = columns.UTCDateTime()
        east = datetime.timezone(datetime.timedelta(hours=5))
        self._round_trip(column, factories.MOMENT,
                         kept=factories.MOMENT.replace(tzinfo=None))
        self._round_trip(column, factories.MOMENT.astimezone(east),
                         kept=factories.MOMENT.replace(tzinfo=None))
        self._round_trip(column, None)
        self.assertEqual(datetime.timezone.utc, column.process_result_value(
            datetime.datetime(2026, 1, 1), DIALECTS['sqlite']).tzinfo)


class TestTables(base.BaseTestCase):
    """What is created, on the databases that are not at hand."""

    def _sql(self, table, name):
        return str(schema.CreateTable(table).compile(
            dialect=DIALECTS[name]))

    def test_they_can_be_created_everywhere(self):
        for table in models.METADATA.tables.values():
            for name in DIALECTS:
                self.assertIn(table.name, self._sql(table, name))

    def test_engines_and_character_sets(self):
        for table in models.METADATA.tables.values():
            for name in ('mysql', 'mariadb'):
                text = self._sql(table, name)
                self.assertIn('ENGINE=InnoDB', text)
                self.assertIn('utf8mb4', text)

    def test_keys_fit(self):
        # 3,072 bytes in InnoDB: beyond it MariaDB makes hashes of them
        lengths = {columns.Ascii: 1, columns.CodePoints: 4, columns.Bytes: 1}
        for table in models.METADATA.tables.values():
            keys = [table.primary_key, *table.indexes, *(
                one for one in table.constraints
                if isinstance(one, sa.UniqueConstraint))]
            for key in keys:
                size = sum(
                    lengths[type(column.type)] * column.type.length
                    if type(column.type) in lengths else 16
                    for column in key.columns)
                self.assertLessEqual(size, 3072, (table.name, key))

    def test_the_index_of_lists_is_its_own_table(self):
        self.assertIn('WITHOUT ROWID', self._sql(models.index, 'sqlite'))
        self.assertEqual(set(), models.index.indexes)
