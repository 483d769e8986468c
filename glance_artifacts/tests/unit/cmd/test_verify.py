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

import hashlib
import json
import pathlib
import sqlite3
import uuid

from glance_artifacts.tests.unit.cmd import base

DATA = b'some bytes'
MOMENT = '2026-01-01 00:00:00.000000'
FIRST, SECOND = (str(uuid.UUID('019a0000-0000-7000-8000-00000000000%d' % n))
                 for n in (1, 2))
NUMBERS = ('verified', 'bytes', 'corrupt', 'truncated', 'missing', 'rows',
           'unread')
WELL = ('%d objects with %d bytes are as they were written.\n'
        '0 objects corrupt, 0 truncated, 0 missing; 0 blobs whose rows do not'
        ' fit.\n')


class VerifyTest(base.EtcTest):
    """The command on rows and files that were put there by hand."""

    def setUp(self):
        super().setUp()
        self.state = self.etc / 'state'
        self.first = self.artifact(FIRST)
        self.second = self.artifact(SECOND, 'helm_charts', 'other', 'a b/c')

    def execute(self, statement, *values):
        with sqlite3.connect(self.database) as conn:
            conn.execute(statement, values)
        conn.close()

    def artifact(self, artifact_id, type_name='generic', pool='general',
                 key='', backend='local'):
        """An artifact of one blob; the file of its one segment."""
        segment_id, its_id = uuid.uuid4(), uuid.UUID(artifact_id).bytes
        path = self.etc / 'store' / ('gart-1-%s' % segment_id)
        path.write_bytes(DATA)
        digest = hashlib.sha256(DATA).hexdigest()
        self.execute(
            "INSERT INTO gart_artifacts VALUES (?, ?, '1.0', 'p', ?, '1.0.0',"
            " 1, 'drafted', 'private', ?, 1, ?, ?, NULL, ?, '[[],[]]')",
            its_id,
            type_name, artifact_id, pool, MOMENT, MOMENT, json.dumps({
                'description': None, 'tags': [], 'metadata': {},
                'fields': {}}))
        self.execute(
            "INSERT INTO gart_blobs VALUES (?, 'data', ?, 'active', ?, 10, ?,"
            " NULL, NULL, 'text/plain', 0, 1)", its_id, key, segment_id.bytes,
            digest)
        self.execute(
            "INSERT INTO gart_segments VALUES (?, ?, 'data', ?, 1, 'active',"
            " ?, ?, 10, ?, ?, NULL, NULL)", segment_id.bytes, its_id, key,
            backend, 'file://%s' % path, digest, MOMENT)
        return path

    def numbers(self, **others):
        return {**dict.fromkeys(NUMBERS, 0), **others}

    def refused(self, *args):
        """The words of a command that cannot be done."""
        code, out, err = self.manage('verify', *args)
        self.assertEqual((2, ''), (code, out))
        return err


