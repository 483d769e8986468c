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


import json

from oslotest import base
import webob
import webob.exc

from glance_artifacts.repository.images import errors


def answered(exc):
    """An error of Glance's as the client of its API gets it."""
    request = webob.Request.blank('/', accept='application/json')
    return request.get_response(exc)


class TestErrors(base.BaseTestCase):

    def test_status_and_code(self):
        for status, code in (
                (400, 'image.invalid'), (401, 'auth.required'),
                (403, 'image.forbidden'), (404, 'artifact.not_found'),
                (409, 'image.conflict'), (410, 'image.gone'),
                (413, 'image.too_large'), (415, 'image.rejected'),
                (500, 'image.failed'), (502, 'image.failed'),
                (503, 'image.unavailable'), (504, 'image.failed')):
            error = errors.of(answered(webob.exc.status_map[status]('why')))
            self.assertEqual((status, code), (error.status, error.code))
            self.assertIn('why', error.detail)
            self.assertTrue(error.title)
        self.assertEqual({'Retry-After': '10'}, errors.of(answered(
            webob.exc.HTTPServiceUnavailable('why'))).headers)

    def test_text(self):
        for body, text in (
                (b'', ''), (b'plain\n\n text', 'plain text'),
                (json.dumps({'message': 'a<br /><br />\n b\n'}).encode(),
                 'a b'),
                (json.dumps({'message': 'keeps <this>'}).encode(),
                 'keeps <this>'),
                (b'[1]', '[1]'), (b'\xff', '\ufffd')):
            self.assertEqual(text, errors.text(body))

    def test_long_text(self):
        self.assertEqual(errors.TEXT_LENGTH, len(errors.text(b'x' * 9999)))

    def test_nothing_said(self):
        response = webob.Response(status=409)
        self.assertEqual('409 Conflict', errors.of(response).detail)
