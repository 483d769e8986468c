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

"""No user of images gets at a store that is ours alone."""

import json

from glance_artifacts.tests.functional.api import base as api_base
from glance_artifacts.tests.functional.glance import base
from glance_artifacts.tests.functional.glance import images
from glance_artifacts.tests.functional.glance import plugged
from glance_artifacts.tests.functional.glance import pools

OURS = ('bulk', 'safe')


class TestApart(pools.PoolsTest):
    """As an administrator, who may do everything to images."""

    @staticmethod
    def edit(etc):
        pools.two_pools(etc)
        plugged.set_options(
            etc, 'DEFAULT', show_multiple_locations='true',
            enabled_backends='local:file, other:file')
        plugged.set_options(etc, 'other', filesystem_store_datadir=str(
            etc.parent / 'stores' / 'other'))

    def setUp(self):
        super().setUp()
        self.member = api_base.token_for(self.project, 'admin,member,reader')
        self.before = {name: self.objects(name) for name in OURS}

    def check(self):
        """Nothing of theirs has come, nothing of ours has gone."""
        self.assertEqual(self.before,
                         {name: self.objects(name) for name in OURS})

    def send(self, method, path, **kwargs):
        return self.http(method, path, token=self.member, **kwargs)

    def images_import(self, image, method, **kwargs):
        return self.send('POST', image['self'] + '/import', json={
            'method': {'name': method}, **kwargs})

    def stores_of(self, image):
        return self.call('GET', image['self']).json().get('stores')

    def settled(self, image, stores):
        tasks = image['self'] + '/tasks'
        self.eventually(lambda: all(
            task['status'] == 'success'
            for task in self.call('GET', tasks).json()['tasks']),
            'the import ends')
        self.assertEqual(stores, self.stores_of(image))

    def test_they_are_not_listed(self):
        for path in ('/info/stores', '/info/stores/detail'):
            body = self.call('GET', path).json()
            self.assertEqual({'local', 'other'}, {
                one['id'] for one in body['stores']}, path)
            self.assertNotIn('bulk', str(body))
        for path in ('/info/import', '/images'):
            self.assertNotIn('bulk', self.call('GET', path).text)
        response = self.call('POST', '/images', 201, json={'name': 'n'})
        # Glance names those that it keeps for itself at times
        named = set(response.headers['OpenStack-image-store-ids'].split(','))
        self.assertEqual({'local', 'other'}, {
            name for name in named if not name.startswith('os_glance')})

    def test_upload(self):
        for name in OURS:
            image = self.image()
            response = self.send('PUT', image['file'], data=b'bytes', headers={
                **images.OCTETS, 'X-Image-Meta-Store': name})
            self.assertEqual(400, response.status_code)
            self.check()

    def test_stage(self):
        image = self.image()
        for headers in ({'X-Image-Meta-Store': 'bulk'}, {}):
            self.send('PUT', image['self'] + '/stage', data=b'bytes',
                      headers={**images.OCTETS, **headers})
        self.check()

    def staged(self):
        image = self.image()
        self.call('PUT', image['self'] + '/stage', 204, data=b'bytes',
                  headers=images.OCTETS)
        return image

    def test_import(self):
        image = self.staged()
        for stores in (['bulk'], ['local', 'safe']):
            response = self.images_import(image, 'glance-direct',
                                          stores=stores)
            self.assertEqual(409, response.status_code, response.text)
        response = self.send(
            'POST', image['self'] + '/import', headers={
                'X-Image-Meta-Store': 'bulk'},
            json={'method': {'name': 'glance-direct'}})
        self.assertEqual(409, response.status_code, response.text)
        self.check()

    @base.imports
    def test_import_into_all_stores(self):
        image = self.staged()
        self.assertEqual(202, self.images_import(
            image, 'glance-direct', all_stores=True).status_code)
        self.settled(image, 'local,other')
        self.check()

    @base.imports
    def test_copy(self):
        image = self.image(b'bytes')
        for stores in (['bulk'], ['other', 'safe']):
            response = self.images_import(image, 'copy-image', stores=stores)
            self.assertEqual(409, response.status_code, response.text)
        self.assertEqual(202, self.images_import(
            image, 'copy-image', all_stores=True).status_code)
        self.settled(image, 'local,other')
        self.check()

    def test_what_is_there_cannot_be_named(self):
        draft = self.critical(b'ours')
        self.before = {name: self.objects(name) for name in OURS}
        (segment,) = self.segments(draft)
        for location in (
                {'url': segment['location'], 'metadata': {'store': 'bulk'}},
                {'url': segment['location'], 'metadata': {}}):
            image = self.image()
            response = self.send(
                'PATCH', image['self'], headers=images.PATCH,
                data=json.dumps([{
                    'op': 'add', 'path': '/locations/-', 'value': location}]))
            self.assertGreaterEqual(response.status_code, 400)
            response = self.send(
                'POST', image['self'] + '/locations', json={
                    'url': location['url']})
            self.assertNotIn('bulk', response.text)
            self.assertNotEqual(b'ours', self.send(
                'GET', image['file']).content)
        image = self.image(b'bytes')
        for name in OURS:
            response = self.send('DELETE', '/stores/%s/%s' % (
                name, image['id']))
            self.assertGreaterEqual(response.status_code, 400)
        self.check()
        self.assertEqual(b'ours', self.call(
            'GET', draft['self'] + '/data').content)
