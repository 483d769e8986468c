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

"""A request for images enters no code of ours."""

import json

from glance_artifacts.tests.functional.api import base as api_base
from glance_artifacts.tests.functional.glance import images
from glance_artifacts.tests.functional.glance import plugged

TRACING = 'glance_artifacts.tests.functional.glance.tracing'
FILE = 'traced.json'


class TestUntouched(images.ImageArtifactsTest):

    @classmethod
    def make_server(cls):
        return plugged.PluggedServer(TRACING, lambda etc: None)

    def entered(self, method, path, expected, **kwargs):
        """What of ours served a request, from its first to its last byte."""
        mark = api_base.unique('mark')
        headers = {'X-Trace': mark, **kwargs.pop('headers', {})}
        response = self.http(method, path, headers=headers,
                             token=kwargs.pop('token', self.member), **kwargs)
        self.assertEqual(expected, response.status_code, response.text)
        found = []

        def written():
            # it is, after the last byte is sent
            found[:] = [entered for one, entered in self.lines()
                        if one == mark]
            return bool(found)

        self.eventually(written, 'the trace is written')
        return found[0]

    def lines(self):
        path = self.server.state / 'etc' / FILE
        if not path.exists():
            return []
        # the last line may be half written
        return [json.loads(line) for line
                in path.read_text().splitlines(keepends=True)
                if line.endswith('\n')]

    def check(self, method, path, expected, **kwargs):
        self.assertEqual([], self.entered(method, path, expected, **kwargs),
                         '%s %s' % (method, path))

    def test_images(self):
        """Ours have been served before, so that nothing is left to load."""
        self.filled()
        self.call('GET', '/artifacts/all')
        image = self.image()
        path = '/images/' + image['id']
        other = api_base.token_for('other')
        for method, where, expected, more in (
                ('POST', '/images', 201, {'json': {'name': 'traced'}}),
                ('GET', '/images', 200, {}),
                ('GET', path, 200, {}),
                ('PATCH', path, 200, {'headers': images.PATCH, 'data':
                 '[{"op": "add", "path": "/a", "value": "b"}]'}),
                ('PUT', path + '/file', 204, {'headers': images.OCTETS,
                                              'data': images.BYTES}),
                ('GET', path + '/file', 200, {}),
                ('GET', path + '/file', 206,
                 {'headers': {'Range': 'bytes=1-2'}}),
                ('PUT', path + '/tags/a', 204, {}),
                ('DELETE', path + '/tags/a', 204, {}),
                ('POST', path + '/members', 200,
                 {'json': {'member': 'other'}}),
                ('GET', path + '/members', 200, {}),
                ('PUT', path + '/members/other', 200,
                 {'json': {'status': 'accepted'}, 'token': other}),
                ('GET', path + '/members/other', 200, {}),
                ('DELETE', path + '/members/other', 204, {}),
                ('POST', path + '/actions/deactivate', 204, {}),
                ('GET', path + '/file', 403, {}),
                ('POST', path + '/actions/reactivate', 204, {}),
                ('DELETE', path, 204, {}), ('GET', path, 404, {}),
                ('GET', '/schemas/image', 200, {}),
                ('GET', '/info/stores', 200, {}), ('GET', '/tasks', 403, {}),
                ('GET', '/metadefs/namespaces', 200, {})):
            self.check(method, where, expected, **more)

    def test_artifacts(self):
        """What looks for code of ours can find it."""
        image = self.filled()
        for path in (image['self'], image['self'] + '/file',
                     '/artifacts/images'):
            found = self.entered('GET', path, 200)
            self.assertTrue([one for one in found
                             if one.partition(':')[0].endswith(
                                 'glance_artifacts/api/endpoint.py')], found)
        # the bytes are read after the handler has returned
        self.assertTrue([one for one in self.entered(
            'GET', image['self'] + '/file', 200)
            if 'images/transfer.py' in one])
