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

import re

from oslotest import base

from glance_artifacts import exceptions


def _kinds(parent=exceptions.ArtifactsError):
    """Every kind of the module, the first one included."""
    found = {parent} if parent.__module__ == exceptions.__name__ else set()
    for child in parent.__subclasses__():
        found |= _kinds(child)
    return found


class TestKinds(base.BaseTestCase):

    def test_status_code_and_title(self):
        kinds = _kinds()
        self.assertGreater(len(kinds), 20)
        titles = {}
        for kind in kinds:
            self.assertIn(kind.status // 100, (4, 5))
            self.assertRegex(kind.code, r'\A[a-z]+(\.[a-z_]+)+\Z')
            titles.setdefault(kind.status, set()).add(kind.title)
        self.assertEqual([], [titles[status] for status in titles
                              if len(titles[status]) > 1])

    def test_each_kind_that_is_answered_has_a_code_of_its_own(self):
        codes = [kind.code for kind in _kinds()]
        self.assertEqual(len(codes), len(set(codes)))

    def test_codes_of_the_contract(self):
        for kind, status, code in (
                (exceptions.Incomplete, 409, 'artifact.activate.incomplete'),
                (exceptions.Immutable, 409, 'artifact.immutable'),
                (exceptions.PatchConflict, 409, 'artifact.patch.conflict'),
                (exceptions.BlobExists, 409, 'artifact.blob.exists'),
                (exceptions.BlobSaving, 409, 'artifact.blob.saving'),
                (exceptions.InvalidValue, 400, 'artifact.field.invalid'),
                (exceptions.Misconfigured, 503, 'service.misconfigured'),
                (exceptions.RevisionMismatch, 412, 'artifact.revision')):
            self.assertEqual((status, code), (kind.status, kind.code))


class TestEntries(base.BaseTestCase):

    def test_plain(self):
        error = exceptions.NotFound('There is none.')
        self.assertEqual([{'code': 'artifact.not_found',
                           'detail': 'There is none.'}], error.entries())
        self.assertEqual('There is none.', str(error))

    def test_with_a_field_and_a_narrower_code(self):
        error = exceptions.Conflict('No.', code='a.b', field='f')
        self.assertEqual([{'code': 'a.b', 'detail': 'No.', 'field': 'f'}],
                         error.entries())
        self.assertEqual('artifact.conflict', exceptions.Conflict.code)

    def test_incomplete_has_one_for_each_field(self):
        error = exceptions.Incomplete(iter(['a', 'b']))
        self.assertEqual(['a', 'b'],
                         [entry['field'] for entry in error.entries()])
        self.assertTrue(re.search(r'\ba, b\b', error.detail))


class TestUnavailable(base.BaseTestCase):

    def test_when_to_come_again(self):
        self.assertEqual({'Retry-After': '10'},
                         exceptions.Unavailable('.').headers)
        self.assertEqual({'Retry-After': '3'}, exceptions.Unavailable(
            '.', retry_after=3).headers)
        self.assertEqual({'Retry-After': '7'}, exceptions.Unavailable(
            '.', headers={'Retry-After': '7'}).headers)

    def test_what_the_operator_has_to_do(self):
        error = exceptions.Misconfigured(
            'there is none', option='[a]/b', value='c', remedy='make one')
        self.assertEqual('[a]/b', error.option)
        for text in ('[a]/b', 'c', 'there is none', 'make one'):
            self.assertIn(text, error.detail)
