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

import time

from oslotest import base
import yaml

from glance_artifacts.builtin import yaml_text
from glance_artifacts import types


class TestMapping(base.BaseTestCase):

    loader = yaml_text.LOADER

    def setUp(self):
        super().setUp()
        self.patch(yaml_text, 'LOADER', self.loader)

    def _load(self, text):
        return yaml_text.mapping(text.encode(), 'It')

    def _assert_rejects(self, text, problem):
        error = self.assertRaises(types.Rejected, self._load, text)
        self.assertIn(problem, str(error))
        self.assertTrue(str(error).startswith('It '))

    def test_scalars_stay_as_they_are_written(self):
        self.assertEqual(
            {'a': '1.10', 'b': '2021-04-16', 'c': 'yes', 'd': '0x10',
             'e': 'null', 'f': '', 'g': 'x\n', 'h': '1'},
            self._load('a: 1.10\nb: 2021-04-16\nc: yes\nd: 0x10\n'
                       'e: "null"\nf: ""\ng: |\n  x\nh: !!int 1'))

    def test_nulls(self):
        self.assertEqual(dict.fromkeys('abc'),
                         self._load('a:\nb: ~\nc: null'))

    def test_nesting_and_aliases(self):
        self.assertEqual(
            {'a': {'b': ['1', {'c': '2'}, []]}, 'd': ['1', {'c': '2'}, []],
             'e': {'<<': {}}},
            self._load('a: {b: &x [1, {c: 2}, []]}\nd: *x\ne: {<<: {}}'))

    def test_not_a_mapping(self):
        for text in ('', 'a', '- a', '[]', '# comment', '~', '---'):
            self._assert_rejects(text, 'must be a mapping')

    def test_not_yaml(self):
        for text in ('{', 'a: [', '"', 'a: b: c', '\t- a', '%', '@', 'a: &',
                     '\x01', 'a: *'):
            self._assert_rejects(text, 'is not valid YAML')

    def test_problems_have_a_place(self):
        self._assert_rejects('a: 1\nb: [\n', 'in line ')

    def test_not_utf8(self):
        for data in (b'\xff', 'a: 1'.encode('utf-16'), b'a: \xc3'):
            self.assertRaises(types.Rejected, yaml_text.mapping, data, 'It')
        self.assertEqual({'a': '\xe9'}, yaml_text.mapping(
            b'\xef\xbb\xbfa: \xc3\xa9', 'It'))

    def test_tags(self):
        for tag in ('!!python/object/apply:os.system', '!local', '!!binary',
                    '!<tag:example.com,2000:a>', '!!set'):
            for text in ('a: %s x', 'a: %s [x]', '%s {a: x}'):
                self._assert_rejects(text % tag, 'tag')

    def test_keys(self):
        self._assert_rejects('a: 1\nb: 2\na: 3', "the key 'a' twice")
        self._assert_rejects('{a: {b: 1, b: 2}}', "the key 'b' twice")
        for text in ('? [a]\n: 1', '? {a: b}\n: 1', '~: 1', '? \n: 1'):
            self._assert_rejects(text, 'a key that is no text')

    def test_several_documents(self):
        self._assert_rejects('a: 1\n---\nb: 2', 'single document')
        self.assertEqual({'a': '1'}, self._load('---\na: 1\n...\n'))

    def test_aliases(self):
        for text in ('a: *b', 'a: &a [*a]', 'a: &a {b: *a}', '&a {b: *a}'):
            self._assert_rejects(text, 'alias')

    def test_depth(self):
        most = yaml_text.MOST_DEPTH
        self._load('a: ' + '[' * (most - 1) + ']' * (most - 1))
        for text in ('a: ' + '[' * most, '{a: ' * (most + 1),
                     'a: ' + '[' * 100_000):
            self._assert_rejects(text, 'nested')

    def test_expansion(self):
        lines = ['a0: &a0 [x, x]']
        for number in range(1, 30):
            lines.append('a%d: &a%d [%s]' % (
                number, number, ', '.join(['*a%d' % (number - 1)] * 9)))
        start = time.process_time()
        self._assert_rejects('\n'.join(lines), 'aliases expanded')
        self.assertLess(time.process_time() - start, 5)

    def test_size(self):
        self.patch(yaml_text, 'MOST_NODES', 1000)
        self._load('a: [%s]' % ('x,' * 990))
        self._assert_rejects('a: [%s]' % ('x,' * 1001), 'more than 1000')
        self._assert_rejects('\n'.join(
            'a%d: 1' % number for number in range(501)), 'more than 1000')


class TestMappingWithoutLibyaml(TestMapping):

    loader = yaml.SafeLoader
