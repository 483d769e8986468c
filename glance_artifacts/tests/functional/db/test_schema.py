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

"""The tables: as models say, and strings compared alike everywhere."""

from alembic import autogenerate
from alembic.runtime import migration as alembic_migration
import sqlalchemy as sa

from glance_artifacts.db import columns
from glance_artifacts.db import migration
from glance_artifacts.db import models
from glance_artifacts.db import removal
from glance_artifacts.repository import base as repository_base
from glance_artifacts.repository import orders
from glance_artifacts.tests.functional.db import base
from glance_artifacts.tests.functional.db import definitions
from glance_artifacts.tests.unit import factories

#: In the order of their code points. Every database has some collation, its
#: default often, that puts two of them the other way round or makes them one.
STRINGS = (' ', ' foo', '-', '0', '10', '9', 'Foo', 'Foo ', '_', 'foo',
           'foo\t', 'foo ', 'foo bar', 'foo-bar', 'foo0', 'fooBar', 'foobar',
           'fo\u0301o', 'f\xf6o', 'ss', 'z', '\xc4', '\xdf', '\xe4',
           '\u0130', '\u0131', '\u0301', '\u3042', '\u30a2', '\ud7ff',
           '\ue000', '\uff21', '\uffff', '\U00010000', '\U0001f600',
           '\U0001f601', '\U0010ffff')
#: What columns of strings are compared by.
COLLATIONS = {
    'mysql': """
        SELECT table_name, column_name, collation_name
        FROM information_schema.columns
        WHERE table_schema = DATABASE() AND table_name LIKE 'gart%'
        AND collation_name IS NOT NULL""",
    'postgresql': """
        SELECT table_name, column_name, collation_name
        FROM information_schema.columns
        WHERE table_name LIKE 'gart%' AND data_type = 'character varying'""",
    'sqlite': """
        SELECT m.name, c.name, 'BINARY' FROM sqlite_master AS m,
        pragma_table_info(m.name) AS c
        WHERE m.name LIKE 'gart%' AND m.type = 'table'
        AND c.type LIKE 'VARCHAR%' AND m.sql NOT LIKE '%COLLATE%'"""}


class TestModels(base.DatabaseTestCase):

    def setUp(self):
        super().setUp()
        migration.sync(self.database)

    def test_migrations_build_what_models_say(self):
        with self.database.reader() as conn:
            context = alembic_migration.MigrationContext.configure(
                conn, opts={
                    'version_table': migration.VERSION_TABLE,
                    'compare_type': True, 'compare_server_default': True,
                    'include_name': lambda name, kind, parents:
                    kind != 'table' or name.startswith('gart_')})
            self.assertEqual([], autogenerate.compare_metadata(
                context, models.METADATA))

    def test_to_the_letter(self):
        migrated = self._definitions()
        removal.drop(self.database)
        models.METADATA.create_all(self.database.engine)
        self.assertEqual(self._definitions(), migrated)
        for name, definition in migrated.items():
            for column in models.METADATA.tables[name].c:
                self.assertIn(column.name, definition)

    def test_unique_keys_are_true_indexes(self):
        """MariaDB would make a hash of one that is too long."""
        for name, definition in self._definitions().items():
            self.assertNotIn('HASH', definition.upper(), name)

    def test_names_keep_clear_of_glance(self):
        for name in models.METADATA.tables:
            self.assertTrue(name.startswith('gart_'), name)

    def test_collations(self):
        """Of every column of strings, so of those to come as well."""
        kind = self.database.engine.dialect.name
        with self.database.reader() as conn:
            found = {(table, column): collation for table, column, collation
                     in conn.execute(sa.text(COLLATIONS[kind]))}
        expected = {
            (table.name, column.name): self._collation(column.type, kind)
            for table in models.METADATA.tables.values()
            for column in table.c if isinstance(
                column.type, columns.CodePoints | columns.Document)}
        self.assertEqual(
            {key: one for key, one in expected.items() if one},
            {key: one for key, one in found.items()
             if key[0] != migration.VERSION_TABLE})

    def _collation(self, column, kind):
        if isinstance(column, columns.Document):
            # never compared
            return 'utf8mb4_bin' if kind == 'mysql' else None
        if kind == 'mysql':
            return ('ascii_bin' if isinstance(column, columns.Ascii)
                    else 'utf8mb4_nopad_bin')
        return {'postgresql': 'C', 'sqlite': 'BINARY'}[kind]

    def _definitions(self):
        with self.database.reader() as conn:
            return definitions.of(conn)


class TestStrings(base.MigratedTestCase):
    """One order, and equal is what has the same code points."""

    def setUp(self):
        super().setUp()
        self.assertEqual(sorted(STRINGS), list(STRINGS))
        for name in reversed(STRINGS):
            self.create(name=name, owner=name)

    def test_order(self):
        for column in (models.artifacts.c.name, models.artifacts.c.owner):
            with self.database.reader() as conn:
                self.assertEqual(STRINGS, tuple(conn.scalars(
                    sa.select(column).order_by(column))))

    def test_order_of_a_list(self):
        for descending in (False, True):
            page = self.repository.page(
                factories.caller('operators', True),
                self.query_by_name(descending))
            found = tuple(one.name for one in page.artifacts)
            self.assertEqual(STRINGS, found[::-1] if descending else found)

    def test_equality(self):
        for column in (models.artifacts.c.name, models.artifacts.c.owner):
            with self.database.reader() as conn:
                for text in STRINGS:
                    self.assertEqual([text], list(conn.scalars(
                        sa.select(column).where(column == text))))

    def test_ranges(self):
        name = models.artifacts.c.name
        with self.database.reader() as conn:
            for place, text in enumerate(STRINGS):
                self.assertEqual(place, conn.scalar(
                    sa.select(sa.func.count()).where(name < text)))

    def query_by_name(self, descending):
        return repository_base.Query(
            factories.Sample, (), (orders.Key('name', 'string', descending),),
            1000)
