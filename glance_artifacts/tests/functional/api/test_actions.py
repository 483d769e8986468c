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

"""The life of an artifact: activate, deactivate, reactivate."""

import itertools

from glance_artifacts.tests.functional.api import base
from glance_artifacts.tests.functional.api import charts

ACTIONS = ('activate', 'deactivate', 'reactivate')
STATUSES = ('drafted', 'active', 'deactivated')

#: What each action makes of each status; what is not here is refused.
TABLE = {
    ('drafted', 'activate'): 'active',
    ('active', 'activate'): 'active',
    ('active', 'deactivate'): 'deactivated',
    ('deactivated', 'deactivate'): 'deactivated',
    ('deactivated', 'reactivate'): 'active',
    ('active', 'reactivate'): 'active',
}


class TestLife(base.ApiTest):

    def in_status(self, status):
        artifact = self.create()
        for action in ACTIONS[:STATUSES.index(status)]:
            self.act(artifact, action)
        artifact = self.show(artifact)
        self.assertEqual(status, artifact['status'])
        return artifact

    def test_the_whole_table(self):
        for status, action in itertools.product(STATUSES, ACTIONS):
            artifact = self.in_status(status)
            before = self.call('GET', artifact['self'])
            expected = TABLE.get((status, action))
            if expected is None:
                self.refused(409, 'artifact.status', 'POST', '%s/actions/%s'
                             % (artifact['self'], action), field='status')
            else:
                said = self.act(artifact, action).json()
                self.assertEqual(expected, said['status'])
            after = self.call('GET', artifact['self'])
            if expected in (None, status):
                self.assertEqual(before.headers['ETag'],
                                 after.headers['ETag'])
                self.assertEqual(before.json(), after.json())
            else:
                self.assertNotEqual(before.headers['ETag'],
                                    after.headers['ETag'])

    def test_an_action_that_is_none(self):
        artifact = self.create()
        self.refused(404, 'request.path', 'POST',
                     artifact['self'] + '/actions/explode')


class TestActivation(base.ApiTest):

    def test_something_is_missing(self):
        chart = self.create('helm_charts')
        self.upload(chart, charts.sign(), 'provenance')
        before = self.show(chart)
        entry = self.refused(409, 'artifact.activate.incomplete', 'POST',
                             chart['self'] + '/actions/activate',
                             field='chart')
        self.assertIn('chart', entry['detail'])
        self.assertEqual(before, self.show(chart))
        self.upload_chart(chart)
        self.assertEqual('active',
                         self.act(chart, 'activate').json()['status'])

    def test_nothing_is_required(self):
        self.assertEqual('active', self.active()['status'])

    def test_a_deactivated_ones_bytes(self):
        artifact = self.active(data=b'bytes', public=True)
        self.act(artifact, 'deactivate')
        for token in (self.member, self.reader, self.stranger):
            self.call('GET', artifact['self'], token=token)
            for method in ('GET', 'HEAD'):
                response = self.call(method, artifact['self'] + '/data', 403,
                                     token=token)
                self.assertNotIn(b'bytes', response.content)
            self.call('GET', artifact['self'] + '/data', 403, token=token,
                      headers={'Range': 'bytes=0-1'})
        self.assertEqual(b'bytes', self.call(
            'GET', artifact['self'] + '/data', token=base.ADMIN).content)
        self.act(artifact, 'reactivate')
        self.assertEqual(b'bytes', self.call(
            'GET', artifact['self'] + '/data', token=self.stranger).content)

    def test_activation_shows_a_public_draft_to_all(self):
        draft = self.create(token=base.ADMIN, visibility='public',
                            owner=self.project)
        self.call('GET', draft['self'], 404, token=self.stranger)
        self.act(draft, 'activate')
        self.assertEqual(self.show(draft),
                         self.show(draft, token=self.stranger))
