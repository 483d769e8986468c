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


import pathlib

from glance_artifacts.tests.functional.glance import base

ORIGIN = 'https://dashboard.example.com'
ASKED = 'If-Match,X-Artifact-SHA256'
#: What the manual tells operators to allow.
OPTIONS = {'allowed_origin': ORIGIN,
           'allow_headers': 'X-Auth-Token,Content-Type,' + ASKED,
           'expose_headers': 'ETag,Location'}


def for_browsers(etc: pathlib.Path) -> None:
    """Let pages of one origin in, and have nobody identified.

    The development identity refuses whatever comes from a page.
    """
    paste = etc / 'glance-api-paste.ini'
    text = paste.read_text()
    for old, new in (
            (' devidentity context', ' context'),
            ('[filter:cors]', '[filter:cors]\n' + '\n'.join(
                '%s = %s' % option for option in OPTIONS.items()))):
        if old not in text:
            raise AssertionError('%r is not in\n%s' % (old, text))
        text = text.replace(old, new)
    paste.write_text(text)


class TestCORS(base.ImagesTest):
    """Glance's own filter answers browsers, for artifacts as for images."""

    @classmethod
    def make_server(cls):
        return base.EditedServer(for_browsers)

    def answers(self, method, **headers):
        """What the filter says of an image and of an artifact."""
        found = []
        for path in ('/images', '/artifacts/generic'):
            response = self.http(method, path,
                                 headers={'Origin': ORIGIN, **headers})
            found.append({
                name.lower(): value for name, value
                in response.headers.items()
                if name.lower().startswith(('access-control', 'vary'))})
        return found

    def test_preflight(self):
        image, artifact = self.answers(
            'OPTIONS', **{'Access-Control-Request-Method': 'PATCH',
                          'Access-Control-Request-Headers': ASKED})
        self.assertEqual(image, artifact)
        self.assertEqual((ORIGIN, 'PATCH', ASKED), (
            artifact['access-control-allow-origin'],
            artifact['access-control-allow-methods'],
            artifact['access-control-allow-headers']))

    def test_answers(self):
        image, artifact = self.answers('GET')
        self.assertEqual(image, artifact)
        self.assertEqual(ORIGIN, artifact['access-control-allow-origin'])
        self.assertIn('ETag', artifact['access-control-expose-headers'])

    def test_errors_reach_the_page(self):
        response = self.http('GET', '/artifacts/generic',
                             headers={'Origin': ORIGIN})
        self.assertEqual((401, ORIGIN), (
            response.status_code,
            response.headers['Access-Control-Allow-Origin']))

    def test_other_origins(self):
        image, artifact = self.answers('GET', Origin='https://evil.example')
        self.assertEqual(image, artifact)
        self.assertNotIn('access-control-allow-origin', artifact)

    def test_options_without_an_origin(self):
        for path in ('/images', '/artifacts', '/artifacts/generic'):
            response = self.http('OPTIONS', path)
            self.assertEqual((200, b''), (response.status_code,
                                          response.content))
