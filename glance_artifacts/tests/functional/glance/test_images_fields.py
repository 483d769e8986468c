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


"""One image, seen through both APIs."""

import hashlib

from glance_artifacts.tests.functional.api import base as api_base
from glance_artifacts.tests.functional.glance import images

SAME = ('id', 'name', 'owner', 'visibility', 'created_at', 'updated_at',
        'disk_format', 'container_format', 'min_disk', 'min_ram', 'protected',
        'os_hidden', 'size', 'virtual_size', 'checksum', 'os_hash_algo',
        'os_hash_value')
#: Glance's word and ours.
STATUSES = {'queued': 'drafted', 'saving': 'drafted', 'uploading': 'drafted',
            'importing': 'drafted', 'killed': 'drafted', 'active': 'active',
            'deactivated': 'deactivated'}


class TestFields(images.ImageArtifactsTest):

    def same(self, artifact):
        """The artifact, once both APIs say the same of it."""
        image = self.glances(artifact)
        shown = self.ours(image)
        self.assertEqual({name: image[name] for name in SAME},
                         {name: shown[name] for name in SAME})
        self.assertEqual(sorted(image['tags']), shown['tags'])
        self.assertEqual(image['status'], shown['image_status'])
        return shown

    def test_made_by_glance(self):
        image = self.call('POST', '/images', 201, json={
            'name': 'old', 'disk_format': 'qcow2', 'container_format': 'ovf',
            'min_disk': 3, 'min_ram': 512, 'protected': False,
            'os_hidden': True, 'tags': ['z', 'a'], 'visibility': 'private',
            'os_distro': 'cirros', 'a/~b': 'odd', 'description': 'Prose.',
            'artifact_version': '1.2'}).json()
        shown = self.same(image)
        self.assertEqual(
            ('Prose.', '1.2.0', {'os_distro': 'cirros', 'a/~b': 'odd'},
             'drafted', 'images', 'images', None),
            tuple(shown[name] for name in (
                'description', 'version', 'metadata', 'status', 'pool',
                'type_name', 'activated_at')))
        self.assertEqual('/v2/artifacts/images/' + image['id'],
                         shown['self'])

    def test_made_by_us(self):
        body = {'name': 'new', 'description': 'Prose.', 'version': '2',
                'disk_format': 'qcow2', 'container_format': 'bare',
                'min_disk': 3, 'min_ram': 512, 'os_hidden': True,
                'protected': False, 'tags': ['b', 'a'],
                'visibility': 'community', 'metadata': {'hw_rng': 'on',
                                                        '~1/': 'odd'}}
        response = self.call('POST', '/artifacts/images', 201, json=body)
        artifact = response.json()
        self.assertEqual({**body, 'version': '2.0.0', 'tags': ['a', 'b']},
                         {name: artifact[name] for name in body})
        self.assertTrue(response.headers['Location'].endswith(
            artifact['self']))
        self.assertEqual(artifact, self.same(artifact))
        image = self.glances(artifact)
        self.assertEqual(('Prose.', '2.0.0', 'on', 'odd'), tuple(
            image[name] for name in ('description', 'artifact_version',
                                     'hw_rng', '~1/')))

    def test_what_is_not_said_is_glances_default(self):
        ours = self.call('POST', '/artifacts/images', 201, json={}).json()
        theirs = self.call('POST', '/images', 201, json={}).json()
        own = ('id', 'self', 'file', 'created_at', 'updated_at')
        self.assertEqual(
            {name: value for name, value in theirs.items()
             if name not in own},
            {name: value for name, value in self.glances(ours).items()
             if name not in own})
        self.assertEqual((None, 'shared', '0.0.0', {}), tuple(
            ours[name] for name in ('name', 'visibility', 'version',
                                    'metadata')))

    def test_every_status(self):
        image = self.filled()
        for theirs, ours in STATUSES.items():
            self.set_status(image, theirs)
            shown = self.same(image)
            self.assertEqual(ours, shown['status'])
            state = {'active': 'active', 'deactivated': 'active',
                     'saving': 'saving', 'importing': 'saving'}.get(theirs)
            self.assertEqual(state, shown['file'] and shown['file']['status'])
        self.set_status(image, 'pending_delete')
        self.refused(404, 'artifact.not_found', 'GET', image['self'])

    def test_the_bytes(self):
        image = self.image(b'some bytes')
        digest = hashlib.md5(b'some bytes').hexdigest()
        self.assertEqual({
            'status': 'active', 'size': 10, 'sha256': None, 'md5': digest,
            'tree_sha256': None, 'external': False, 'segments': 1,
            'content_type': 'application/octet-stream'},
            self.same(image)['file'])
        self.assertIsNone(self.same(self.draft())['file'])

    def test_a_version_that_is_none(self):
        for text in ('x', '1.2.3.4', '', '01.0.0'):
            image = self.call('POST', '/images', 201, json={
                'artifact_version': text}).json()
            shown = self.ours(image)
            self.assertEqual(('0.0.0', {}),
                             (shown['version'], shown['metadata']))

    def test_what_is_never_shown(self):
        """Neither stores nor places nor Glance's own notes."""
        image = self.filled()
        self.in_database(
            'INSERT INTO image_properties (image_id, name, value, deleted,'
            ' created_at) VALUES (:id, :name, :value, :no, :now)',
            id=image['id'], name='os_glance_failed_import', value='secret',
            no=False, now='2026-01-01 00:00:00')
        self.assertIn('os_glance_failed_import', self.glances(image))
        shown = self.call('GET', image['self']).text
        for word in ('os_glance', 'secret', 'locations', 'direct_url',
                     'file://', '"stores"', 'local'):
            self.assertNotIn(word, shown)

    def test_properties_without_a_value(self):
        image = self.call('POST', '/images', 201, json={
            'empty': ''}).json()
        self.in_database(
            'INSERT INTO image_properties (image_id, name, value, deleted,'
            ' created_at) VALUES (:id, :name, NULL, :no, :now)',
            id=image['id'], name='ramdisk_id', no=False,
            now='2026-01-01 00:00:00')
        self.assertEqual('', self.ours(image)['metadata']['empty'])
        self.assertLessEqual(set(self.ours(image)['metadata']),
                             {'empty', 'ramdisk_id'})

    def test_long_properties_stay_whole(self):
        text = 'x' * 60000
        draft = self.draft(metadata={'mapping': text, 'other': 'a'})
        self.assertEqual(text, self.show(draft)['metadata']['mapping'])
        self.patch(draft, {'op': 'replace', 'path': '/metadata/other',
                           'value': 'b'})
        self.assertEqual((text, 'b'), (self.glances(draft)['mapping'],
                                       self.glances(draft)['other']))

    def test_unknown_images(self):
        for method in ('GET', 'DELETE'):
            self.refused(404, 'artifact.not_found', method,
                         '/artifacts/images/' + api_base.NOBODYS_ID)

    def test_etags(self):
        draft = self.draft()
        first = self.call('GET', draft['self']).headers['ETag']
        self.assertRegex(first, '^W/"[0-9a-f]+"$')
        self.call('GET', draft['self'], 304,
                  headers={'If-None-Match': first})
        self.patch_image(draft, {'op': 'add', 'path': '/a', 'value': 'b'})
        second = self.call('GET', draft['self'], headers={
            'If-None-Match': first}).headers['ETag']
        self.assertNotEqual(first, second)
        self.patch_image(draft, {'op': 'remove', 'path': '/a'})

    def test_no_if_match(self):
        draft = self.draft(tags=['old'])
        before = self.show(draft)
        for method, path, body in (
                ('PATCH', '', '[]'), ('DELETE', '', None),
                ('PUT', '/file', b'x'), ('PUT', '/tags/new', None),
                ('DELETE', '/tags/old', None),
                ('POST', '/actions/activate', None)):
            for value in ('*', '"1"', 'W/"1"'):
                headers = {'If-Match': value}
                if method == 'PATCH':
                    headers.update(api_base.JSON_PATCH)
                self.refused(400, 'image.if_match', method,
                             draft['self'] + path, field='If-Match',
                             headers=headers, data=body)
        self.assertEqual(before, self.show(draft))
