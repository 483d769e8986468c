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

"""The standalone service on the files, database and stores of a glance-api."""

from glance_artifacts.dev import checks
from glance_artifacts.dev import standalone
from glance_artifacts.tests.functional.glance import base


class BesideTest(base.ImagesTest):
    """``other`` sends a request to the service beside glance-api."""

    extra: dict = {}

    @classmethod
    def make_server(cls):
        return base.EditedServer(lambda etc: None)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.beside = standalone.Standalone(
            cls.fixture.server.state, port=checks.free_port(), processes=1,
            beside=True, extra=cls.extra)
        cls.addClassCleanup(cls.beside.stop)
        cls.beside.configure()
        cls.beside.start()
        cls.beside.wait_ready()

    def other(self, method, path, expected=200, **kwargs):
        here, self.server, self.url = (self.server, self.url), self.beside, \
            self.beside.url
        try:
            return self.call(method, path, expected, **kwargs)
        finally:
            self.server, self.url = here


class TestBeside(BesideTest):

    def test_artifacts_are_the_same(self):
        draft = self.other('POST', '/artifacts/generic', 201,
                           json={'name': 'a'}).json()
        self.other('PUT', draft['self'] + '/data', 201, data=b'bytes')
        self.assertEqual(b'bytes', self.call(
            'GET', draft['self'] + '/data').content)
        self.act(draft, 'activate')
        self.assertEqual('active', self.other(
            'GET', draft['self']).json()['status'])

    def test_images_see_nothing_of_it(self):
        before = self.call('GET', '/images').json()['images']
        draft = self.other('POST', '/artifacts/generic', 201,
                           json={'name': 'a'}).json()
        self.other('PUT', draft['self'] + '/data', 201, data=b'bytes')
        self.assertEqual(before, self.call('GET', '/images').json()['images'])
        self.assertEqual(404, self.http(
            'GET', '/images/' + draft['id']).status_code)

    def test_images_are_not_offered(self):
        self.image(b'bytes')
        self.other('GET', '/artifacts/images', 404)
        self.assertEqual([], self.other(
            'GET', '/artifacts/all').json()['artifacts'])

    def test_each_ends_alone(self):
        self.server.stop()
        self.addCleanup(self.server.wait_ready)
        self.addCleanup(self.server.start)
        self.other('GET', '/artifacts/generic')


class TestImages(BesideTest):

    extra = {'artifacts': {'standalone_images': 'true'}}

    def test_an_image(self):
        draft = self.other('POST', '/artifacts/images', 201, json={
            'name': 'cirros', 'disk_format': 'raw',
            'container_format': 'bare'}).json()
        self.other('PUT', draft['self'] + '/file', 201, data=b'image bytes')
        path = '/images/' + draft['id']
        self.assertEqual('active', self.call('GET', path).json()['status'])
        self.assertEqual(b'image bytes', self.call(
            'GET', path + '/file').content)

    def test_images_of_glance(self):
        image = self.image(b'bytes')
        path = '/artifacts/images/' + image['id']
        self.assertEqual(b'bytes', self.other('GET', path + '/file').content)
        self.assertIn(image['id'], [one['id'] for one in self.other(
            'GET', '/artifacts/all').json()['artifacts']])
        self.other('DELETE', path, 204)
        self.assertEqual(404, self.http(
            'GET', '/images/' + image['id']).status_code)
