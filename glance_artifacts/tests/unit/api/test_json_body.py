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

import io
import time

from oslotest import base

from glance_artifacts.api import json_body
from glance_artifacts import exceptions
from glance_artifacts.tests.unit import factories


class TestParse(base.BaseTestCase):

    def _rejected(self, *bodies, rule=''):
        for body in bodies:
            error = self.assertRaises(exceptions.BadRequest, json_body.parse,
                                      body)
            self.assertEqual('request.json', error.code)
            self.assertIn(rule, error.detail)
            error.detail.encode()

    def test_json(self):
        for body, value in (
                (b'{}', {}), (b' [1, 2.5, "x", null, true] ',
                              [1, 2.5, 'x', None, True]),
                (b'"\\u00e9\\ud83d\\ude00"', '\xe9\U0001f600'),
                ('"\U0001f600"'.encode(), '\U0001f600'),
                (b'{"a": {"b": 1}, "b": 1}', {'a': {'b': 1}, 'b': 1}),
                (b'-0.0', 0.0), (b'9223372036854775808', 2 ** 63)):
            self.assertEqual(value, json_body.parse(body))

    def test_not_json(self):
        self._rejected(b'{', b'[1', b'"a', b'', b' ', b'{"a"}', b'[1,]',
                       b"{'a': 1}", b'{} {}', b'nul', b'01', b'+1', b'.5',
                       b'"\n"', b'"\\x"', b'"\\', b'\x00', b'[1]]',
                       rule='is not JSON')

    def test_the_body_is_not_in_the_message(self):
        error = self.assertRaises(exceptions.BadRequest, json_body.parse,
                                  b'{"password": hunter2}')
        self.assertNotIn('hunter2', error.detail)

    def test_not_utf_8(self):
        self._rejected(b'"\xff"', b'"\xe9"', b'"\xed\xa0\x80"',
                       '"a"'.encode('utf-16'), rule='is not UTF-8')

    def test_a_byte_order_mark(self):
        self._rejected(b'\xef\xbb\xbf{}')

    def test_keys_that_come_twice(self):
        self._rejected(b'{"a": 1, "a": 1}', b'[{"b": {"a": 1, "a": 2}}]',
                       b'{"a": 1, "\\u0061": 2}', rule='twice')

    def test_numbers_that_json_has_not(self):
        self._rejected(b'NaN', b'[Infinity]', b'{"a": -Infinity}',
                       rule='which JSON has not')

    def test_numbers_that_nobody_can_hold(self):
        self._rejected(b'1' * 5000, b'[-' + b'1' * 100000 + b']')
        # finite or not, is for the fields to say
        self.assertEqual(float('inf'), json_body.parse(b'1e999'))

    def test_lone_surrogates_are_for_the_fields(self):
        text = json_body.parse(b'"\\ud800"')
        self.assertEqual('\ud800', text)
        for name in ('word', 'prose'):
            self.assertRaises(exceptions.InvalidValue,
                              factories.FIELDS[name].coerce, text)

    def test_depth(self):
        for left, right in ((b'[', b']'), (b'{"a":', b'}')):
            json_body.parse(left * 32 + b'1' + right * 32)
            self._rejected(left * 33 + b'1' + right * 33, left * 100000,
                           rule='deeper than 32')
        json_body.parse(b'[' + b','.join([b'[[]]'] * 1000) + b']')

    def test_brackets_in_strings_are_no_depth(self):
        for text in (b'[' * 40, b'\\"' + b'[' * 40, b'\\\\\\"' + b'{' * 40):
            json_body.parse(b'["' + text + b'"]')
        self._rejected(b'["\\\\", ' + b'[' * 40, rule='deeper than 32')

    def test_depth_is_counted_up_to_the_error(self):
        # the parser never comes to what is behind it
        self._rejected(b']' * 100 + b'[' * 100, rule='is not JSON')

    def test_time_grows_with_the_length_alone(self):
        # one body that never ends its string, full of would-be starts
        for body in (b'"' + b'\\"' * 500000, b'"' * 1000001,
                     b'"' + b'\\' * 1000001, b'["' + b'a' * 1000000 + b'"]'):
            start = time.process_time()
            try:
                json_body.parse(body)
            except exceptions.BadRequest:
                pass
            self.assertLess(time.process_time() - start, 5)


class TestRead(base.BaseTestCase):

    def test_whole(self):
        for length in (None, 0, 3):
            self.assertEqual(b'abc', json_body.read(io.BytesIO(b'abc'),
                                                    length))

    def test_piece_by_piece(self):
        source = _Pieces(b'ab', b'c', b'de')
        self.assertEqual(b'abcde', json_body.read(source, None))

    def test_limit(self):
        most = b'x' * json_body.MAX_BYTES
        self.assertEqual(most, json_body.read(io.BytesIO(most), len(most)))
        for source in (io.BytesIO(most + b'x'), _Pieces(most, b'x')):
            self.assertRaises(exceptions.TooLarge, json_body.read, source,
                              None)

    def test_what_is_announced_is_refused_unread(self):
        source = io.BytesIO(b'abc')
        self.assertRaises(exceptions.TooLarge, json_body.read, source,
                          json_body.MAX_BYTES + 1)
        self.assertEqual(0, source.tell())

    def test_truncated(self):
        error = self.assertRaises(exceptions.BadRequest, json_body.read,
                                  _Pieces(b'ab', OSError()), 5)
        self.assertEqual('request.truncated', error.code)


class _Pieces:
    """A source that gives what it has, a piece at a time."""

    def __init__(self, *pieces):
        self._pieces = list(pieces)

    def read(self, size):
        if not self._pieces:
            return b''
        piece = self._pieces.pop(0)
        if isinstance(piece, Exception):
            raise piece
        if len(piece) > size:
            self._pieces.insert(0, piece[size:])
        return piece[:size]
