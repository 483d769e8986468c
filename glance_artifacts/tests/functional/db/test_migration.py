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

import sqlalchemy as sa

from glance_artifacts.db import migration
from glance_artifacts.db import models
from glance_artifacts.db import removal
from glance_artifacts import exceptions
from glance_artifacts.tests.functional.db import base

HEADS = ('0001_contract', '0009_expand')
OURS = {*models.METADATA.tables, 'gart_alembic_version'}


class MigrationTestCase(base.DatabaseTestCase):

    def tables(self):
        return set(sa.inspect(self.database.engine).get_table_names())

    def assert_state(self, state, *heads):
        self.assertIs(state, migration.check(self.database))
        self.assertEqual(tuple(sorted(heads)),
                         migration.heads(self.database))

    def deployment_id(self):
        with self.database.reader() as conn:
            return migration.deployment_id(conn)

    def _execute(self, text):
        with self.database.writer() as conn:
            conn.execute(sa.text(text))


class TestSync(MigrationTestCase):

    def test_nothing_yet(self):
        self.assert_state(migration.State.EXPAND)
        self.assertEqual(set(), self.tables())

    def test_all_at_once(self):
        migration.sync(self.database)
        self.assert_state(migration.State.UP_TO_DATE, *HEADS)
        self.assertEqual(OURS, self.tables())

    def test_one_branch_after_the_other(self):
        migration.sync(self.database, 'expand')
        self.assert_state(migration.State.CONTRACT, '0009_expand')
        self.assertEqual(OURS, self.tables())
        migration.sync(self.database, 'contract')
        self.assert_state(migration.State.UP_TO_DATE, *HEADS)

    def test_contract_alone(self):
        self._refuse_contract()
        self.assert_state(migration.State.EXPAND)
        self.assertLessEqual(self.tables(), {migration.VERSION_TABLE})

    def test_contract_before_the_rest_of_expand(self):
        migration.sync(self.database)
        self._drop('types', 'members', 'usage', 'reservations',
                   'transfers', 'sessions', 'moves')
        self._drop_indexes()
        # contract alone tells what expand it stands on
        self._execute("DELETE FROM gart_alembic_version"
                      " WHERE version_num = '0009_expand'")
        self._refuse_contract()
        self.assertNotIn('gart_members', self.tables())
        migration.sync(self.database, 'expand')
        self.assert_state(migration.State.UP_TO_DATE, *HEADS)
        self.assertEqual(OURS, self.tables())

    def _drop(self, *names):
        for name in names:
            self._execute('DROP TABLE gart_%s' % name)

    def _drop_indexes(self):
        with self.database.writer() as conn:
            for table in (models.artifacts, models.segments):
                for index in table.indexes:
                    if index.name in ('ix_gart_artifacts_pool',
                                      'ix_gart_segments_copy',
                                      'ix_gart_segments_lease',
                                      'ix_gart_segments_store'):
                        index.drop(conn)
        for column in ('lease_until', 'copy_of'):
            self._execute('ALTER TABLE gart_segments DROP COLUMN ' + column)

    def _refuse_contract(self):
        error = self.assertRaises(exceptions.Misconfigured, migration.sync,
                                  self.database, 'contract')
        self.assertIn('db sync --expand', error.detail)

    def test_from_the_release_before(self):
        migration.sync(self.database)
        self._drop('members', 'usage', 'reservations',
                   'transfers', 'sessions', 'moves')
        self._drop_indexes()
        self._execute("UPDATE gart_alembic_version"
                      " SET version_num = '0002_expand'"
                      " WHERE version_num = '0009_expand'")
        self.assert_state(migration.State.EXPAND, '0001_contract',
                          '0002_expand')
        migration.sync(self.database, 'expand')
        self.assert_state(migration.State.UP_TO_DATE, *HEADS)
        self.assertEqual(OURS, self.tables())

    def test_again_is_harmless(self):
        migration.sync(self.database)
        heads, made = migration.heads(self.database), self.deployment_id()
        for branch in (None, 'expand', 'contract', None):
            migration.sync(self.database, branch)
        self.assert_state(migration.State.UP_TO_DATE, *heads)
        self.assertEqual(made, self.deployment_id())

    def test_what_is_there_stays(self):
        migration.sync(self.database)
        self._execute("INSERT INTO gart_settings VALUES ('a', 'b')")
        migration.sync(self.database)
        with self.database.reader() as conn:
            self.assertEqual('b', conn.scalar(sa.text(
                "SELECT value FROM gart_settings WHERE name = 'a'")))

    def test_tables_of_others_are_left_alone(self):
        for name in ('artifacts', 'images', 'alembic_version'):
            self._execute('CREATE TABLE %s (id INTEGER)' % name)
        self._execute('INSERT INTO alembic_version VALUES (1)')
        migration.sync(self.database)
        self.assertEqual(OURS | {'artifacts', 'images', 'alembic_version'},
                         self.tables())
        with self.database.reader() as conn:
            self.assertEqual([1], list(conn.scalars(sa.text(
                'SELECT id FROM alembic_version'))))

    def test_a_newer_release_was_here(self):
        migration.sync(self.database)
        self._execute("UPDATE gart_alembic_version"
                      " SET version_num = '9999_expand'"
                      " WHERE version_num LIKE '%expand'")
        for doing in (migration.check, migration.sync):
            error = self.assertRaises(exceptions.Misconfigured, doing,
                                      self.database)
            self.assertIn('9999_expand', error.detail)


class TestDeployment(MigrationTestCase):

    def test_made_once(self):
        for branch in ('expand', 'contract', None):
            migration.sync(self.database, branch)
            made = self.deployment_id()
            self.assertRegex(made, r'\A[0-9a-f]{12}\Z')
            self.assertEqual(made, self.deployment_id())
        self.assertEqual(1, len(self._settings()))

    def test_each_has_its_own(self):
        migration.sync(self.database)
        one = self.deployment_id()
        removal.drop(self.database)
        migration.sync(self.database)
        self.assertNotEqual(one, self.deployment_id())

    def _settings(self):
        with self.database.reader() as conn:
            return conn.execute(sa.select(models.settings)).all()
