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

from glance_artifacts import types
from glance_artifacts.types import common

DOCUMENTED = {
    'Archive', 'ArtifactType', 'Blob', 'Boolean', 'DateTime', 'Dict', 'Field',
    'Float', 'Folder', 'Integer', 'Link', 'List', 'Rejected', 'Route',
    'SemVer', 'String', 'Text', 'KiB', 'MiB', 'GiB', 'TiB'}


class TestPublicApi(base.BaseTestCase):

    def test_all_is_what_the_guide_documents(self):
        self.assertEqual(DOCUMENTED, set(types.__all__))
        self.assertEqual(len(DOCUMENTED), len(types.__all__))
        for name in types.__all__:
            self.assertTrue(hasattr(types, name))


class Shared(types.ArtifactType):
    licence = types.String('SPDX id.', filterable=True)
    data = types.Blob('The file.')


class Model(Shared):
    """A trained model.

    And its files.
    """

    type_name, type_version = 'models', '1.2'

    title = types.String('A field may be called so.')
    values = types.Dict('And so.')
    card = types.Text('The model card.')


class TestArtifactType(base.BaseTestCase):

    def test_fields_in_order_inherited_first(self):
        self.assertEqual(['licence', 'data', 'title', 'values', 'card'],
                         list(Model.fields))
        self.assertEqual(list(Model.fields),
                         [field.name for field in Model.fields.values()])

    def test_title_is_the_first_line_of_the_docstring(self):
        self.assertEqual('A trained model.', Model.title)
        self.assertEqual('', Shared.title)

    def test_type_version_has_a_default(self):
        self.assertEqual('1.0', Shared.type_version)

    def test_blobs_and_values(self):
        self.assertEqual(['data'], list(Model.blobs()))
        self.assertEqual(['licence', 'title', 'values', 'card'],
                         list(Model.values()))

    def test_folders_are_neither_blobs_nor_values(self):
        class Package(Model):
            files = types.Folder('Files.')

        self.assertEqual(['files'], list(Package.folders()))
        self.assertEqual(['data'], list(Package.blobs()))
        self.assertNotIn('files', Package.values())
        self.assertEqual({}, Model.folders())

    def test_fields_may_have_the_names_of_methods(self):
        class Odd(Model):
            validate = types.String('A.')
            blobs = types.Folder('B.')

        self.assertEqual(['blobs'], list(Odd.folders()))
        self.assertIsNone(Odd().validate({}))

    def test_parent_is_no_type_and_is_left_alone(self):
        self.assertIsNone(Shared.type_name)
        self.assertEqual(['licence', 'data'], list(Shared.fields))
        self.assertEqual({}, types.ArtifactType.fields)

    def test_child_replaces_a_field_in_place(self):
        class Child(Model):
            licence = types.String('Any licence.', max_length=9)

        self.assertEqual(list(Model.fields), list(Child.fields))
        self.assertEqual(9, Child.fields['licence'].max_length)
        self.assertEqual(255, Model.fields['licence'].max_length)

    def test_mixins_and_diamonds_follow_the_method_resolution_order(self):
        class Plain:
            extra = types.Integer('An int.')

        class Left(Shared):
            pass

        class Right(Shared):
            licence = types.Text('Long.')

        class Both(Left, Right, Plain):
            type_name = 'both'

        self.assertEqual({'licence', 'data', 'extra'}, set(Both.fields))
        self.assertEqual('text', Both.fields['licence'].kind)


class TestDeclarationMistakes(base.BaseTestCase):

    def _declare(self, /, **attributes):
        return type('Broken', (types.ArtifactType,), attributes)

    def _assert_mistake(self, kind, text, /, **attributes):
        error = self.assertRaises(kind, lambda: self._declare(**attributes))
        self.assertIn('Broken', str(error))
        self.assertIn(text, str(error))

    def test_type_names(self):
        for name in ('', 'A', 'Charts', '1a', '_a', 'a-b', 'a.b', 'a' * 65,
                     'a\n', '\u0430', 'schemas', 'all', 'usage', 'events',
                     'pools', 'limits', 'bundles', 'ui', 'v1', 'v2x'):
            self._assert_mistake(ValueError, 'type_name', type_name=name)
        self._assert_mistake(TypeError, 'type_name', type_name=1)
        for name in ('a', 'a' * 64, 'vm_disks', 'all_files', 'a1_'):
            self._declare(type_name=name)

    def test_type_versions(self):
        for version in ('', '1', '1.', '1.0.0', 'v1.0', '01.0', '1.00',
                        '1.0\n', '-1.0', '1.' + '9' * 10):
            self._assert_mistake(ValueError, 'type_version', type_name='a',
                                 type_version=version)
        self._assert_mistake(TypeError, 'type_version', type_name='a',
                             type_version=1.0)
        for version in ('0.0', '1.10', '20.3'):
            self._declare(type_name='a', type_version=version)

    def test_field_names(self):
        for name in ('Upper', '_private', 'a' * 65, 'a__\xe9', 'id', 'name',
                     'version', 'pool', 'actions', 'members', 'tags',
                     'uploads', 'dependencies', 'dependents', 'attachments',
                     'events', 'limit', 'marker', 'sort', 'sort_key',
                     'sort_dir', 'member_status', 'depth', 'force', 'links'):
            self._assert_mistake(ValueError, 'Broken.' + name,
                                 **{name: types.String('A.')})

    def test_common_fields_are_reserved(self):
        for name in common.COMMON:
            self._assert_mistake(ValueError, 'Broken.%s: the name is reserved'
                                 % name, **{name: types.String('A.')})

    def test_mistakes_name_class_and_field(self):
        for kind, field in (
                (TypeError, types.Text(filterable=True)),
                (TypeError, types.Blob(filterable=True)),
                (TypeError, types.List(sortable=True)),
                (TypeError, types.Dict(sortable=True)),
                (TypeError, types.Blob(sortable=True)),
                (TypeError, types.String(required=True, computed=True)),
                (ValueError, types.String(default=5)),
                (ValueError, types.Integer(minimum=5, default=4)),
                (ValueError, types.List(of=types.Integer(), default=['a']))):
            self._assert_mistake(kind, 'Broken.some', type_name='a',
                                 some=field)
            self._assert_mistake(kind, 'Broken.some', some=field)

    def test_one_field_under_two_names(self):
        field = types.String('A.')
        self._assert_mistake(TypeError, 'other', type_name='a', some=field,
                             other=field)
