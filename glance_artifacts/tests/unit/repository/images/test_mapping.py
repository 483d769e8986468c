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

from glance_artifacts.builtin import images
from glance_artifacts import exceptions
from glance_artifacts.repository.images import mapping

ID = '6ad3ad61-c888-4c09-89cb-c5fc7a671d51'


def image(**more):
    """An image as Glance's API shows it."""
    return {'id': ID, 'name': 'a', 'status': 'queued', 'owner': 'p',
            'visibility': 'shared', 'tags': [], 'min_disk': 0, 'min_ram': 0,
            'protected': False, 'os_hidden': False, 'disk_format': None,
            'container_format': None, 'size': None, 'virtual_size': None,
            'checksum': None, 'os_hash_algo': None, 'os_hash_value': None,
            'created_at': '2026-01-02T03:04:05Z',
            'updated_at': '2026-01-02T03:04:06Z', 'self': '/v2/images/x',
            'file': '/v2/images/x/file', 'schema': '/v2/schemas/image',
            **more}


class TestMapping(base.BaseTestCase):

    def test_every_field_of_the_type_is_filled(self):
        artifact = mapping.artifact(image())
        self.assertEqual(set(images.Image.values()), set(artifact.fields))
        self.assertEqual((images.Image.type_name, images.Image.type_version),
                         (artifact.type_name, artifact.type_version))
        self.assertEqual({mapping.BLOB}, set(images.Image.blobs()))

    def test_what_is_gone(self):
        for status in ('pending_delete', 'deleted'):
            self.assertRaises(exceptions.NotFound, mapping.artifact,
                              image(status=status))

    def test_a_status_of_another_release(self):
        artifact = mapping.artifact(image(status='brand_new'))
        self.assertEqual(('drafted', 'brand_new', {}), (
            artifact.status, artifact.fields['image_status'],
            artifact.blobs))

    def test_properties(self):
        artifact = mapping.artifact(image(
            text='x', empty='', none=None, number=4, flag=True,
            os_glance_stage_host='x', locations=[{}], direct_url='x',
            stores='x', description='d', artifact_version='1'))
        self.assertEqual({'text': 'x', 'empty': '', 'number': '4',
                          'flag': 'true'}, artifact.metadata)
        self.assertEqual(('d', '1.0.0'), (artifact.description,
                                          artifact.version))

    def test_etag(self):
        first = mapping.artifact(image(tags=['b', 'a'])).digest
        self.assertEqual(first, mapping.artifact(image(
            tags=['a', 'b'], stores='other', direct_url='x')).digest)
        for more in ({'name': 'b'}, {'tags': ['a']}, {'x': 'y'},
                     {'updated_at': '2026-01-02T03:04:07Z'}):
            self.assertNotEqual(first, mapping.artifact(image(
                **{'tags': ['b', 'a'], **more})).digest)

    def test_etag_of_the_bytes(self):
        for algorithm, value, sha256, etag in (
                ('sha512', 'ab', None, 'sha512:ab'),
                ('sha256', 'cd', 'cd', 'sha256:cd'),
                (None, None, None, 'image:' + ID)):
            blob = mapping.artifact(image(
                status='active', size=3, os_hash_algo=algorithm,
                os_hash_value=value)).blob(mapping.BLOB)
            self.assertEqual((sha256, etag, 3, 'active'), (
                blob.sha256, blob.etag, blob.size, blob.status))
