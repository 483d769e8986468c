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

import dataclasses
import itertools
import random
import threading

from glance_artifacts.db import artifacts
from glance_artifacts.db import models
from glance_artifacts.db import shown
from glance_artifacts import exceptions
from glance_artifacts.repository import base as repository_base
from glance_artifacts.tests.functional.db import base
from glance_artifacts.tests.unit import factories

replace = dataclasses.replace


class TestRoundTrip(base.MigratedTestCase):

    def test_what_comes_back_is_what_was_written(self):
        for status, visibility in itertools.product(
                ('drafted', 'active', 'deactivated'),
                ('private', 'public')):
            made = self.create(
                name='\U0001f600 %s %s' % (status, visibility), status=status,
                visibility=visibility, version='1.2.3-a+b',
                description='d\n\U0010ffff', tags=['a', 'b ', '\xff'],
                metadata={'k': '', '\u0301': '"\\'}, fields={
                    'word': '', 'count': -2 ** 63, 'ratio': 5e-324,
                    'flag': False, 'words': ['x', 'x'], 'secret': 's',
                    'moment': '2026-01-02T03:04:05.000006Z',
                    'scores': {'a': 1.0}, 'prose': 'p' * 70000})
            self.assertEqual(made, self.get(made))
            with self.database.reader() as conn:
                found = shown.get_many(conn, [made.id], folders=False)
            self.assertEqual(replace(made, postings=None), found[made.id])

    def test_longest_values(self):
        emoji = '\U0001f600'
        made = self.create(
            name=emoji * 255, owner='o' * 64,
            version='1.0.0-' + 'a' * 122, tags=[emoji * 255],
            metadata={emoji * 255: emoji * 4096})
        self.assertEqual(made, self.get(made))

    def test_what_is_not_there(self):
        made = self.create()
        gone = self.create(name='gone')
        self.repository.delete(gone)
        with self.database.reader() as conn:
            self.assertIsNone(artifacts.get(conn, gone.id))
            self.assertEqual({}, shown.get_many(conn, [], folders=False))
            self.assertEqual([made.id], list(shown.get_many(
                conn, [made.id, gone.id, factories.artifact().id],
                folders=False)))


class TestNames(base.MigratedTestCase):

    def _taken(self, **values):
        error = self.assertRaises(exceptions.Duplicate, self.create,
                                  **values)
        self.assertEqual((409, 'artifact.exists'),
                         (error.status, error.code))

    def test_taken_once(self):
        self.create(name='n', version='1.0.0')
        for status in ('drafted', 'active', 'deactivated'):
            self._taken(name='n', version='1.0.0', status=status)
        self.assertEqual(1, len(self.rows(models.artifacts)))
        self.assert_index_is_exact()

    def test_by_owner_type_name_and_version(self):
        self.create(name='n', version='1.0.0')
        self.create(name='n', version='1.0.0', owner='q')
        self.create(name='n', version='1.0.0+b')
        self.create(name='m', version='1.0.0')

    def test_names_are_compared_by_code_point(self):
        names = ('a', 'A', 'a ', ' a', 'a\t', '\xe4', 'a\u0308', '\xc4',
                 'ss', '\xdf', '\U0001f600', '\U0001f601', '\uff41')
        for name in names:
            self.create(name=name)
            self._taken(name=name)
        for owner in ('P', 'p '):
            self.create(name='a', owner=owner)

    def test_a_deleted_name_is_free(self):
        for _ in range(3):
            made = self.create(name='n')
            self._taken(name='n')
            self.repository.delete(made)
        self.create(name='n')
        self.assertEqual(4, len(self.rows(models.artifacts)))
        self.assert_index_is_exact()

    def test_a_draft_cannot_take_a_name_that_is_taken(self):
        self.create(name='n')
        draft = self.create(name='m', status='drafted')
        self.assertRaises(exceptions.Duplicate, self.repository.save, draft,
                          replace(draft, name='n', tags=['t']))
        self.assertEqual(draft, self.get(draft))
        self.assert_index_is_exact()
        saved = self.repository.save(draft, replace(draft, name='l'))
        self.assertEqual('l', self.get(saved).name)
        self.create(name='m')


