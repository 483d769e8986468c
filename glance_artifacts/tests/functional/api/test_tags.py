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


import concurrent.futures
import urllib.parse

from glance_artifacts.dev import checks
from glance_artifacts.tests.functional.api import base


class TagsTest(base.ApiTest):

    def setUp(self):
        super().setUp()
        self.draft = self.create(tags=['a', 'b'])

    def path(self, tag, artifact=None):
        return '%s/tags/%s' % ((artifact or self.draft)['self'],
                               urllib.parse.quote(tag, safe=''))

    def tags(self):
        return self.show(self.draft)['tags']

    def etag(self):
        return self.call('HEAD', self.draft['self']).headers['ETag']

    def test_add_and_remove(self):
        response = self.call('PUT', self.path('c'), 204)
        self.assertEqual((b'', None), (response.content,
                                       response.headers.get('Content-Type')))
        self.assertEqual(['a', 'b', 'c'], self.tags())
        self.assertEqual('"2"', self.etag())
        self.call('DELETE', self.path('a'), 204)
        self.assertEqual(['b', 'c'], self.tags())
        self.assertEqual('"3"', self.etag())
        self.assertEqual([self.draft['id']],
                         [one['id'] for one in self.listed('tags=c')])
        self.assertEqual([], self.listed('tags=a'))

    def test_one_that_is_there(self):
        before = self.show(self.draft)
        self.call('PUT', self.path('a'), 204)
        self.assertEqual(before, self.show(self.draft))

    def test_one_that_is_not_there(self):
        for tag in ('c', 'A', 'a '):
            self.refused(404, 'artifact.tag.not_found', 'DELETE',
                         self.path(tag))
        self.assertEqual(['a', 'b'], self.tags())

    def test_any_text(self):
        odd = ['\u00e4 \U0001f600', '%', '"', '?#&=', '..x', 'a,b', ' ',
               'x' * 255, '\n']
        for tag in odd:
            self.call('PUT', self.path(tag), 204)
        self.assertEqual(['a', 'b', *odd], self.tags())
        for tag in odd:
            self.call('DELETE', self.path(tag), 204)
        self.assertEqual(['a', 'b'], self.tags())

    def test_what_is_no_tag(self):
        self.refused(400, 'artifact.field.invalid', 'PUT',
                     self.path('x' * 256), field='tags/2')
        self.refused(400, 'artifact.field.invalid', 'PUT',
                     self.path('a\x00b'), field='tags/2')
        self.refused(404, 'request.path', 'PUT', self.path('a') + '/b')
        self.refused(404, 'request.path', 'PUT', self.path(''))
        self.assertEqual(['a', 'b'], self.tags())

    def test_too_many(self):
        full = self.create(tags=['tag %d' % n for n in range(255)])
        self.call('PUT', self.path('tag 7', full), 204)
        self.refused(400, 'artifact.field.invalid', 'PUT',
                     self.path('one more', full), field='tags')

    def test_once_active(self):
        self.act(self.draft, 'activate')
        self.call('PUT', self.path('c'), 204)
        self.act(self.draft, 'deactivate')
        self.call('DELETE', self.path('a'), 204)
        self.assertEqual(['b', 'c'], self.tags())

    def test_if_match(self):
        for method, tag in (('PUT', 'c'), ('DELETE', 'a')):
            for etag in ('"0"', '"x"', 'W/"1"'):
                self.refused(412, 'artifact.revision', method, self.path(tag),
                             headers={'If-Match': etag})
        self.assertEqual(['a', 'b'], self.tags())
        self.call('PUT', self.path('c'), 204, headers={'If-Match': '"1"'})
        self.call('DELETE', self.path('a'), 204, headers={'If-Match': '"2"'})
        self.assertEqual(['b', 'c'], self.tags())

    def test_no_other_methods(self):
        for method in ('GET', 'HEAD', 'POST', 'PATCH'):
            response = self.call(method, self.path('a'), 405)
            self.assertEqual('DELETE, PUT', response.headers['Allow'])

    def test_of_a_version_of_the_type(self):
        path = self.path('c').replace('/generic/', '/generic/v1.0/')
        self.call('PUT', path, 204)
        self.assertEqual(['a', 'b', 'c'], self.tags())

    def test_many_at_once(self):
        """A change that was overtaken is applied again."""
        def add(tag):
            with checks.session() as session:
                return session.put(
                    self.server.root + self.path(tag),
                    headers={'X-Auth-Token': self.member}).status_code

        tags = ['tag %d' % number for number in range(8)]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            statuses = dict(zip(tags, pool.map(add, tags), strict=True))
        self.assertLessEqual(set(statuses.values()), {204, 409})
        done = {tag for tag, status in statuses.items() if status == 204}
        self.assertTrue(done)
        self.assertEqual({'a', 'b', *done}, set(self.tags()))
