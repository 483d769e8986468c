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


"""Lists of images: alone, and with every other type."""

import random

from glance_artifacts.tests.functional.api import base as api_base
from glance_artifacts.tests.functional.glance import images

ORDERS = ('created_at:asc', 'created_at:desc', 'updated_at:asc', 'name',
          'name:asc,created_at:desc', 'size:asc', 'size,name:asc',
          'disk_format:asc,size', 'status:asc', 'image_status,visibility',
          'container_format,created_at:asc', 'type_name:asc',
          'activated_at,name:asc')


class ListTest(images.ImageArtifactsTest):

    def ids(self, query='', type_name='images', **kwargs):
        """All ids, page by page."""
        return [one['id'] for page in self.pages(
            query, type_name=type_name, **kwargs) for one in page]


class TestImages(ListTest):

    def several(self):
        """Images that differ in what lists are sorted by, and tie."""
        found = []
        for name, disk in (('b', 'raw'), (None, 'raw'), ('B', 'raw'),
                           ('é', 'qcow2'), ('b', 'raw'), ('a', 'iso')):
            found.append(self.draft(name=name, disk_format=disk))
        for draft in found[:3]:
            self.upload(draft, b'x' * random.choice((1, 5)), 'file')
        return [self.show(one) for one in found]

    def test_every_order(self):
        known = {one['id']: one for one in self.several()}
        for order in ORDERS:
            whole = self.ids('limit=100&sort=' + order)
            self.assertEqual(sorted(known), sorted(whole), order)
            self.assertEqual(whole, self.ids('limit=2&sort=' + order), order)
            key, _, direction = order.split(',')[0].partition(':')
            values = [known[one][key] for one in whole]
            # the order of code points; absent is the lowest
            self.assertEqual(sorted(
                values, key=lambda value: (value is not None, value or 0)
                if not isinstance(value, str) else (True, value),
                reverse=direction != 'asc'), values, order)

    def test_as_glance_lists_them(self):
        self.several()
        theirs = self.call(
            'GET', '/images?sort=name:asc,id:asc&name=b').json()['images']
        self.assertEqual([one['id'] for one in theirs if one['name'] == 'b'],
                         self.ids('sort=name:asc&name=b'))

    def test_filters(self):
        one = self.draft(name='one', min_disk=3, tags=['x', 'y'],
                         metadata={'os': 'linux', 'n': '1'})
        two = self.filled(name='two', metadata={'os': 'linux'},
                          description='d')
        self.draft(name='three', visibility='private')
        for query, expected in (
                ('name=one', {one['id']}), ('name=like:t%25', 2),
                ('metadata.os=linux', {one['id'], two['id']}),
                ('metadata.n=null:true', 2), ('tags=x,y', {one['id']}),
                ('min_disk=gte:3', {one['id']}), ('size=10', {two['id']}),
                ('status=active', {two['id']}), ('status=drafted', 2),
                ('image_status=queued', 2), ('visibility=private', 1),
                ('id=' + one['id'], {one['id']}), ('checksum=x', set()),
                ('or:name=x', None), ('owner=' + self.project, 3),
                ('name=or:one&name=or:two', {one['id'], two['id']}),
                ('created_at=gt:2020-01-01T00:00:00Z', 3),
                ('protected=true', 0), ('disk_format=raw', 3)):
            if expected is None:
                self.refused(400, 'query.invalid', 'GET',
                             '/artifacts/images?' + query, field='or:name')
                continue
            found = self.ids(query)
            if isinstance(expected, int):
                self.assertEqual(expected, len(found), query)
            else:
                self.assertEqual(expected, set(found), query)

    def test_what_does_not_filter(self):
        for query, field in (('version=1', 'version'),
                             ('version=latest', 'version'),
                             ('sort=version', 'sort'), ('file=x', 'file'),
                             ('description=x', 'description'),
                             ('os_distro=x', 'os_distro')):
            self.refused(400, 'query.invalid', 'GET',
                         '/artifacts/images?' + query, field=field)

    def test_who_sees_what(self):
        own = self.draft()
        hidden = self.draft(os_hidden=True)
        community = self.filled(visibility='community')
        public = self.filled()
        self.publish_image(public)
        self.draft(visibility='private')
        stranger = {'token': self.stranger}
        self.assertEqual([public['id']], self.ids(
            'owner=' + self.project, **stranger))
        self.assertEqual([community['id']], self.ids(
            'visibility=community&owner=' + self.project, **stranger))
        self.assertEqual(4, len(self.ids('owner=' + self.project)))
        self.assertNotIn(hidden['id'], self.ids())
        self.assertEqual([hidden['id']], self.ids('os_hidden=true'))
        self.assertIn(own['id'], self.ids(
            'owner=' + self.project, token=api_base.ADMIN))

    def test_killed_and_deleted_ones(self):
        one, two, three = self.draft(), self.draft(), self.draft()
        self.set_status(one, 'killed')
        self.call('DELETE', two['self'], 204)
        self.assertEqual([three['id']], self.ids())
        self.assertEqual([three['id']], [
            image['id'] for image in
            self.call('GET', '/images').json()['images']])

    def test_markers(self):
        found = [self.draft() for _ in range(4)]
        whole = self.ids('sort=created_at:asc')
        self.assertEqual({one['id'] for one in found}, set(whole))
        self.assertEqual(whole[2:], self.ids(
            'sort=created_at:asc&marker=' + whole[1]))
        page = self.call('GET', '/artifacts/images?limit=2&'
                                'sort=created_at:asc').json()
        self.call('DELETE', '/artifacts/images/' + whole[1], 204)
        self.assertEqual(whole[2:], [one['id'] for one in self.call(
            'GET', page['next']).json()['artifacts']])
        self.refused(400, 'query.invalid', 'GET', '/artifacts/images?marker='
                     + whole[0], field='marker', token=self.stranger)

    def test_few_among_many(self):
        """Pages are filled up, whatever filters let through."""
        wanted = [self.draft(metadata={'odd': 'yes'})['id']]
        for _ in range(30):
            self.draft()
        wanted.append(self.draft(metadata={'odd': 'yes'})['id'])
        page = self.call('GET', '/artifacts/images?limit=2&metadata.odd=yes'
                         ).json()
        self.assertEqual(set(wanted), {one['id'] for one
                                       in page['artifacts']})