class TestSave(base.MigratedTestCase):

    def test_revision_and_time(self):
        made = self.create()
        saved = self.repository.save(made, replace(made, tags=['a']))
        self.assertEqual((2, ['a']), (saved.revision, saved.tags))
        self.assertLess(made.updated_at, saved.updated_at)
        self.assertEqual(saved, self.get(made))

    def test_stale(self):
        made = self.create()
        saved = self.repository.save(made, replace(made, tags=['a']))
        self.assertRaises(repository_base.Stale, self.repository.save, made,
                          replace(made, tags=['b']))
        self.assertRaises(repository_base.Stale, self.repository.delete,
                          made)
        self.assertEqual(saved, self.get(made))

    def test_deleted_meanwhile(self):
        made = self.create()
        self.repository.delete(made)
        self.assertRaises(exceptions.NotFound, self.repository.save, made,
                          made)
        self.assertRaises(exceptions.NotFound, self.repository.delete, made)

    def test_blobs_are_not_what_the_caller_thinks(self):
        made = self.create(status='drafted')
        self.repository.save(made, replace(made, blobs={
            ('data', ''): factories.blob()}))
        self.assertEqual({}, self.get(made).blobs)

    def test_what_is_deleted_is_in_no_list(self):
        made = self.create(visibility='public', tags=['a'])
        self.assertNotEqual([], self.rows(models.index))
        self.repository.delete(made)
        self.assertEqual([], self.rows(models.index))


class TestGet(base.MigratedTestCase):

    def test_only_what_the_caller_sees(self):
        made = {name: self.create(name=name, status=status,
                                  visibility=visibility)
                for name, status, visibility in (
                    ('draft', 'drafted', 'public'),
                    ('private', 'active', 'private'),
                    ('public', 'deactivated', 'public'))}
        for caller, seen in (
                (factories.caller('p'), {'draft', 'private', 'public'}),
                (factories.caller('q'), {'public'}),
                (factories.caller(None), {'public'}),
                (factories.caller('q', True),
                 {'draft', 'private', 'public'})):
            for name, artifact in made.items():
                if name in seen:
                    self.assertEqual(
                        replace(artifact, postings=None),
                        self.repository.get(caller, 'samples', artifact.id))
                else:
                    self.assertRaises(
                        exceptions.NotFound, self.repository.get, caller,
                        'samples', artifact.id)

    def test_of_another_type(self):
        made = self.create()
        self.assertRaises(exceptions.NotFound, self.repository.get,
                          factories.caller(), 'others', made.id)


class TestIndex(base.MigratedTestCase):

    def test_exact_after_whatever_happened(self):
        rand, live = random.Random(1), []
        for n in range(100):
            what = rand.random()
            if what < 0.4 or not live:
                live.append(self.create(name='n%d' % n, **_values(rand)))
            elif what < 0.85:
                one = live.pop(rand.randrange(len(live)))
                live.append(self.repository.save(one, replace(
                    one, **_values(rand))))
            else:
                self.repository.delete(live.pop(rand.randrange(len(live))))
        self.assertGreater(len(live), 10)
        self.assert_index_is_exact()
        for one in live:
            self.repository.delete(one)
        self.assertEqual([], self.rows(models.index))

    def test_a_delete_is_exact_whatever_became_of_the_type(self):
        made = self.create(fields={'word': 'w', 'count': 1})
        with self.database.writer() as conn:
            current = artifacts.get(conn, made.id, lock=True)
            artifacts.store(conn, current, replace(current, tags=['t']), {})
        saved = self.get(made)
        self.assertEqual('w', saved.fields['word'])
        self.repository.delete(saved)
        self.assertEqual([], self.rows(models.index))

    def test_a_great_many_rows(self):
        made = self.create(
            tags=['t%d' % n for n in range(255)],
            metadata={'k%d' % n: 'v' for n in range(255)},
            visibility='public')
        self.assert_index_is_exact()
        saved = self.repository.save(made, replace(made, tags=[],
                                                   metadata={}))
        self.assert_index_is_exact()
        self.repository.delete(saved)
        self.assertEqual([], self.rows(models.index))


