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

"""version=latest: the highest active versions that the caller sees."""

from glance_artifacts.tests.functional.api import base


class TestLatest(base.ApiTest):

    def setUp(self):
        super().setUp()
        self.tag = base.unique('tag')

    def make(self, name, *versions, tags=(), **kwargs):
        return [self.active(name=name, version=version,
                            tags=[self.tag, *tags], **kwargs)
                for version in versions]

    def heads(self, text='', **kwargs):
        where = 'version=latest&tags=%s&%s' % (self.tag, text)
        found = None
        for sort in ('', '&sort=name:asc', '&sort=version,name:asc'):
            for limit in (1, 25):
                shown = sorted(
                    '%s %s' % (one['name'], one['version'])
                    for page in self.pages('%s%s&limit=%d' % (
                        where, sort, limit), **kwargs) for one in page)
                found = shown if found is None else found
                self.assertEqual(found, shown, sort)
        return found

    def test_the_highest_of_each_name(self):
        self.make('a', '1', '1.10', '1.9', '2.0.0-rc.1')
        self.make('b', '0.1.0-a', '0.1.0-b.2', '0.1.0-b.10')
        self.make('c', '1.0.0', '1.0.0+b', '1.0.0+a')
        self.create(name='a', version='9', tags=[self.tag])
        self.assertEqual(['a 1.10.0', 'b 0.1.0-b.10', 'c 1.0.0+b'],
                         self.heads())

    def test_one_that_is_not_active_is_none(self):
        _, second = self.make('a', '1', '2')
        self.act(second, 'deactivate')
        self.assertEqual(['a 1.0.0'], self.heads())
        self.act(second, 'reactivate')
        self.assertEqual(['a 2.0.0'], self.heads())
        self.call('DELETE', second['self'], 204)
        self.assertEqual(['a 1.0.0'], self.heads())

    def test_other_filters_are_applied_to_the_heads(self):
        self.make('a', '1', tags=['old'])
        self.make('a', '2')
        self.assertEqual([], self.heads('tags=old'))
        self.assertEqual(['a 2.0.0'], self.heads('version=gt:1'))
        self.assertEqual([], self.heads('version=lt:2'))
        self.assertEqual(['a 2.0.0'], self.heads('name=or:a&name=or:b'))
        self.assertEqual([], self.heads('status=deactivated'))

    def test_of_what_the_caller_sees(self):
        (first,) = self.make('a', '1', public=True)
        self.make('a', '2')
        self.make('a', '5', token=self.stranger)
        for token, expected in (
                (self.member, ['a 2.0.0']),
                (self.stranger, ['a 1.0.0', 'a 5.0.0']),
                (base.token_for(base.unique('third')), ['a 1.0.0']),
                (base.ADMIN, ['a 2.0.0', 'a 5.0.0'])):
            self.assertEqual(expected, self.heads(token=token))
        self.patch(first, {'op': 'replace', 'path': '/visibility',
                           'value': 'private'})
        self.assertEqual(['a 5.0.0'], self.heads(token=self.stranger))

    def test_refused(self):
        for text in ('version=or:latest', 'version=eq:latest'):
            self.refused(400, 'query.invalid', 'GET',
                         '/artifacts/generic?' + text, field='version')
        self.refused(400, 'query.invalid', 'GET',
                     '/artifacts/all?version=latest', field='version')
