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

from glance_artifacts.db import amounts
from glance_artifacts.quota import limits
from glance_artifacts.quota import names

MIB = 1024 * 1024


class TestNames(base.BaseTestCase):

    def test_from_keystone(self):
        self.assertEqual(
            limits.ProjectLimits(
                amounts.Limit(100, 5 * MIB),
                {'a': amounts.Limit(7, -1), 'b': amounts.Limit(-1, 2 * MIB),
                 'total': amounts.Limit(0, -1)},
                {'a-b': amounts.Limit(3, MIB)}),
            names.from_keystone({
                'artifact_count_total': 100, 'artifact_size_total': 5,
                'artifact_count_type_a': 7, 'artifact_size_type_a': -1,
                'artifact_size_type_b': 2, 'artifact_count_type_total': 0,
                'artifact_count_pool_a-b': 3, 'artifact_size_pool_a-b': 1,
                'image_size_total': 1, 'artifact_count': 1}))

    def test_what_is_not_registered(self):
        self.assertEqual(limits.ProjectLimits(amounts.Limit(0, 0)),
                         names.from_keystone({}))
        self.assertEqual(amounts.Limit(-1, 0), names.from_keystone(
            {'artifact_count_total': -1}).total)

    def test_to_keystone(self):
        self.assertEqual(
            {'artifact_count_total': -1, 'artifact_size_total': 2,
             'artifact_count_type_a': 7, 'artifact_size_type_b': 0},
            names.to_keystone(limits.ProjectLimits(
                amounts.Limit(-1, 3 * MIB - 1),
                {'a': amounts.Limit(7, -1), 'b': amounts.Limit(-1, 1)})))

    def test_there_and_back(self):
        for found in (limits.ProjectLimits(),
                      limits.ProjectLimits(
                          amounts.Limit(1, 2 * MIB),
                          {'a': amounts.Limit(3, 4 * MIB)},
                          {'p': amounts.Limit(-1, 5 * MIB)})):
            self.assertEqual(found, names.from_keystone(
                names.to_keystone(found)))
