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

import sqlite3
from unittest import mock

import fixtures

from glance_artifacts.db import migration
from glance_artifacts.db import models
from glance_artifacts.tests.unit.cmd import base

TABLES = sorted([*models.METADATA.tables, migration.VERSION_TABLE])
ARTIFACT = ("INSERT INTO gart_artifacts VALUES ('%s', 'generic', '1.0', 'p',"
            " 'n', '1.0.0', %s, 'drafted', 'private', 'general', 1,"
            " '2026-01-01', '2026-01-01', NULL, '{}', '[]')")
SEGMENT = ("INSERT INTO gart_segments VALUES ('%s', 'x', 'data', '', 1,"
           " '%s', 'local', NULL, NULL, NULL, '2026-01-01', NULL,"
           " NULL)")


class DropTest(base.EtcTest):

    def setUp(self):
        super().setUp()
        self.execute('CREATE TABLE images (id TEXT)',
                     'CREATE TABLE alembic_version (version_num TEXT)',
                     'CREATE TABLE gart (id TEXT)')

    def execute(self, *statements):
        with sqlite3.connect(self.database) as conn:
            for statement in statements:
                conn.execute(statement)
        conn.close()

    def tables(self):
        with sqlite3.connect(self.database) as conn:
            rows = conn.execute("SELECT name FROM sqlite_master"
                                " WHERE type = 'table'").fetchall()
        conn.close()
        return sorted(name for name, in rows)

    def drop(self, *args):
        return self.manage('db', 'drop', *args)

    def assertDropped(self, done):
        code, out, err = done
        self.assertEqual((0, ''), (code, err))
        self.assertEqual(['alembic_version', 'gart', 'images'],
                         self.tables())
        return out

    def assertRefused(self, done, *words):
        code, _, err = done
        self.assertEqual(1, code)
        for word in words:
            self.assertIn(word, err)
        for name in TABLES:
            self.assertIn(name, self.tables())

    def test_ours_and_ours_alone(self):
        out = self.assertDropped(self.drop('--yes'))
        self.assertEqual([*TABLES, 'Dropped.'], out.splitlines())
        self.assertIn('no tables', self.assertDropped(self.drop('--yes')))

    def test_dry_run(self):
        before = self.tables()
        self.assertEqual((0, '\n'.join(TABLES) + '\n', ''),
                         self.drop('--dry-run'))
        self.assertEqual(before, self.tables())

    def test_refused_while_there_are_artifacts(self):
        self.execute(ARTIFACT % ('a', 1), ARTIFACT % ('b', 'NULL'))
        self.assertRefused(self.drop('--yes'), '1 artifacts')

    def test_refused_while_there_are_objects(self):
        self.execute(*(SEGMENT % (status, status) for status in
                       ('active', 'saving', 'deleted')))
        self.assertRefused(self.drop('--yes'), '2 objects')

    def test_what_was_deleted_is_no_reason(self):
        self.execute(ARTIFACT % ('b', 'NULL'), SEGMENT % ('c', 'deleted'))
        self.assertIn('1 objects that stores did not delete',
                      self.assertDropped(self.drop('--yes')))

    def test_a_drop_that_was_broken_off(self):
        self.execute('DROP TABLE gart_artifacts', 'DROP TABLE gart_settings',
                     SEGMENT % ('c', 'active'))
        code, _, err = self.drop('--yes')
        self.assertEqual(1, code)
        self.assertIn('1 objects', err)
        self.execute('DROP TABLE gart_segments')
        self.assertDropped(self.drop('--yes'))

    def test_artifacts_that_come_while_we_ask(self):
        def asked(prompt):
            self.execute(ARTIFACT % ('a', 1))
            return 'yes'
        self.terminal(asked)
        self.assertRefused(self.drop(), '1 artifacts')

    def test_asked(self):
        for answer in ('', 'n', 'y', EOFError):
            self.terminal([answer])
            self.assertRefused(self.drop(), 'Nothing was dropped')
        self.terminal(['yes'])
        self.assertDropped(self.drop())

    def test_nobody_to_ask(self):
        self.useFixture(fixtures.MockPatch('sys.stdin.isatty', create=True,
                                           return_value=False))
        self.assertRefused(self.drop(), '--yes')

    def terminal(self, answers):
        stdin = mock.Mock()
        stdin.isatty.return_value = True
        self.useFixture(fixtures.MonkeyPatch('sys.stdin', stdin))
        self.useFixture(fixtures.MockPatch('builtins.input',
                                           side_effect=answers))

    def test_afterwards_sync_makes_them_again(self):
        self.assertDropped(self.drop('--yes'))
        self.assertEqual(0, self.manage('db', 'sync')[0])
        self.assertEqual(0, self.manage('db', 'check')[0])
