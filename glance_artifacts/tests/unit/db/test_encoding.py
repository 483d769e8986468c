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
import functools
import hashlib
import itertools
import math
import operator
import random
import struct

from oslotest import base

from glance_artifacts.db import encoding
from glance_artifacts.db import models
from glance_artifacts.tests.unit import factories

UTC = datetime.timezone.utc
#: The order that SemVer 2.0.0 gives as its example, and what is around it.
PRECEDENCE = (
    '0.0.0-0', '0.0.0', '0.9.9', '0.10.0', '1.0.0-0.3.7', '1.0.0--',
    '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta',
    '1.0.0-beta.2', '1.0.0-beta.11', '1.0.0-rc.1', '1.0.0', '1.0.1',
    '1.9.0', '1.10.0', '1.10.10', '2.0.0', '10.0.0',
    '999999999999999999.0.0')


class OrderTestCase(base.BaseTestCase):
    """Bytes compare as the values do."""

    def assert_order(self, kind, values):
        encoded = {encoding.encode(kind, value): value for value in values}
        self.assertEqual(sorted(set(values)),
                         [encoded[one] for one in sorted(encoded)])
        self.assertNotIn(encoding.ABSENT, encoded)


class TestNumbers(OrderTestCase):

    def test_integers(self):
        rand = random.Random(1)
        ends = [-2 ** 63, -2 ** 63 + 1, 2 ** 63 - 1, 2 ** 63 - 2, -1, 0, 1]
        powers = [sign * 2 ** n + more for n in range(63)
                  for sign in (1, -1) for more in (-1, 0, 1)]
        self.assert_order('integer', ends + powers + [
            rand.randrange(-2 ** 63, 2 ** 63) for _ in range(1000)])

    def test_beyond_64_bits_is_an_error(self):
        for value in (2 ** 63, -2 ** 63 - 1):
            self.assertRaises(OverflowError, encoding.encode, 'integer',
                              value)

    def test_floats(self):
        rand = random.Random(2)
        smallest, normal = 5e-324, 2.2250738585072014e-308
        greatest = 1.7976931348623157e308
        edges = [0.0, smallest, 2 * smallest, normal - smallest, normal, 1.0,
                 math.nextafter(1.0, 2.0), math.pi, 1e300, greatest]
        drawn = (struct.unpack('>d', rand.randbytes(8))[0]
                 for _ in range(2000))
        self.assert_order('float', [
            *edges, *(-value for value in edges if value),
            *(value for value in drawn if math.isfinite(value))])

    def test_zero_is_one_value(self):
        self.assertEqual(encoding.encode('float', 0.0),
                         encoding.encode('float', -0.0))

    def test_booleans(self):
        self.assert_order('boolean', [False, True])


class TestText(OrderTestCase):

    def test_by_code_point(self):
        rand = random.Random(3)
        alphabet = ('\x01\t aAbBzZ09\x7f\x80\xe4\xff\u0100\u07ff\u0800'
                    '\ud7ff\ue000\uffff\U00010000\U0001f600\U0001f9d1'
                    '\U0010ffff')
        drawn = [''.join(rand.choices(alphabet, k=rand.randrange(6)))
                 for _ in range(2000)]
        self.assert_order('string', ['', *alphabet, *drawn])

    def test_blanks_case_and_form_make_a_difference(self):
        for one, other in (('a', 'a '), ('a', 'A'), ('\xe9', 'e\u0301'),
                           ('ss', '\xdf'), ('', ' ')):
            self.assertNotEqual(encoding.encode('string', one),
                                encoding.encode('string', other))

    def test_text_is_like_string(self):
        self.assertEqual(encoding.encode('string', '\U0001f600'),
                         encoding.encode('text', '\U0001f600'))

    def test_a_prefix_is_a_range(self):
        # on which "starts with" relies
        rand = random.Random(4)
        for _ in range(1000):
            text, prefix = (''.join(rand.choices('ab\U0010ffff', k=k))
                            for k in (3, 2))
            low = encoding.encode('string', prefix)
            self.assertEqual(
                text.startswith(prefix),
                low <= encoding.encode('string', text) < low + b'\xff')


