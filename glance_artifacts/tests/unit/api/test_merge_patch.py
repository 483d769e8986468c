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

from glance_artifacts.api import merge_patch
from glance_artifacts import exceptions

#: The cases of RFC 7396, appendix A, whose patch is an object.
CASES = (
    ({'a': 'b'}, {'a': 'c'}, {'a': 'c'}),
    ({'a': 'b'}, {'b': 'c'}, {'a': 'b', 'b': 'c'}),
    ({'a': 'b'}, {'a': None}, {}),
    ({'a': 'b', 'b': 'c'}, {'a': None}, {'b': 'c'}),
    ({'a': ['b']}, {'a': 'c'}, {'a': 'c'}),
    ({'a': 'c'}, {'a': ['b']}, {'a': ['b']}),
    ({'a': {'b': 'c'}}, {'a': {'b': 'd', 'c': None}}, {'a': {'b': 'd'}}),
    ({'a': [{'b': 'c'}]}, {'a': [1]}, {'a': [1]}),
    ({'e': None}, {'a': 1}, {'e': None, 'a': 1}),
    ({}, {'a': {'bb': {'ccc': None}}}, {'a': {'bb': {}}}),
    ({'a': 'b'}, {'a': {'c': 'd'}}, {'a': {'c': 'd'}}),
)


class TestMergePatch(base.BaseTestCase):

    def test_the_cases_of_the_rfc(self):
        for document, changes, expected in CASES:
            before = repr((document, changes))
            self.assertEqual(expected, merge_patch.apply(document, changes))
            self.assertEqual(before, repr((document, changes)))

    def test_targets(self):
        self.assertEqual(['b', 'a'],
                         merge_patch.targets({'b': None, 'a': {'c': 1}}))
        self.assertEqual([], merge_patch.targets({}))

    def test_what_is_none(self):
        for body in (None, [], [{}], 'a', 1, True):
            error = self.assertRaises(exceptions.BadRequest,
                                      merge_patch.targets, body)
            self.assertEqual('request.patch', error.code)
