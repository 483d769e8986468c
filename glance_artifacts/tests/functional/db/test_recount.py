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

"""``quota recount``: counters against what there is."""

import contextlib
import io
import json

import sqlalchemy as sa

from glance_artifacts.cmd import manage
from glance_artifacts.db import amounts
from glance_artifacts.db import models
from glance_artifacts.db import usage_recount
from glance_artifacts.tests.functional.db import test_usage

WRONG = {'artifacts_used': 7, 'bytes_used': 100, 'bytes_reserved': 3}


class TestRecount(test_usage.UsageTestCase):

    def setUp(self):
        super().setUp()
        self.first = self.draft(name='a')
        self.draft(name='b')
        self.draft(owner='q')

    def recount(self, *words, code=0):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), \
                contextlib.redirect_stderr(err):
            done = manage.main(['--config-dir', str(self.directory), 'quota',
                                'recount', *words])
        self.assertEqual(code, done, out.getvalue() + err.getvalue())
        return out.getvalue()

    def spoil(self, **where):
        table = models.usage
        with self.database.writer() as conn:
            conn.execute(sa.update(table).where(*(
                table.c[name] == value for name, value in where.items()))
                .values(WRONG))

    def test_nothing_to_correct(self):
        self.assertEqual('2 projects counted, 0 differences.\n',
                         self.recount())
        self.assertEqual({'projects': 2, 'corrected': False,
                          'differences': []},
                         json.loads(self.recount('--json', '--dry-run')))

    def test_what_differs_is_told_and_corrected(self):
        self.spoil(project='p')
        before = self.rows(models.usage)
        told = ('project p, all types: artifacts 7, counted 2; bytes 100,'
                ' counted 0; reserved bytes 3, counted 0\n'
                'project p, pool general: artifacts 7, counted 2; bytes 100,'
                ' counted 0; reserved bytes 3, counted 0\n'
                'project p, samples: artifacts 7, counted 2; bytes 100,'
                ' counted 0; reserved bytes 3, counted 0\n'
                '2 projects counted, 3 differences')
        self.assertEqual(told + '.\n', self.recount('--dry-run', code=1))
        self.assertEqual(before, self.rows(models.usage))
        self.assertEqual(told + ' corrected.\n', self.recount())
        self.assertEqual(amounts.Amount(2), self.total())
        self.recount('--dry-run')

    def test_json(self):
        self.spoil(project='p', type_name='samples')
        shown = json.loads(self.recount('--json'))
        self.assertEqual(
            {'projects': 2, 'corrected': True, 'differences': [{
                'project': 'p', 'type': 'samples',
                'kept': {'artifacts': 7, 'used': 100, 'reserved': 3},
                'counted': {'artifacts': 2, 'used': 0, 'reserved': 0}}]},
            shown)
        self.assertEqual(amounts.Amount(2), self.usage()['samples'])

    def test_json_of_a_pool(self):
        self.spoil(project='q', type_name='pool:general')
        (found,) = json.loads(self.recount('--json'))['differences']
        self.assertEqual((None, 'general'), (found['type'], found['pool']))

    def test_one_project(self):
        self.spoil()
        self.assertIn('1 projects counted, 3 differences',
                      self.recount('--project', 'q'))
        self.assertEqual(amounts.Amount(1), self.total('q'))
        self.recount('--dry-run', code=1)
        self.assertEqual('1 projects counted, 0 differences.\n',
                         self.recount('--project', 'nobody'))

    def test_rows_of_types(self):
        """One that is missing, and one too many."""
        table = models.usage
        with self.database.writer() as conn:
            conn.execute(sa.delete(table).where(
                table.c.type_name == 'samples'))
            conn.execute(sa.insert(table).values(
                project='p', type_name='others', **WRONG))
        self.assertIn('3 differences corrected', self.recount())
        self.assertEqual({'', 'samples', 'pool:general'}, set(self.usage()))
        self.recount('--dry-run')

    def test_a_project_without_counters(self):
        with self.database.writer() as conn:
            conn.execute(sa.delete(models.usage))
        self.assertEqual('0 projects counted, 0 differences.\n',
                         self.recount())
        self.assertEqual([], self.rows(models.usage))

    def test_what_nobody_writes_to_holds_no_room(self):
        idle, live = (self.reserve(self.first, count) for count in (5, 3))
        with self.database.writer() as conn:
            conn.execute(sa.update(models.segments).where(
                models.segments.c.id == idle).values(status='deleted'))
        self.assertIn('3 differences corrected', self.recount())
        self.assertEqual(amounts.Amount(2, 0, 3), self.total())
        self.assertEqual([live], [row['segment_id'] for row
                                  in self.rows(models.reservations)])

    def test_while_others_write(self):
        """Exact at each moment: nothing is corrected that is right."""
        def change(number):
            if number % 10 == 0:
                self.assertEqual([], self.database.write(
                    usage_recount.recount, 'pq'[number % 20 == 0], True))
                return
            artifact = self.draft(name='n%d' % number, owner='pq'[number % 2])
            if number % 3:
                self.repository.delete(artifact)
        self.at_once(change, range(60))
        # with the three of before
        self.assertEqual(18 + 3, self.total('p').artifacts
                         + self.total('q').artifacts)
