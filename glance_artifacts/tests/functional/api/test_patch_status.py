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
from glance_artifacts.tests.functional.api import test_merge_patch


def to(status):
    return {'op': 'replace', 'path': '/status', 'value': status}


class TestStatus(base.ApiTest):

    def setUp(self):
        super().setUp()
        self.draft = self.create()

    def test_the_whole_life(self):
        for status in ('active', 'deactivated', 'active'):
            said = self.patch(self.draft, to(status)).json()
            self.assertEqual(status, said['status'])
            self.assertEqual(said, self.show(self.draft))
        self.assertIsNotNone(said['activated_at'])

    def test_by_merge_patch(self):
        said = self.call('PATCH', self.draft['self'],
                         headers=test_merge_patch.MERGE_PATCH,
                         data=json.dumps({'status': 'active'})).json()
        self.assertEqual('active', said['status'])

    def test_what_holds_already(self):
        for status in ('drafted', 'active', 'deactivated'):
            before = self.patch(self.draft, to(status)).json()
            again = self.patch(self.draft, to(status))
            self.assertEqual(before, again.json())

    def test_ways_that_are_none(self):
        for start, others in (('drafted', ('deactivated', 'deleted')),
                              ('active', ('drafted', 'deleted')),
                              ('deactivated', ('drafted', 'deleted'))):
            self.patch(self.draft, to(start))
            for status in others:
                self.patch_refused(409, 'artifact.status', self.draft,
                                   to(status), field='status')
            self.assertEqual(start, self.show(self.draft)['status'])

    def test_what_is_no_status(self):
        for operation in (to('sleeping'), to(None), to(['active']),
                          {'op': 'remove', 'path': '/status'}):
            self.patch_refused(400, 'artifact.field.invalid', self.draft,
                               operation, field='status')

    def test_together_with_fields(self):
        """They are checked as fields of what the artifact was."""
        said = self.patch(self.draft, to('active'), {
            'op': 'replace', 'path': '/version', 'value': '2'}).json()
        self.assertEqual(('active', '2.0.0'), (said['status'],
                                               said['version']))
        response = self.call('HEAD', self.draft['self'])
        self.assertEqual('"2"', response.headers['ETag'])
        before = self.show(self.draft)
        self.patch_refused(
            409, 'artifact.immutable', self.draft, to('deactivated'),
            {'op': 'replace', 'path': '/version', 'value': '3'},
            field='version')
        self.assertEqual(before, self.show(self.draft))

    def test_something_is_missing(self):
        draft = self.create('helm_charts')
        entry = self.patch_refused(
            409, 'artifact.activate.incomplete', draft, to('active'),
            {'op': 'add', 'path': '/tags/-', 'value': 'a'}, field='chart')
        self.assertEqual('artifact.activate.incomplete', entry['code'])
        self.assertEqual(draft, self.show(draft))

    def test_policies(self):
        self.patch_refused(403, 'policy.forbidden', self.draft, to('active'),
                           token=self.reader)
        self.patch_refused(404, 'artifact.not_found', self.draft,
                           to('active'), token=self.stranger)


class TestOwner(base.ApiTest):

    def give(self, artifact, owner, expected=200, **kwargs):
        return self.patch(artifact, {'op': 'replace', 'path': '/owner',
                                     'value': owner}, expected=expected,
                          **kwargs)

    def test_by_an_administrator(self):
        for artifact in (self.create(), self.active()):
            other = base.unique('other')
            said = self.give(artifact, other, token=base.ADMIN).json()
            self.assertEqual(other, said['owner'])
            self.refused(404, 'artifact.not_found', 'GET', artifact['self'])
            token = base.token_for(other)
            self.assertEqual(said, self.show(artifact, token=token))
            self.assertEqual([artifact['id']], [
                one['id'] for one in self.listed(token=token)])
        self.assertEqual([], self.listed())

    def test_not_by_its_member(self):
        artifact = self.active()
        self.give(artifact, base.unique('other'), 403)
        self.give(artifact, artifact['owner'])
        self.assertEqual(artifact, self.show(artifact))

    def test_who_has_one_of_that_name(self):
        other = base.unique('other')
        artifact = self.create(name='same')
        self.create(name='same', token=base.token_for(other))
        self.patch_refused(
            409, 'artifact.exists', artifact,
            {'op': 'replace', 'path': '/owner', 'value': other},
            field='version', token=base.ADMIN)
        self.assertEqual(artifact, self.show(artifact))

    def test_what_is_no_project(self):
        artifact = self.create()
        for owner in ('', None, 1, 'x' * 65):
            self.patch_refused(
                400, 'artifact.field.invalid', artifact,
                {'op': 'replace', 'path': '/owner', 'value': owner},
                field='owner', token=base.ADMIN)
