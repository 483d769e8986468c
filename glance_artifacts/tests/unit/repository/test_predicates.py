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

import itertools
import math
import random
import re

from oslotest import base

from glance_artifacts.db import postings
from glance_artifacts.repository import orders
from glance_artifacts.repository import predicates
from glance_artifacts.tests.unit import factories
from glance_artifacts.types import common


def _predicate(name, op, *values, key=None):
    field = common.COMMON.get(name) or factories.FIELDS[name]
    of = field.of if field.kind in ('list', 'dict') else field
    return predicates.Predicate(field, of.kind, op, values, key)


class TestMatches(base.BaseTestCase):

    def _assert_table(self, record, *rows):
        for expected, name, op, *values in rows:
            self.assertIs(
                expected, _predicate(name, op, *values).matches(record),
                '%s %s %s' % (name, op, values))

    def test_one_value(self):
        self._assert_table(
            factories.artifact(fields={'count': 5}),
            (True, 'count', 'eq', 5), (False, 'count', 'eq', 6),
            (False, 'count', 'neq', 5), (True, 'count', 'neq', 6),
            (True, 'count', 'in', 4, 5), (False, 'count', 'in', 4, 6),
            (False, 'count', 'nin', 4, 5), (True, 'count', 'nin', 4, 6),
            (False, 'count', 'gt', 5), (True, 'count', 'gt', 4),
            (True, 'count', 'gte', 5), (False, 'count', 'gte', 6),
            (False, 'count', 'lt', 5), (True, 'count', 'lt', 6),
            (True, 'count', 'lte', 5), (False, 'count', 'lte', 4))

    def test_no_value(self):
        # only neq and nin match what is not there
        for name, value in (('count', 5), ('words', 'a'), ('tags', 'a'),
                            ('word', ''), ('flag', False)):
            self._assert_table(
                factories.artifact(),
                (False, name, 'eq', value), (True, name, 'neq', value),
                (False, name, 'in', value), (True, name, 'nin', value),
                (False, name, 'gt', value), (False, name, 'gte', value),
                (False, name, 'lt', value), (False, name, 'lte', value))

    def test_a_value_of_another_kind(self):
        # kept by an older type version: as good as none
        for name, wanted, kept in (
                ('count', 5, ('5', 1.5, ['5'], {'a': 5})),
                ('ratio', 0.5, ('0.5', {'a': 0.5})),
                ('moment', '2026-01-01T00:00:00Z', ('now', 5, [5])),
                ('word', '5', (5, {'5': 5}, [5]))):
            for value in kept:
                self._assert_table(
                    factories.artifact(fields={name: value}),
                    (False, name, 'eq', wanted), (True, name, 'neq', wanted),
                    (False, name, 'gt', wanted), (False, name, 'lt', wanted),
                    (False, name, 'gte', wanted))
        scores = factories.artifact(fields={'scores': 'none'})
        self.assertFalse(_predicate('scores', 'eq', 0.5, key='a')
                         .matches(scores))

    def test_one_of_a_list_is_enough(self):
        self._assert_table(
            factories.artifact(tags=['a', 'c'], fields={'counts': [1, 5]}),
            (True, 'tags', 'eq', 'a'), (False, 'tags', 'eq', 'b'),
            (True, 'tags', 'in', 'b', 'c'), (False, 'tags', 'in', 'b', 'd'),
            (False, 'tags', 'neq', 'a'), (True, 'tags', 'neq', 'b'),
            (False, 'tags', 'nin', 'b', 'c'), (True, 'tags', 'nin', 'b'),
            (True, 'counts', 'gt', 4), (False, 'counts', 'gt', 5),
            (True, 'counts', 'lte', 1), (False, 'counts', 'lt', 1))

    def test_the_entry_of_a_map(self):
        record = factories.artifact(metadata={'k': 'v'},
                                    fields={'scores': {'a': 0.5}})
        for expected, name, key, op, value in (
                (True, 'metadata', 'k', 'eq', 'v'),
                (False, 'metadata', 'k', 'eq', 'w'),
                (False, 'metadata', 'l', 'eq', 'v'),
                (True, 'metadata', 'l', 'neq', 'v'),
                (True, 'metadata', 'k', 'gte', 'a'),
                (True, 'scores', 'a', 'lt', 0.6),
                (False, 'scores', 'b', 'lt', 0.6)):
            self.assertIs(expected, _predicate(
                name, op, value, key=key).matches(record))

    def test_common_fields(self):
        record = factories.artifact(name='n', version='1.10.0')
        self._assert_table(
            record, (True, 'name', 'eq', 'n'), (False, 'name', 'eq', 'N'),
            (False, 'name', 'eq', 'n '), (True, 'id', 'eq', record.id),
            (True, 'owner', 'eq', 'p'), (True, 'pool', 'eq', 'general'),
            (True, 'type_name', 'in', 'samples'),
            (True, 'version', 'gt', '1.9.0'),
            (True, 'version', 'lt', '1.10.1-a'),
            (True, 'version', 'gt', '1.10.0-rc.1'),
            (False, 'version', 'eq', '1.10.0+b'),
            (True, 'created_at', 'eq', '2026-11-22T12:30:15.123456Z'),
            (True, 'created_at', 'lt', '2026-11-22T12:30:15.123457Z'),
            (False, 'activated_at', 'gt', '2026-11-22T12:30:15.123456Z'))

    def test_a_draft_has_no_time_of_activation(self):
        self._assert_table(
            factories.artifact(status='drafted'),
            (False, 'activated_at', 'lt', '9999-01-01T00:00:00.000000Z'),
            (True, 'activated_at', 'neq', '2026-01-01T00:00:00.000000Z'))

    def test_zero_has_no_sign(self):
        self._assert_table(factories.artifact(fields={'ratio': 0.0}),
                           (True, 'ratio', 'eq', -0.0),
                           (True, 'ratio', 'gte', -0.0),
                           (False, 'ratio', 'lt', math.ulp(0.0) * -1))

    def test_null(self):
        self._assert_table(
            factories.artifact(tags=['a'], fields={'count': 0, 'words': [],
                                                   'word': ''}),
            (False, 'count', 'null', True), (True, 'count', 'null', False),
            (False, 'word', 'null', True), (True, 'ratio', 'null', True),
            (False, 'ratio', 'null', False), (True, 'words', 'null', True),
            (False, 'name', 'null', True), (False, 'tags', 'null', True))
        for key, absent in (('k', False), ('l', True)):
            self.assertIs(absent, _predicate(
                'metadata', 'null', True, key=key).matches(
                    factories.artifact(metadata={'k': ''})))

    def test_null_of_another_kind(self):
        # kept by an older type version: as good as none
        for name, value in (('count', '5'), ('word', 5), ('ratio', {}),
                            ('moment', 'now')):
            record = factories.artifact(fields={name: value})
            self.assertTrue(_predicate(name, 'null', True).matches(record))

    def test_like(self):
        self._assert_table(
            factories.artifact(name='alpha', tags=['a', 'beta'],
                               fields={'words': ['xa', 'ya']}),
            (True, 'name', 'like', 'al%'), (False, 'name', 'like', 'AL%'),
            (True, 'tags', 'like', 'b%a'), (False, 'tags', 'like', 'c%'),
            (True, 'words', 'like', 'y%'), (False, 'words', 'like', 'a%'),
            (False, 'word', 'like', 'a%'))


