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

"""The service on its own: no glance-api has ever run on this machine."""

from __future__ import annotations

import pathlib

import sqlalchemy as sa

from glance_artifacts.cmd import configuration
from glance_artifacts.dev import ini
from glance_artifacts.tests.functional.api import base
from glance_artifacts.tests.functional import base as functional
from glance_artifacts.tests.functional import databases
from glance_artifacts.tests.functional.services import operator


class StandaloneTest(base.ApiTest):

    options: dict = {}

    @classmethod
    def setUpClass(cls) -> None:
        own = functional.StandaloneFixture(processes=1, **cls.options)
        super(functional.FunctionalTest, cls).setUpClass()
        own.setUp()
        cls.addClassCleanup(own.cleanUp)
        cls.fixture = own


class TestStandalone(StandaloneTest):

    def test_the_main_job(self):
        data = bytes(range(256)) * 1024
        draft = self.create()
        self.upload(draft, data)
        artifact = self.act(draft, 'activate').json()
        self.assertEqual('active', artifact['status'])
        self.assertEqual([draft['name']], self.names())
        self.assertEqual(data, self.call(
            'GET', draft['self'] + '/data').content)
        part = self.call('GET', draft['self'] + '/data', 206,
                         headers={'Range': 'bytes=255-257'})
        self.assertEqual(data[255:258], part.content)
        self.call('GET', draft['self'], 404, token=self.stranger)
        self.call('DELETE', draft['self'], 204)
        self.call('GET', draft['self'], 404)

    def test_chunked(self):
        draft = self.create()
        self.upload(draft, iter([b'some ', b'bytes']))
        self.assertEqual(b'some bytes', self.call(
            'GET', draft['self'] + '/data').content)

    def test_either_pool(self):
        for pool in ('general', 'second'):
            self.upload(self.create(pool=pool), b'bytes')
            path = self.server.state / 'stores' / pool
            self.assertNotEqual([], list(path.iterdir()))

    def test_catalogue(self):
        catalogue = self.call('GET', '/artifacts').json()
        self.assertEqual(
            {'images': 'disabled', 'generic': 'enabled',
             'heat_templates': 'enabled', 'helm_charts': 'enabled',
             'ml_models': 'enabled', 'tosca_csars': 'enabled'},
            {one['name']: one['status'] for one in catalogue['types']})
        self.assertEqual(['general', 'second'],
                         [one['name'] for one in catalogue['pools']])

    def test_no_images(self):
        for method, path, code in (
                ('GET', '/artifacts/images', 'type.not_found'),
                ('POST', '/artifacts/images', 'type.not_found'),
                ('GET', '/images', 'request.path'),
                ('POST', '/images', 'request.path')):
            self.refused(404, code, method, path,
                         json={'name': 'a'} if method == 'POST' else None)
        draft = self.create()
        self.assertIn(draft['id'], [one['id'] for one in self.call(
            'GET', '/artifacts/all').json()['artifacts']])

    def test_versions(self):
        version = {'id': 'v2.0', 'status': 'CURRENT', 'links': [
            {'rel': 'self', 'href': self.url + '/'}]}
        for path, status, body in (
                ('/', 300, {'versions': [version]}),
                ('/versions', 200, {'versions': [version]}),
                ('/v2', 200, {'version': version}),
                ('/v2/', 200, {'version': version})):
            # no token that could be wrong
            answer = self.session.get(self.server.root + path, headers={
                'X-Auth-Token': 'nonsense', 'Connection': 'close'})
            self.assertEqual((status, body),
                             (answer.status_code, answer.json()))
            self.assertIn('x-openstack-request-id', answer.headers)

    def test_nothing_elsewhere(self):
        for path in ('/nothing', '/v1', '/v3/artifacts', '/v2/metadefs'):
            answer = self.session.get(self.server.root + path,
                                      headers={'Connection': 'close'})
            self.assertEqual(404, answer.status_code)
            self.check_errors(answer)
        self.refused(404, 'request.path', 'GET', '/artifacts/')
        self.refused(405, 'request.method_not_allowed', 'PUT', '/artifacts')

    def test_identity_and_policy(self):
        self.call('POST', '/artifacts/generic', 403, token=self.reader,
                  json={'name': 'a'})
        self.assertEqual(401, self.http('GET', '/artifacts',
                                        token='nonsense').status_code)

    def test_smoke(self):
        done = operator.manage('smoke', '--url', self.server.root,
                               '--token', self.member)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)

    def test_commands_know_its_files(self):
        for words in (('db', 'check'), ('pool', 'usage'),
                      ('worker', '--once'), ('index', 'check')):
            done = operator.manage('--config-file', self.server.conf, *words)
            self.assertEqual(0, done.returncode, done.stderr)
        done = operator.manage(
            'config', 'check', **{'GLANCE_ARTIFACTS_DEV_IDENTITY': '1'},
            **{configuration.OWN_FILES: str(self.server.conf)})
        self.assertEqual((0, 'no findings\n'), (done.returncode,
                                                done.stdout))

    def test_its_database_holds_nothing_of_glance(self):
        text = self.server.conf.read_text()
        (url,) = [line.partition(' = ')[2] for line in text.splitlines()
                  if line.startswith('connection = ')]
        engine = databases.engine_of(url.replace('$$', '$'))
        self.addCleanup(engine.dispose)
        self.assertEqual([], [name for name
                              in sa.inspect(engine).get_table_names()
                              if not name.startswith('gart_')])


