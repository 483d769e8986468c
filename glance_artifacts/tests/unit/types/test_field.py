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

from glance_artifacts import exceptions
from glance_artifacts.tests.unit.types import base
from glance_artifacts import types


def _even(value):
    if value % 2:
        raise ValueError('must be even.')


class TestField(base.FieldTestCase):

    def test_attributes_are_off_by_default(self):
        field = types.Boolean('Sure?')
        self.assertEqual('Sure?', field.description)
        for attribute in ('required', 'mutable', 'filterable', 'sortable',
                          'internal', 'computed', 'read_only'):
            self.assertIs(False, getattr(field, attribute))
        self.assertIsNone(field.default)

    def test_unknown_attribute(self):
        self.assertRaises(TypeError, types.String, 'A.', maximum=1)
        self.assertRaises(TypeError, types.Blob, 'A.', max_length=1)

    def test_validators(self):
        field = types.Integer(validators=(_even,))
        self.assert_accepts(field, (2, 2), (None, None))
        self.assert_rejects(field, 1, rule='"a" must be even.')

    def test_validators_may_reject(self):
        def refuse(value):
            raise types.Rejected('is not for us.')

        self.assert_rejects(types.Integer(validators=[refuse]), 1,
                            rule='"a" is not for us.')

    def test_validators_have_to_be_callables(self):
        for validators in (_even, 'abc', (1,), {_even}):
            self.assert_mistake(
                TypeError, types.Integer(validators=validators), 'validators')

    def test_facts(self):
        self.assertEqual({'kind': 'boolean'}, types.Boolean().facts())
        self.assertEqual(
            {'kind': 'string', 'required': True, 'filterable': True,
             'sortable': True, 'mutable': True},
            types.String(required=True, filterable=True, sortable=True,
                         mutable=True).facts())
        self.assertEqual(
            {'kind': 'list', 'computed': True, 'of': {'kind': 'float'}},
            types.List(of=types.Float(), computed=True).facts())
        self.assertEqual(
            {'kind': 'folder', 'required': True, 'max_size': 5,
             'max_items': 2, 'max_total': 9, 'content_types': ['a/b']},
            types.Folder(required=True, max_size=5, max_items=2, max_total=9,
                         content_types=('a/b',)).facts())
        self.assertEqual({'kind': 'link', 'external': False, 'to': ['a']},
                         types.Link(to=('a',), external=False).facts())

    def test_validators_see_the_normal_form(self):
        seen = []
        types.Float(validators=(seen.append,)).coerce(1)
        self.assertEqual([float], [type(value) for value in seen])

    def test_validators_of_elements(self):
        field = types.List(of=types.Integer(validators=(_even,)))
        self.assert_rejects(field, [2, 1], path='a/1', rule='even')

    def test_path_replaces_the_name(self):
        error = self.assertRaises(exceptions.InvalidValue,
                                  types.Boolean().coerce, 1, 'filter')
        self.assertEqual('filter', error.field)

    def test_initial(self):
        self.assertIsNone(types.String().initial())
        self.assertEqual(1.0, types.Float(default=1).initial())
        self.assertEqual('2026-01-02T03:04:05.000000Z', types.DateTime(
            default='2026-01-02T03:04:05Z').initial())

    def test_null_is_not_the_default(self):
        self.assertIsNone(types.String(default='a').coerce(None))

    def test_read_only(self):
        self.assertTrue(types.String(computed=True).read_only)
        self.assertTrue(types.String(internal=True).read_only)

    def test_contradictions(self):
        for attributes, text in (
                ({'computed': True, 'required': True}, 'computed'),
                ({'computed': True, 'mutable': True}, 'computed'),
                ({'internal': True, 'required': True}, 'internal'),
                ({'internal': True, 'mutable': True}, 'internal'),
                ({'internal': True, 'filterable': True}, 'internal'),
                ({'internal': True, 'sortable': True}, 'internal')):
            self.assert_mistake(TypeError, types.String(**attributes), text)
        self.assert_mistake(TypeError, types.Text(filterable=True),
                            'Text cannot be filterable')
        self.assert_mistake(TypeError, types.Text(sortable=True),
                            'Text cannot be sortable')