class TestTimes(OrderTestCase):

    def test_order(self):
        rand = random.Random(5)
        epoch = datetime.datetime(1970, 1, 1, tzinfo=UTC)
        micros = datetime.timedelta(microseconds=1)
        self.assert_order('datetime', [
            datetime.datetime.min.replace(tzinfo=UTC),
            datetime.datetime.max.replace(tzinfo=UTC),
            epoch - micros, epoch, epoch + micros,
            *(epoch + rand.randrange(-10 ** 16, 10 ** 16) * micros
              for _ in range(500))])

    def test_text_and_moment_are_one(self):
        self.assertEqual(
            encoding.encode('datetime', factories.MOMENT),
            encoding.encode('datetime', '2026-11-22T12:30:15.123456Z'))


class TestVersions(OrderTestCase):

    def test_precedence(self):
        for one, other in itertools.combinations(PRECEDENCE, 2):
            self.assertLess(encoding.encode('semver', one),
                            encoding.encode('semver', other),
                            '%s < %s' % (one, other))

    def test_build_orders_ties_only(self):
        ordered = ('1.0.0-a', '1.0.0-a+1', '1.0.0-a+b', '1.0.0-a.0',
                   '1.0.0', '1.0.0+0', '1.0.0+a', '1.0.0+a.b', '1.0.1')
        self.assertEqual(list(ordered), sorted(
            reversed(ordered), key=lambda one: encoding.encode('semver',
                                                               one)))

    def test_random(self):
        rand = random.Random(6)
        versions = {_version(rand) for _ in range(3000)}
        by_bytes = sorted(versions, key=lambda one: encoding.encode('semver',
                                                                    one))
        self.assertEqual(sorted(versions, key=functools.cmp_to_key(_compare)),
                         by_bytes)

    def test_longest(self):
        longest = '1.0.0-' + '.'.join(['a'] * 61)
        self.assertEqual(127, len(longest))
        self.assertLess(len(encoding.encode('semver', longest)), 200)


def _version(rand):
    parts = [rand.choice(('0', '1', '2', '10', '9' * 18)) for _ in range(3)]
    text = '.'.join(parts)
    if rand.random() < 0.7:
        text += '-' + '.'.join(
            rand.choice(('0', '1', '9', '10', '0a', 'A', 'a', 'a-', 'aa',
                         '-', '--', 'rc1', 'rc10', 'rc2', 'z'))
            for _ in range(rand.randrange(1, 4)))
    return text


def _compare(one, other):
    """SemVer 2.0.0, section 11, word by word."""
    (core, _, pre), (other_core, _, other_pre) = (
        text.partition('-') for text in (one, other))
    if core != other_core:
        return _sign([int(part) for part in core.split('.')],
                     [int(part) for part in other_core.split('.')])
    if not pre or not other_pre:
        return bool(other_pre) - bool(pre)
    parts, other_parts = pre.split('.'), other_pre.split('.')
    for part, other_part in zip(parts, other_parts):
        if part.isdigit() and other_part.isdigit():
            sign = _sign(int(part), int(other_part))
        elif part.isdigit() or other_part.isdigit():
            sign = -1 if part.isdigit() else 1
        else:
            sign = _sign(part, other_part)
        if sign:
            return sign
    return _sign(len(parts), len(other_parts))


def _sign(one, other):
    return (one > other) - (one < other)


class TestAbsent(base.BaseTestCase):

    def test_is_below_everything(self):
        for kind, value in (('string', ''), ('integer', -2 ** 63),
                            ('float', -1.7976931348623157e308),
                            ('boolean', False), ('semver', '0.0.0-0'),
                            ('datetime', '0001-01-01T00:00:00.000000Z')):
            self.assertEqual(encoding.ABSENT, encoding.encode(kind, None))
            self.assertGreater(encoding.encode(kind, value), encoding.ABSENT)

    def test_above_is_the_next_value(self):
        low = encoding.encode('string', 'a')
        self.assertLess(low, low + encoding.ABOVE)
        self.assertLess(low + encoding.ABOVE,
                        encoding.encode('string', 'a\x01'))


