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

"""Keystone learns of artifacts, and clients find them there."""

from __future__ import annotations

from keystoneauth1.identity import v3
from keystoneauth1 import session

from glance_artifacts.dev import keystone as dev_keystone
from glance_artifacts.tests.functional.api import base
from glance_artifacts.tests.functional import base as functional
from glance_artifacts.tests.functional.services import keystone
from glance_artifacts.tests.functional.services import operator

PROJECT = 'bootstrapped'
LIMITS = {'artifact_count_total': 7, 'artifact_size_total': 3}


class BootstrapTest(base.ApiTest):
    """The standalone service with a Keystone of its own."""

    @classmethod
    def setUpClass(cls) -> None:
        keystone.shared()  # leaves the class out where there is none
        cls.keystone = keystone.Keystone()
        cls.keystone.setUp()
        cls.addClassCleanup(cls.keystone.cleanUp)
        own = functional.StandaloneFixture(
            processes=1, flavor='keystone', extra={
                **cls.keystone.server.options(),
                'artifacts': {'max_artifacts': '7', 'max_bytes': '3145728'}})
        super(functional.FunctionalTest, cls).setUpClass()
        own.setUp()
        cls.addClassCleanup(own.cleanUp)
        cls.fixture = own

    def bootstrap(self, *words: str, code: int = 0, **env: str) -> str:
        """Run the command; what it prints, also of errors."""
        done = operator.manage(
            '--config-file', self.server.conf, 'keystone', 'bootstrap',
            '--public-url', self.url, *words,
            **{**self.keystone.environment(), **env})
        self.assertEqual(code, done.returncode, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def endpoints(self) -> dict[str, str]:
        """The URLs of our endpoints, by interface."""
        ours = [one['id'] for one in self.ask('services')
                if one['type'] == 'artifact']
        return {one['interface']: one['url'] for one in self.ask('endpoints')
                if one['service_id'] in ours}

    def ask(self, kind: str) -> list[dict]:
        return self.keystone.server.call('GET', kind)[kind]

    def limits(self) -> dict[str, int]:
        return {name: number for name, number
                in self.keystone.registered().items()
                if name.startswith('artifact_')}


class TestBootstrap(BootstrapTest):

    def test_from_nothing_to_a_limit(self):
        self.check_dry_run()
        self.check_registered()
        self.check_found_by_clients()
        self.check_update()
        self.check_limits_hold()
        self.check_several_services()

    def check_dry_run(self):
        before = [self.ask(kind) for kind in ('services', 'endpoints',
                                              'regions')]
        out = self.bootstrap('--dry-run')
        self.assertIn('service artifact: create (glance-artifacts)\n', out)
        self.assertIn('public endpoint: create %s\n' % self.url, out)
        self.assertIn('artifact_count_total: register 7\n', out)
        self.assertEqual(before, [self.ask(kind) for kind in (
            'services', 'endpoints', 'regions')])
        self.assertEqual({}, self.limits())

    def check_registered(self):
        self.bootstrap()
        self.assertEqual(dict.fromkeys(('public', 'internal', 'admin'),
                                       self.url), self.endpoints())
        self.assertEqual(LIMITS, self.limits())
        again = self.bootstrap()
        for line in ('region RegionOne: is there already',
                     'service artifact: is there already (glance-artifacts)',
                     'internal endpoint: is %s already' % self.url,
                     'artifact_size_total: is 3 already'):
            self.assertIn(line + '\n', again)
        self.assertEqual(3, len(self.endpoints()))

    def check_found_by_clients(self):
        server = self.keystone.server
        server.create('project', name=PROJECT, domain_id='default')
        server.user('ann', **{PROJECT: 'member'})
        found = session.Session(auth=v3.Password(
            **server.credentials('ann', PROJECT)))
        for interface in ('public', 'internal'):
            where = {'service_type': 'artifact', 'interface': interface,
                     'region_name': dev_keystone.REGION}
            answer = found.get('/artifacts', endpoint_filter=where)
            self.assertIn('generic', [one['name'] for one in
                                      answer.json()['types']])
            self.assertEqual(self.url, found.get_endpoint(
                **where).rstrip('/'))
        # by the version document
        self.assertEqual((2, 0), found.get_endpoint_data(
            service_type='artifact').api_version)
        self.member = found.get_token()
        self.refused_without_token()

    def refused_without_token(self):
        answer = self.http('GET', '/artifacts')
        self.assertEqual(401, answer.status_code)
        self.assertIn('Keystone uri=', answer.headers['WWW-Authenticate'])
        self.assertEqual(300, self.session.get(
            self.server.root + '/').status_code)

    def check_update(self):
        words = ('--internal-url', 'http://inside.example.com:9494/v2/')
        out = self.bootstrap(*words)
        self.assertIn('internal endpoint: stays %s (not http://inside'
                      % self.url, out)
        self.assertIn(' becomes ', self.bootstrap(*words, '--update',
                                                  '--dry-run'))
        self.assertEqual(self.url, self.endpoints()['internal'])
        self.bootstrap(*words, '--update')
        self.assertEqual({'public': self.url, 'admin': self.url, 'internal':
                          'http://inside.example.com:9494/v2'},
                         self.endpoints())

    def check_limits_hold(self):
        """With the id that the command tells."""
        out = self.bootstrap()
        (endpoint,) = [line.split()[-1].rstrip('.')
                       for line in out.splitlines()
                       if '[oslo_limit]/endpoint_id' in line]
        self.server.stop()
        self.server.extra = {
            'DEFAULT': {'use_keystone_limits': 'true'},
            'oslo_limit': {**self.keystone.limits(),
                           'endpoint_id': endpoint}}
        self.server.configure()
        self.server.start()
        self.server.wait_ready()
        usage = self.call('GET', '/artifacts/usage').json()['usage']
        self.assertEqual(7, usage['artifacts']['limit'])
        out = self.bootstrap('--region', 'Elsewhere')
        self.assertIn('artifact_count_total: is 7 already\n', out)
        self.assertIn('Elsewhere', [one['id'] for one in
                                    self.ask('regions')])

    def check_several_services(self):
        self.keystone.server.create('service', type='artifact', name='other')
        self.assertIn('is there already (glance-artifacts)',
                      self.bootstrap())
        self.assertIn('choose one with --service-name',
                      self.bootstrap('--service-name', 'third', code=1))


class TestRefused(BootstrapTest):

    def test_without_rights(self):
        server = self.keystone.server
        server.create('project', name='small', domain_id='default')
        server.user('rob', small='member')
        env = {'OS_' + name.upper(): value for name, value
               in server.credentials('rob', 'small').items()}
        out = self.bootstrap(code=1, OS_SYSTEM_SCOPE='', **env)
        self.assertRegex(out, r'(?m)^glance-artifacts-manage: Keystone: ')
        self.assertNotIn('Traceback', out)

    def test_no_region(self):
        self.assertIn('--region', self.bootstrap(code=1, OS_REGION_NAME=''))

    def test_no_keystone(self):
        self.assertRegex(
            self.bootstrap(code=1, OS_AUTH_URL='http://127.0.0.1:1/v3'),
            r'\Aglance-artifacts-manage: Keystone: [^\n]+\n\Z')

    def test_urls(self):
        self.assertIn('must begin with http', self.bootstrap(
            '--internal-url', 'inside:9494', code=2))
