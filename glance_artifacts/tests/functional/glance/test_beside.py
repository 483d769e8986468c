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

"""Images and artifacts in one glance-api."""

import os

from glance_artifacts.tests.functional.api import base as api_base
from glance_artifacts.tests.functional.glance import base


class TestBeside(base.ImagesTest):

    def images(self):
        return [image['id'] for image in
                self.call('GET', '/images').json()['images']]

    def test_the_life_of_an_image(self):
        data = os.urandom(3 * 1024 * 1024)
        image = self.image(data)
        shown = self.call('GET', image['self']).json()
        self.assertEqual(('active', len(data)),
                         (shown['status'], shown['size']))
        self.same_bytes(data, self.call('GET', image['file']).content)
        self.assertEqual([image['id']], self.images())
        self.call('DELETE', image['self'], 204)
        self.assertEqual([], self.images())

    def test_one_store_for_both(self):
        before = self.files()
        image = self.image(b'image bytes')
        artifact = self.active(data=b'artifact bytes')
        (segment,) = self.segments(artifact)
        new = self.files() - before
        self.assertEqual(2, len(new))
        self.assertIn(image['id'], new)
        (ours,) = new - {image['id']}
        self.assertRegex(ours, '^gart-.*%s$' % segment['id'])
        self.call('DELETE', artifact['self'], 204)
        self.assertEqual({image['id']}, self.files() - before)
        self.assertEqual(b'image bytes',
                         self.call('GET', image['file']).content)
        other = self.active(data=b'other bytes')
        self.call('DELETE', image['self'], 204)
        self.assertEqual(b'other bytes', self.call(
            'GET', other['self'] + '/data').content)

    def test_neither_knows_the_others_ids(self):
        image, artifact = self.image(), self.active(data=b'bytes')
        self.refused(404, 'artifact.not_found', 'GET',
                     '/artifacts/generic/' + image['id'])
        self.assertEqual(404, self.http(
            'GET', '/images/' + artifact['id'],
            token=self.member).status_code)
        self.assertEqual([image['id']], self.images())
        self.assertEqual([artifact['id']],
                         [one['id'] for one in self.listed()])

    def test_a_name_for_both(self):
        name = api_base.unique('name')
        self.create(name=name)
        self.call('POST', '/images', 201, json={'name': name})

    def test_errors_keep_their_own_form(self):
        """Ours are JSON; Glance's are what they were."""
        response = self.http('GET', '/images/' + api_base.NOBODYS_ID,
                             token=self.member)
        self.assertEqual((404, 'text/html; charset=UTF-8'), (
            response.status_code, response.headers['Content-Type']))
        self.call('GET', '/artifacts/generic/' + api_base.NOBODYS_ID, 404)