class TestVerify(VerifyTest):

    def test_all_is_well(self):
        before = self.files()
        code, out, err = self.manage('verify')
        self.assertEqual((0, WELL % (2, 20)), (code, out), err)
        self.assertEqual(['10 of 20 bytes', '20 of 20 bytes'],
                         err.splitlines())
        self.assertEqual([str(self.etc / 'glance-api.conf')],
                         sorted(set(self.files()) - set(before)))

    def test_nothing_there(self):
        self.execute('DELETE FROM gart_artifacts')
        self.assertEqual((0, WELL % (0, 0), ''), self.manage('verify'))

    def test_each_kind(self):
        self.first.write_bytes(b'sOme bytes')
        self.second.write_bytes(b'some')
        self.artifact(FIRST.replace('1', '3')).unlink()
        self.artifact(FIRST.replace('1', '4'), backend='gone')
        self.execute('UPDATE gart_blobs SET segments = 2'
                     ' WHERE artifact_id = ?', uuid.UUID(FIRST).bytes)
        code, out, err = self.manage('verify')
        self.assertEqual(
            (1, '0 objects with 0 bytes are as they were written.\n'
                '1 objects corrupt, 1 truncated, 1 missing; 1 blobs whose'
                ' rows do not fit.\n'
                '1 objects could not be read and are not verified.\n'),
            (code, out))
        for line in (
                'generic %s data: rows: It has 2 segments' % FIRST,
                'generic %s data, segment 1, store local: corrupt: Its' % (
                    FIRST),
                'helm_charts %s data/a b/c, segment 1, store local:'
                ' truncated: It has 4 of 10 bytes.' % SECOND,
                'store local: missing: The store does not have it.',
                'store gone: unread: [artifacts]/stores'):
            self.assertIn(line, err)
        self.assertEqual('40 of 40 bytes', err.splitlines()[-1])
        for text in ('gart-', str(self.etc)):
            self.assertNotIn(text, out + err)

    def test_in_json(self):
        self.second.unlink()
        code, out, _ = self.manage('verify', '--json')
        finding, numbers = map(json.loads, out.splitlines())
        self.assertEqual(
            (1, {'kind': 'missing', 'type': 'helm_charts', 'id': SECOND,
                 'field': 'data', 'key': 'a b/c', 'segment': 1,
                 'store': 'local', 'problem': 'The store does not have it.'},
             self.numbers(verified=1, bytes=10, missing=1)),
            (code, finding, numbers))
        self.execute('UPDATE gart_blobs SET size = 1')
        finding = json.loads(self.manage('verify', '--json')[1]
                             .splitlines()[0])
        self.assertEqual(('rows', None, None), (
            finding['kind'], finding['segment'], finding['store']))

    def test_chosen(self):
        self.second.unlink()
        for args, code in ((['--id', FIRST], 0), (['--id', SECOND], 1),
                           (['--type', 'generic'], 0),
                           (['--type', 'helm_charts'], 1),
                           (['--pool', 'general'], 0),
                           (['--pool', 'other'], 1)):
            self.assertEqual(code, self.manage('verify', *args)[0], args)

    def test_what_is_not_there(self):
        self.assertIn('no pool nonesuch', self.refused('--pool', 'nonesuch'))
        self.assertIn('no type nonesuch', self.refused('--type', 'nonesuch'))
        nobody = str(uuid.UUID(int=7))
        self.assertIn('no artifact ' + nobody, self.refused('--id', nobody))

    def test_values_that_are_none(self):
        for args in (['--id', 'x'], ['--limit-rate', '0'],
                     ['--limit-rate', 'fast'], ['--limit-rate', '-1']):
            error = self.assertRaises(SystemExit, self.manage, 'verify',
                                      *args)
            self.assertEqual(2, error.code)

    def test_at_a_rate(self):
        self.assertEqual(0, self.manage('verify', '--limit-rate',
                                        10 ** 9)[0])

    def test_a_database_that_is_not_ready(self):
        self.execute('DROP TABLE gart_alembic_version')
        self.assertIn('db sync', self.refused())

    def test_no_configuration(self):
        code, out, err = base.run('--config-dir', self.etc / 'absent',
                                  'verify')
        self.assertEqual((2, ''), (code, out))
        self.assertIn('glance-api.conf', err)


class TestState(VerifyTest):

    def kept(self, *args, after=None, chosen=None, **counts):
        """Run the command where an earlier run ended so."""
        self.state.write_text(json.dumps({
            'chosen': chosen or {}, 'after': after, 'counts': counts}))
        code, out, err = self.manage('verify', '--json', '--state',
                                     self.state, *args)
        return code, json.loads(out.splitlines()[-1])

    def test_removed_at_the_end(self):
        self.first.unlink()
        for _ in range(2):
            self.assertEqual(1, self.manage('verify', '--state',
                                            self.state)[0])
            self.assertEqual([], [path for path in self.files()
                                  if path.startswith(str(self.state))])

    def test_goes_on_where_it_ended(self):
        self.first.unlink()
        self.assertEqual(
            (0, self.numbers(verified=2, bytes=20)), self.kept(
                after=[FIRST, 'data', '', 1], verified=1, bytes=10))

    def test_what_was_found_before_counts(self):
        self.assertEqual(
            (1, self.numbers(verified=1, bytes=10, missing=1)), self.kept(
                after=[FIRST, 'data', '', 1], missing=1))

    def test_of_another_choice(self):
        self.kept('--type', 'generic', chosen={'type': 'generic'})
        self.state.write_text(json.dumps({
            'chosen': {'type': 'generic'}, 'after': None, 'counts': {}}))
        self.assertIn('--type generic', self.refused('--state', self.state))
        self.assertTrue(self.state.exists())

    def test_that_is_none(self):
        for text in ('', '{}', '[]', 'x', *map(json.dumps, (
                {'chosen': {}, 'after': [1], 'counts': {}},
                {'chosen': {}, 'after': None, 'counts': {'x': 'y'}},
                {'chosen': {}, 'after': None, 'counts': []}))):
            self.state.write_text(text)
            self.assertIn('--state %s' % self.state,
                          self.refused('--state', self.state))
            self.assertEqual(text, self.state.read_text())

    def test_that_cannot_be_written(self):
        path = pathlib.Path(self.etc, 'absent', 'state')
        self.assertIn('--state %s cannot be written' % path,
                      self.refused('--state', path))
