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
from unittest import mock

import sqlalchemy as sa

from glance_artifacts.cmd import configuration
from glance_artifacts.cmd import manage
from glance_artifacts.cmd import types_upgrade
from glance_artifacts.db import artifacts
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import ids
from glance_artifacts.db import models
from glance_artifacts.db import records
from glance_artifacts.tests.unit.cmd import base
from glance_artifacts.tests.unit.cmd import plugins
from glance_artifacts.tests.unit.cmd import test_progress

ONE = '''
from glance_artifacts import types


class One(types.ArtifactType):
    type_name, type_version = 'gart_things', '1.0'

    word = types.String('A word.', filterable=True)
'''
TWO = ONE + '''

class Two(types.ArtifactType):
    type_name, type_version = 'gart_things', '2.0'

    words = types.List('Words.', of=types.String(), filterable=True)
    seen = types.Integer('', computed=True)

    def upgrade(self, document, from_version):
        if document['word'] == 'wrong':
            raise KeyError('no\\nsuch word')
        if document['word'] == 'refused':
            raise types.Rejected('No, never.')
        if document['word'] == 'interrupt':
            raise KeyboardInterrupt()
        return {'words': [document['word']]}
'''


def _record(number, word):
    moment = ids.now() + datetime.timedelta(microseconds=number)
    return records.Artifact(
        id=ids.new(moment), type_name='gart_things', type_version='1.0',
        owner='p', name='n%d' % number, version='1.0.0', status='drafted',
        visibility='private', pool='general', created_at=moment,
        updated_at=moment, fields={'word': word})


class UpgradeTest(base.EtcTest):

    def setUp(self):
        super().setUp()
        self.plugins = self.useFixture(plugins.Plugins())
        self.enable('gart_things')
        self.db = db_engine.Database.from_conf(
            configuration.load(str(self.etc)))
        self.addCleanup(self.db.engine.dispose)

    def enable(self, *names):
        self.options['artifacts'] = {'enabled_types': ', '.join(names)}
        self.write()

    def first(self, *words):
        """Artifacts of the first version, one for each word."""
        self.plugins.install('gart_one', ONE, gart_things='One')
        repository = types_upgrade._prepare(
            configuration.load(str(self.etc)), 'gart_things')._repository
        made = [repository.create(_record(number, word))
                for number, word in enumerate(words)]
        self.plugins.install('gart_one', TWO, gart_things='One',
                             gart_things__2='Two')
        return made

    def upgrade(self, *args):
        return base.run('--config-dir', self.etc, 'types', 'upgrade', *args)

    def kept(self, artifact):
        with self.db.reader() as conn:
            found = artifacts.get(conn, artifact.id)
        return found.type_version, found.fields

    def revisions(self):
        with self.db.reader() as conn:
            return [row for row in conn.execute(
                sa.select(models.artifacts.c.id,
                          models.artifacts.c.revision))]


class TestUpgrade(UpgradeTest):

    def test_all(self):
        made = self.first('a', 'b')
        code, out, err = self.upgrade('gart_things')
        self.assertEqual(0, code, err)
        self.assertEqual(
            ['gart_things 1.0: 2 artifacts',
             '2 artifacts upgraded to gart_things 2.0, 0 failed.'],
            out.splitlines())
        self.assertEqual(['1 of 2', '2 of 2'], err.splitlines())
        for artifact, word in zip(made, 'ab'):
            self.assertEqual(('2.0', {'words': [word], 'seen': None}),
                             self.kept(artifact))

    def test_nothing_to_do(self):
        made = self.first('a')
        self.upgrade('gart_things')
        before = self.revisions()
        for args in ((), ('--dry-run',)):
            code, out, err = self.upgrade('gart_things', *args)
            self.assertEqual(
                (0, 'gart_things 1.0: 0 artifacts\n'
                    '0 artifacts to be upgraded to gart_things 2.0.\n', ''),
                (code, out, err))
        self.assertEqual(before, self.revisions())
        self.assertEqual('2.0', self.kept(made[0])[0])

    def test_a_type_without_artifacts(self):
        self.enable('generic')
        self.assertEqual(
            (0, '0 artifacts to be upgraded to generic 1.0.\n', ''),
            self.upgrade('generic'))

    def test_dry_run(self):
        made = self.first('a', 'b', 'wrong')
        before = self.revisions()
        self.assertEqual(
            (0, 'gart_things 1.0: 3 artifacts\n'
                '3 artifacts to be upgraded to gart_things 2.0.\n', ''),
            self.upgrade('gart_things', '--dry-run'))
        self.assertEqual(before, self.revisions())
        self.assertEqual(('1.0', {'word': 'a'}), self.kept(made[0]))

    def test_some_fail(self):
        made = self.first('a', 'wrong', 'b', 'refused')
        for _ in range(2):
            code, out, err = self.upgrade('gart_things')
            self.assertEqual(1, code)
            self.assertIn(' 2 failed.', out)
            self.assertIn(
                "%s: upgrade failed: KeyError: 'no\\nsuch word'\n"
                % made[1].id, err)
            self.assertIn('%s: No, never.\n' % made[3].id, err)
            self.assertNotIn('Traceback', err)
        self.assertEqual(['2.0', '1.0', '2.0', '1.0'],
                         [self.kept(artifact)[0] for artifact in made])
        self.assertEqual({'word': 'wrong'}, self.kept(made[1])[1])

    def test_more_than_one_batch(self):
        made = self.first(*['wrong'] * 3, *['a'] * 250)
        code, out, _ = self.upgrade('gart_things')
        self.assertEqual(1, code)
        self.assertIn('250 artifacts upgraded to gart_things 2.0, 3 failed.',
                      out)
        self.assertEqual('2.0', self.kept(made[-1])[0])

    def test_interrupted(self):
        made = self.first('a', 'interrupt', 'b')
        code, out, err = self.upgrade('gart_things')
        self.assertEqual(1, code)
        self.assertIn('interrupted', err)
        self.assertEqual(['2.0', '1.0', '1.0'],
                         [self.kept(artifact)[0] for artifact in made])

    def test_on_a_terminal(self):
        self.first('a', 'wrong')
        with mock.patch.object(types_upgrade.sys, 'stderr',
                               test_progress.Terminal()) as terminal:
            manage.main(['--config-dir', str(self.etc), 'types', 'upgrade',
                         'gart_things'])
        self.assertRegex(terminal.getvalue(), r'100 % 2 of 2\n\Z')


class TestRefused(UpgradeTest):

    def fails(self, says, *args):
        code, out, err = self.upgrade(*args)
        self.assertEqual((1, ''), (code, out))
        self.assertRegex(err, r'\Aglance-artifacts-manage: [^\n]+\n\Z')
        self.assertIn(says, err)

    def test_types(self):
        self.fails('gart_things: no plugin provides it', 'gart_things')
        self.fails('generic is none of [artifacts]/enabled_types', 'generic')
        self.plugins.install('gart_one', 'raise SystemExit(1)',
                             gart_things='One')
        self.fails('gart_one:One does not import', 'gart_things')

    def test_database(self):
        self.enable('generic')
        self.database.unlink()
        self.fails('run "glance-artifacts-manage db sync"', 'generic')

    def test_configuration(self):
        (self.etc / 'glance-api.conf').unlink()
        self.fails('there is no glance-api.conf', 'generic')
