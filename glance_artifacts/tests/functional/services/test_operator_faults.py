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

"""Artifacts that cannot be served, in a glance-api that serves images."""

import json
import pathlib
import socket
import time

import fixtures
from oslotest import base

from glance_artifacts.tests.functional.services import operator

_SAID = 'Artifacts are not served: '


class FaultTest(base.BaseTestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.etc = operator.Etc()
        cls.etc.setUp()
        cls.addClassCleanup(cls.etc.cleanUp)
        cls.etc.develop()

    def setUp(self):
        super().setUp()
        conf = self.etc.path / 'glance-api.conf'
        self.addCleanup(conf.write_text, conf.read_text())

    def serve(self, **env):
        self.glance = self.useFixture(operator.GlanceApi(
            self.etc.path, env=env))
        self.glance.wait_ready()

    def request(self, method, path, body=None):
        status, headers, body = self.glance.request(
            method, path, body and json.dumps(body).encode(),
            **({'Content_Type': 'application/json'} if body else {}))
        return status, dict(headers), json.loads(body or 'null')

    def lines(self, text):
        """What the log has to say about it."""
        return [line for line in self.glance.log.read_text().splitlines()
                if text in line]

    def assertImagesAreServed(self):
        image = {'name': 'x', 'disk_format': 'raw',
                 'container_format': 'bare'}
        status, _, created = self.request('POST', '/v2/images', image)
        self.assertEqual(201, status)
        path = '/v2/images/' + created['id']
        self.assertEqual(204, self.glance.request(
            'PUT', path + '/file', b'bytes',
            Content_Type='application/octet-stream')[0])
        self.assertEqual((200, b'bytes'), self.glance.request(
            'GET', path + '/file')[::2])
        self.assertEqual(204, self.request('DELETE', path)[0])
        self.assertEqual(200, self.request('GET', '/v2/images')[0])

    def assertAway(self, *words, secrets=()):
        """503 to everybody, and one line for the operator."""
        for method, path in (('GET', '/v2/artifacts'),
                             ('POST', '/v2/artifacts/generic'),
                             ('PUT', '/v2/artifacts/generic/x/data'),
                             ('GET', '/v2/artifacts/no/such/path')) * 5:
            status, headers, body = self.request(
                method, path, {} if method == 'POST' else None)
            error, = body['errors']
            self.assertEqual((503, 'service.misconfigured'),
                             (status, error['code']))
            self.assertEqual('60', headers['Retry-After'])
            for secret in (*words, *secrets):
                self.assertNotIn(secret, str(body))
        line, = self.lines(_SAID)
        for word in (' ERROR ', 'Remedy: ', *words):
            self.assertIn(word, line)
        for secret in secrets:
            self.assertEqual([], self.lines(secret))
        self.assertEqual([], self.lines('Traceback'))


class OptionsTest(FaultTest):

    def test_no_database_url(self):
        self.etc.set('artifacts_database', connection='my-secret-nonsense')
        self.serve()
        self.assertImagesAreServed()
        self.assertAway('[artifacts_database]/connection',
                        secrets=['my-secret-nonsense'])

    def test_no_database(self):
        self.etc.set('artifacts_database', connection='mysql+pymysql://'
                     'glance:my-secret@127.0.0.1:1/glance')
        self.serve()
        self.assertImagesAreServed()
        self.assertAway('[artifacts_database]/connection',
                        'mysql+pymysql://127.0.0.1:1/glance',
                        secrets=['my-secret'])

    def test_a_database_that_says_nothing(self):
        # as a port of another service does, which waits for us to speak
        silent = socket.create_server(('127.0.0.1', 0))
        self.addCleanup(silent.close)
        self.etc.set('artifacts_database', connection='mysql+pymysql://'
                     'u:my-secret@127.0.0.1:%d/d' % silent.getsockname()[1])
        self.serve()
        self.assertImagesAreServed()
        for _ in range(10):  # more than it has threads
            self.assertEqual(503, self.request('GET', '/v2/artifacts')[0])
        line, = self.lines(_SAID)
        self.assertIn('[artifacts_database]/connection', line)
        self.assertEqual([], self.lines('my-secret'))

    def test_no_driver(self):
        self.etc.set('artifacts_database',
                     connection='oracle+cx_oracle://u:my-secret@h/d')
        self.serve()
        self.assertImagesAreServed()
        self.assertAway('[artifacts_database]/connection',
                        secrets=['my-secret'])

    def test_no_tables(self):
        path = self.etc.state / 'other.sqlite'
        self.etc.set('artifacts_database', connection='sqlite:///%s' % path)
        self.serve()
        self.assertImagesAreServed()
        self.assertAway('[artifacts_database]/connection', str(path),
                        'db sync')
        done = operator.manage('--config-dir', self.etc.path, 'db', 'sync')
        self.assertEqual(0, done.returncode, done.stderr)
        # it looks again, after nine times what it took to look
        deadline = time.monotonic() + 60
        while self.request('GET', '/v2/artifacts')[0] != 200:
            self.assertLess(time.monotonic(), deadline, 'needs a restart')
        self.assertEqual(201, self.request(
            'POST', '/v2/artifacts/generic', {'name': 'x'})[0])

    def test_no_named_stores(self):
        for section, options in (
                ('DEFAULT', {'enabled_backends': ''}),
                ('glance_store', {
                    'default_backend': '', 'stores': 'file',
                    'filesystem_store_datadir': self.etc.state / 'one'})):
            self.etc.set(section, **options)
        self.serve()
        self.assertImagesAreServed()
        self.assertAway('[glance_store]/default_backend')


class PluginsTest(FaultTest):

    def setUp(self):
        super().setUp()
        self.path = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        self.etc.set('artifacts', enabled_types='generic')

    def plugin(self, module, source, group, name):
        """Install a package with one entry point."""
        (self.path / (module + '.py')).write_text(source)
        info = self.path / (module + '-1.0.dist-info')
        info.mkdir()
        (info / 'METADATA').write_text(
            'Metadata-Version: 2.1\nName: %s\nVersion: 1.0\n' % module)
        (info / 'entry_points.txt').write_text(
            '[%s]\n%s = %s:THING\n' % (group, name, module))

    def serve(self):
        # stevedore remembers entry points in the user's cache
        super().serve(PYTHONPATH=str(self.path),
                      XDG_CACHE_HOME=str(self.path))

    def assertServed(self, *disabled):
        self.assertImagesAreServed()
        for _ in range(5):
            status, _, body = self.request('GET', '/v2/artifacts')
            self.assertEqual(200, status)
        self.assertEqual(
            {'generic': 'enabled', **dict.fromkeys(disabled, 'disabled')},
            {each['name']: each['status'] for each in body['types']})
        status, _, body = self.request('POST', '/v2/artifacts/generic',
                                       {'name': self.id()})
        self.assertEqual(201, status)
        for name in disabled:
            self.assertEqual(404, self.request(
                'POST', '/v2/artifacts/' + name, {'name': 'x'})[0])

    def assertSaidOnce(self, *words):
        line, = self.lines(' is disabled: ') + self.lines(' are disabled: ')
        for word in (' ERROR ', *words):
            self.assertIn(word, line)

    def test_types_that_end_the_process(self):
        self.plugin('gart_exits', 'import sys\nsys.exit(3)',
                    'glance_artifacts.types', 'things')
        self.etc.set('artifacts', enabled_types='generic, things')
        self.serve()
        self.assertServed('things')
        self.assertSaidOnce('things', 'gart_exits', 'SystemExit')

    def test_types_that_are_none(self):
        self.plugin('gart_none', 'THING = 1', 'glance_artifacts.types',
                    'things')
        self.etc.set('artifacts', enabled_types='generic, things')
        self.serve()
        self.assertServed('things')
        self.assertSaidOnce('things', 'gart_none', 'ArtifactType')

    def test_routes_that_do_not_load(self):
        self.plugin('gart_raises', 'assert False, "no"',
                    'glance_artifacts.routes', 'extra')
        self.serve()
        self.assertServed()
        self.assertSaidOnce('extra', 'gart_raises', 'AssertionError')

    def test_routes_that_clash(self):
        self.plugin('gart_clashes',
                    'from glance_artifacts.api.routes import ROUTES as THING',
                    'glance_artifacts.routes', 'extra')
        self.serve()
        self.assertServed()
        self.assertSaidOnce('extra', 'gart_clashes', 'taken')