class TestMembers(base.BaseTestCase):

    def test_keys_do_not_run_into_values(self):
        pairs = list(itertools.product(('a', 'aa', 'ab', 'b', '\xff'),
                                       ('', 'a', 'aa', 'b', None)))
        encoded = {encoding.member('string', *pair) for pair in pairs}
        self.assertEqual(len(pairs), len(encoded))

    def test_one_key_is_a_range_in_the_order_of_its_values(self):
        rand = random.Random(7)
        pairs = [(rand.choice('abc'), rand.randrange(-9, 9))
                 for _ in range(300)]
        self.assertEqual(
            sorted(pairs),
            sorted(pairs, key=lambda pair: encoding.member('integer', *pair)))


class TestBounded(base.BaseTestCase):

    def test_short_ones_stay(self):
        for length in (0, 1, 960, 961, 1000):
            self.assertEqual(b'x' * length, encoding.bounded(b'x' * length))

    def test_long_ones_keep_equality(self):
        rand = random.Random(8)
        values = {b'x' * 990 + rand.randbytes(rand.randrange(11, 60))
                  for _ in range(500)}
        bounded = {encoding.bounded(value) for value in values}
        self.assertEqual(len(values), len(bounded))
        self.assertEqual({992}, {len(value) for value in bounded})

    def test_long_ones_are_ordered_by_their_heads(self):
        heads = [b'%03d' % n + b'x' * 957 for n in range(20)]
        self.assertEqual(heads, [one[:960] for one in sorted(
            encoding.bounded(head + b'y' * 99) for head in reversed(heads))])

    def test_whatever_comes_fits_the_column(self):
        for encoded in (
                encoding.encode('string', '\U0010ffff' * 10000),
                encoding.member('string', '\U0010ffff' * 255,
                                '\U0010ffff' * 4096)):
            self.assertLessEqual(len(encoding.bounded(encoded)),
                                 models.VALUE_BYTES)


class TestWindow(base.BaseTestCase):

    OPERATORS = {'eq': operator.eq, 'in': operator.eq, 'gt': operator.gt,
                 'gte': operator.ge, 'lt': operator.lt, 'lte': operator.le}

    def _assert_holds_all(self, values):
        """Whatever matches stands in the window, however long it is."""
        encoded = [encoding.encode('string', value) for value in values]
        count = 0
        for (op, compare), bound in itertools.product(
                self.OPERATORS.items(), encoded):
            low, high = encoding.window(op, bound)
            for value in encoded:
                if compare(value, bound):
                    kept = encoding.bounded(value)
                    self.assertLessEqual(low, kept, op)
                    if high is not None:
                        self.assertLess(kept, high, op)
                    count += 1
        self.assertGreater(count, len(values))

    def test_short_values(self):
        self._assert_holds_all(['', 'a', 'aa', 'ab', 'b', '\U0010ffff'])

    def test_around_the_longest(self):
        # the encoding adds one byte
        self._assert_holds_all([
            'x' * length + tail for length in (0, 958, 959, 960, 998, 999)
            for tail in ('', 'a', 'y', 'x' * 60, '\U0010ffff')])

    def test_long_values_with_one_head(self):
        rand = random.Random(9)
        self._assert_holds_all([
            'x' * 970 + ''.join(rand.choices('aby', k=rand.randrange(60)))
            for _ in range(40)])

    def test_digests_at_both_ends(self):
        texts = ['x' * 1000 + str(n) for n in range(2000)]
        texts.sort(key=lambda text: hashlib.sha256(
            encoding.encode('string', text)).digest())
        self._assert_holds_all([*texts[:8], *texts[-8:]])

    def test_a_short_value_has_a_window_of_its_own(self):
        value = encoding.encode('integer', 7)
        for op in ('eq', 'in'):
            self.assertEqual((value, value + encoding.ABOVE),
                             encoding.window(op, value))

    def test_a_short_bound_stands_in_its_window_if_it_matches(self):
        for kind, value in (('integer', 7), ('string', 'x' * 900)):
            bound = encoding.encode(kind, value)
            for op, compare in self.OPERATORS.items():
                low, high = encoding.window(op, bound)
                self.assertEqual(
                    compare(0, 0),
                    low <= bound and (high is None or bound < high), op)

    def test_absent_is_in_no_window(self):
        value = encoding.encode('string', '')
        for op in self.OPERATORS:
            self.assertGreater(encoding.window(op, value)[0],
                               encoding.ABSENT)
