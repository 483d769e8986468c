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

"""The table that OpenAPI document and API reference are made from."""

from oslotest import base

from glance_artifacts.api.openapi import artifacts
from glance_artifacts.api.openapi import bodies
from glance_artifacts.api import operations
from glance_artifacts.api.operations import answers
from glance_artifacts.api.operations import base as operations_base
from glance_artifacts.api.operations import images
from glance_artifacts.api.operations import parameters
from glance_artifacts.api import routes
from glance_artifacts.tests.unit.docs import test_errors

#: Answered before any route is found, or to a method that no route has.
NOBODYS = {'auth.required', 'auth.token_invalid', 'auth.development_only'}


def told():
    """Every operation with what it is called."""
    for key, operation in operations.OPERATIONS.items():
        yield ' '.join(key), operation
        if operation.folder is not None:
            yield ' '.join(key) + ' of a folder', operation.folder


class TestTable(base.BaseTestCase):

    def test_every_route_is_there_and_no_other(self):
        self.assertEqual({(route.method, route.path)
                          for route in routes.ROUTES},
                         set(operations.OPERATIONS))

    def test_no_route_is_in_two_chapters(self):
        self.assertEqual(len(operations.OPERATIONS), sum(
            len(chapter) for chapter in operations.CHAPTERS.values()))

    def test_every_code_is_answered_and_no_other(self):
        raised = set(test_errors.raised())
        codes = {code for _, one in told()
                 for answer in images.of(answers.of(one))
                 for code in answer.codes}
        self.assertEqual(set(), raised - codes - NOBODYS)
        self.assertEqual(set(), codes - raised)

    def test_codes_stand_under_their_status(self):
        statuses = test_errors.raised()
        for name, operation in told():
            for answer in answers.of(operation):
                for code in answer.codes:
                    self.assertLessEqual(statuses[code], {answer.status},
                                         '%s: %s' % (name, code))

    def test_what_it_names_is_known(self):
        schemas = {*bodies.SCHEMAS, *artifacts.SCHEMAS,
                   operations_base.BYTES}
        for name, operation in told():
            self.assertLessEqual(set(operation.parameters),
                                 set(parameters.REQUEST), name)
            self.assertLessEqual(set(operation.request.values()), schemas,
                                 name)
            for answer in answers.of(operation):
                self.assertLessEqual(set(answer.headers),
                                     set(parameters.HEADERS), name)
                self.assertIn(answer.body, {None, *schemas}, name)

    def test_a_variant_is_one_answer(self):
        found = {}
        for name, operation in told():
            for answer in answers.of(operation):
                key = answer.status, answer.variant
                first = found.setdefault(key, answer)
                self.assertEqual((first.description, first.codes),
                                 (answer.description, answer.codes),
                                 '%s: %s.%s' % (name, *key))

    def test_each_status_is_told_once(self):
        for name, operation in told():
            statuses = [answer.status for answer in answers.of(operation)]
            self.assertEqual(sorted(set(statuses)), statuses, name)

    def test_what_every_operation_answers(self):
        for name, operation in told():
            found = {answer.status: answer for answer
                     in answers.of(operation)}
            self.assertLessEqual({400, 401, 403, 500, 503}, set(found), name)
            self.assertIn('request.header', found[400].codes, name)
            self.assertTrue(min(found) < 300, name)

    def test_texts_are_sentences(self):
        for name, operation in told():
            self.assertRegex(operation.title, r'\A[A-Z].*[^.]\Z', name)
            self.assertRegex(operation.text, r'(?s)\A[A-Z].*\.\Z', name)
