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
import itertools

from oslotest import base

from glance_artifacts.db import encoding
from glance_artifacts.db import ids
from glance_artifacts.db import listing
from glance_artifacts.repository import orders
from glance_artifacts.repository import predicates
from glance_artifacts.repository import windows
from glance_artifacts.tests.unit import factories
from glance_artifacts.types import common

EARLY, LATE = '2026-01-01T00:00:00.000000Z', '2026-02-01T00:00:00.000000Z'
FIRST, LAST = '0001-01-01T00:00:00.000000Z', '9999-12-31T23:59:59.999999Z'
ID, OTHER = sorted(ids.new(factories.MOMENT) for _ in range(2))


def _predicate(name, op, *values):
    field = common.COMMON.get(name) or factories.FIELDS[name]
    of = field.of if field.kind == 'list' else field
    return predicates.Predicate(field, of.kind, op, values)


def _walk(key):
    return listing.Walk(('samples',), ('*',), key, True)


def _moment(text):
    return datetime.datetime.fromisoformat(text)


class TestOfValues(base.BaseTestCase):

    def test_filters_on_the_key_of_the_list(self):
        low, high = (encoding.encode('integer', n) for n in (2, 5))
        for filters, expected in (
                ([], (None, None)),
                ([('count', 'gte', 2)], (low, None)),
                ([('count', 'lte', 5)], (b'\x01', high + encoding.ABOVE)),
                ([('count', 'gte', 2), ('count', 'lte', 5)],
                 (low, high + encoding.ABOVE)),
                ([('count', 'lte', 5), ('count', 'gte', 2)],
                 (low, high + encoding.ABOVE)),
                ([('count', 'gt', 2), ('count', 'gte', 5)], (high, None)),
                ([('count', 'gt', 2), ('count', 'lt', 5)],
                 (low + encoding.ABOVE, high)),
                ([('count', 'neq', 2)], (None, None)),
                ([('count', 'in', 2, 5)], (None, None)),
                ([('count', 'eq', 2)], (low, low + encoding.ABOVE)),
                ([('count', 'null', True)],
                 (encoding.ABSENT, encoding.ABOVE)),
                ([('count', 'null', False)], (encoding.PRESENT, None)),
                ([('word', 'eq', 'a')], (None, None))):
            walk = windows.of_values(_walk('count'), tuple(
                _predicate(*one) for one in filters))
            self.assertEqual(expected, (walk.low, walk.high), filters)

    def test_like(self):
        walk = windows.of_values(_walk('word'),
                                 (_predicate('word', 'like', 'ab%c%'),))
        for text, inside in (('ab', True), ('abz', True), ('aa', False),
                             ('ab\U0010ffff', True), ('b', False),
                             ('ac', False), ('a', False)):
            stands = encoding.encode('string', text)
            self.assertEqual(inside, walk.low <= stands < walk.high, text)

    def test_of_one_key_of_several(self):
        either = predicates.AnyOf((_predicate('count', 'eq', 1),
                                   _predicate('count', 'eq', 2)))
        self.assertEqual(_walk('count'),
                         windows.of_values(_walk('count'), (either,)))

    def test_one_value_is_known_as_one(self):
        for value in ('a', 'x' * 5000):
            walk = windows.of_values(_walk('long'), (
                _predicate('long', 'eq', value),))
            self.assertTrue(walk.one_value)