class TestCORS(StandaloneTest):

    options = {'extra': {'cors': {
        'allowed_origin': 'https://dashboard.example.com'}}}

    def test_options_of_its_own_file(self):
        answer = self.session.get(self.server.root + '/versions', headers={
            'Origin': 'https://dashboard.example.com'})
        self.assertEqual('https://dashboard.example.com',
                         answer.headers['Access-Control-Allow-Origin'])


class TestMisconfigured(StandaloneTest):
    """It ends, and says what ``config check`` says."""

    def setUp(self):
        super().setUp()
        self.server.stop()
        conf = pathlib.Path(self.server.conf)
        self.addCleanup(conf.write_text, conf.read_text())

    def set(self, section, **options):
        text = self.server.conf.read_text()
        for name, value in options.items():
            text = ini.set_option(text, section, name, value)
        self.server.conf.write_text(text)

    def assert_ends(self, finding):
        done = operator.manage('--config-file', self.server.conf, 'config',
                               'check', GLANCE_ARTIFACTS_DEV_IDENTITY='1')
        self.assertIn(finding, done.stdout)
        start = self.server.log.stat().st_size
        self.server.start()
        self.addCleanup(self.server.stop)
        self.assertTrue(self.server.uwsgi.wait(60), 'it goes on')
        self.assertNotEqual(0, self.server.uwsgi.status())
        said = self.server.log.read_text()[start:]
        for line in done.stdout.splitlines():
            self.assertIn('\nglance-artifacts: %s\n' % line, said)

    def test_pool(self):
        self.set('artifacts', default_pool='third')
        self.assert_ends('[artifacts]/default_pool = third: there is no such'
                         ' pool. Remedy: name one of: general, second.')

    def test_value(self):
        self.set('artifacts', member_quota='many')
        self.assert_ends('[artifacts]/member_quota = many: ')

    def test_tables(self):
        self.set('artifacts_database',
                 connection='sqlite:///%s/empty' % self.server.state)
        self.assert_ends('run "glance-artifacts-manage db sync"')

    def test_flavor(self):
        self.set('paste_deploy', flavor='caching')
        self.assert_ends('[paste_deploy]/flavor = caching: ')

    def test_images_without_glance(self):
        self.set('artifacts', standalone_images='true')
        self.assert_ends('[artifacts]/standalone_images = True: the stores')
