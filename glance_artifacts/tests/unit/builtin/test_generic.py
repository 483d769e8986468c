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

from glance_artifacts.builtin import generic
from glance_artifacts import testing


class TestGeneric(testing.TypeConformance):
    type_class = generic.Generic
    samples = {'data': b'anything'}

    def test_declares(self):
        self.assertEqual(('generic', '1.0'), (generic.Generic.type_name,
                                              generic.Generic.type_version))
        self.assertEqual(['data'], list(generic.Generic.fields))
        self.assertFalse(generic.Generic.blobs()['data'].required)

    def test_takes_no_file_at_all(self):
        artifact = self.draft()
        artifact.activate()
        self.assertEqual('active', artifact.values['status'])
