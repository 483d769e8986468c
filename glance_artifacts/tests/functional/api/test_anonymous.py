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


def let_everybody_in(etc: pathlib.Path) -> None:
    """Glance with ``allow_anonymous_access``, and nobody identified."""
    conf, paste = etc / 'glance-api.conf', etc / 'glance-api-paste.ini'
    conf.write_text(conf.read_text().replace(
        '[DEFAULT]\n', '[DEFAULT]\nallow_anonymous_access = true\n', 1))
    text = paste.read_text()
    if ' devidentity context' not in text:
        raise AssertionError(text)
    # the development identity makes somebody of everybody
    paste.write_text(text.replace(' devidentity context', ' context'))


class TestAnonymous(base.ImagesTest):

    @classmethod
    def make_server(cls):
        return base.EditedServer(let_everybody_in)

    def test_reading(self):
        for path in ('/artifacts', '/artifacts/generic', '/artifacts/all',
                     '/artifacts/schemas', '/artifacts/openapi.json'):
            self.assertEqual(200, self.http('GET', path).status_code, path)

    def test_all_else_needs_a_token(self):
        response = self.http('POST', '/artifacts/generic',
                             json={'name': 'a'})
        self.assertEqual(401, response.status_code)
        self.check_errors(response)
        (entry,) = response.json()['errors']
        self.assertEqual('auth.required', entry['code'])
