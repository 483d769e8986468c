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

"""The URLs that lead to the bytes of other services."""

import types
import urllib.parse

from oslotest import base

from glance_artifacts.api import elsewhere
from glance_artifacts.api import request
from glance_artifacts.api import router
from glance_artifacts.api import routes
from glance_artifacts.store import pools
from glance_artifacts.tests.unit import factories

ID = '01a2037b-3b3e-7c68-8098-6cb6f5138813'
FAR, IMAGES = 'https://far.example.com:9292/v2', 'http://glance:9292/v2'
FOUND = pools.Pools([
    pools.Pool('here', ('one',), endpoint='https://here.example.com/v2'),
    pools.Pool('there', ('two',), endpoint=FAR, local=False)])
ROUTER = router.Router(routes.ROUTES)


def request_for(path, method='GET', images=IMAGES):
    """A request below ``/v2/artifacts``, as it reaches a handler."""
    raw, _, query = path.partition('?')
    # decoded, as bytes in the form of latin-1 (PEP 3333)
    decoded = urllib.parse.unquote_to_bytes(raw).decode('latin-1')
    req = request.Request({
        'REQUEST_METHOD': method, 'SCRIPT_NAME': '/v2/artifacts',
        'PATH_INFO': decoded, 'QUERY_STRING': query, 'SERVER_NAME': 'h',
        'SERVER_PORT': '80', 'wsgi.url_scheme': 'http'})
    req.service = types.SimpleNamespace(pools=FOUND, images_endpoint=images)
    req.route, req.args = ROUTER.match(method, req.path_info)
    return req


class ElsewhereTest(base.BaseTestCase):

    def location(self, check, *args):
        error = self.assertRaises(elsewhere.Elsewhere, check, *args)
        answer = error.answer()
        self.assertEqual((307, b'', 0), (
            answer.status_int, answer.body, answer.content_length))
        self.assertNotIn('Content-Type', answer.headers)
        return answer.headers['Location']


class TestCheck(ElsewhereTest):

    def sent_to(self, path, method='GET'):
        artifact = factories.artifact(pool='there')
        return self.location(elsewhere.check, request_for(path, method),
                             artifact)

    def test_here(self):
        for pool in ('here', 'of-nobody'):
            elsewhere.check(request_for('/generic/%s/data' % ID),
                            factories.artifact(pool=pool))

    def test_the_same_path(self):
        for method, path in (
                ('GET', '/generic/%s/data'), ('PUT', '/generic/%s/data'),
                ('GET', '/generic/v1.0/%s/data'),
                ('POST', '/generic/%s/uploads'),
                ('PUT', '/generic/%%s/uploads/%s/parts/17' % ID),
                ('GET', '/generic/%s/data?limit=1&q=a%%20b%%26c')):
            path = path % ID
            self.assertEqual(FAR + '/artifacts' + path,
                             self.sent_to(path, method))

    def test_keys(self):
        for key in ('a/b.txt', 'a%20b', 'a%3Fb', 'a%23b', 'a%25b', 'a%2520b',
                    '%C3%A9', '%F0%9F%98%80', '~-._', 'a%3Bb%2Bc%3D%26d',
                    '%5Bb%5D', '%22%3C%3E%5C%5E%60%7B%7C%7D'):
            path = '/ml_models/%s/files/%s' % (ID, key)
            self.assertEqual(FAR + '/artifacts' + path, self.sent_to(path))

    def test_what_came_in_another_form_means_the_same(self):
        path = '/ml_models/%s/files/' % ID
        for key, sent in (('%61%2fb', 'a/b'), ('%c3%a9', '%C3%A9'),
                          ('%7E', '~'), ("!$&'()*+,;=:@", '%21%24%26%27%28'
                                         '%29%2A%2B%2C%3B%3D%3A%40')):
            self.assertEqual(FAR + '/artifacts' + path + sent,
                             self.sent_to(path + key))

    def test_nothing_breaks_out_of_the_header(self):
        for path in ('/ml_models/%s/files/a%%0D%%0AX-Evil:%%20b' % ID,
                     '/generic/%s/data?a=\r\nX-Evil: b\xff"<' % ID):
            sent = self.sent_to(path)
            self.assertTrue(sent.isascii() and sent.isprintable(), sent)
            self.assertNotIn(' ', sent)


class TestCheckImage(ElsewhereTest):

    def test_the_bytes(self):
        for path in ('/images/%s/file', '/images/v1.0/%s/file'):
            for method in ('GET', 'PUT'):
                self.assertEqual('%s/images/%s/file' % (IMAGES, ID),
                                 self.location(elsewhere.check_image,
                                               request_for(path % ID, method)))

    def test_whatever_else(self):
        for path in ('/generic/%s/file', '/images/%s/data',
                     '/images/%s/file/key', '/images/v2.0/%s/file'):
            elsewhere.check_image(request_for(path % ID))

    def test_nobody_told(self):
        elsewhere.check_image(request_for('/images/%s/file' % ID,
                                          images=None))
