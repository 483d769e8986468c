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

import json

from oslotest import base

from glance_artifacts import exceptions
from glance_artifacts.tests.unit.types import test_schema
from glance_artifacts import types
from glance_artifacts.types import hooks
from glance_artifacts.types import schema
from glance_artifacts.types import stored

Everything = test_schema.Everything


def _stored(cls):
    """The schema as the database gives it back."""
    return json.loads(json.dumps(schema.artifact_schema(cls)))


class TestStored(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.schema = _stored(Everything)
        self.cls = stored.from_schema(self.schema, 'everything', '1.0')

    def test_identity(self):
        self.assertTrue(issubclass(self.cls, types.ArtifactType))
        self.assertTrue(issubclass(self.cls, stored.Stored))
        self.assertFalse(issubclass(Everything, stored.Stored))
        self.assertEqual(('everything', '1.0', Everything.title), (
            self.cls.type_name, self.cls.type_version, self.cls.title))

    def test_fields(self):
        shown = [name for name in Everything.fields if name != 'secret']
        self.assertEqual(shown, list(self.cls.fields))
        for name, field in self.cls.fields.items():
            original = Everything.fields[name]
            self.assertEqual(original.facts(), field.facts())
            self.assertIs(type(original), type(field))
            self.assertEqual((name, original.description),
                             (field.name, field.description))
        self.assertEqual(list(Everything.blobs()), list(self.cls.blobs()))
        self.assertEqual(list(Everything.folders()), list(self.cls.folders()))

    def test_schema_is_the_stored_one(self):
        made = schema.artifact_schema(self.cls)
        self.assertEqual(self.schema, made)
        made.clear()
        self.assertEqual(self.schema, schema.artifact_schema(self.cls))

    def test_values_are_shown_as_they_are(self):
        for name, field in self.cls.values().items():
            for shown in (test_schema.DRAFT, test_schema.FULL):
                self.assertEqual(shown[name], field.coerce(shown[name]))

    def test_hooks_do_nothing(self):
        hooks.validate(self.cls, {})
        self.assertFalse(hooks.has(self.cls, 'inspect'))

    def test_a_name_that_became_reserved(self):
        text = json.dumps(self.schema).replace('"prose"', '"uploads"')
        cls = stored.from_schema(json.loads(text), 'all', '1.0')
        self.assertIn('uploads', cls.fields)
        self.assertEqual('all', cls.type_name)

    def test_a_field_with_the_name_of_ours(self):
        text = json.dumps(self.schema).replace('"prose"', '"stored_schema"')
        cls = stored.from_schema(json.loads(text), 'everything', '1.0')
        self.assertIn('stored_schema', cls.fields)
        self.assertEqual(json.loads(text), schema.artifact_schema(cls))

    def test_a_kind_of_a_later_release(self):
        facts = self.schema['properties']['prose']['x-glance-artifacts']
        facts.update(kind='hologram', filterable=True, depth=3)
        cls = stored.from_schema(self.schema, 'everything', '1.0')
        field = cls.fields['prose']
        self.assertFalse(field.filterable)
        self.assertEqual({'any': 1}, field.coerce({'any': 1}))
        self.assertIsNone(field.coerce(None))
        self.assertEqual(self.schema, schema.artifact_schema(cls))

    def test_no_schema_of_ours(self):
        for broken in ({}, {'properties': []}, {'properties': {'a': {}}},
                       {'properties': {'a': {'x-glance-artifacts': {}}}},
                       {'properties': {'a': {'x-glance-artifacts': {
                           'kind': 'string', 'unknown': 1}}}}):
            error = self.assertRaises(ValueError, stored.from_schema, broken,
                                      'things', '1.0')
            self.assertIn('things 1.0', str(error))

    def test_bytes_stay_read_only(self):
        self.assertRaises(exceptions.ReadOnlyField,
                          self.cls.fields['data'].coerce, {})