class TestOfFields(base.BaseTestCase):

    def spans(self, *filters, key='created_at'):
        return windows.of_fields(tuple(
            one if isinstance(one, predicates.AnyOf) else _predicate(*one)
            for one in filters), key)

    def one_span(self, *filters):
        ((span,),) = self.spans(*filters)
        return span.low, span.high

    def encoded(self, kind, *values):
        return [encoding.encode(kind, value) for value in values]

    def test_two_bounds_are_one_part(self):
        two, five = self.encoded('integer', 2, 5)
        between = two, five + encoding.ABOVE
        for filters, expected in (
                ([('gte', 2), ('lt', 5)], (two, five)),
                ([('lte', 5), ('gt', 2)],
                 (two + encoding.ABOVE, five + encoding.ABOVE)),
                # the tightest wins
                ([('gte', 0), ('gte', 2), ('lt', 7), ('lte', 5)], between),
                ([('gt', 2), ('gte', 2), ('lt', 5), ('lte', 5)],
                 (two + encoding.ABOVE, five)),
                ([('gte', 2), ('lte', 5), ('neq', 3)], between),
                ([('null', False), ('gte', 2)], (two, None)),
                ([('gte', 2), ('eq', 5)], (five, five + encoding.ABOVE)),
                ([('in', 0, 2, 5), ('gte', 2), ('lt', 4)],
                 (two, two + encoding.ABOVE)),
                ([('in', 0, 2), ('in', 2, 5)], (two, two + encoding.ABOVE))):
            self.assertEqual(expected, self.one_span(
                *(('count', *one) for one in filters)), filters)

    def test_of_every_kind_of_one_value(self):
        for name, kind, low, high in (
                ('version', 'semver', '1.0.0', '2.0.0'),
                ('updated_at', 'datetime', EARLY, LATE),
                ('word', 'string', 'a', 'b'), ('ratio', 'float', -1.0, 0.5),
                ('moment', 'datetime', EARLY, LATE)):
            first, last = self.encoded(kind, low, high)
            self.assertEqual((first, last + encoding.ABOVE), self.one_span(
                (name, 'gte', low), (name, 'lte', high)), name)

    def test_of_one_entry_of_a_map(self):
        field = factories.FIELDS['scores']

        def bound(key, op, value):
            return predicates.Predicate(field, 'float', op, (value,), key)

        found = windows.of_fields((
            bound('k', 'gte', 0.0), bound('l', 'gte', 0.0),
            bound('k', 'lte', 1.0)), 'created_at')
        low, high = (encoding.member('float', 'k', value)
                     for value in (0.0, 1.0))
        self.assertEqual(2, len(found))
        self.assertEqual(
            ((listing.Span('scores', low, high + encoding.ABOVE),)), found[0])

    def test_of_many_values_each_by_itself(self):
        """One item may be above the one bound, another below the other."""
        low, high = self.encoded('integer', 5, 2)
        self.assertEqual(
            [(listing.Span('counts', low, None),),
             (listing.Span('counts', encoding.PRESENT, high),)],
            self.spans(('counts', 'gte', 5), ('counts', 'lt', 2)))

    def test_one_of_several_stands_for_itself(self):
        either = predicates.AnyOf((_predicate('count', 'eq', 1),
                                   _predicate('count', 'eq', 2)))
        self.assertEqual([1, 2], sorted(map(len, self.spans(
            ('count', 'gte', 1), either))))

    def test_several_values_that_are_left(self):
        ((*spans,),) = self.spans(('count', 'in', 0, 2, 5, 9),
                                  ('count', 'gt', 1), ('count', 'lte', 5))
        self.assertEqual(
            [listing.Span.of('count', value)
             for value in self.encoded('integer', 2, 5)],
            sorted(spans, key=lambda span: span.low))

    def test_nothing_is_left(self):
        for filters in (
                [('gt', 5), ('lt', 2)], [('eq', 1), ('eq', 2)],
                [('eq', 1), ('gte', 2)], [('in', 1, 2), ('in', 3, 4)],
                [('in', 1, 2), ('gte', 3)], [('null', True), ('gte', 3)],
                [('null', True), ('null', False)]):
            ((span,),) = self.spans(*(('count', *one) for one in filters))
            self.assertTrue(span.is_empty, filters)

    def test_what_narrows_the_list_that_is_walked(self):
        for filters in ([('count', 'gte', 1)],
                        [('count', 'gte', 1), ('count', 'lt', 5)],
                        [('count', 'gte', 1), ('count', 'neq', 5)]):
            self.assertEqual([], self.spans(*filters, key='count'))
        one, _ = self.encoded('integer', 1, 5)
        self.assertEqual([(listing.Span.of('count', one),)], self.spans(
            ('count', 'in', 1, 5), ('count', 'lt', 3), key='count'))

    def test_what_has_no_list(self):
        self.assertEqual([], self.spans(('pool', 'eq', 'general'),
                                        ('name', 'neq', 'a')))


