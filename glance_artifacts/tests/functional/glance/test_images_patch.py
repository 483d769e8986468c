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


"""Changing images through artifacts: what Glance is told, and what not."""

import json

from glance_artifacts.tests.functional.api import base as api_base
from glance_artifacts.tests.functional.glance import images

MERGE = {'Content-Type': 'application/merge-patch+json'}
#: Names that are no further properties; written there, they would be lost
#: or would change the image itself.
TAKEN = ('id', 'name', 'status', 'owner', 'visibility', 'protected',
         'locations', 'file', 'self', 'schema', 'stores', 'size', 'checksum',
         'created_at', 'tags', 'os_hidden', 'min_disk', 'disk_format',
         'direct_url', 'description', 'artifact_version', 'deleted',
         'location', 'context', 'delete', 'image_id', 'extra_properties',
         ' owner', 'visibility ', '\u2003protected', '__class__')
#: Names that Glance keeps for itself, and says so.
RESERVED = ('os_glance_stage_host', 'os_glance_hash_op_host',
            'os_glance_import_task', 'os_glance_failed_import',
            'os_glance_importing_to_stores', 'os_glance_anything')


class TestPatch(images.ImageArtifactsTest):

    def merge(self, artifact, expected=200, **changes):
        return self.call('PATCH', artifact['self'], expected, headers=MERGE,
                         data=json.dumps(changes)).json()

    def test_every_field(self):
        draft = self.draft()
        changes = {'name': 'other', 'version': '3.1.0', 'description': 'd',
                   'tags': ['b', 'c'], 'metadata': {'k': 'v'},
                   'visibility': 'private', 'disk_format': 'qcow2',
                   'container_format': 'ovf', 'min_disk': 4, 'min_ram': 5,
                   'protected': True, 'os_hidden': True}
        answer = self.merge(draft, **changes)
        self.addCleanup(self.merge, draft, protected=False)
        self.assertEqual(changes, {name: answer[name] for name in changes})
        image = self.glances(draft)
        self.assertEqual(
            ('other', '3.1.0', 'd', 'v', 4, True),
            tuple(image[name] for name in (
                'name', 'artifact_version', 'description', 'k', 'min_disk',
                'protected')))

    def test_taking_away(self):
        draft = self.draft(description='d', version='1.0.0',
                           metadata={'a': '1', 'b': '2'}, tags=['t'])
        answer = self.merge(draft, name=None, description=None, version=None,
                            metadata={'a': None}, tags=[])
        self.assertEqual((None, None, '0.0.0', {'b': '2'}, []), tuple(
            answer[name] for name in ('name', 'description', 'version',
                                      'metadata', 'tags')))
        self.assertFalse({'a', 'description', 'artifact_version'}
                         & set(self.glances(draft)))

    def test_one_property(self):
        draft = self.draft(metadata={'a/b': '1', 'c~d': '2', 'e': '3'})
        self.patch(draft,
                   {'op': 'test', 'path': '/metadata/e', 'value': '3'},
                   {'op': 'replace', 'path': '/metadata/a~1b', 'value': '4'},
                   {'op': 'move', 'from': '/metadata/c~0d',
                    'path': '/metadata/f'},
                   {'op': 'copy', 'from': '/metadata/e',
                    'path': '/metadata/~0~1'})
        image = self.glances(draft)
        self.assertEqual(('4', '2', '3', '3'), tuple(
            image[name] for name in ('a/b', 'f', 'e', '~/')))
        self.assertNotIn('c~d', image)

    def test_what_does_not_fit_changes_nothing(self):
        draft = self.draft(name='before')
        for last in ({'op': 'test', 'path': '/name', 'value': 'no'},
                     {'op': 'remove', 'path': '/metadata/none'}):
            self.patch_refused(409, 'artifact.patch.conflict', draft,
                               {'op': 'replace', 'path': '/name',
                                'value': 'after'}, last)
        self.assertEqual('before', self.glances(draft)['name'])

    def test_all_or_nothing(self):
        """Glance sees one request."""
        draft = self.draft(name='before')
        self.patch_refused(
            400, 'image.invalid', draft,
            {'op': 'replace', 'path': '/name', 'value': 'after'},
            {'op': 'add', 'path': '/metadata/a', 'value': 'b'},
            {'op': 'replace', 'path': '/disk_format', 'value': 'no format'})
        image = self.glances(draft)
        self.assertEqual('before', image['name'])
        self.assertNotIn('a', image)

    def test_what_is_the_same_is_not_sent(self):
        draft = self.draft(metadata={'a': 'b'})
        moment = '2020-02-02 02:02:02'
        self.in_database('UPDATE images SET updated_at = :moment'
                         ' WHERE id = :id', moment=moment, id=draft['id'])
        self.patch(draft, {'op': 'replace', 'path': '/metadata/a',
                           'value': 'b'})
        self.merge(draft, name=draft['name'])
        self.patch(draft)
        self.assertEqual('2020-02-02T02:02:02Z',
                         self.show(draft)['updated_at'])

    def test_names_that_are_taken(self):
        draft = self.draft()
        before = self.glances(draft)
        for name in TAKEN:
            where = {'field': 'metadata/' + name}
            path = '/metadata/' + name.replace('/', '~1')
            self.patch_refused(400, 'artifact.field.invalid', draft, {
                'op': 'add', 'path': path, 'value': 'x'}, **where,
                token=api_base.ADMIN)
            self.refused(400, 'artifact.field.invalid', 'POST',
                         '/artifacts/images', json={'metadata': {name: 'x'}},
                         **where, token=api_base.ADMIN)
        self.assertEqual(before, self.glances(draft))

    def test_names_that_glance_keeps(self):
        """One by one, with its own answer."""
        draft = self.draft()
        before = self.in_database('SELECT name, value FROM image_properties'
                                  ' WHERE image_id = :id', id=draft['id'])
        for token in (self.member, api_base.ADMIN):
            for name in RESERVED:
                theirs = self.patch_image(draft, {
                    'op': 'add', 'path': '/' + name, 'value': 'http://x'},
                    token=token)
                ours = self.patch_refused(403, 'image.forbidden', draft, {
                    'op': 'add', 'path': '/metadata/' + name,
                    'value': 'http://x'}, token=token)
                self.assertEqual(403, theirs.status_code)
                self.assertIn(ours['detail'], theirs.text.replace(
                    '&#x27;', '\''))
                self.refused(403, 'image.forbidden', 'POST',
                             '/artifacts/images', token=token,
                             json={'metadata': {name: 'http://x'}})
        self.assertEqual(before, self.in_database(
            'SELECT name, value FROM image_properties WHERE image_id = :id',
            id=draft['id']))

    def test_fields_that_are_read_only(self):
        draft = self.draft()
        for name in ('id', 'created_at', 'updated_at', 'self', 'schema',
                     'type_name', 'image_status', 'size', 'virtual_size',
                     'checksum', 'os_hash_algo', 'os_hash_value', 'file',
                     'pool', 'activated_at'):
            self.patch_refused(400, 'artifact.field.read_only', draft, {
                'op': 'replace', 'path': '/' + name, 'value': 'x'},
                field=name)
        for name in ('locations', 'direct_url', 'stores', 'os_distro',
                     'os_glance_stage_host'):
            self.patch_refused(400, 'artifact.field.unknown', draft, {
                'op': 'add', 'path': '/' + name, 'value': 'x'}, field=name)

    def test_an_active_image(self):
        image = self.filled()
        answer = self.merge(image, name='other', version='2.0.0',
                            metadata={'a': 'b'})
        self.assertEqual(('other', '2.0.0'), (answer['name'],
                                              answer['version']))
        theirs = self.patch_image(image, {
            'op': 'replace', 'path': '/disk_format', 'value': 'iso'})
        entry = self.patch_refused(403, 'image.forbidden', image, {
            'op': 'replace', 'path': '/disk_format', 'value': 'iso'})
        self.assertEqual(403, theirs.status_code)
        self.assertIn('disk_format', entry['detail'])

    def test_a_status_comes_alone(self):
        image = self.filled()
        self.patch_refused(
            400, 'image.status', image,
            {'op': 'replace', 'path': '/status', 'value': 'deactivated'},
            {'op': 'replace', 'path': '/name', 'value': 'x'}, field='status')
        self.assertEqual(image, self.show(image))

    def test_values_that_glance_refuses(self):
        draft = self.draft()
        for name, value in (('name', 'x' * 255 + 'y'),
                            ('disk_format', 'nothing'),
                            ('container_format', 'nothing')):
            self.assertIn(self.call('PATCH', draft['self'], 400,
                                    headers=MERGE,
                                    data=json.dumps({name: value})
                                    ).json()['errors'][0]['code'],
                          ('image.invalid', 'artifact.field.invalid'))
        self.assertEqual(draft, self.show(draft))

    def test_another_pool(self):
        self.refused(400, 'artifact.field.invalid', 'POST',
                     '/artifacts/images', json={'pool': 'general'},
                     field='pool')
        self.refused(400, 'artifact.field.invalid', 'POST',
                     '/artifacts/generic', field='pool',
                     json={'name': 'a', 'pool': 'images'})
        self.call('POST', '/artifacts/images', 201, json={'pool': 'images'})

    def test_tags(self):
        draft = self.draft(tags=['a'])
        self.call('PUT', draft['self'] + '/tags/b c', 204)
        self.call('PUT', draft['self'] + '/tags/b c', 204)
        self.assertEqual({'a', 'b c'}, set(self.glances(draft)['tags']))
        self.call('DELETE', draft['self'] + '/tags/a', 204)
        self.refused(404, 'artifact.tag.not_found', 'DELETE',
                     draft['self'] + '/tags/a')
        self.assertEqual(['b c'], self.glances(draft)['tags'])
