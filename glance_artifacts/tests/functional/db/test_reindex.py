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

"""``index check`` and ``index rebuild``: the index against the records."""

import contextlib
import dataclasses
import io
import itertools
import json
import random
import uuid

import fixtures
import sqlalchemy as sa

from glance_artifacts.cmd import manage
from glance_artifacts.db import artifacts
from glance_artifacts.db import models
from glance_artifacts.db import postings
from glance_artifacts.repository import reindex
from glance_artifacts.repository import type_versions
from glance_artifacts.tests.functional.db import lists
from glance_artifacts.tests.unit import factories
from glance_artifacts.types import registry

INDEX, ROWS = models.index, models.artifacts
NOTHING = {'missing': 0, 'stray': 0, 'noted': 0, 'failed': 0}


class ReindexTestCase(lists.ListTestCase):
    """Artifacts of all sorts, and an index that can be damaged."""

    def setUp(self):
        super().setUp()
        # several batches of everything
        for name, size in (('_ARTIFACTS', 7), ('_ROWS', 200)):
            self.useFixture(fixtures.MonkeyPatch(
                'glance_artifacts.repository.reindex.' + name, size))
        first = self.create(visibility='shared', name='the first', tags=['t'])
        for project, status in (('m', 'accepted'), ('n', 'pending')):
            self.repository.add_member(first, project, -1)
            self.repository.change_member(first, project, status)
        self.made = [first, *self.fill(random.Random(1), 15)]
        self.first = self.get(first)
        self.before = self.index()

    def index(self):
        return {tuple(row.values()) for row in self.rows(INDEX)}

    def execute(self, statement):
        with self.database.writer() as conn:
            return conn.execute(statement)

    def missing(self, *conditions):
        """Take rows out of the index; how many they were."""
        return self.execute(sa.delete(INDEX).where(*conditions)).rowcount

    def stray(self, artifact_id, audience='project:x', key='name',
              value=b'\x01x'):
        """Put a row into the index."""
        self.execute(sa.insert(INDEX).values(
            scope=postings.scope(audience, 'samples', key), value=value,
            id=artifact_id))

    def note(self, artifact_id, text):
        self.execute(sa.update(ROWS).where(ROWS.c.id == artifact_id)
                     .values(postings=text))

    def index_command(self, *words):
        """Exit code, numbers, and the artifacts that are named."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), \
                contextlib.redirect_stderr(err):
            code = manage.main(['--config-dir', str(self.directory), 'index',
                                *words, '--json'])
        found = json.loads(out.getvalue())
        named = {line.partition(':')[0]
                 for line in err.getvalue().splitlines() if ': ' in line}
        return code, found, named

    def assert_found(self, expected, artifact_ids, *options):
        """A check finds this, and changes nothing; nor does a dry run."""
        before = self.index(), self.rows(ROWS)
        for words in (('check',), ('rebuild', '--dry-run')):
            code, found, named = self.index_command(*words, *options)
            self.assertEqual(1, code)
            self.assertEqual({**NOTHING, **expected, 'mended': False},
                             {name: found[name] for name in
                              (*NOTHING, 'mended')})
            self.assertEqual({*artifact_ids}, named)
        self.assertEqual(before, (self.index(), self.rows(ROWS)))

    def assert_mended(self, expected, artifact_ids, *options):
        """It finds this, mends it, and all is as it was."""
        self.assert_found(expected, artifact_ids, *options)
        code, found, named = self.index_command('rebuild', *options)
        self.assertEqual((0, {*artifact_ids}), (code, named))
        self.assertEqual({**NOTHING, **expected, 'mended': True},
                         {name: found[name] for name in (*NOTHING, 'mended')})
        self.assert_right()

    def assert_right(self):
        self.assertEqual(self.before, self.index())
        code, found, named = self.index_command('check')
        self.assertEqual((0, set()), (code, named))
        self.assertEqual({**NOTHING, 'mended': False,
                          'artifacts': len(self.made),
                          'postings': len(self.before)}, found)


class TestReindex(ReindexTestCase):

    def test_nothing_is_wrong(self):
        self.assert_right()
        before = self.rows(ROWS)
        code, found, _ = self.index_command('rebuild')
        self.assertEqual((0, NOTHING), (
            code, {name: found[name] for name in NOTHING}))
        self.assertEqual(before, self.rows(ROWS))

    def test_no_artifacts(self):
        self.clear()
        self.made, self.before = [], set()
        self.assert_right()

    def test_rows_that_are_missing(self):
        one, other = self.made[3].id, self.made[9].id
        count = self.missing(INDEX.c.id == one)
        count += self.missing(
            INDEX.c.id == other, INDEX.c.scope == postings.scope(
                '*', 'samples', 'name'))
        self.assert_mended({'missing': count}, [one, other])

    def test_all_rows_are_missing(self):
        self.missing()
        self.assert_mended({'missing': len(self.before)},
                           [one.id for one in self.made])

    def test_rows_too_many(self):
        one, other = self.made[3].id, self.made[9].id
        self.stray(one)
        self.stray(one, 'public', value=b'')
        self.stray(other, '*', 'no_such_field', b'\x01' * 1400)
        self.assert_mended({'stray': 3}, [one, other])

    def test_a_row_too_many_that_its_artifact_notes(self):
        audiences, entries = json.loads(self.first.postings)
        noted = json.dumps([[*audiences, 'public'], entries])
        self.note(self.first.id, noted)
        for scope, value in (postings.rows('samples', noted)
                             - postings.rows('samples',
                                             self.first.postings)):
            self.execute(sa.insert(INDEX).values(scope=scope, value=value,
                                                 id=self.first.id))
        self.assert_mended({'stray': len(entries), 'noted': 1},
                           [self.first.id])

    def test_a_wrong_value(self):
        """Also of an artifact of which another row is missing."""
        scope = postings.scope('*', 'samples', 'name')
        self.execute(sa.update(INDEX).where(
            INDEX.c.id == self.first.id, INDEX.c.scope == scope)
            .values(value=b'\x01another'))
        self.missing(INDEX.c.id == self.first.id,
                     INDEX.c.scope == postings.scope('*', 'samples', 'tags'))
        self.assert_mended({'missing': 2, 'stray': 1}, [self.first.id])

    def test_an_artifact_that_never_was(self):
        gone = str(uuid.uuid4())
        self.stray(gone)
        self.stray(gone, '*')
        self.assert_mended({'stray': 2}, [gone])

    def test_an_artifact_that_is_deleted(self):
        """Whether its row is there yet or not."""
        dead = self.create(name='to go')
        kept = self.index() - self.before
        for purge in (False, True):
            if purge:
                self.execute(sa.delete(ROWS).where(ROWS.c.id == dead.id))
            else:
                self.repository.delete(self.get(dead))
            self.execute(sa.insert(INDEX).values(
                [dict(zip(('scope', 'value', 'id'), row)) for row in kept]))
            self.assert_mended({'stray': len(kept)}, [dead.id])

    def test_what_a_row_notes(self):
        """Alone: the index is right."""
        for text in (json.dumps([['*'], []]), '[]', 'nonsense', 'null'):
            self.note(self.first.id, text)
            self.assert_mended({'noted': 1}, [self.first.id])
        self.assertEqual(self.first, self.get(self.first))

    def test_a_damaged_note_and_rows_too_many(self):
        self.note(self.first.id, 'nonsense')
        self.stray(self.first.id)
        self.assertEqual(0, self.index_command('rebuild')[0])
        self.assert_right()

    def test_members(self):
        """What is shared stands in the lists of those it is shared with."""
        for audience in ('project:m', 'pending:n'):
            scope = postings.scope(audience, 'samples', 'created_at')
            self.assertEqual(1, self.missing(INDEX.c.scope == scope))
        self.stray(self.first.id, 'rejected:n', 'created_at', b'')
        self.assert_mended({'missing': 2, 'stray': 1}, [self.first.id])

    def test_lists_are_whole_again(self):
        self.missing(INDEX.c.value > b'\x01')
        self.index_command('rebuild')
        self.assert_index_is_exact()
        for one in self.made[::7]:
            current = self.get(one)
            self.repository.delete(current)
        self.assert_index_is_exact()

    def test_neither_revision_nor_times_change(self):
        self.missing()
        before = [{**row, 'postings': None} for row in self.rows(ROWS)]
        self.index_command('rebuild')
        self.assertEqual(before, [{**row, 'postings': None}
                                  for row in self.rows(ROWS)])


class TestChosen(ReindexTestCase):

    def test_an_owner(self):
        mine, others = (next(one.id for one in self.made
                             if (one.owner == 'q') is wanted)
                        for wanted in (True, False))
        count = self.missing(INDEX.c.id == mine)
        more = self.missing(INDEX.c.id == others)
        for artifact_id in (mine, others, str(uuid.uuid4())):
            self.stray(artifact_id)
        self.assert_found({'missing': count, 'stray': 1}, [mine],
                          '--owner', 'q', '--type', 'samples')
        self.assertEqual(0, self.index_command('rebuild', '--owner', 'q')[0])
        self.assertEqual(0, self.index_command('check', '--owner', 'q')[0])
        code, found, _ = self.index_command('check')
        self.assertEqual((1, more, 2), (code, found['missing'],
                                        found['stray']))
        self.index_command('rebuild')
        self.assert_right()

    def test_a_type(self):
        self.missing()
        # it has no artifacts
        code, found, named = self.index_command('check', '--type', 'generic')
        self.assertEqual((0, set(), 0), (code, named, found['missing']))
        self.assert_mended({'missing': len(self.before)},
                           [one.id for one in self.made],
                           '--type', 'samples')


class TestMisfits(ReindexTestCase):

    def test_values_of_another_kind(self):
        """Told and left as they are; the rest is mended."""
        with self.database.reader() as conn:
            document = json.loads(conn.scalar(sa.select(
                ROWS.c.document).where(ROWS.c.id == self.first.id)))
        document['fields']['count'] = 'many'
        self.execute(sa.update(ROWS).where(ROWS.c.id == self.first.id)
                     .values(document=json.dumps(document)))
        self.stray(self.first.id)
        count = self.missing(INDEX.c.id == self.made[1].id)
        expected = {'missing': count, 'failed': 1}
        both = {self.first.id, self.made[1].id}
        self.assert_found(expected, both)
        code, found, named = self.index_command('rebuild')
        self.assertEqual((1, both), (code, named))
        self.assertEqual({**NOTHING, **expected},
                         {name: found[name] for name in NOTHING})
        self.assert_found({'failed': 1}, {self.first.id})

    def test_a_type_that_nobody_knows(self):
        self.execute(sa.delete(models.types))
        code, found, named = self.index_command('check')
        self.assertEqual((1, len(self.made)), (code, found['failed']))
        self.assertEqual({one.id for one in self.made}, named)


class Between:
    """A database that something happens to before each write."""

    def __init__(self, reader, write):
        self.reader, self.write = reader, write


class TestWriters(ReindexTestCase):
    """Writers in between, at moments that the test chooses."""

    def work(self, mend=True):
        types = type_versions.TypeVersions(self.database,
                                           registry.Registry(self.types))
        return reindex.Reindex(self.database, types, mend)

    def run_all(self, work, between=lambda number: None):
        """What is found; ``between`` is called before each stage."""
        found = []
        for number, stage in enumerate(work.stages()):
            between(number)
            for _, findings in stage.batches:
                found += findings
        return found

    numbers = itertools.count()

    def change(self, number):
        """Create, change, share and delete."""
        self.create(name='new', version='%d.0.0' % next(self.numbers))
        for artifact in self.made[number::5]:
            if current := self.get(artifact):
                self.repository.save(current, dataclasses.replace(
                    current, tags=['changed %d' % number]))
        self.repository.add_member(
            self.first, 'o%d' % next(self.numbers), -1)
        if current := self.get(self.made[number + 10]):
            self.repository.delete(current)

    def test_what_others_change_is_no_difference(self):
        for mend in (False, True):
            self.assertEqual([], self.run_all(self.work(mend), self.change))
        self.assert_index_is_exact()

    def test_what_is_wrong_is_found_all_the_same(self):
        self.missing(INDEX.c.id == self.first.id)
        self.stray(self.made[1].id)
        found = self.run_all(self.work(), self.change)
        self.assertEqual({self.first.id, self.made[1].id},
                         {one.artifact_id for one in found})
        self.assertEqual([], self.run_all(self.work()))
        self.assert_index_is_exact()

    def before_each_look(self, act):
        """Act right before an artifact is looked at under its lock."""
        def write(look, artifact_id, *args):
            act(artifact_id)
            return self.database.write(look, artifact_id, *args)

        work = self.work()
        work._database = Between(self.database.reader, write)
        return work

    def test_mended_by_a_writer_in_between(self):
        """Whoever writes the artifact anew leaves nothing to mend."""
        self.note(self.first.id, json.dumps([[], []]))
        self.missing(INDEX.c.id == self.first.id)

        def save(artifact_id):
            current = self.get(self.first)
            if artifact_id == current.id and current.revision == 1:
                with self.database.writer() as conn:
                    artifacts.store(
                        conn, artifacts.get(conn, current.id, lock=True),
                        current, factories.FIELDS)

        self.assertEqual([], self.run_all(self.before_each_look(save)))
        self.assert_index_is_exact()

    def test_deleted_in_between(self):
        """What was too much of it is mended nevertheless."""
        self.missing(INDEX.c.id == self.first.id)
        self.stray(self.made[1].id)

        def delete(artifact_id):
            if current := self.get(self.made[1]):
                self.repository.delete(current)
            if current := self.get(self.first):
                with self.database.writer() as conn:
                    conn.execute(sa.delete(ROWS).where(
                        ROWS.c.id == self.first.id))

        found = self.run_all(self.before_each_look(delete))
        self.assertEqual([(self.made[1].id, 0, 1)], [
            (one.artifact_id, len(one.missing), len(one.stray))
            for one in found])
        self.assertEqual([], self.run_all(self.work()))

    def test_goes_on_after_a_kill(self):
        self.missing()

        def killed(artifact_id):
            if artifact_id == self.made[8].id:
                raise KeyboardInterrupt()

        self.assertRaises(KeyboardInterrupt, self.run_all,
                          self.before_each_look(killed))
        there = {artifact_id for *_, artifact_id in self.index()}
        self.assertTrue(0 < len(there) < len(self.made))
        left = self.run_all(self.work())
        self.assertEqual({one.id for one in self.made} - there,
                         {one.artifact_id for one in left})
        self.assert_right()