class TestOfIds(base.BaseTestCase):

    def _window(self, *filters):
        walk = windows.of_ids(_walk('created_at').only(encoding.ABSENT),
                              tuple(_predicate(*one) for one in filters))
        return walk.first_id, walk.last_id

    def test_times_of_creation(self):
        made = {text: [ids.new(_moment(text) + n * datetime.timedelta(
            microseconds=1)) for n in (-1, 0, 1)] for text in (EARLY, LATE)}
        everything = [*made[EARLY], *made[LATE]]
        for op, text in itertools.product(
                ('eq', 'gt', 'gte', 'lt', 'lte'), made):
            predicate = _predicate('created_at', op, text)
            first, last = self._window(('created_at', op, text))
            for one in everything:
                at = (int(one[:8] + one[9:13], 16) * 1000
                      + (int(one.replace('-', ''), 16) >> 66 & 0x3ff))
                moment = (datetime.datetime(1970, 1, 1,
                                            tzinfo=factories.UTC)
                          + datetime.timedelta(microseconds=at))
                self.assertEqual(
                    predicate.matches(factories.artifact(created_at=moment)),
                    (first or '') <= one and (last is None or one < last),
                    (op, text, one))

    def test_together(self):
        late = ids.first_of(_moment(LATE))
        self.assertEqual((late, late), self._window(
            ('created_at', 'gt', EARLY), ('created_at', 'gte', LATE),
            ('created_at', 'lte', LAST), ('created_at', 'lt', LATE)))

    def test_the_ends_of_time(self):
        made = ids.new(factories.MOMENT)
        for text, op, inside in (
                (FIRST, 'gt', True), (FIRST, 'gte', True),
                (FIRST, 'lt', False), (FIRST, 'lte', False),
                (FIRST, 'eq', False), (LAST, 'gt', False),
                (LAST, 'gte', False), (LAST, 'lt', True),
                (LAST, 'lte', True), (LAST, 'eq', False)):
            first, last = self._window(('created_at', op, text))
            self.assertEqual(inside, (first or '') <= made and (
                last is None or made < last), (op, text))

    def test_no_window(self):
        for one in (('created_at', 'neq', LATE), ('count', 'eq', 1),
                    ('created_at', 'in', EARLY, LATE), ('id', 'neq', ID),
                    ('id', 'nin', ID, OTHER)):
            first, last = self._window(one)
            self.assertLessEqual(first or '', ids.first_of(_moment(FIRST)))
            self.assertIsNone(last)

    def test_of_one_moment(self):
        key = orders.key(common.COMMON['created_at'], True)
        tied = predicates.Tied(key, ids.tick(ID))
        walk = windows.of_ids(_walk('created_at').only(encoding.ABSENT),
                              (tied,))
        for one in (ID, OTHER):
            self.assertTrue(walk.first_id <= one < walk.last_id)
        later = ids.new(factories.MOMENT + datetime.timedelta(microseconds=1))
        self.assertFalse(walk.first_id <= later < walk.last_id)

    def test_ids(self):
        for filters, inside, outside in (
                ([('id', 'eq', ID)], [ID], [OTHER]),
                ([('id', 'in', OTHER, ID)], [ID, OTHER], []),
                ([('id', 'eq', ID), ('id', 'eq', OTHER)], [], [ID, OTHER]),
                ([('id', 'in', 'x', ID, '')], [ID], [OTHER])):
            first, last = self._window(*filters)
            for one in inside:
                self.assertTrue(first <= one < last, filters)
            for one in outside:
                self.assertFalse(first <= one < last, filters)

    def test_what_is_no_id_has_no_place(self):
        for value in ('', 'x', ID.upper(), ID + '\n', 'zz'):
            first, last = self._window(('id', 'eq', value))
            self.assertEqual(first, last)

    def test_the_highest_of_all_is_no_id_of_ours(self):
        highest = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
        for filters in ([('id', 'eq', highest)], [('id', 'in', highest, ID)]):
            first, last = self._window(*filters)
            self.assertLessEqual(first, last)
            self.assertLessEqual(last, highest)
