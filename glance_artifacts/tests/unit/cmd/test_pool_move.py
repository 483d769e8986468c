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
import pathlib
import shutil
import sqlite3
import uuid

import fixtures

from glance_artifacts.repository import relocation
from glance_artifacts.tests.unit.cmd import test_verify

DATA, FIRST, SECOND = (test_verify.DATA, test_verify.FIRST,
                       test_verify.SECOND)
NUMBERS = ('moved', 'bytes', 'refused', 'failed', 'gone')


class PoolMoveTest(test_verify.VerifyTest):
    """Two artifacts, a generic and a chart, in the pool ``general``."""

    def setUp(self):
        super().setUp()
        self.execute("UPDATE gart_artifacts SET pool = 'general'")
        self.target = self.etc / 'target'
        self.target.mkdir()
        self.options.update({
            'target': {'filesystem_store_datadir': self.target},
            'artifacts': {'stores': 'target:file',
                          'pools': 'general, second, third',
                          'delete_delay': '0'},
            'artifact_pool:second': {'allowed_types': '*',
                                     'stores': 'target'},
            'artifact_pool:third': {'allowed_types': 'generic',
                                    'stores': 'target', 'max_bytes': '15'}})

    def move(self, *args, source='general', target='second', code=0):
        done, out, err = self.manage('pool', 'move', '--from', source, '--to',
                                     target, *args)
        self.assertEqual(code, done, err)
        return out, err

    def numbers(self, *args, code=0, **expected):
        out, _ = self.move('--json', *args, code=code)
        *problems, found = map(json.loads, out.splitlines())
        self.assertEqual({**dict.fromkeys(NUMBERS, 0), 'dry_run': False,
                          **expected}, found)
        return problems

    def pools(self):
        """The pool of each artifact, and the stores of its bytes."""
        with sqlite3.connect(self.database) as conn:
            found = conn.execute(
                'SELECT pool, backend FROM gart_artifacts a JOIN'
                ' gart_segments s ON s.artifact_id = a.id WHERE s.status ='
                " 'active' ORDER BY a.id").fetchall()
        conn.close()
        return found

    def count(self):
        return len(list(self.target.iterdir()))


