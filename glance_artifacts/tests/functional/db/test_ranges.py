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

"""Several bounds on one field: one part of its list, and the right one."""

import dataclasses

from glance_artifacts.db import encoding
from glance_artifacts.repository import paging
from glance_artifacts.repository import plans
from glance_artifacts.repository import predicates
from glance_artifacts.tests.functional.db import explained
from glance_artifacts.tests.functional.db import lists

FIELDS = lists.FIELDS
#: Of one value, of many, of a map; common ones and a type's own.
RANGED = ('version', 'created_at', 'updated_at', 'activated_at', 'name',
          'count', 'ratio', 'moment', 'word', 'long', 'words', 'counts',
          'scores')
OPERATORS = ('gt', 'gte', 'lt', 'lte', 'gte', 'lt', 'eq', 'in', 'null')


def _bound(name, op, *values):
    field = FIELDS[name]
    of = field.of if field.kind == 'list' else field
    return predicates.Predicate(field, of.kind, op, values)


class TestAgainstBruteForce(lists.ListTestCase):

    def bounds(self, name, some):
        """Two to four filters on one field, or on one entry of a map."""
        field, rand = FIELDS[name], self.random
        key = 'k' if field.kind == 'dict' else None
        of = field.of if field.kind in ('list', 'dict') else field
        values = [value for one in some
                  for value in lists.found(field, key, one)]
        for op in rand.sample(OPERATORS, rand.choice((2, 2, 3, 4))):
            wanted = ((rand.random() < 0.1,) if op == 'null' else tuple(
                rand.sample(values, 3 if op == 'in' else 1)))
            yield predicates.Predicate(field, of.kind, op, wanted, key)

    def test_random_bounds(self):
        everything = self.fill(self.random, 300)
        found = set()
        for turn in range(lists.ROUNDS):
            name = RANGED[turn % len(RANGED)]
            query = self.query(
                *self.bounds(name, everything), limit=7,
                sort=self.random.choice(('created_at', 'count', 'version',
                                         'updated_at')),
                descending=self.random.random() < 0.5)
            found.add(self.assert_walk(
                self.random.choice(lists.CALLERS), query, everything)[0])
        self.assertGreater(len(found), 10)


class TestPlans(lists.ListTestCase):

    FEW = 5

    def setUp(self):
        super().setUp()
        self.made = [self.create(
            version='1.%d.0' % number, tags=['%d' % number],
            fields={'count': number, 'counts': [number, 99 - number]})
            for number in range(60)]

    def find(self, *filters, **more):
        """The plan, what it finds and the statements that find it."""
        query = self.query(*filters, **more)
        with self.database.reader() as conn:
            with explained.recorded(self.database.engine) as statements:
                page = paging.page(conn, lists.CALLERS[-1], query)
            plan = plans.make(conn, ('*',), query, self.FEW)
        self.assertIsNone(page.next)
        return plan, [one.id for one in page.artifacts], statements

    def ids(self, *numbers):
        return [self.made[number].id for number in numbers]

    def test_two_bounds_are_one_short_list(self):
        for name, low, high in (('count', 7, 9),
                                ('version', '1.7.0', '1.9.0')):
            plan, found, _ = self.find(_bound(name, 'gte', low),
                                       _bound(name, 'lt', high))
            (walk,) = plan.walks
            self.assertEqual((name, 2), (walk.key, plan.count))
            self.assertEqual(encoding.encode(FIELDS[name].kind, low),
                             walk.low)
            self.assertEqual(set(self.ids(7, 8)), set(found))

    def test_in_another_order_and_with_another_filter(self):
        plan, found, _ = self.find(
            _bound('count', 'gt', 7), _bound('count', 'lte', 9),
            _bound('type_version', 'eq', '1.0'), sort='version',
            descending=False)
        self.assertEqual(['count'], [walk.key for walk in plan.walks])
        self.assertEqual(self.ids(8, 9), found)

    def test_nothing_is_found_without_looking(self):
        early, late = (one.created_at.isoformat()
                       for one in (self.made[0], self.made[-1]))
        for bounds in (
                (('count', 'gt', 9), ('count', 'lt', 9)),
                (('count', 'eq', 1), ('count', 'eq', 2)),
                (('version', 'gte', '3.0.0'), ('version', 'lt', '2.0.0')),
                (('created_at', 'gt', late), ('created_at', 'lt', early))):
            filters = [_bound(*one) for one in bounds]
            for sort in ('created_at', 'count', 'version', 'updated_at',
                         (lists.key('count'), lists.key('name'))):
                _, found, statements = self.find(*filters, sort=sort)
                self.assertEqual(([], []), (found, statements),
                                 (bounds, sort))

    def test_items_of_a_list_pass_one_bound_each(self):
        self.assertTrue(all(FIELDS[name].kind == 'list'
                            for name in ('counts', 'tags')))
        _, found, _ = self.find(_bound('counts', 'gt', 90),
                                _bound('counts', 'lt', 3))
        self.assertEqual(set(self.ids(0, 1, 2)), set(found))
        _, found, _ = self.find(_bound('tags', 'eq', '1'),
                                _bound('tags', 'eq', '2'))
        self.assertEqual([], found)
        both = dataclasses.replace(self.made[5], tags=['1', '2'])
        self.repository.save(self.made[5], both)
        _, found, _ = self.find(_bound('tags', 'eq', '1'),
                                _bound('tags', 'eq', '2'))
        self.assertEqual(self.ids(5), found)
