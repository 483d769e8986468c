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

import json
import sqlite3
from unittest import mock
import uuid

from glance_artifacts.cmd import index
from glance_artifacts.cmd import manage
from glance_artifacts.tests.unit.cmd import base
from glance_artifacts.tests.unit.cmd import test_progress

ARTIFACT = uuid.UUID('019a0000-0000-7000-8000-000000000000')


class IndexTest(base.EtcTest):

    def execute(self, statement, *values):
        with sqlite3.connect(self.database) as conn:
            rows = conn.execute(statement, values).fetchall()
        conn.close()
        return rows

    def index(self, *args):
        return self.manage('index', *args)

    def artifact(self):
        """One that has no postings, neither here nor in its row."""
        moment = '2026-01-01 00:00:00.000000'
        self.execute(
            "INSERT INTO gart_artifacts VALUES (?, 'generic', '1.0', 'p',"
            " 'n', '1.0.0', 1, 'drafted', 'private', 'general', 1, ?, ?,"
            " NULL, ?, '[]')", ARTIFACT.bytes, moment, moment,
            '{"description": null, "tags": [], "metadata": {}, "fields": {}}')

    def test_nothing_there(self):
        for command in ('check', 'rebuild'):
            self.assertEqual(
                (0, '0 artifacts read, which have 0 postings.\n'
                    '0 postings missing, 0 too many; 0 artifacts note others'
                    ' than they have.\n', ''), self.index(command))

    def test_told_and_mended(self):
        self.artifact()
        self.execute("INSERT INTO gart_index VALUES (?, x'01', ?)",
                     b's' * 16, uuid.UUID(int=1).bytes)
        told = ('1 artifacts read, which have 18 postings.\n'
                '18 postings missing, 1 too many; 1 artifacts note others'
                ' than they have')
        for words in (['check'], ['rebuild', '--dry-run']):
            code, out, err = self.index(*words)
            self.assertEqual((1, told + '.\n'), (code, out))
        self.assertEqual([
            '1 of 1 artifacts read', '1 of 1 artifacts compared',
            '%s: 18 missing, 0 too many, its row notes others' % ARTIFACT,
            '%s: 0 missing, 1 too many' % uuid.UUID(int=1)],
            err.splitlines())
        code, out, _ = self.index('rebuild')
        self.assertEqual((0, told + ': mended.\n'), (code, out))
        code, out, _ = self.index('check', '--json')
        self.assertEqual((0, {
            'artifacts': 1, 'postings': 18, 'missing': 0, 'stray': 0,
            'noted': 0, 'failed': 0, 'mended': False}),
            (code, json.loads(out)))

    def test_what_does_not_fit(self):
        self.artifact()
        self.execute("UPDATE gart_artifacts SET type_name = 'gone'")
        for command in ('check', 'rebuild'):
            code, out, err = self.index(command)
            self.assertEqual(1, code)
            self.assertIn('1 artifacts do not fit their types', out)
            self.assertIn('%s: There is no such' % ARTIFACT, err)

    def test_on_a_terminal(self):
        self.artifact()
        self.write()
        with mock.patch.object(index.sys, 'stderr',
                               test_progress.Terminal()) as terminal:
            manage.main(['--config-dir', str(self.etc), 'index', 'rebuild'])
        self.assertIn(' 100 % 1 of 1 artifacts read\n', terminal.getvalue())

    def test_a_type_that_is_none(self):
        code, out, err = self.index('check', '--type', 'nonesuch')
        self.assertEqual((1, ''), (code, out))
        self.assertIn('There is no type nonesuch.', err)
        self.assertEqual(0, self.index('check', '--type', 'generic')[0])

    def test_a_database_that_is_not_ready(self):
        self.execute('DROP TABLE gart_alembic_version')
        code, out, err = self.index('check')
        self.assertEqual((1, ''), (code, out))
        self.assertIn('db sync', err)