def _values(rand):
    return {
        'status': rand.choice(('drafted', 'active', 'deactivated')),
        'visibility': rand.choice(('private', 'public')),
        'owner': rand.choice('pq'), 'version': '%d.0.0' % rand.randrange(9),
        'tags': rand.sample('abcdef', rand.randrange(4)),
        'metadata': {key: rand.choice('xy')
                     for key in rand.sample('kl', rand.randrange(3))},
        'fields': {'count': rand.choice((None, 1, 2)),
                   'word': rand.choice((None, '', 'w')),
                   'words': rand.sample('xyz', rand.randrange(3))}}


class TestTogether(base.MigratedTestCase):
    """Several threads, as those of one glance-api and of several."""

    THREADS = 8

    def _run(self, work):
        """What each thread ends with; ``work(repository, number)``."""
        barrier, results = threading.Barrier(self.THREADS), []

        def run(number):
            barrier.wait()
            try:
                results.append(work(number))
            except Exception as exc:
                results.append(exc)

        threads = [threading.Thread(target=run, args=(number,))
                   for number in range(self.THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    def _split(self, results):
        failed = [one for one in results if isinstance(one, Exception)]
        return [one for one in results if one not in failed], failed

    def test_creating(self):
        def work(number):
            return [self.create(name='%d/%d' % (number, n), tags=['t'])
                    for n in range(6)]
        made, failed = self._split(self._run(work))
        self.assertEqual([], failed)
        self.assertEqual(self.THREADS * 6, len(self.rows(models.artifacts)))
        self.assertEqual(self.THREADS, len(made))
        self.assert_index_is_exact()

    def test_creating_the_same(self):
        made, failed = self._split(self._run(
            lambda number: self.create(name='n')))
        self.assertEqual(1, len(made))
        self.assertEqual({exceptions.Duplicate}, set(map(type, failed)))
        self.assert_index_is_exact()

    def test_saving_the_same(self):
        artifact = self.create()
        saved, failed = self._split(self._run(
            lambda number: self.repository.save(
                artifact, replace(artifact, tags=['t%d' % number]))))
        self.assertEqual(1, len(saved))
        self.assertEqual({repository_base.Stale}, set(map(type, failed)))
        self.assertEqual(saved[0], self.get(artifact))
        self.assert_index_is_exact()

    def test_saving_and_trying_again(self):
        artifact = self.create()

        def work(number):
            while True:
                current = self.get(artifact)
                try:
                    return self.repository.save(current, replace(
                        current, tags=[*current.tags, 't%d' % number]))
                except repository_base.Stale:
                    continue

        saved, failed = self._split(self._run(work))
        self.assertEqual([], failed)
        self.assertEqual(['t%d' % n for n in range(self.THREADS)],
                         sorted(self.get(artifact).tags))
        self.assertEqual(self.THREADS + 1, self.get(artifact).revision)
        self.assertEqual(self.THREADS, len(saved))
        self.assert_index_is_exact()

    def test_deleting_and_saving(self):
        artifact = self.create()

        def work(number):
            if number == 0:
                return self.repository.delete(artifact)
            return self.repository.save(artifact, artifact)

        done, failed = self._split(self._run(work))
        self.assertEqual(1, len(done))
        self.assertEqual([], [one for one in failed if not isinstance(
            one, repository_base.Stale | exceptions.NotFound)])
        self.assert_index_is_exact()
