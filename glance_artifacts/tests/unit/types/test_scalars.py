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

NOT_STRINGS = (1, 1.5, True, [], ['a'], {}, {'a': 'b'})
NOT_NUMBERS = ('1', '', True, False, [], [1], {}, {'a': 1})


class TestString(base.FieldTestCase):

    def test_accepts(self):
        self.assert_accepts(
            types.String(), (None, None), ('', ''), ('a', 'a'),
            ('\U0001f600', '\U0001f600'), ('  a\n', '  a\n'),
            # Composed and decomposed forms stay what they are.
            ('\u00e9', '\u00e9'), ('e\u0301', 'e\u0301'),
            ('a' * 255, 'a' * 255))

    def test_rejects_other_types(self):
        self.assert_rejects(types.String(), *NOT_STRINGS,
                            rule='must be a string')

    def test_rejects_what_databases_cannot_hold(self):
        self.assert_rejects(types.String(), '\0', 'a\0b', rule='U+0000')
        self.assert_rejects(types.String(), '\ud800', 'a\udfff',
                            '\udc00\ud800', rule='surrogates')

    def test_length_is_in_characters(self):
        field = types.String(min_length=2, max_length=3)
        self.assert_accepts(field, ('ab', 'ab'), ('\U0001f600' * 3,) * 2)
        self.assert_rejects(field, '', 'a', rule='min_length')
        self.assert_rejects(field, 'abcd', rule='max_length')

    def test_pattern_matches_the_whole_value(self):
        field = types.String(pattern='a+|b')
        self.assert_accepts(field, ('aa', 'aa'), ('b', 'b'))
        self.assert_rejects(field, 'ab', 'xa', 'a\n', '', rule='pattern')
        self.assert_rejects(types.String(pattern='^a$'), 'a\n')

    def test_enum(self):
        field = types.String(enum=('a', 'b'))
        self.assert_accepts(field, ('a', 'a'), (None, None))
        self.assert_rejects(field, 'A', '', 'ab', rule='one of: a, b')

    def test_text_is_a_longer_string(self):
        self.assert_accepts(types.Text(), ('a' * 65536,) * 2)
        self.assert_rejects(types.Text(), 'a' * 65537, rule='max_length')
        self.assert_rejects(types.Text(), *NOT_STRINGS)
        self.assertEqual(('string', 'text'),
                         (types.String.kind, types.Text.kind))

    def test_mistakes(self):
        for kind, constraints, text in (
                (ValueError, {'max_length': 0}, 'max_length'),
                (TypeError, {'max_length': '9'}, 'max_length'),
                (TypeError, {'max_length': True}, 'max_length'),
                (ValueError, {'min_length': -1}, 'min_length'),
                (ValueError, {'min_length': 9, 'max_length': 8},
                 'max_length'),
                (ValueError, {'pattern': '('}, 'pattern'),
                (TypeError, {'enum': 'abc'}, 'enum'),
                (ValueError, {'enum': ()}, 'enum'),
                (ValueError, {'enum': (1,)}, 'enum'),
                (ValueError, {'enum': ('a', None)}, 'enum'),
                (ValueError, {'enum': ('abc',), 'max_length': 2}, 'enum'),
                (ValueError, {'default': 1}, 'default'),
                (ValueError, {'default': 'c', 'enum': ('a',)}, 'default')):
            self.assert_mistake(kind, types.String(**constraints), text)


class TestInteger(base.FieldTestCase):

    def test_accepts(self):
        self.assert_accepts(types.Integer(), (None, None), (0, 0), (-1, -1),
                            (2 ** 63 - 1,) * 2, (-2 ** 63,) * 2)

    def test_rejects_other_types(self):
        self.assert_rejects(types.Integer(), *NOT_NUMBERS, 1.0, math.nan,
                            math.inf, rule='must be an integer')

    def test_rejects_more_than_64_bits(self):
        self.assert_rejects(types.Integer(), 2 ** 63, -2 ** 63 - 1,
                            10 ** 400, -10 ** 5000, rule='2^63')

    def test_limits(self):
        field = types.Integer(minimum=1, maximum=3)
        self.assert_accepts(field, (1, 1), (3, 3))
        self.assert_rejects(field, 0, -5, rule='minimum')
        self.assert_rejects(field, 4, rule='maximum')

    def test_enum(self):
        field = types.Integer(enum=(1, 2))
        self.assert_accepts(field, (1, 1))
        self.assert_rejects(field, 3, rule='one of: 1, 2')
        self.assert_rejects(field, True, rule='must be an integer')

    def test_mistakes(self):
        for constraints, text in (({'minimum': 2, 'maximum': 1}, 'minimum'),
                                  ({'minimum': '2'}, 'minimum'),
                                  ({'maximum': 1.5}, 'maximum'),
                                  ({'maximum': 2 ** 63}, 'maximum'),
                                  ({'enum': (True,)}, 'enum'),
                                  ({'enum': (5,), 'maximum': 4}, 'enum')):
            self.assert_mistake(ValueError, types.Integer(**constraints),
                                text)


class TestFloat(base.FieldTestCase):

    def test_accepts(self):
        self.assert_accepts(types.Float(), (None, None), (1.5, 1.5),
                            (1, 1.0), (5e-324, 5e-324), (-1e308, -1e308),
                            (2 ** 64, 2.0 ** 64))

    def test_negative_zero_becomes_zero(self):
        for value in (-0.0, 0, 0.0):
            normal = types.Float().coerce(value)
            self.assertEqual(1.0, math.copysign(1, normal))

    def test_rejects_other_types(self):
        self.assert_rejects(types.Float(), *NOT_NUMBERS,
                            rule='must be a number')

    def test_rejects_what_is_not_finite(self):
        self.assert_rejects(types.Float(), math.nan, math.inf, -math.inf,
                            10 ** 400, -10 ** 400, 10 ** 5000, rule='finite')

    def test_limits(self):
        field = types.Float(minimum=0, maximum=1.0)
        self.assert_accepts(field, (0, 0.0), (-0.0, 0.0), (1, 1.0))
        self.assert_rejects(field, -1e-9, rule='minimum')
        self.assert_rejects(field, 1.0000001, rule='maximum')

    def test_enum(self):
        field = types.Float(enum=(1, 2.5))
        self.assert_accepts(field, (1.0, 1.0), (2.5, 2.5))
        self.assert_rejects(field, 2, rule='one of')

    def test_mistakes(self):
        for constraints, text in (({'minimum': math.nan}, 'minimum'),
                                  ({'maximum': math.inf}, 'maximum'),
                                  ({'default': 'x'}, 'default'),
                                  ({'minimum': 1, 'default': 0}, 'default')):
            self.assert_mistake(ValueError, types.Float(**constraints), text)


class TestBoolean(base.FieldTestCase):

    def test_accepts(self):
        self.assert_accepts(types.Boolean(), (None, None), (True, True),
                            (False, False))

    def test_rejects(self):
        self.assert_rejects(types.Boolean(), 0, 1, 'true', '', [], {}, 1.0,
                            rule='true or false')
