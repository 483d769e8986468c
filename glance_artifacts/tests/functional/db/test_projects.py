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

"""``project purge``: all that a project has, and nothing else."""

import contextlib
import dataclasses
import io
import json
import uuid

import fixtures
import sqlalchemy as sa

from glance_artifacts.cmd import manage
from glance_artifacts.db import amounts
from glance_artifacts.db import clock
from glance_artifacts.db import leases
from glance_artifacts.db import models
from glance_artifacts.db import usage_rows
from glance_artifacts.repository import projects
from glance_artifacts.tests.functional.db import test_uploads
from glance_artifacts.tests.unit import factories

STATUSES = ('drafted', 'active', 'deactivated')
VISIBILITIES = ('private', 'shared', 'community', 'public')


class ProjectTestCase(test_uploads.UploadTestCase):
    """Project ``p`` has artifacts of each sort, as ``q`` has."""

    def setUp(self):
        super().setUp()
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.repository.projects._BATCH', 5))
        self.upload()
        self.mine = [self.artifact, *self.filled('p')]
        self.others = self.filled('q')
        self.shared = [one for one in self.others
                       if one.visibility == 'shared']
        for one in self.shared:
            for project in ('p', 'r'):
                self.repository.add_member(one, project, -1)
            self.repository.change_member(one, 'p', 'accepted')

    def filled(self, owner):
        return [self.create(owner=owner, name=status, status=status,
                            visibility=visibility,
                            version='%d.0.0' % number)
                for number, visibility in enumerate(VISIBILITIES)
                for status in STATUSES]

    def command(self, *words, project='p'):
        """Exit code, output and errors."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), \
                contextlib.redirect_stderr(err):
            code = manage.main(['--config-dir', str(self.directory),
                                'project', 'purge', project, *words])
        return code, out.getvalue(), err.getvalue()

    def purge(self, *words, **kwargs):
        code, out, err = self.command('--yes', '--json', *words, **kwargs)
        self.assertEqual(0, code, err)
        return json.loads(out)

    def all(self):
        return {table.name: self.rows(table)
                for table in models.METADATA.sorted_tables}

    def owners(self):
        return {row['owner'] for row in self.rows(models.artifacts)
                if row['live']}

    def assert_gone(self):
        """Nothing of it is left; nothing of others is touched."""
        self.assertEqual({'q'}, self.owners())
        self.assertEqual({'r'}, {row['member']
                                 for row in self.rows(models.members)})
        self.assertEqual([], self.rows(models.blobs))
        self.assertEqual({'deleted'}, {
            row['status'] for row in self.rows(models.segments)})
        for one in self.others:
            kept = self.get(one)
            self.assertEqual((one.revision, one.updated_at),
                             (kept.revision, kept.updated_at))
        with self.database.reader() as conn:
            self.assertEqual({amounts.NOTHING}, set(
                usage_rows.of(conn, 'p').values()))
            self.assertEqual(amounts.Amount(len(self.others)),
                             usage_rows.of(conn, 'q')[amounts.TOTAL])
        self.assert_index_is_exact()


class TestPurge(ProjectTestCase):

    def test_all_of_it(self):
        size = len(test_uploads.DATA)
        self.assertEqual({
            'project': 'p',
            'types': {'samples': {'artifacts': 13, 'bytes': size}},
            'memberships': 3,
            'deleted': {'artifacts': 13, 'memberships': 3},
            'left': {'artifacts': 0, 'memberships': 0},
            'failed': 0, 'dry_run': False}, self.purge())
        self.assert_gone()
        self.assertEqual(0, self.purge()['deleted']['artifacts'])
        self.assert_gone()

    def test_in_words(self):
        code, out, err = self.command('--yes')
        self.assertEqual(0, code)
        self.assertEqual([
            'samples: 13 artifacts, %d bytes' % len(test_uploads.DATA),
            'Project p has 13 artifacts; others share 3 with it. Its images'
            ' are not counted and not touched.',
            '13 artifacts deleted, 3 memberships ended; 0 and 0 are left.'],
            out.splitlines())
        self.assertEqual('16 of 16', err.splitlines()[-1])
        self.assert_gone()

    def test_dry_run(self):
        before = self.all()
        code, out, _ = self.command('--dry-run', '--json')
        found = json.loads(out)
        self.assertEqual((0, True, 3, 13), (
            code, found['dry_run'], found['memberships'],
            found['types']['samples']['artifacts']))
        self.assertEqual(2, len(self.command('--dry-run')[1].splitlines()))
        self.assertEqual(before, self.all())

    def test_nobody_confirms(self):
        before = self.all()
        self.useFixture(fixtures.MockPatch('sys.stdin.isatty', create=True,
                                           return_value=False))
        code, _, err = self.command()
        self.assertEqual((1, ['Not a terminal: confirm with --yes.',
                              'glance-artifacts-manage: Nothing was'
                              ' deleted.']), (code, err.splitlines()))
        code, out, err = self.command('--json')
        self.assertEqual((1, ''), (code, out))
        self.assertIn('confirm with --yes', err)
        self.assertEqual(before, self.all())

    def test_asked(self):
        before = self.all()
        self.useFixture(fixtures.MockPatch('sys.stdin.isatty', create=True,
                                           return_value=True))
        for answer in ('yes', 'q', '', EOFError):
            with fixtures.MockPatch('builtins.input', side_effect=[answer]):
                code, _, err = self.command()
            self.assertEqual(1, code)
            self.assertIn('Nothing was deleted.', err)
        self.assertEqual(before, self.all())
        with fixtures.MockPatch('builtins.input', side_effect=['p']):
            self.assertEqual(0, self.command()[0])
        self.assert_gone()

    def test_a_project_without_anything(self):
        before = self.all()
        self.assertEqual({}, self.purge(project='nobody')['types'])
        code, out, _ = self.command(project='nobody')  # without a question
        self.assertEqual(0, code)
        self.assertIn('Project nobody has 0 artifacts', out)
        self.assertEqual(before, self.all())

    def test_types_that_are_gone(self):
        """Not even their schemas are left."""
        with self.database.writer() as conn:
            conn.execute(sa.delete(models.types))
        self.purge()
        self.assertEqual({'q'}, self.owners())

    def test_memberships_that_wait(self):
        """For their artifact to be shared again."""
        (one,) = [one for one in self.shared if one.status == 'active']
        current = self.get(one)
        self.repository.save(current, dataclasses.replace(
            current, visibility='private'))
        self.assertEqual(3, self.purge()['deleted']['memberships'])
        self.assertEqual({'r'}, {row['member']
                                 for row in self.rows(models.members)})
        self.assert_index_is_exact()

    def test_bytes_are_due_at_once(self):
        self.purge()
        self.assertEqual(1, len(self.due()))
        self.assertEqual(1, len(self.backends.objects))

    def test_bytes_wait_as_glance_says(self):
        with open(self.directory / 'glance-api.conf', 'a') as conf:
            conf.write('[DEFAULT]\ndelayed_delete = true\n'
                       'scrub_time = 1000\n')
        self.purge()
        self.assertEqual([], self.due())
        with self.database.writer() as conn:
            conn.execute(sa.update(models.segments).values(
                lease_until=clock.now(conn, -1)))
        self.assertEqual(1, len(self.due()))

    def due(self):
        with self.database.reader() as conn:
            return leases.due(conn, leases.now(conn), [], 10)

    def test_an_upload_under_way(self):
        """Its reservation goes; its writer finds the place gone."""
        draft = self.create(name='to be', status='drafted')
        segment = str(uuid.uuid4())
        with self.database.writer() as conn:
            conn.execute(sa.insert(models.segments).values(
                id=segment, artifact_id=draft.id, field='data', key='', n=1,
                status='saving', backend='memory',
                created_at=factories.MOMENT))
            conn.execute(sa.insert(models.reservations).values(
                segment_id=segment, artifact_id=draft.id, bytes=7))
            conn.execute(sa.update(models.usage).where(
                models.usage.c.project == 'p').values(
                bytes_reserved=models.usage.c.bytes_reserved + 7))
        self.purge()
        self.assertEqual([], self.rows(models.reservations))
        with self.database.reader() as conn:
            self.assertEqual({amounts.NOTHING}, set(
                usage_rows.of(conn, 'p').values()))


class TestOthersMeanwhile(ProjectTestCase):
    """What happens between what is read and what is done."""

    def removal(self, before_delete):
        """A removal that something happens to before each deletion."""
        repository = self.new_repository(delay=0)
        delete = repository.delete

        def late(artifact):
            before_delete(artifact)
            delete(artifact)

        repository.delete = late
        return projects.Removal(self.database, repository, 'p')

    def touch(self, artifact, **values):
        current = self.get(artifact)
        self.repository.save(current, dataclasses.replace(current, **values))

    def test_a_kill(self):
        """The next run goes on with the rest."""
        killed = self.mine[8]

        def kill(artifact):
            if artifact.id == killed.id:
                raise SystemExit()

        done = []
        removal = self.removal(kill)
        self.assertRaises(SystemExit, lambda: done.extend(removal.run()))
        self.assertIsNotNone(self.get(killed))
        left = [one for one in self.mine if self.get(one)]
        self.assertTrue(0 < len(left) < len(self.mine))
        self.assert_index_is_exact()
        self.assertEqual(len(left), self.purge()['deleted']['artifacts'])
        self.assert_gone()

    def test_one_changes(self):
        """It is read again and deleted."""
        seen = set()

        def change(artifact):
            if artifact.id not in seen:
                seen.add(artifact.id)
                self.touch(artifact, tags=['changed'])

        outcomes = list(self.removal(change).run())
        self.assertEqual([None] * 16, [one.problem for one in outcomes])
        self.assert_gone()

    def test_one_changes_all_the_time(self):
        busy = self.mine[3]

        def change(artifact):
            if artifact.id == busy.id:
                self.touch(artifact, tags=['changed'])

        (problem,) = [one for one in self.removal(change).run()
                      if one.problem]
        self.assertEqual((busy.id, 'Others change it right now.'),
                         (problem.artifact_id, problem.problem))
        self.assertEqual(1, self.purge()['deleted']['artifacts'])
        self.assert_gone()

    def test_one_is_given_away(self):
        given = self.mine[5]

        def give(artifact):
            if artifact.id == given.id:
                self.touch(artifact, owner='q', name='given')

        list(self.removal(give).run())
        self.assertEqual('q', self.get(given).owner)
        self.assertEqual({'q'}, self.owners())

    def test_one_is_deleted(self):
        gone = self.mine[5]

        def delete(artifact):
            if artifact.id == gone.id:
                self.repository.delete(artifact)

        outcomes = list(self.removal(delete).run())
        self.assertEqual([], [one for one in outcomes if one.problem])
        self.assert_gone()

    def test_one_comes(self):
        """It is left, and told of."""
        def create(artifact):
            if artifact.id == self.mine[-1].id:
                self.create(name='a')

        list(self.removal(create).run())
        code, out, _ = self.command('--dry-run')
        self.assertEqual(0, code)
        self.assertIn('has 1 artifacts', out)
