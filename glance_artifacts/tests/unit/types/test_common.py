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
from glance_artifacts.types import common


class TestCommon(base.FieldTestCase):

    def test_order(self):
        self.assertEqual(
            ['id', 'type_name', 'type_version', 'name', 'version',
             'description', 'tags', 'metadata', 'visibility', 'status',
             'owner', 'pool', 'created_at', 'updated_at', 'activated_at',
             'self', 'schema'], list(common.COMMON))
        self.assertEqual(list(common.COMMON),
                         [field.name for field in common.COMMON.values()])

    def _names(self, attribute):
        return {name for name, field in common.COMMON.items()
                if getattr(field, attribute)}

    def test_attributes(self):
        filterable = set(common.COMMON) - {'description', 'self', 'schema'}
        self.assertEqual(filterable, self._names('filterable'))
        self.assertEqual(
            filterable - {'tags', 'metadata', 'id', 'owner', 'pool'},
            self._names('sortable'))
        self.assertEqual({'description', 'tags', 'metadata', 'visibility',
                          'owner'}, self._names('mutable'))
        self.assertEqual({'name'}, self._names('required'))
        self.assertEqual(
            set(common.COMMON) - set(common.WRITABLE) - {'owner', 'pool'},
            self._names('read_only'))

    def test_initial_values(self):
        self.assertEqual(
            {'name': None, 'version': '0.0.0', 'description': None,
             'tags': [], 'metadata': {}, 'visibility': 'private'},
            {name: common.COMMON[name].initial() for name in common.WRITABLE})

    def test_null(self):
        for name, expected in (('version', '0.0.0'), ('description', None),
                               ('tags', []), ('metadata', {}),
                               ('visibility', 'private'),
                               ('activated_at', None)):
            self.assertEqual(expected, common.COMMON[name].coerce(None))
        for name in ('name', 'owner', 'pool', 'id', 'status'):
            error = self.assertRaises(exceptions.InvalidValue,
                                      common.COMMON[name].coerce, None)
            self.assertEqual(name, error.field)

    def test_name(self):
        self.assert_accepts(common.COMMON['name'], ('a', 'a'),
                            ('\U0001f600' * 255,) * 2)
        self.assert_rejects(common.COMMON['name'], '', 'a' * 256, 1, [],
                            'a\0', '\ud800', path='name')

    def test_version(self):
        self.assertEqual('semver', common.COMMON['version'].kind)
        self.assert_accepts(common.COMMON['version'], ('1', '1.0.0'),
                            ('1.2.3-rc.1+b', '1.2.3-rc.1+b'))
        self.assert_rejects(common.COMMON['version'], '', 'x', 1, 1.0, True,
                            [], {}, path='version')

    def test_description(self):
        self.assert_accepts(common.COMMON['description'],
                            ('a' * 65535,) * 2, ('', ''))
        self.assert_rejects(common.COMMON['description'], 'a' * 65536,
                            path='description')

    def test_tags(self):
        self.assert_accepts(common.COMMON['tags'],
                            (['b', 'a', 'b'], ['b', 'a']))
        self.assert_rejects(common.COMMON['tags'], ['a', ''],
                            ['a', 'b' * 256], path='tags/1')
        self.assert_rejects(common.COMMON['tags'],
                            [str(number) for number in range(256)],
                            path='tags')

    def test_metadata(self):
        self.assert_accepts(common.COMMON['metadata'],
                            ({'k': 'v' * 4096},) * 2)
        self.assert_rejects(common.COMMON['metadata'], {'k': 'v' * 4097},
                            {'k': 1}, {'k': None}, path='metadata/k')

    def test_visibility(self):
        self.assert_accepts(common.COMMON['visibility'],
                            *((one, one) for one in (
                                'private', 'shared', 'community', 'public')))
        self.assert_rejects(common.COMMON['visibility'], 'all', 'PUBLIC', '',
                            path='visibility')
