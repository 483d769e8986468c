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

from glance_artifacts.tests.functional.api import base

MERGE_PATCH = {'Content-Type': 'application/merge-patch+json'}


class TestMergePatch(base.ApiTest):

    def setUp(self):
        super().setUp()
        self.draft = self.create(
            name='chart', version='1', description='Old.',
            tags=['a', 'b'], metadata={'k': 'v', 'x': 'y'})

    def merge(self, changes, **kwargs):
        headers = {**MERGE_PATCH, **kwargs.pop('headers', {})}
        said = self.call('PATCH', self.draft['self'], headers=headers,
                         data=json.dumps(changes), **kwargs)
        self.assertEqual(said.json(), self.show(self.draft))
        return said.json()

    def refuse(self, status, code, changes, field=None, **kwargs):
        headers = {**MERGE_PATCH, **kwargs.pop('headers', {})}
        before = self.show(self.draft)
        self.refused(status, code, 'PATCH', self.draft['self'], field=field,
                     headers=headers, data=json.dumps(changes), **kwargs)
        self.assertEqual(before, self.show(self.draft))

    def test_values(self):
        said = self.merge({'name': 'other', 'version': '2', 'tags': ['c'],
                           'description': None})
        self.assertEqual(
            {**self.draft, 'name': 'other', 'version': '2.0.0',
             'tags': ['c'], 'description': None,
             'updated_at': said['updated_at']}, said)

    def test_maps_are_merged(self):
        said = self.merge({'metadata': {'k': None, 'n': 'm', 'none': None}})
        self.assertEqual({'x': 'y', 'n': 'm'}, said['metadata'])
        self.assertEqual({}, self.merge({'metadata': None})['metadata'])
        self.assertEqual({'a': 'b'},
                         self.merge({'metadata': {'a': 'b'}})['metadata'])

    def test_lists_are_replaced(self):
        self.assertEqual(['b'], self.merge({'tags': ['b']})['tags'])
        self.assertEqual([], self.merge({'tags': None})['tags'])

    def test_nothing(self):
        self.assertEqual(self.draft, self.merge({}))
        self.assertEqual(self.draft, self.merge({'name': 'chart'}))
        self.assertEqual('"1"', self.call(
            'HEAD', self.draft['self']).headers['ETag'])

    def test_what_is_none(self):
        for body in ([], 'a', None, 1):
            self.refuse(400, 'request.patch', body)

    def test_fields(self):
        self.refuse(400, 'artifact.field.unknown',
                    {'name': 'other', 'colour': 'red'}, 'colour')
        self.refuse(400, 'artifact.field.read_only',
                    {'name': 'other', 'id': base.NOBODYS_ID}, 'id')
        self.refuse(400, 'artifact.field.read_only', {'data': None}, 'data')
        self.refuse(400, 'artifact.field.invalid', {'name': None}, 'name')
        self.refuse(400, 'artifact.field.invalid',
                    {'metadata': {'k': {'deep': None}}}, 'metadata/k')
        self.refuse(400, 'artifact.field.invalid', {'metadata': 'a'},
                    'metadata')

    def test_once_active(self):
        self.act(self.draft, 'activate')
        self.refuse(409, 'artifact.immutable', {'version': '2'}, 'version')
        self.refuse(409, 'artifact.immutable',
                    {'description': 'New.', 'name': 'chart'}, 'name')
        self.assertEqual('New.', self.merge(
            {'description': 'New.'})['description'])

    def test_if_match(self):
        self.refuse(412, 'artifact.revision', {'name': 'a'},
                    headers={'If-Match': '"7"'})
        self.merge({'name': 'a'}, headers={'If-Match': '"1"'})

    def test_policies(self):
        self.refuse(403, 'policy.forbidden', {'visibility': 'public'})
        self.refuse(403, 'policy.forbidden', {}, token=self.reader)