class TestPlaces(base.BaseTestCase):
    """What a predicate says about lists agrees with what it matches."""

    CASES = {
        'word': ['', 'a', 'b', 'x' * 255], 'count': [-1, 0, 1],
        'long': ['x' * 970, 'x' * 999, 'x' * 1000, 'x' * 970 + 'y' * 60],
        'ratio': [-0.5, 0.0, 1e300], 'flag': [False, True],
        'words': ['a', 'b'], 'name': ['a', 'b'],
        'version': ['1.0.0-a', '1.0.0', '1.0.0+b', '2.0.0']}

    def _record(self, name, value):
        if name in common.COMMON:
            return factories.artifact(**{name: value})
        if factories.FIELDS[name].kind == 'list':
            value = [value]
        return factories.artifact(fields={name: value})

    def _stands_in(self, spans, record):
        return any(key == span.key and (span.low or b'') <= value
                   and (span.high is None or value < span.high)
                   for span in spans
                   for key, value in postings.entries(record,
                                                      factories.FIELDS))

    def test_what_matches_stands_in_spans_of_one_value_and_no_other(self):
        for name, values in self.CASES.items():
            cases = [(op, (wanted,)) for op in ('eq', 'in')
                     for wanted in values]
            cases += [('in', pair)
                      for pair in itertools.combinations(values, 2)]
            if name not in ('words', 'version', 'name'):
                cases.append(('null', (True,)))
            for (op, wanted), value in itertools.product(
                    cases, [*values, None]):
                if value is None and name in common.COMMON:
                    continue
                predicate = _predicate(name, op, *wanted)
                record = self._record(name, value)
                self.assertTrue(all(span.one_value
                                    for span in predicate.spans()))
                self.assertIs(predicate.matches(record),
                              self._stands_in(predicate.spans(), record),
                              (name, op, wanted, value))

    def test_what_matches_stands_in_the_spans(self):
        texts = ('a%', 'b%', 'x%', 'x' * 970 + '%', 'x%y', 'x' * 960 + '%')
        for name, values in self.CASES.items():
            ops = [(op, (value,)) for op in ('gt', 'gte', 'lt', 'lte')
                   for value in values] + [('null', (False,))]
            if name in ('word', 'long', 'words', 'name'):
                ops += [('like', (text,)) for text in texts]
            for (op, wanted), value in itertools.product(ops, values):
                predicate = _predicate(name, op, *wanted)
                record = self._record(name, value)
                if predicate.matches(record):
                    self.assertTrue(
                        self._stands_in(predicate.spans(), record),
                        (name, op, wanted, value))

    def test_entries_of_maps_stand_in_the_spans(self):
        keys, values = ('a', 'b', '\xe9' * 255), ('', 'v', 'w' * 2000)
        ops = [(op, value) for op in ('eq', 'gt', 'gte', 'lt', 'lte')
               for value in values] + [('null', False), ('like', 'w%'),
                                       ('like', 'v%')]
        for (op, wanted), key, other, value in itertools.product(
                ops, keys, keys, values):
            predicate = _predicate('metadata', op, wanted, key=key)
            record = factories.artifact(metadata={other: value})
            if predicate.matches(record):
                self.assertTrue(self._stands_in(predicate.spans(), record),
                                (op, wanted, key))
            elif key != other and len(key) < 9:
                self.assertFalse(self._stands_in(predicate.spans(), record),
                                 (op, wanted, key))

    def test_others_have_no_spans(self):
        for op in ('neq', 'nin'):
            self.assertIsNone(_predicate('count', op, 1).spans())
        for name in ('id', 'pool', 'type_name'):
            self.assertIsNone(_predicate(name, 'eq', 'x').spans())
        self.assertIsNone(_predicate('words', 'null', True).spans())
        self.assertIsNone(
            _predicate('metadata', 'null', True, key='k').spans())

    def test_any_of(self):
        one, two = _predicate('count', 'eq', 1), _predicate('word', 'in', 'a',
                                                            'b')
        group = predicates.AnyOf((one, two, one))
        self.assertEqual({*one.spans(), *two.spans()}, set(group.spans()))
        self.assertEqual(3, len(group.spans()))
        for member in (_predicate('count', 'neq', 1),
                       _predicate('pool', 'eq', 'x')):
            self.assertIsNone(predicates.AnyOf((one, member)).spans())
        for fields, expected in (({'count': 1}, True), ({'word': 'b'}, True),
                                 ({'count': 2, 'word': 'c'}, False),
                                 ({}, False)):
            self.assertIs(expected, group.matches(
                factories.artifact(fields=fields)))

    def test_tied(self):
        record = factories.artifact(fields={'count': 3, 'long': 'x' * 2000})
        entries = postings.entries(record, factories.FIELDS)
        for name, field in {**common.COMMON, **factories.FIELDS}.items():
            if not field.sortable or name == 'type_name':
                continue
            key = orders.key(field, True)
            value = orders.value(key, record)
            tied = predicates.Tied(key, value)
            self.assertTrue(tied.matches(record))
            self.assertFalse(predicates.Tied(key, value + b'0')
                             .matches(record))
            if name == 'created_at':
                self.assertIsNone(tied.spans())
                continue
            (span,) = tied.spans()
            self.assertIn((span.key, span.low), entries)
            self.assertTrue(span.one_value)

    def test_what_matches_stands_in_the_window(self):
        rand = random.Random(1)
        cases = {name: values for name, values in self.CASES.items()
                 if name != 'words'}
        cases['count'] = [rand.randrange(-99, 99) for _ in range(20)]
        for name, values in cases.items():
            for op, wanted, value in itertools.product(
                    ('eq', 'in', 'gt', 'gte', 'lt', 'lte'), values, values):
                predicate = _predicate(name, op, wanted)
                record = self._record(name, value)
                (stands,) = (found for key, found in postings.entries(
                    record, factories.FIELDS) if key == name)
                low, high = predicate.window()
                if predicate.matches(record):
                    self.assertTrue(low <= stands and (
                        high is None or stands < high), (name, op, wanted))

    def test_others_have_no_window(self):
        for op in ('neq', 'nin'):
            self.assertIsNone(_predicate('count', op, 1).window())
        self.assertIsNone(_predicate('count', 'in', 1, 2).window())


