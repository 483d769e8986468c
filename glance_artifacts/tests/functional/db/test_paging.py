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

"""Lists against brute force: each artifact once, in order, and no other."""

import dataclasses
import random

import fixtures
import sqlalchemy as sa

from glance_artifacts.db import encoding
from glance_artifacts.db import ids
from glance_artifacts.db import models
from glance_artifacts.db import postings
from glance_artifacts.repository import predicates
from glance_artifacts.tests.functional.db import lists
from glance_artifacts.tests.unit import factories

CALLERS = lists.CALLERS
FIELDS = lists.FIELDS
ROUNDS = lists.ROUNDS
SORTS = lists.SORTS


class TestAgainstBruteForce(lists.ListTestCase):

    def test_random_lists(self):
        rand = self.random
        everything = self.fill(rand, 400)
        found = []
        for _ in range(ROUNDS):
            query = self.random_query(rand, everything)
            found.append(self.assert_walk(
                rand.choice(CALLERS), query, everything,
                shortest=query.limit)[0])
        # neither empty nor everything, mostly
        self.assertGreater(len(set(found)), 20)

    def test_few_in_order_and_many_that_another_filter_leaves(self):
        made = [self.create(version='1.0.%d' % number, fields={
            'flag': True, 'count': number % 40}) for number in range(80)]
        page = self.repository.page(CALLERS[-1], self.query(
            predicates.Predicate(FIELDS['flag'], 'boolean', 'eq', (True,)),
            predicates.Predicate(FIELDS['count'], 'integer', 'eq', (7,)),
            sort='count', limit=5))
        self.assertEqual({made[47].id, made[7].id},
                         {one.id for one in page.artifacts})
        self.assertIsNone(page.next)

    def test_every_sort_both_ways(self):
        everything = self.fill(random.Random(2), 100)
        for sort in SORTS:
            for descending in (False, True):
                count, _ = self.assert_walk(CALLERS[descending], self.query(
                    sort=sort, descending=descending, limit=19), everything)
                self.assertGreater(count, 20)

    def test_one_by_one(self):
        everything = self.fill(random.Random(3), 60)
        for sort in ('created_at', 'count', 'flag'):
            count, pages = self.assert_walk(CALLERS[-1], self.query(
                sort=sort, limit=1), everything)
            self.assertEqual((60, 60), (count, pages))

    def test_an_empty_list(self):
        for caller in CALLERS:
            page = self.repository.page(caller, self.query())
            self.assertEqual(([], None), (page.artifacts, page.next))

    def test_as_many_as_fit(self):
        # neither an empty last page nor one too few
        everything = self.fill(random.Random(4), 30)
        for limit in (29, 30, 31):
            _, pages = self.assert_walk(CALLERS[-1],
                                        self.query(limit=limit), everything)
            self.assertEqual(2 if limit == 29 else 1, pages)


class TestBudget(lists.ListTestCase):
    """A walk that gives up in time, and loses nothing by it."""

    def setUp(self):
        super().setUp()
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.repository.paging.EXAMINED', 5))

    def test_short_pages_go_on(self):
        everything = self.fill(random.Random(5), 100)
        rare = predicates.Predicate(FIELDS['id'], 'string', 'nin',
                                    tuple(one.id for one in everything[3:]))
        for sort in ('created_at', 'name'):
            count, pages = self.assert_walk(
                CALLERS[-1], self.query(rare, sort=sort, limit=1),
                everything)
            self.assertEqual(3, count)
            # ten are looked at for each
            self.assertGreaterEqual(pages, 10)

    def test_random_lists(self):
        rand = self.random
        everything = self.fill(rand, 100)
        for _ in range(ROUNDS // 2):
            query = dataclasses.replace(
                self.random_query(rand, everything),
                limit=rand.choice((1, 2, 5)))
            self.assert_walk(rand.choice(CALLERS), query, everything)

    def test_a_page_may_be_empty_and_yet_go_on(self):
        everything = self.fill(random.Random(7), 40)
        last = min(one.id for one in everything)
        only = predicates.Predicate(FIELDS['pool'], 'string', 'neq', ('x',))
        none = predicates.Predicate(
            FIELDS['id'], 'string', 'nin',
            tuple(one.id for one in everything if one.id != last))
        page = self.repository.page(CALLERS[-1],
                                    self.query(only, none, limit=2))
        self.assertEqual([], page.artifacts)
        self.assertIsNotNone(page.next)
        self.assert_walk(CALLERS[-1], self.query(only, none, limit=2),
                         everything)


class TestStrayPostings(lists.ListTestCase):
    """What should not be in the index shows nothing it should not."""

    def setUp(self):
        super().setUp()
        self.everything = self.fill(random.Random(8), 60)

    def _stray(self, audience, key, value, artifact_id):
        with self.database.writer() as conn:
            conn.execute(sa.insert(models.index).values(
                scope=postings.scope(audience, 'samples', key), value=value,
                id=artifact_id))

    def test_of_an_artifact_that_is_not_for_the_caller(self):
        caller = factories.caller('nobody')
        hidden = [one for one in self.everything if not caller.sees(one)]
        self.assertGreater(len(hidden), 10)
        for one in hidden:
            for key in ('created_at', 'name'):
                self._stray('project:nobody', key,
                            encoding.encode('string', 'a')
                            if key == 'name' else b'', one.id)
        for sort in ('created_at', 'name'):
            self.assert_walk(caller, self.query(sort=sort, limit=3),
                             self.everything)

    def test_of_an_artifact_that_does_not_exist(self):
        for one in self.everything:
            self._stray('project:p', 'created_at', b'',
                        ids.new(one.created_at))
        for limit in (1, 4, 1000):
            self.assert_walk(factories.caller('p'), self.query(limit=limit),
                             self.everything)

    def test_of_an_artifact_that_does_not_match(self):
        value = encoding.encode('string', 'a')
        for one in self.everything:
            if one.fields['word'] != 'a':
                self._stray('project:p', 'word', value, one.id)
        match = predicates.Predicate(FIELDS['word'], 'string', 'eq', ('a',))
        count, _ = self.assert_walk(factories.caller('p'), self.query(match),
                                    self.everything)
        self.assertGreater(count, 0)


class TestPlace(lists.ListTestCase):
    """A bare id as a marker."""

    def test_goes_on_behind_it(self):
        everything = self.fill(random.Random(9), 60)
        for sort in SORTS:
            for caller in (CALLERS[1], CALLERS[-1]):
                query = self.query(sort=sort, limit=9, descending=False)
                expected = lists.brute_force(caller, query, everything)
                for at in (0, 7, len(expected) - 1):
                    after = self.repository.place(caller, query,
                                                  expected[at])
                    shown, _ = self.walk(caller, dataclasses.replace(
                        query, after=after))
                    self.assertEqual(expected[at + 1:], shown)

    def test_stays_good_when_its_artifact_goes(self):
        everything = self.fill(random.Random(10), 40)
        caller = CALLERS[-1]
        for sort in ('created_at', 'word'):
            query = self.query(sort=sort, limit=5)
            page = self.repository.page(caller, query)
            self.repository.delete(page.artifacts[-1])
            gone = page.artifacts[-1].id
            everything = [one for one in everything if one.id != gone]
            rest, _ = self.walk(caller, dataclasses.replace(
                query, after=page.next))
            self.assertEqual(
                lists.brute_force(caller, query, everything),
                [one.id for one in page.artifacts[:-1]] + rest)
