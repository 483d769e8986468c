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


class TestBlob(base.FieldTestCase):

    def test_units(self):
        self.assertEqual((2 ** 10, 2 ** 20, 2 ** 30, 2 ** 40),
                         (types.KiB, types.MiB, types.GiB, types.TiB))

    def test_defaults(self):
        blob = types.Blob('Bytes.')
        blob.check()
        self.assertEqual(10 * types.GiB, blob.max_size)
        self.assertIsNone(blob.content_types)
        self.assertTrue(blob.read_only)
        self.assertIsNone(blob.initial())

    def test_clients_cannot_set_it(self):
        blob = types.Blob()
        blob.name = 'data'
        self.assertIsNone(blob.coerce(None))
        for value in ({}, 'bytes', 0, False, {'status': 'active'}):
            error = self.assertRaises(exceptions.ReadOnlyField, blob.coerce,
                                      value)
            self.assertEqual('data', error.field)

    def test_mistakes(self):
        for kind, attributes, text in (
                (TypeError, {'mutable': True}, 'Blob'),
                (TypeError, {'computed': True}, 'Blob'),
                (TypeError, {'internal': True}, 'Blob'),
                (TypeError, {'default': 'a'}, 'Blob'),
                (TypeError, {'validators': (len,)}, 'Blob'),
                (TypeError, {'filterable': True}, 'filterable'),
                (TypeError, {'sortable': True}, 'sortable'),
                (ValueError, {'max_size': 0}, 'max_size'),
                (TypeError, {'max_size': 1.5}, 'max_size'),
                (TypeError, {'content_types': 'text/plain'}, 'content_types'),
                (ValueError, {'content_types': ('Text/Plain',)},
                 'content_types'),
                (ValueError, {'content_types': ('text',)}, 'content_types')):
            self.assert_mistake(kind, types.Blob(**attributes), text)
        types.Blob(content_types=('application/vnd.oci.image+gzip',)).check()
