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

from glance_artifacts.db import encoding
from glance_artifacts.db import listing


class TestWalk(base.BaseTestCase):

    WALK = listing.Walk(('samples',), ('*',), 'name', True)

    def test_only_one_value(self):
        for value in (encoding.ABSENT, encoding.encode('string', 'a')):
            walk = self.WALK.only(value)
            self.assertTrue(walk.one_value)
            self.assertEqual((value, value + encoding.ABOVE),
                             (walk.low, walk.high))
            self.assertEqual(self.WALK.key, walk.key)

    def test_many_values(self):
        low, high = (encoding.encode('string', text) for text in 'ac')
        for bounds in ((None, None), (low, None), (None, high), (low, high)):
            walk = listing.Walk(('samples',), ('*',), 'name', True, *bounds)
            self.assertFalse(walk.one_value, bounds)
