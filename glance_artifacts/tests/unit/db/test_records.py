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

from glance_artifacts.tests.unit import factories


class TestArtifact(base.BaseTestCase):

    def test_value(self):
        record = factories.artifact(name='n', fields={'word': 'w'})
        self.assertEqual(('n', 'w', None, None), tuple(
            record.value(name) for name in ('name', 'word', 'count', 'nil')))

    def test_a_field_of_the_type_comes_first(self):
        # a type may call a field as we call an attribute
        record = factories.artifact(fields={'revision': 'mine'})
        self.assertEqual('mine', record.value('revision'))

    def test_document(self):
        record = factories.artifact(tags=['a'], metadata={'k': 'v'})
        self.assertEqual({'description': None, 'tags': ['a'],
                          'metadata': {'k': 'v'}, 'fields': record.fields},
                         record.document())

    def test_blob(self):
        blob = factories.blob('data', 'a/b')
        record = factories.with_blobs(blob)
        self.assertIs(blob, record.blob('data', 'a/b'))
        self.assertIsNone(record.blob('data'))


class TestBlob(base.BaseTestCase):

    def test_etag(self):
        self.assertEqual('sha256:' + 'ab' * 32, factories.blob().etag)
        self.assertEqual('tree:' + 'ef' * 32, factories.blob(
            sha256=None, tree_sha256='ef' * 32).etag)