class TestLike(base.BaseTestCase):

    def test_table(self):
        for expected, pattern, *texts in (
                (True, 'a%', 'a', 'ab', 'a%', 'a\nb', 'a' * 5000),
                (False, 'a%', '', 'A', 'ba', '\xe4', ' a'),
                (True, 'a%b', 'ab', 'aab', 'abb', 'a%b', 'acbdb'),
                (False, 'a%b', 'a', 'b', 'aba', 'abc', 'aB'),
                (True, 'aa%aa', 'aaaa', 'aaxaa'),
                (False, 'aa%aa', 'aaa', 'aa'),
                (True, 'a%b%c', 'abc', 'axbxc', 'abcbc', 'abbc'),
                (False, 'a%b%c', 'acb', 'ac', 'acc', 'abcx'),
                (False, 'a%bc%c', 'abc'),
                (True, 'a%%', 'a', 'ab'), (True, 'a%%c', 'ac', 'abc'),
                (True, 'a.*_%', 'a.*_', 'a.*_b'),
                (False, 'a.%', 'ab'), (False, 'a_%', 'ab'),
                (True, 'a', 'a'), (False, 'a', 'ab', '')):
            for text in texts:
                self.assertIs(expected, predicates.like(text, pattern),
                              (text, pattern))

    def test_no_pattern_takes_long(self):
        self.assertFalse(predicates.like(
            'a' * 4096, 'a' + '%a' * 2000 + '%b' * 40))
        self.assertTrue(predicates.like('a' * 4096, 'a' + '%a' * 2000))

    def test_against_regular_expressions(self):
        rand = random.Random(3)
        for _ in range(3000):
            pattern = 'a' + ''.join(rand.choices('ab%', k=rand.randrange(5)))
            text = ''.join(rand.choices('ab', k=rand.randrange(7)))
            expression = '.*'.join(map(re.escape, pattern.split('%')))
            self.assertIs(bool(re.fullmatch(expression, text)),
                          predicates.like(text, pattern), (text, pattern))
