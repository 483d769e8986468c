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

import jsonschema
from oslotest import base as test_base

from glance_artifacts import exceptions
from glance_artifacts.tests.unit.types import base
from glance_artifacts import types
from glance_artifacts.types import folder


class TestFolder(base.FieldTestCase):

    def test_defaults(self):
        field = types.Folder('Files.')
        field.check()
        self.assertEqual((1000, 10 * types.GiB, None, None), (
            field.max_items, field.max_size, field.max_total,
            field.content_types))
        self.assertTrue(field.read_only)
        self.assertEqual('folder', field.kind)

    def test_empty_is_never_null(self):
        field = types.Folder()
        self.assertEqual({}, field.initial())
        self.assertEqual({}, field.coerce(None))
        self.assertIsNot(field.initial(), field.initial())

    def test_clients_cannot_set_it(self):
        field = types.Folder()
        field.name = 'files'
        for value in ({}, {'a': None}, [], 'a', 0):
            error = self.assertRaises(exceptions.ReadOnlyField, field.coerce,
                                      value)
            self.assertEqual('files', error.field)

    def test_schema(self):
        schema = types.Folder('Files.', max_items=2).schema()
        self.assertTrue(schema['readOnly'])
        validator = jsonschema.Draft202012Validator(
            {**schema, '$defs': {'blob': {'type': 'integer'}}})
        for value in ({}, {'a': 1}, {'a' * 255: 1, 'b': 2}):
            validator.validate(value)
        for value in (None, [], {'a': 'x'}, {'': 1}, {'a' * 256: 1},
                      {'a': 1, 'b': 2, 'c': 3}):
            self.assertFalse(validator.is_valid(value), value)

    def test_mistakes(self):
        for kind, attributes, text in (
                (TypeError, {'mutable': True}, 'Folder'),
                (TypeError, {'computed': True}, 'Folder'),
                (TypeError, {'internal': True}, 'Folder'),
                (TypeError, {'default': {}}, 'Folder'),
                (TypeError, {'validators': (len,)}, 'Folder'),
                (TypeError, {'filterable': True}, 'filterable'),
                (TypeError, {'sortable': True}, 'sortable'),
                (ValueError, {'max_items': 0}, 'max_items'),
                (ValueError, {'max_items': 10_001}, 'max_items'),
                (TypeError, {'max_items': 1.5}, 'max_items'),
                (ValueError, {'max_size': 0}, 'max_size'),
                (ValueError, {'max_total': 0}, 'max_total'),
                (TypeError, {'max_total': '1'}, 'max_total'),
                (ValueError, {'content_types': ('x',)}, 'content_types')):
            self.assert_mistake(kind, types.Folder(**attributes), text)
        types.Folder(max_items=10_000, max_total=types.TiB,
                     required=True).check()


class TestCheckKey(test_base.BaseTestCase):

    def test_good(self):
        for key in ('a', 'a' * 255, 'config.json', 'a/b/c.txt', '...', '.a',
                    'a..', ' ', 'a b', 'a\\b', 'C:x', '\xe9', '\U0001f600',
                    '-', '%2e%2e', '~', 'a/.b', '\u2028'):
            folder.check_key(key)

    def test_bad(self):
        for key in ('', 'a' * 256, '/', '/a', 'a/', 'a//b', '.', '..',
                    'a/./b', './a', 'a/../b', '../a', 'a/..', '\0', 'a\0',
                    'a\n', '\t', '\x7f', '\x85', '\x9f', '\ud800',
                    'a\udfffb'):
            error = self.assertRaises(exceptions.InvalidValue,
                                      folder.check_key, key)
            self.assertEqual(('artifact.blob.key', 'key', 400), (
                error.code, error.field, error.status))
            error.detail.encode('utf-8')
