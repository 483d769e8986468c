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

from oslotest import base

from glance_artifacts.builtin import texts
from glance_artifacts import types


class TestTexts(base.BaseTestCase):

    def _assert_rejects(self, function, *args):
        error = self.assertRaises(types.Rejected, function, *args)
        self.assertIn('It', str(error))
        str(error).encode('utf-8')

    def test_short(self):
        for value in ('', 'a', 'a' * 255, '\U0001f600'):
            self.assertEqual(value, texts.short(value, 'It'))
        for value in (None, 1, [], {}, b'a', 'a' * 256, '\0', 'a\n',
                      '\ud800'):
            self._assert_rejects(texts.short, value, 'It')
        self._assert_rejects(texts.short, 'abc', 'It', 2)

    def test_shorts(self):
        self.assertEqual([], texts.shorts(None, 'It'))
        self.assertEqual(['a', ''], texts.shorts(['a', ''], 'It'))
        for values in ('a', {}, [1], [None], ['a' * 256], ['a'] * 256):
            self._assert_rejects(texts.shorts, values, 'It')
        self._assert_rejects(texts.shorts, ['a'] * 3, 'It', 2)

    def test_decode(self):
        self.assertEqual('a\xe9', texts.decode(b'\xef\xbb\xbfa\xc3\xa9',
                                               'It'))
        self._assert_rejects(texts.decode, b'\xff', 'It')
