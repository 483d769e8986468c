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

"""Limits that Keystone keeps hold for images through both APIs."""

from glance_artifacts.tests.functional.api import base as api_base
from glance_artifacts.tests.functional.glance import images
from glance_artifacts.tests.functional.glance import plugged

LIMITS = 'glance_artifacts.tests.functional.glance.limits'
MIB = 1024 * 1024


def with_limits(etc):
    """Have Glance ask Keystone for limits."""
    plugged.set_options(etc, 'DEFAULT', use_keystone_limits='true')
    plugged.set_options(etc, 'oslo_limit', endpoint_id='glances')


class TestLimits(images.ImageArtifactsTest):
    """As ``limits`` says: 2 images and 1 MiB."""

    @classmethod
    def make_server(cls):
        return plugged.PluggedServer(LIMITS, with_limits)

    def setUp(self):
        super().setUp()
        # limits of this name are told of, whoever is in the project
        self.large = api_base.token_for('large')

    def create_refused(self, **kwargs):
        """Neither API makes another image, and none is made."""
        before = self.call('GET', '/images', **kwargs).json()['images']
        theirs = self.http('POST', '/images', json={},
                           **{'token': self.member, **kwargs})
        self.assertEqual(413, theirs.status_code)
        entry = self.refused(413, 'image.too_large', 'POST',
                             '/artifacts/images', json={}, **kwargs)
        self.assertIn('image_count_total', theirs.text)
        self.assertIn('image_count_total', entry['detail'])
        self.assertEqual(before, self.call(
            'GET', '/images', **kwargs).json()['images'])

    def upload_refused(self, draft, **kwargs):
        """Neither API takes bytes, and the image is as it was."""
        files, before = self.files(), self.glances(draft, **kwargs)
        theirs = self.http('PUT', '/images/%s/file' % draft['id'],
                           data=b'more', headers=images.OCTETS,
                           **{'token': self.member, **kwargs})
        self.assertEqual(413, theirs.status_code)
        entry = self.refused(413, 'image.too_large', 'PUT',
                             draft['self'] + '/file', data=b'more', **kwargs)
        self.assertIn('image_size_total', theirs.text)
        self.assertIn('image_size_total', entry['detail'])
        self.assertEqual((files, before),
                         (self.files(), self.glances(draft, **kwargs)))

    def test_count(self):
        """An image counts by whichever API it was made."""
        draft, image = self.draft(), self.image()
        self.create_refused()
        for path in (image['self'], draft['self']):
            self.call('DELETE', path, 204)
            self.create('images')
            self.create_refused()

    def test_count_of_a_project(self):
        for _ in range(3):
            self.draft(token=self.large)

    def test_size(self):
        """The first upload does not say how much it brings."""
        for by_us in (True, False):
            token = api_base.token_for(api_base.unique('project'))
            image, draft = (self.draft(token=token) for _ in range(2))
            data = iter([b'x' * MIB, b'x' * MIB])
            if by_us:
                self.upload(image, data, 'file', token=token)
            else:
                self.call('PUT', '/images/%s/file' % image['id'], 204,
                          data=data, headers=images.OCTETS, token=token)
            self.upload_refused(draft, token=token)
            self.call('DELETE', image['self'], 204, token=token)
            self.upload(draft, b'more', 'file', token=token)

    def test_announced_size(self):
        """Glance is told of it before a byte is stored."""
        draft, files = self.draft(), self.files()
        self.refused(413, 'image.too_large', 'PUT', draft['self'] + '/file',
                     data=b'x' * 2 * MIB)
        self.assertEqual(files, self.files())
        self.upload(draft, b'x' * MIB, 'file')

    def test_size_of_a_project(self):
        token = api_base.token_for('many')
        image, draft = (self.draft(token=token) for _ in range(2))
        self.upload(image, b'x' * 2 * MIB, 'file', token=token)
        self.upload(draft, b'more', 'file', token=token)
