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
import os
import sqlite3
import time
import uuid

from glance_artifacts.tests.unit.cmd import base

ARTIFACT = '019a0000-0000-7000-8000-000000000000'
KEYS = ('uploads', 'objects', 'orphans', 'artifacts', 'left', 'failed')


class PurgeTest(base.EtcTest):
    """The command on rows and files that were put there by hand."""

    command = ('purge',)

    def setUp(self):
        super().setUp()
        self.store = self.etc / 'store'
        ((self.deployment,),) = self.execute(
            "SELECT value FROM gart_settings WHERE name = 'deployment_id'")

    def execute(self, statement, *values):
        with sqlite3.connect(self.database) as conn:
            rows = conn.execute(statement, values).fetchall()
        conn.close()
        return rows

    def count(self, table='gart_segments'):
        return self.execute('SELECT count(*) FROM %s' % table)[0][0]

    def object(self, age=0, deployment=None, segment_id=None):
        path = self.store / ('gart-%s-%s' % (
            deployment or self.deployment, segment_id or uuid.uuid4()))
        path.write_bytes(b'bytes')
        then = time.time() - age
        os.utime(path, (then, then))
        return path

    def segment(self, status, lease='2026-01-01 00:00:00.000000',
                backend='local', located=True):
        """A row of the ledger with the object that it tells of."""
        segment_id = uuid.uuid4()
        path = self.object(segment_id=segment_id)
        self.execute(
            "INSERT INTO gart_segments VALUES (?, ?, 'data', '', 1, ?, ?, ?,"
            " 5, NULL, '2026-01-01 00:00:00.000000', ?, NULL)",
            segment_id.bytes, uuid.UUID(ARTIFACT).bytes, status, backend,
            'file://%s' % path if located else None, lease)
        return path

    def purge(self, *args):
        code, out, err = self.manage(*self.command, '--json', *args)
        found = json.loads(out)
        return code, tuple(found[key] for key in KEYS), err

    def assertPurged(self, expected, *args):
        code, found, err = self.purge(*args)
        self.assertEqual((0, expected), (code, found), err)


class TestPurge(PurgeTest):

    def test_nothing_to_do(self):
        self.object()
        self.assertEqual(
            (0, '0 uploads and copies ended that nobody works on\n'
                '0 uploads in parts ended that nobody went on with\n'
                '0 objects deleted\n'
                '0 objects without a row deleted\n'
                '0 rows of deleted artifacts dropped\n', '1 of 1\n'),
            self.manage('purge'))

    def test_each_kind(self):
        dead = self.segment('saving', located=False)
        gone = self.segment('deleted')
        live = self.segment('active', None)
        orphan, young = self.object(4000), self.object()
        self.execute(
            "INSERT INTO gart_artifacts VALUES (?, 'generic', '1.0', 'p', 'n',"
            " '1.0.0', NULL, 'deleted', 'private', 'general', 1, ?, ?, NULL,"
            " '{}', '[]')", uuid.uuid4().bytes, '2026-01-01 00:00:00.000000',
            '2026-01-01 00:00:00.000000')
        self.write()
        before = self.files(), self.count(), self.count('gart_artifacts')
        self.assertPurged((1, 2, 1, 1, 0, 0), '--dry-run')
        self.assertEqual(before, (self.files(), self.count(),
                                  self.count('gart_artifacts')))
        self.assertPurged((1, 2, 1, 1, 0, 0))
        self.assertEqual([False, False, True, False, True], [
            path.exists() for path in (dead, gone, live, orphan, young)])
        self.assertEqual((1, 0), (self.count(), self.count('gart_artifacts')))
        self.assertPurged((0, 0, 1, 0, 0, 0), '--older-than', '0')
        self.assertFalse(young.exists())

    def test_what_is_not_ours(self):
        others = [self.object(10 ** 6, 'f' * 12), self.store / 'image',
                  self.store / ('gart-%s-x' % self.deployment)]
        for path in others[1:]:
            path.write_bytes(b'bytes')
        self.assertPurged((0,) * 6, '--older-than', '0')
        self.assertTrue(all(path.exists() for path in others))

    def test_in_words(self):
        self.object(4000)
        code, out, err = self.manage('purge', '--dry-run')
        self.assertEqual(
            (0, '0 uploads and copies to be ended that nobody works on\n'
                '0 uploads in parts to be ended that nobody went on with\n'
                '0 objects to be deleted\n'
                '1 objects without a row to be deleted\n'
                '0 rows of deleted artifacts to be dropped\n'),
            (code, out), err)

    def test_a_store_that_does_not_do_it(self):
        path = self.segment('deleted')
        path.unlink()
        path.mkdir()
        code, found, err = self.purge()
        self.assertEqual((1, (0, 0, 0, 0, 0, 1)), (code, found))
        self.assertIn('local: The store does not answer now.', err)
        self.assertNotIn(str(self.store), err)
        self.assertIn('1 failed; they stay', self.manage('purge')[1])
        path.rmdir()
        self.assertPurged((0, 1, 0, 0, 0, 0))

    def test_a_store_that_is_not_named_any_more(self):
        self.segment('deleted', backend='gone')
        code, found, err = self.purge()
        self.assertEqual((1, 1), (code, found[-1]))
        self.assertIn('[DEFAULT]/enabled_backends', err)
        self.assertEqual(1, self.count())

    def test_a_store_that_cannot_be_searched(self):
        self.options['DEFAULT']['enabled_backends'] += ', web:http'
        self.segment('saving', backend='web', located=False)
        for uploads in (1, 0):
            self.assertPurged((uploads, 0, 0, 0, 1, 0))
        self.assertIn('cannot be searched', self.manage('purge')[1])

    def test_a_database_that_is_not_ready(self):
        self.execute('DROP TABLE gart_alembic_version')
        code, out, err = self.manage('purge')
        self.assertEqual((1, ''), (code, out))
        self.assertIn('db sync', err)

    def test_ages_that_are_none(self):
        for text in ('-1', 'x', 'nan', 'inf'):
            error = self.assertRaises(SystemExit, self.manage, 'purge',
                                      '--older-than', text)
            self.assertEqual(2, error.code)


class TestWorkerOnce(PurgeTest):

    def test_all_of_it(self):
        gone, orphan = self.segment('deleted'), self.object(4000)
        young = self.object()
        code, out, err = self.manage('worker', '--once')
        self.assertEqual((0, '', '1 objects, 1 orphans\n'),
                         (code, out, err))
        self.assertEqual([False, False, True], [
            path.exists() for path in (gone, orphan, young)])

    def test_nothing(self):
        self.assertEqual((0, '', ''), self.manage('worker', '--once'))

    def test_a_store_that_does_not_do_it(self):
        path = self.segment('deleted')
        path.unlink()
        path.mkdir()
        self.assertEqual((1, '', 'local: The store does not answer now.\n'),
                         self.manage('worker', '--once'))

    def test_intervals_that_are_none(self):
        for text in ('0', '-1', 'x', 'nan'):
            error = self.assertRaises(SystemExit, self.manage, 'worker',
                                      '--interval', text)
            self.assertEqual(2, error.code)
