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

"""Artifacts in a glance-api that believes Keystone and nobody else."""

from __future__ import annotations

import time

from cryptography import fernet
from keystoneauth1.identity import v3
from keystoneauth1 import session
import msgpack
import yaml

from glance_artifacts.dev import keystone as dev_keystone
from glance_artifacts.tests.functional.api import base
from glance_artifacts.tests.functional.services import keystone
from glance_artifacts.tests.functional.services import operator

OURS, OTHERS = 'lab', 'elsewhere'


class TestKeystone(base.ApiTest):
    """A member and a reader of a project, a member of another, an admin.

    All in one class, which has one server.
    """

    @classmethod
    def setUpClass(cls) -> None:
        cls.keystone = keystone.shared().server
        for project in (OURS, OTHERS):
            cls.keystone.create('project', name=project, domain_id='default')
        cls.keystone.user('ann', **{OURS: 'member'})
        cls.keystone.user('rob', **{OURS: 'reader'})
        cls.keystone.user('eve', **{OTHERS: 'member'})
        cls.tokens = {
            name: cls.keystone.token(name, project) for name, project in (
                ('ann', OURS), ('rob', OURS), ('eve', OTHERS),
                ('admin', 'admin'))}
        cls.server_options = {'flavor': 'keystone',
                              'extra': cls.keystone.options()}
        super().setUpClass()

    def setUp(self) -> None:
        super().setUp()
        self.project = self.keystone.find('project', OURS)
        self.member, self.reader = self.tokens['ann'], self.tokens['rob']
        self.stranger, self.admin = self.tokens['eve'], self.tokens['admin']

    def test_the_main_job(self):
        draft = self.create()
        self.assertEqual(self.project, draft['owner'])
        self.upload(draft, b'some bytes')
        artifact = self.act(draft, 'activate').json()
        self.assertEqual('active', artifact['status'])
        for token in (self.member, self.reader, self.admin):
            self.assertEqual(b'some bytes', self.call(
                'GET', draft['self'] + '/data', token=token).content)
            self.assertIn(draft['id'], self.ids(token))
        self.call('DELETE', draft['self'], 204)

    def ids(self, token):
        return [one['id'] for page in self.pages('limit=1000', token=token)
                for one in page]

    def test_a_reader_writes_nothing(self):
        draft = self.create()
        self.call('POST', '/artifacts/generic', 403, token=self.reader,
                  json={'name': 'a'})
        self.upload(draft, b'x', expected=403, token=self.reader)
        self.patch(draft, {'op': 'replace', 'path': '/description',
                           'value': 'a'}, expected=403, token=self.reader)
        self.act(draft, 'activate', 403, token=self.reader)
        self.call('DELETE', draft['self'], 403, token=self.reader)
        self.assertEqual(draft, self.show(draft, token=self.reader))

    def test_another_project_sees_nothing(self):
        artifact = self.active(data=b'bytes')
        for method, path in (('GET', ''), ('GET', '/data'),
                             ('PUT', '/data'), ('DELETE', '')):
            self.call(method, artifact['self'] + path, 404,
                      token=self.stranger)
        self.assertNotIn(artifact['id'], self.ids(self.stranger))

    def test_what_an_administrator_may_do(self):
        draft = self.create()
        self.assertIn(draft['id'], self.ids(self.admin))
        self.assertEqual('public', self.publish_as_admin(draft))
        self.assertEqual(draft['id'], self.show(
            draft, token=self.stranger)['id'])

    def publish_as_admin(self, draft):
        self.upload(draft, b'bytes')
        self.act(draft, 'activate')
        self.addCleanup(self.call, 'DELETE', draft['self'], 204,
                        token=self.admin)
        change = {'op': 'replace', 'path': '/visibility', 'value': 'public'}
        self.patch(draft, change, expected=403)
        return self.patch(draft, change, token=self.admin).json()[
            'visibility']

    def test_the_owner_of_what_an_administrator_creates(self):
        owner = self.keystone.find('project', OTHERS)
        draft = self.create(token=self.admin, owner=owner)
        self.call('GET', draft['self'], 404)
        self.call('DELETE', draft['self'], 204, token=self.stranger)

    def test_no_token(self):
        for path in ('', '/generic', '/usage', '/schemas'):
            self.check_refused(path, None)

    def test_tokens_that_are_not_good(self):
        revoked = self.keystone.token('ann', OURS)
        self.keystone.call('DELETE', 'auth/tokens',
                           headers={'X-Subject-Token': revoked})
        for token in ('nonsense', self.member[:-2], 'ann:lab:admin',
                      self.expired(self.member), revoked):
            self.check_refused('/generic', token)

    def check_refused(self, path, token):
        answer = self.http('GET', '/artifacts' + path, token=token)
        self.assertEqual(401, answer.status_code, token)
        self.assertEqual('Keystone uri="%s"' % self.keystone.url,
                         answer.headers['WWW-Authenticate'])

    def expired(self, token):
        """What Keystone would have given the same user two hours ago."""
        keys = self.keystone.state / 'fernet'
        primary = max(keys.iterdir(), key=lambda path: int(path.name))
        box = fernet.Fernet(primary.read_bytes())
        payload = msgpack.unpackb(box.decrypt(
            token + '=' * (-len(token) % 4)))
        (place,) = [number for number, part in enumerate(payload)
                    if isinstance(part, float)]
        payload[place] = time.time() - 3600
        return box.encrypt_at_time(
            msgpack.packb(payload), int(time.time()) - 7200,
        ).decode().rstrip('=')

    def test_headers_that_only_keystone_may_send(self):
        answer = self.http('GET', '/artifacts/generic', headers={
            'X-Identity-Status': 'Confirmed', 'X-Roles': 'admin',
            'X-Project-Id': self.project, 'X-User-Id': 'ann'})
        self.assertEqual(401, answer.status_code)

    def test_found_by_the_type_of_the_service(self):
        """As the manual has it registered."""
        self.keystone.register('artifact', self.server.url)
        with_catalogue = session.Session(auth=v3.Password(
            **self.keystone.credentials('ann', OURS)))
        answer = with_catalogue.get('/artifacts', endpoint_filter={
            'service_type': 'artifact', 'interface': 'public',
            'region_name': dev_keystone.REGION})
        self.assertIn('generic', [one['name'] for one in
                                  answer.json()['types']])

    def test_smoke_by_clouds_yaml(self):
        path = self.server.state / 'clouds.yaml'
        path.write_text(yaml.safe_dump({'clouds': {
            'ours': {'auth': self.keystone.credentials('ann', OURS)},
            'reading': {'auth': self.keystone.credentials('rob', OURS)}}}))
        for cloud, code in (('ours', 0), ('reading', 1)):
            done = operator.manage('smoke', '--url', self.server.root,
                                   '--os-cloud', cloud,
                                   OS_CLIENT_CONFIG_FILE=str(path))
            self.assertEqual(code, done.returncode,
                             done.stdout + done.stderr)
        self.assertIn('403 instead of 201', done.stdout)