class TestPoolMove(PoolMoveTest):

    def test_all(self):
        out, err = self.move()
        self.assertEqual('2 artifacts moved to second; 20 bytes read.\n', out)
        self.assertIn('20 of 20 bytes, ', err)
        self.assertEqual([('second', 'target')] * 2, self.pools())
        self.assertEqual([DATA] * 2, [path.read_bytes() for path
                                      in self.target.iterdir()])
        self.assertTrue(pathlib.Path(self.first).exists())
        self.assertEqual(0, self.manage('purge')[0])
        self.assertFalse(pathlib.Path(self.first).exists())
        self.assertEqual(0, self.manage('verify')[0])

    def test_again(self):
        self.move()
        out, err = self.move()
        self.assertEqual('0 artifacts moved to second; 0 bytes read.\n', out)
        self.assertEqual('', err)

    def test_dry_run(self):
        self.write()
        before = self.files()
        out, err = self.move('--dry-run')
        self.assertEqual('2 artifacts with 20 bytes would be moved to'
                         ' second.\n', out)
        self.assertEqual(before, self.files())
        self.assertEqual([('general', 'local')] * 2, self.pools())

    def test_of_a_type(self):
        self.numbers('--type', 'helm_charts', moved=1, bytes=10)
        self.assertEqual([('general', 'local'), ('second', 'target')],
                         self.pools())

    def test_of_a_project(self):
        self.numbers('--owner', 'q')
        self.numbers('--owner', 'p', moved=2, bytes=20)

    def test_several_at_a_time(self):
        self.numbers('--jobs', '4', moved=2, bytes=20)
        self.assertEqual(2, self.count())

    def test_at_a_rate(self):
        seen = []
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.cmd.rate.Rate.took',
            lambda pace, count: seen.append((pace._limit, count))))
        self.numbers('--limit-rate', '1', moved=2, bytes=20)
        self.assertEqual(20, sum(count for _, count in seen))
        self.assertEqual({1}, {limit for limit, _ in seen})

    def test_refused_by_type_and_by_quota(self):
        self.artifact('019a0000-0000-7000-8000-000000000003')
        for extra, words in ((('--dry-run',), 'would be moved to third'),
                             ((), '1 artifacts moved to third;')):
            out, err = self.move(*extra, target='third', code=1)
            self.assertIn(words, out)
            self.assertIn('helm_charts %s: refused: There is no pool "third"'
                          ' for helm_charts.' % SECOND, err)
        self.assertIn('2 refused, 0 failed: they stay where they are.', out)
        self.assertIn('third of the project may have 15 bytes.', err)
        self.assertEqual([('third', 'target'), ('general', 'local'),
                          ('general', 'local')], self.pools())

    def test_stores_of_other_services(self):
        self.options['artifact_pool:third']['endpoint'] = 'http://192.0.2.1/v2'
        self.options['artifact_pool:second']['endpoint'] = (
            'http://192.0.2.1/v2')
        self.options['artifacts']['local_pools'] = 'general'
        for extra in ((), ('--dry-run',)):
            _, err = self.move(*extra, code=2)
            self.assertIn('Another service has target: ', err)
        self.assertEqual([('general', 'local')] * 2, self.pools())
        self.assertEqual(0, self.count())

    def test_bytes_that_are_missing(self):
        pathlib.Path(self.first).unlink()
        (problem,) = self.numbers(code=1, moved=1, bytes=10, failed=1)
        self.assertEqual(('failed', 'generic', FIRST), (
            problem['kind'], problem['type'], problem['id']))
        self.assertEqual([('general', 'local'), ('second', 'target')],
                         self.pools())
        self.assertEqual(1, self.count())

    def test_bytes_that_rotted(self):
        pathlib.Path(self.first).write_bytes(b'other data')
        (problem,) = self.numbers(code=1, moved=1, bytes=20, failed=1)
        self.assertIn('have the sha256', problem['problem'])
        self.assertEqual(1, self.count())

    def test_nothing_works(self):
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.cmd.move_work._ENOUGH', 1))
        self.options['artifact_pool:second']['stores'] = 'target'
        shutil.rmtree(self.target)
        out, err = self.move(code=2)
        self.assertIn('1 failed one after the other', err)
        self.assertIn('0 artifacts moved', out)
        self.assertIn('1 failed: they stay', out)
        self.assertEqual([('general', 'local')] * 2, self.pools())

    def test_objects_that_are_bad_keep_no_others(self):
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.cmd.move_work._ENOUGH', 1))
        pathlib.Path(self.first).unlink()
        self.numbers(code=1, moved=1, bytes=10, failed=1)

    def test_of_no_project(self):
        self.numbers('--owner', '')
        self.assertEqual([('general', 'local')] * 2, self.pools())

    def test_asked_to_be_elsewhere(self):
        self.execute('INSERT INTO gart_moves VALUES (?, ?)',
                     uuid.UUID(FIRST).bytes, 'third')
        (problem,) = self.numbers(code=1, moved=1, refused=1, bytes=10)
        self.assertEqual((FIRST, 'refused'), (problem['id'],
                                              problem['kind']))
        self.assertIn('asked to be in another pool', problem['problem'])

    def test_too_many_at_a_time(self):
        for number in ('0', '33', 'x'):
            with self.assertRaises(SystemExit):
                self.move('--jobs', number)

    def test_interrupted(self):
        def interrupt(*args):
            raise KeyboardInterrupt
        with fixtures.MonkeyPatch(
                'glance_artifacts.cmd.move_work._wait', interrupt):
            _, err = self.move(code=130)
        self.assertIn('interrupted; run it again to go on', err)
        self.move()
        self.assertEqual([('second', 'target')] * 2, self.pools())
        self.assertEqual(2, self.count())

    def test_busy_is_tried_again(self):
        answers = [relocation.BUSY]
        run = relocation.Relocation.run

        def sometimes(*args):
            return answers.pop() if answers else run(*args)
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.repository.relocation.Relocation.run',
            sometimes))
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.cmd.move_work._PAUSE', 0.001))
        out, err = self.move()
        self.assertIn('1 artifacts wait for the end of uploads', err)
        self.assertIn('2 artifacts moved to second; 20 bytes', out)

    def test_what_is_wrong(self):
        for args, words in (
                ({'target': 'fourth'}, 'There is no pool "fourth"'),
                ({'source': 'fourth'}, 'There is no pool "fourth"'),
                ({'target': 'general'}, 'name the same pool')):
            self.assertIn(words, self.move(code=2, **args)[1])
        self.assertIn('There is no type nothing.',
                      self.move('--type', 'nothing', code=2)[1])
