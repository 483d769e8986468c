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

"""Images with artifacts enabled: byte for byte as without."""

import configparser
import json

from oslotest import base

from glance_artifacts.dev import config
from glance_artifacts.tests.functional.services import operator

_UNKNOWN = '00000000-0000-0000-0000-000000000000'
_ADMIN = 'root:root:admin'
# of each request its own
_VOLATILE = ('date', 'x-openstack-request-id')
_READS = (
    '/', '/versions', '/versions/', '/healthcheck', '/healthcheck?detailed',
    '/v1', '/v2', '/v2/', '/v3', '/nonsense', '/v2/nonsense', '//v2/images',
    '/v2/images', '/v2/images/', '/v2/images?limit=1', '/v2/images?sort=x',
    '/v2/images?visibility=all&name=%C3%BC', '/v2/images/nonsense',
    '/v2/images/{image}', '/v2/images/{image}/file',
    '/v2/images/{image}/members', '/v2/images/' + _UNKNOWN,
    '/v2/images/%s/file' % _UNKNOWN, '/v2/schemas', '/v2/schemas/image',
    '/v2/schemas/images', '/v2/schemas/member', '/v2/schemas/members',
    '/v2/schemas/artifact', '/v2/info/stores', '/v2/info/import',
    '/v2/tasks', '/v2/metadefs/namespaces', '/v2/cache',
    '/v2/cached_images', '/v2/artifact', '/v2/artifactsx', '/v2/artifacts-x',
    '/artifacts', '/artifacts/generic', '/images')
_WRITES = (('POST', '/v2/images'), ('PUT', '/v2/images'),
           ('PATCH', '/v2/images/{image}'), ('DELETE', '/v2/images/{image}'),
           ('PUT', '/v2/images/{image}/file'), ('DELETE', '/v2/cache'),
           ('POST', '/v2/schemas/image'), ('POST', '/versions'),
           ('OPTIONS', '/v2/images'), ('PROPFIND', '/v2/images'))


class UntouchedTest(base.BaseTestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.etc = operator.Etc()
        cls.etc.setUp()
        cls.addClassCleanup(cls.etc.cleanUp)
        cls.etc.set('keystone_authtoken', auth_type='password',
                    auth_url='http://127.0.0.1:1/v3',
                    www_authenticate_uri='http://127.0.0.1:1/v3',
                    username='glance', password='x', project_name='service',
                    user_domain_id='default', project_domain_id='default',
                    http_request_max_retries=0)
        cls.image = cls.make_image()
        cls.directories = cls.configure()

    @classmethod
    def make_image(cls):
        """A public image with bytes; its id."""
        cls.etc.develop()
        with operator.GlanceApi(cls.etc.path) as glance:
            glance.wait_ready()
            status, _, body = glance.request(
                'POST', '/v2/images', json.dumps({
                    'name': 'ü', 'disk_format': 'raw', 'visibility': 'public',
                    'container_format': 'bare'}).encode(),
                Content_Type='application/json', X_Auth_Token=_ADMIN)
            assert status == 201, body
            image = json.loads(body)['id']
            status, _, body = glance.request(
                'PUT', '/v2/images/%s/file' % image, b'some bytes' * 10000,
                Content_Type='application/octet-stream', X_Auth_Token=_ADMIN)
            assert status == 204, body
        return image

    @classmethod
    def configure(cls):
        """Two configurations: with Glance's paste file, and ours enabled."""
        shipped = config.shipped_paste()
        enabled = cls.etc.state / 'enabled.ini'
        done = operator.manage('paste', 'enable', shipped, '--output',
                               enabled)
        assert done.returncode == 0, done.stderr
        assert '+/v2/artifacts: artifactsapp' in done.stdout, done.stdout
        text = (cls.etc.path / config.API_CONF).read_text()
        found = []
        for name, paste in (('plain', shipped), ('enabled', enabled)):
            directory = cls.etc.state / name
            directory.mkdir()
            (directory / config.API_CONF).write_text(
                text.replace(str(cls.etc.paste), str(paste)))
            found.append(directory)
        return found

    def serve(self, flavor):
        servers = []
        for directory in self.directories:
            conf = directory / config.API_CONF
            conf.write_text(operator.ini.set_option(
                conf.read_text(), 'paste_deploy', 'flavor', flavor))
            # both start at one time
            servers.append(self.useFixture(operator.GlanceApi(directory)))
        for each in servers:
            each.wait_ready()
        return servers

    def check(self, flavor):
        plain, enabled = self.serve(flavor)
        statuses = set()
        for method, path, headers in self.requests():
            expected = self.answer(plain, method, path, headers)
            self.assertEqual(
                expected, self.answer(enabled, method, path, headers),
                '%s %s' % (method, path))
            statuses.add(expected[0])
        if 'keystone' not in flavor:  # there Glance answers 401 to nobody
            self.assertArtifactsDiffer(plain, enabled)
        return statuses

    @staticmethod
    def requests():
        for method, path in (*(('GET', path) for path in _READS), *_WRITES):
            yield method, path, {}
            for accept in ('application/json',
                           'application/vnd.openstack.images-v2+json'):
                yield method, path, {'Accept': accept,
                                     'X_Auth_Token': 'nobodys'}
        for path in _READS:
            yield 'HEAD', path, {}

    def answer(self, server, method, path, headers):
        # links in answers are made of the Host
        status, found, body = server.request(
            method, path.format(image=self.image), Host='glance', **headers)
        return status, [header for header in found
                        if header[0].lower() not in _VOLATILE], body

    def assertArtifactsDiffer(self, plain, enabled):
        """The comparison sees what it looks for."""
        for path in ('/v2/artifacts', '/v2/artifacts/generic'):
            expected, found = (self.answer(each, 'GET', path, {})
                               for each in (plain, enabled))
            self.assertEqual(404, expected[0])
            self.assertNotEqual(expected[2], found[2])

    def test_every_flavor_of_glance_is_here(self):
        parser = configparser.RawConfigParser()
        parser.read(config.shipped_paste())
        self.assertEqual(
            {name.replace('+', '_') for name in parser['composite:api']
             if not name.startswith('paste.')},
            {name.removeprefix('test_flavor_') for name in dir(self)
             if name.startswith('test_flavor_')})

    def test_flavor_default(self):
        self.assertLessEqual({200, 300, 400, 403, 404, 405},
                             self.check(''))

    def test_flavor_caching(self):
        self.check('caching')

    def test_flavor_cachemanagement(self):
        self.check('cachemanagement')

    def test_flavor_keystone(self):
        self.assertIn(401, self.check('keystone'))

    def test_flavor_keystone_caching(self):
        self.assertIn(401, self.check('keystone+caching'))

    def test_flavor_keystone_cachemanagement(self):
        self.assertIn(401, self.check('keystone+cachemanagement'))
