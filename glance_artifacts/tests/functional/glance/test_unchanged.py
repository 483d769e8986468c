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

"""What Glance answers is what it answered without us.

The same requests go to a server with our line in its paste file and to one
without; whatever is not an artifact must be answered alike.
"""

import json
import re

from glance_artifacts.dev import checks
from glance_artifacts.tests.functional.api import base as api_base
from glance_artifacts.tests.functional.glance import base

JSON = {'Content-Type': 'application/json'}
OCTETS = {'Content-Type': 'application/octet-stream'}
IMAGE_PATCH = {'Content-Type': 'application/openstack-images-v2.1-json-patch'}

#: Method, path, then headers and body where there are any. {image} is the
#: image that the first POST creates.
REQUESTS = (
    ('GET', '/'), ('GET', '/versions'), ('GET', '/v2'), ('GET', '/v2/'),
    ('GET', '/v1'), ('GET', '/healthcheck'), ('HEAD', '/healthcheck'),
    ('GET', '/v2/artifact'), ('GET', '/v2/artifactsandmore'),
    ('GET', '/v2/schemas/image'), ('GET', '/v2/schemas/images'),
    ('GET', '/v2/schemas/member'), ('GET', '/v2/schemas/task'),
    ('GET', '/v2/schemas/metadefs/namespace'), ('GET', '/v2/info/stores'),
    ('GET', '/v2/info/import'), ('GET', '/v2/info/usage'),
    ('GET', '/v2/metadefs/namespaces'), ('GET', '/v2/tasks'),
    ('GET', '/v2/images'), ('GET', '/v2/images?limit=0'),
    ('GET', '/v2/images?sort=nothing'), ('DELETE', '/v2/images'),
    ('OPTIONS', '/v2/images'), ('GET', '/v2/images/nothing'),
    ('POST', '/v2/images', JSON, '{"name": '),
    ('POST', '/v2/images', JSON, '{"name": 1}'),
    ('POST', '/v2/images', JSON, '{"visibility": "public"}'),
    ('POST', '/v2/images', JSON, json.dumps({
        'name': 'image', 'disk_format': 'raw', 'container_format': 'bare',
        'property': 'value', 'tags': ['tag']})),
    ('GET', '/v2/images/{image}/file'),
    ('PUT', '/v2/images/{image}/file', JSON, 'bytes'),
    ('PUT', '/v2/images/{image}/file', OCTETS, 'image bytes'),
    ('PUT', '/v2/images/{image}/file', OCTETS, 'image bytes'),
    ('GET', '/v2/images/{image}'), ('GET', '/v2/images'),
    ('GET', '/v2/images/{image}/file'), ('HEAD', '/v2/images/{image}/file'),
    ('GET', '/v2/images/{image}/file', {'Range': 'bytes=2-4'}),
    ('GET', '/v2/images/{image}/file', {'Range': 'bytes=99-'}),
    ('PATCH', '/v2/images/{image}', IMAGE_PATCH, json.dumps([
        {'op': 'replace', 'path': '/name', 'value': 'other'}])),
    ('PATCH', '/v2/images/{image}', IMAGE_PATCH, json.dumps([
        {'op': 'replace', 'path': '/id', 'value': 'other'}])),
    ('PATCH', '/v2/images/{image}', JSON, '[]'),
    ('PUT', '/v2/images/{image}/tags/other'),
    ('DELETE', '/v2/images/{image}/tags/tag'),
    ('GET', '/v2/images/{image}/members'),
    ('POST', '/v2/images/{image}/members', JSON, '{"member": "somebody"}'),
    ('POST', '/v2/images/{image}/actions/deactivate'),
    ('GET', '/v2/images/{image}/file'),
    ('POST', '/v2/images/{image}/actions/reactivate'),
    ('GET', '/v2/images/{image}/locations'),
    ('GET', '/v2/images?name=other'), ('DELETE', '/v2/images/{image}'),
    ('DELETE', '/v2/images/{image}'), ('GET', '/v2/images'),
)

_VOLATILE = (
    (re.compile(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'), 'UUID'),
    (re.compile(r'[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z'), 'MOMENT'),
    (re.compile(r'127\.0\.0\.1:[0-9]+'), 'ADDRESS'),
)


class TestUnchanged(base.BesidePlainTest):

    def answers(self, server, token):
        """Each request and its answer, less what always differs."""
        found, image = [], None
        for method, path, *more in REQUESTS:
            headers, body = (*more, None, None)[:2]
            with checks.session() as session:
                response = session.request(
                    method, server.root + path.format(image=image),
                    headers={**(headers or {}), 'X-Auth-Token': token},
                    data=body, timeout=60)
            if response.status_code == 201:
                image = response.json()['id']
            found.append((
                method, path, response.status_code,
                sorted((name.lower(), self.steady(value))
                       for name, value in response.headers.items()),
                self.steady(response.content.decode())))
        return found

    @staticmethod
    def steady(text):
        for pattern, word in _VOLATILE:
            text = pattern.sub(word, text)
        return text

    def test_every_answer_is_the_same(self):
        for role in ('member', 'reader'):
            token = api_base.token_for(self.project + role, role)
            for with_us, without in zip(
                    self.answers(self.server, token),
                    self.answers(self.plain.server, token), strict=True):
                self.assertEqual(without, with_us)

    def test_the_other_server_is_without_us(self):
        """Or the comparison would prove nothing."""
        with checks.session() as session:
            response = session.get(self.plain.url + '/artifacts')
        self.assertEqual(404, response.status_code)
        self.assertNotIn(b'errors', response.content)
        self.call('GET', '/artifacts')
