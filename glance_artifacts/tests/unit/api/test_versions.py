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

from oslotest import base
import webob

from glance_artifacts.api import versions


class TestVersions(base.BaseTestCase):

    def ask(self, path, public=None, method='GET'):
        return webob.Request.blank(
            path, method=method, base_url='http://host:9494').get_response(
            versions.Versions(public))

    def test_the_list(self):
        for path, status in (('/', 300), ('/versions', 200)):
            answer = self.ask(path)
            self.assertEqual(status, answer.status_int)
            self.assertEqual({'versions': [{
                'id': 'v2.0', 'status': 'CURRENT', 'links': [
                    {'rel': 'self', 'href': 'http://host:9494/v2/'}]}]},
                answer.json)

    def test_the_one(self):
        for path in ('/v2', '/v2/'):
            answer = self.ask(path)
            self.assertEqual(200, answer.status_int)
            self.assertEqual('v2.0', answer.json['version']['id'])

    def test_public_endpoint(self):
        for public in ('https://example.com/artifact',
                       'https://example.com/artifact/'):
            version = self.ask('/v2', public).json['version']
            self.assertEqual('https://example.com/artifact/v2/',
                             version['links'][0]['href'])

    def test_other_paths(self):
        for path in ('/v1', '/v2/images', '/versions/', '/v2//'):
            answer = self.ask(path)
            self.assertEqual(404, answer.status_int)
            self.assertEqual('request.path',
                             answer.json['errors'][0]['code'])

    def test_other_methods(self):
        answer = self.ask('/', method='POST')
        self.assertEqual((405, 'GET, HEAD'),
                         (answer.status_int, answer.headers['Allow']))
        self.assertEqual(300, self.ask('/', method='HEAD').status_int)
