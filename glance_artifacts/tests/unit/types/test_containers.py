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

import math

from glance_artifacts.tests.unit.types import base
from glance_artifacts import types


class TestList(base.FieldTestCase):

    def test_accepts(self):
        self.assert_accepts(types.List(), (None, []), ([], []),
                            (['a', '', 'a'], ['a', '', 'a']),
                            (['a'] * 255, ['a'] * 255))
        self.assert_accepts(types.List(of=types.Float()), ([1, -0.0, 2.5],
                                                           [1.0, 0.0, 2.5]))

    def test_rejects_other_types(self):
        self.assert_rejects(types.List(), 'abc', '', 1, True, {}, {'a': 'b'},
                            1.5, rule='must be a list')

    def test_errors_name_the_item(self):
        for item in (None, 1, [], ['a'], {'a': 'b'}, '\0', '\ud800',
                     'a' * 256):
            self.assert_rejects(types.List(), ['a', item], path='a/1')
        for item in (None, '1', True, [1], math.nan, math.inf, 10 ** 400):
            self.assert_rejects(types.List(of=types.Float()), [item],
                                path='a/0')

    def test_item_counts(self):
        field = types.List(min_items=2, max_items=3)
        self.assert_accepts(field, ([], []), (None, []),
                            (['a', 'b'], ['a', 'b']))
        self.assert_rejects(field, ['a'], rule='min_items')
        self.assert_rejects(field, ['a'] * 4, rule='max_items')
        self.assert_rejects(types.List(), ['a'] * 256, rule='max_items')

    def test_unique_drops_repetitions_in_order(self):
        field = types.List(unique=True, max_items=2)
        self.assert_accepts(field, (['b', 'a', 'b', 'a'], ['b', 'a']))
        self.assert_rejects(field, ['a', 'b', 'c'], rule='max_items')
        self.assert_rejects(field, ['a', []], path='a/1')
        self.assert_accepts(types.List(unique=True, of=types.Float()),
                            ([1, 1.0, 0, -0.0], [1.0, 0.0]))

    def test_initial_is_a_fresh_copy(self):
        field = types.List(of=types.Float(), default=[1])
        self.assertEqual([1.0], field.initial())
        field.initial().append(2.0)
        self.assertEqual([1.0], field.initial())
        self.assertEqual([], types.List().initial())
        self.assertEqual([], field.coerce(None))

    def test_mistakes(self):
        for kind, constraints, text in (
                (TypeError, {'of': types.Blob()}, 'of'),
                (TypeError, {'of': types.List()}, 'of'),
                (TypeError, {'of': types.Dict()}, 'of'),
                (TypeError, {'of': types.String}, 'of'),
                (TypeError, {'of': types.String(filterable=True)}, 'of'),
                (TypeError, {'of': types.String(default='a')}, 'of'),
                (ValueError, {'of': types.String(max_length=0)},
                 'max_length'),
                (TypeError, {'of': types.Text(), 'filterable': True},
                 'filterable'),
                (TypeError, {'sortable': True}, 'sortable'),
                (ValueError, {'max_items': 0}, 'max_items'),
                (ValueError, {'min_items': 3, 'max_items': 2}, 'min_items'),
                (ValueError, {'min_items': -1}, 'min_items'),
                (ValueError, {'default': 'abc'}, 'default'),
                (ValueError, {'default': ['a', 1]}, 'default/1')):
            self.assert_mistake(kind, types.List(**constraints), text)


class TestDict(base.FieldTestCase):

    def test_accepts(self):
        self.assert_accepts(types.Dict(), (None, {}), ({}, {}),
                            ({'k': 'v', '\U0001f600': ''},) * 2,
                            ({'k' * 255: 'v'},) * 2,
                            ({'a/b ~ \n': 'v'},) * 2)
        self.assert_accepts(types.Dict(of=types.Integer()), ({'k': 1},) * 2)

    def test_rejects_other_types(self):
        self.assert_rejects(types.Dict(), 'abc', 1, True, [], [['a', 'b']],
                            1.5, rule='must be an object')

    def test_rejects_bad_keys(self):
        self.assert_rejects(types.Dict(), {'': 'v'}, {'k' * 256: 'v'},
                            {1: 'v'}, {None: 'v'}, {b'k': 'v'}, rule='keys')
        self.assert_rejects(types.Dict(), {'a\0': 'v'}, rule='U+0000')
        self.assert_rejects(types.Dict(), {'\ud800': 'v'}, rule='surrogates')

    def test_errors_name_the_key(self):
        for item in (None, 1, [], {'a': 'b'}, '\0', '\ud800', 'a' * 256):
            self.assert_rejects(types.Dict(), {'k': item}, path='a/k')

    def test_keys(self):
        field = types.Dict(keys=('x', 'y'), required_keys=('x',))
        self.assert_accepts(field, ({}, {}), ({'x': '1'},) * 2,
                            ({'x': '1', 'y': '2'},) * 2)
        self.assert_rejects(field, {'y': '2'}, rule='required_keys')
        self.assert_rejects(field, {'x': '1', 'z': '2'}, rule='x, y (keys)')

    def test_entry_count(self):
        entries = {str(number): 'v' for number in range(256)}
        self.assert_rejects(types.Dict(), entries, rule='max_items')
        self.assert_accepts(types.Dict(max_items=256), (entries, entries))

    def test_initial_is_a_fresh_copy(self):
        default = {'k': 1}
        field = types.Dict(of=types.Float(), default=default)
        self.assertEqual({'k': 1.0}, field.initial())
        self.assertIsNot(default, field.initial())
        self.assertEqual({}, types.Dict().initial())

    def test_mistakes(self):
        for kind, constraints, text in (
                (TypeError, {'keys': 'abc'}, 'keys'),
                (ValueError, {'keys': ()}, 'keys'),
                (ValueError, {'keys': ('',)}, 'keys'),
                (ValueError, {'keys': (1,)}, 'keys'),
                (TypeError, {'required_keys': 'ab'}, 'required_keys'),
                (ValueError, {'keys': ('a',), 'required_keys': ('b',)},
                 'keys'),
                (TypeError, {'sortable': True}, 'sortable'),
                (ValueError, {'required_keys': ('b',),
                              'default': {'a': 'v'}}, 'default')):
            self.assert_mistake(kind, types.Dict(**constraints), text)
