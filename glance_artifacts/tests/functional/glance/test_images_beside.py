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


"""What stays Glance's: import, the schema of images, the image cache."""

import json

import jsonschema

from glance_artifacts.tests.functional.api import base as api_base
from glance_artifacts.tests.functional.glance import base
from glance_artifacts.tests.functional.glance import images

SCHEMA = {
    'os_distro': {'type': 'string', 'enum': ['cirros', 'debian'],
                  'description': 'The distribution.'},
    'kernel_id': {'type': ['null', 'string'], 'maxLength': 36},
}
#: Found in every state of an image, and none of the API's own.
STATES = ('queued', 'saving', 'uploading', 'importing', 'active',
          'deactivated', 'killed', 'pending_delete')


def with_cache_and_schema(etc):
    """Put the image cache into the pipeline; name properties."""
    (etc / 'schema-image.json').write_text(json.dumps(SCHEMA))
    paste = etc / 'glance-api-paste.ini'
    text = paste.read_text()
    if ' context rootapp' not in text:
        raise AssertionError(text)
    paste.write_text(text.replace(' context rootapp',
                                  ' context cache rootapp'))


class TestImport(images.ImageArtifactsTest):

    @base.imports
    def test_import(self):
        """Staged and imported through Glance, seen through us."""
        draft = self.draft()
        path = '/images/' + draft['id']
        self.call('PUT', path + '/stage', 204, data=images.BYTES,
                  headers=images.OCTETS)
        shown = self.show(draft)
        self.assertEqual(('drafted', 'uploading', None), tuple(
            shown[name] for name in ('status', 'image_status', 'file')))
        self.assertFalse([name for name in shown['metadata']
                          if name.startswith('os_glance')])
        self.call('PUT', draft['self'] + '/file', 409, data=b'x')
        self.call('POST', path + '/import', 202, json={
            'method': {'name': 'glance-direct'}})
        self.eventually(lambda: self.show(draft)['status'] == 'active',
                        'it is imported')
        self.assertEqual(images.BYTES, self.call(
            'GET', draft['self'] + '/file').content)
        self.assertTrue(self.call('GET', path + '/tasks').json()['tasks'])

    def test_a_change_between_stage_and_import(self):
        """What Glance noted about the staging stays."""
        draft = self.draft()
        self.call('PUT', '/images/%s/stage' % draft['id'], 204,
                  data=images.BYTES, headers=images.OCTETS)
        noted = self.in_database(
            'SELECT name, value FROM image_properties WHERE image_id = :id'
            ' ORDER BY name', id=draft['id'])
        self.assertIn('os_glance_stage_host', dict(map(tuple, noted)))
        self.patch(draft, {'op': 'replace', 'path': '/name', 'value': 'x'})
        self.assertEqual(noted, self.in_database(
            'SELECT name, value FROM image_properties WHERE image_id = :id'
            ' AND deleted = :no ORDER BY name', id=draft['id'], no=False))
        self.call('DELETE', draft['self'], 204)
        self.assertEqual([], list((self.server.state / 'stores' / 'staging')
                                  .glob(draft['id'] + '*')))


class TestEditedGlance(images.ImageArtifactsTest):

    @classmethod
    def make_server(cls):
        return base.EditedServer(with_cache_and_schema)

    def cached(self):
        return {path.name for path in
                (self.server.state / 'cache').glob('*-*')}

    def test_the_cache(self):
        image, other = self.filled(), self.filled()
        self.call('GET', image['self'] + '/file')
        self.assertNotIn(image['id'], self.cached())
        for one in (image, other):
            self.call('GET', '/images/%s/file' % one['id'])
        self.eventually(lambda: {image['id'], other['id']} <= self.cached(),
                        'both are cached')
        self.call('DELETE', image['self'], 204)
        self.assertEqual({other['id']}, self.cached())

    def test_the_schema(self):
        theirs = self.call('GET', '/schemas/image').json()['properties']
        schema = self.call('GET', '/artifacts/schemas/images').json()
        self.assertEqual(schema, self.call(
            'GET', '/artifacts/schemas').json()['schemas']['images'])
        jsonschema.Draft202012Validator.check_schema(schema)
        ours = schema['properties']
        for name in ('disk_format', 'container_format'):
            self.assertEqual(theirs[name]['enum'], ours[name]['enum'])
        self.assertEqual({
            'os_distro': SCHEMA['os_distro'],
            'kernel_id': {'type': 'string', 'maxLength': 36}},
            ours['metadata']['properties'])
        image = self.filled(metadata={'os_distro': 'debian', 'x': 'y'})
        jsonschema.Draft202012Validator(schema).validate(image)

    def test_properties_of_the_schema(self):
        self.refused(400, 'image.invalid', 'POST', '/artifacts/images',
                     json={'metadata': {'os_distro': 'windows'}})
        draft = self.draft(metadata={'os_distro': 'cirros'})
        self.patch_refused(400, 'image.invalid', draft, {
            'op': 'replace', 'path': '/metadata/os_distro', 'value': 'x'})


class TestNoMigration(images.ImageArtifactsTest):
    """A Glance with images of every state, and then artifacts."""

    @classmethod
    def make_server(cls):
        return base.EditedServer(base.without_our_line)

    def restart(self, edit):
        self.server.stop()
        edit(self.server.state / 'etc' / 'glance-api-paste.ini')
        self.server.start()
        self.fixture._wait()

    def content(self):
        """Glance's tables and stores as they are."""
        tables = [self.in_database('SELECT * FROM %s ORDER BY 1' % name)
                  for name in ('images', 'image_properties', 'image_tags',
                               'image_members', 'image_locations')]
        stores = {path: path.read_bytes() for path in
                  (self.server.state / 'stores').rglob('*')
                  if path.is_file()}
        return tables, stores

    def test_seen_at_once_and_left_alone(self):
        found = {}
        for status in STATES:
            found[status] = self.image(b'bytes of ' + status.encode())
            self.patch_image(found[status], {
                'op': 'add', 'path': '/k', 'value': status})
        for status, image in found.items():
            self.set_status(image, status)
        self.in_database('UPDATE images SET deleted = :yes WHERE status ='
                         ' :gone', yes=True, gone='pending_delete')
        before = self.content()
        paste = self.server.state / 'etc' / 'glance-api-paste.ini'
        plain = paste.read_text()
        self.restart(lambda path: path.write_text(
            plain.replace('/v2: apiv2app', '/v2: apiv2app\n'
                          '/v2/artifacts: artifactsapp', 1)
            + '\n[app:artifactsapp]\npaste.app_factory ='
              ' glance_artifacts.service:app_factory\n'))
        gone = found.pop('pending_delete')
        self.call('GET', '/artifacts/images/' + gone['id'], 404)
        for status, image in found.items():
            shown = self.ours(image)
            self.assertEqual((status, {'k': status}),
                             (shown['image_status'], shown['metadata']))
        listed = {one['id'] for one in self.listed(type_name='images')}
        self.assertEqual({image['id'] for status, image in found.items()
                          if status != 'killed'}, listed)
        self.assertEqual(b'bytes of active', self.call(
            'GET', '/artifacts/images/%s/file' % found['active']['id']
        ).content)
        self.restart(lambda path: path.write_text(plain))
        self.assertEqual(before, self.content())
        response = self.http('GET', '/artifacts', token=api_base.ADMIN)
        self.assertEqual(404, response.status_code)
