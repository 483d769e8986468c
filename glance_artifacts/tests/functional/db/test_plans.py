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

"""Which lists are walked for a query, and how."""

import dataclasses
import random

import fixtures

from glance_artifacts.db import encoding
from glance_artifacts.repository import paging
from glance_artifacts.repository import plans
from glance_artifacts.repository import predicates
from glance_artifacts.tests.functional.db import explained
from glance_artifacts.tests.functional.db import lists
from glance_artifacts.tests.functional.db import shapes
from glance_artifacts.tests.unit import factories

FIELDS = lists.FIELDS


def _filter(name, op, *values, key=None):
    field = FIELDS[name]
    of = field.of if field.kind in ('list', 'dict') else field
    return predicates.Predicate(field, of.kind, op, values, key)


#: Of many artifacts each, and of few.
MANY = _filter('type_version', 'eq', '1.0')
ALSO_MANY = _filter('visibility', 'in', 'private', 'public')
FEW = _filter('name', 'eq', 'a1')
FEW_BY_PATTERN = _filter('name', 'like', 'ab%')


class TestPlans(lists.ListTestCase):

    FEWEST = 30

    def setUp(self):
        super().setUp()
        self.made = self.fill(random.Random(1), 200)

    def plan(self, *filters, **kwargs):
        query = self.query(*filters, **kwargs)
        with self.database.reader() as conn:
            return plans.make(conn, ('*',), query, self.FEWEST)

    def keys(self, plan):
        return [walk.key for walk in plan.walks]

    def assert_plan(self, keys, in_order, plan):
        self.assertEqual((keys, in_order),
                         (sorted(self.keys(plan)), plan.in_order))

    def test_the_list_of_the_order(self):
        for sort in ('created_at', 'name', 'count'):
            self.assert_plan([sort], True, self.plan(sort=sort))
        self.assert_plan(['name'], True, self.plan(
            sort=(lists.key('name'), lists.key('version', False))))
        self.assert_plan(['created_at'], True, self.plan(sort='type_name'))

    def test_ids_are_the_order(self):
        self.assert_plan(['type_version'], True, self.plan(MANY))
        self.assert_plan(['visibility'] * 2, True, self.plan(ALSO_MANY))
        self.assert_plan(['name'], True, self.plan(MANY, FEW, ALSO_MANY))
        either = predicates.AnyOf((FEW, MANY))
        plan = self.plan(either)
        self.assert_plan(['name', 'type_version'], True, plan)
        self.assertTrue(plan.along_ids)

    def test_few_are_put_in_order_here(self):
        self.assert_plan(['name'], False, self.plan(FEW_BY_PATTERN, MANY))
        for sort in ('version', (lists.key('flag'), lists.key('count'))):
            self.assert_plan(['name'], False, self.plan(FEW, MANY, sort=sort))

    def test_many_are_not(self):
        self.assert_plan(['count'], True,
                         self.plan(MANY, ALSO_MANY, sort='count'))
        self.assert_plan(['created_at'], True,
                         self.plan(_filter('name', 'null', False)))

    def test_filters_on_the_key_of_the_order(self):
        plan = self.plan(FEW_BY_PATTERN, sort='name')
        self.assert_plan(['name'], True, plan)
        (walk,) = plan.walks
        self.assertEqual(encoding.encode('string', 'ab'), walk.low)

    def test_times_and_ids_narrow_every_order(self):
        plan = self.plan(_filter('id', 'in', self.made[0].id), sort='name')
        self.assert_plan(['created_at'], False, plan)

    def test_of_what_nothing_can_be_there_is_no_list(self):
        for filters in ([_filter('id', 'in', 'x')],
                        [_filter('count', 'gt', 1), _filter('count', 'lt', 1)],
                        [FEW, _filter('name', 'eq', 'b1'), MANY]):
            for sort in ('created_at', 'name', 'count'):
                plan = self.plan(*filters, sort=sort)
                self.assertFalse(any(walk.lists for walk in plan.walks))

    def test_what_has_no_list_is_walked(self):
        for one in (_filter('pool', 'eq', 'general'),
                    _filter('name', 'neq', 'a'),
                    predicates.AnyOf((FEW, _filter('word', 'neq', 'a')))):
            self.assert_plan(['created_at'], True, self.plan(one))

    def test_more_lists_than_are_merged(self):
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.repository.plans.BRANCHES', 3))
        names = _filter('name', 'in', *'abcd')
        self.assert_plan(['created_at'], True, self.plan(names))
        self.assert_plan(['visibility'] * 2, True,
                         self.plan(names, ALSO_MANY))

    def test_types_that_a_filter_leaves(self):
        for filters, expected in (
                ([_filter('type_name', 'eq', 'x')], ()),
                ([_filter('type_name', 'neq', 'x')], ('samples',)),
                ([_filter('type_name', 'null', True)], ())):
            (walk,) = self.plan(*filters).walks
            self.assertEqual(expected, walk.type_names)
        page = self.repository.page(
            lists.CALLERS[-1], self.query(_filter('type_name', 'eq', 'x')))
        self.assertEqual(([], None), (page.artifacts, page.next))


class TestStatements(lists.ListTestCase):
    """SQLite finds what is asked for in an index, whatever there is.

    What others do hangs on how much there is: see ``bench.plans``.
    """

    def setUp(self):
        super().setUp()
        if self.database.engine.dialect.name != 'sqlite':
            self.skipTest('its plans hang on how much there is')
        self.made = self.fill(random.Random(1), 60)

    def assert_found_by_keys(self, statements):
        self.assertTrue(statements)
        with self.database.reader() as conn:
            for one in statements:
                if not one.text.startswith('INSERT'):
                    plan = explained.plan(conn, one)
                    self.assertFalse(
                        [line for line in plan if 'SCAN gart_' in line
                         or line.endswith('(type_name=?)')],
                        '%s\n%s' % (one.text, plan))

    def test_of_each_shape(self):
        for shape in shapes.SHAPES:
            with self.database.reader() as conn:
                query = shape.query(conn)
                with explained.recorded(self.database.engine) as statements:
                    paging.page(conn, shape.caller, query)
            self.assert_found_by_keys(statements)

    def test_of_changes(self):
        first, second = self.made[:2]
        for change in (
                lambda: self.create(name='new'),
                lambda: self.repository.save(first, dataclasses.replace(
                    first, name='renamed', tags=['x'], visibility='shared')),
                lambda: self.repository.add_member(self.get(first), 'm', -1),
                lambda: self.repository.remove_member(self.get(first), 'm'),
                lambda: self.repository.get(factories.caller('q', True),
                                            'samples', first.id),
                lambda: self.repository.delete(second)):
            with explained.recorded(self.database.engine) as statements:
                change()
            self.assert_found_by_keys(statements)