class TestAll(ListTest):

    def everything(self):
        found = []
        for n in range(5):
            found.append(self.draft(name='name-%d' % n))
            found.append(self.create(name='name-%d' % n))
        return found

    def test_one_order(self):
        found = self.everything()
        for order in ('created_at:asc', 'created_at:desc', 'updated_at:asc',
                      'updated_at'):
            whole = self.ids('limit=100&sort=' + order, 'all')
            self.assertEqual(sorted(one['id'] for one in found),
                             sorted(whole))
            for limit in (1, 2, 3, 7, 10):
                self.assertEqual(whole, self.ids(
                    'limit=%d&sort=%s' % (limit, order), 'all'), order)

    def test_by_time(self):
        """To the second, as far as images tell."""
        self.everything()
        moments = [one['created_at'][:19] for one in self.listed(
            'sort=created_at:asc', type_name='all')]
        self.assertEqual(sorted(moments), moments)

    def test_any_id_is_a_marker(self):
        self.everything()
        for order in ('created_at:asc', 'updated_at'):
            whole = self.ids('sort=' + order, 'all')
            for n, one in enumerate(whole):
                self.assertEqual(whole[n + 1:], self.ids(
                    'limit=3&sort=%s&marker=%s' % (order, one), 'all'))

    def test_filters_of_all(self):
        found = self.everything()
        self.assertEqual(
            {one['id'] for one in found if one['name'] == 'name-3'},
            set(self.ids('name=name-3&limit=1', 'all')))
        self.assertEqual(
            {one['id'] for one in found if one['type_name'] == 'images'},
            set(self.ids('type_name=images', 'all')))
        self.refused(400, 'query.invalid', 'GET',
                     '/artifacts/all?disk_format=raw', field='disk_format')

    def test_many_of_one_kind(self):
        first = self.draft()
        rest = [self.create()['id'] for _ in range(12)]
        last = self.draft()
        self.assertEqual({first['id'], last['id'], *rest},
                         set(self.ids('limit=4', 'all')))
        self.assertEqual(14, len(self.ids('limit=4', 'all')))
