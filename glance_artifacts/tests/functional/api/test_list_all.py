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

"""GET /v2/artifacts/all."""

import itertools
import pathlib
import shutil
import tempfile

from glance_artifacts.tests.functional.api import base

TYPES = ('generic', 'helm_charts', 'heat_templates')


class AllTest(base.ApiTest):

    def of_all(self, text='', **kwargs):
        return self.listed(text, type_name='all', **kwargs)


class TestAll(AllTest):

    def setUp(self):
        super().setUp()
        self.made = [self.create(TYPES[number % 3], name='name %d' % number,
                                 metadata={'n': str(number)})
                     for number in range(9)]

    def ids(self, artifacts):
        return [one['id'] for one in artifacts]

    def test_shape(self):
        page = self.call('GET', '/artifacts/all?limit=2').json()
        self.assertEqual(['artifacts', 'first', 'schema', 'next'], list(page))
        self.assertEqual(('/v2/artifacts/all?limit=2',
                          '/v2/artifacts/schemas'),
                         (page['first'], page['schema']))
        self.call('GET', page['schema'])
        self.assertTrue(page['next'].startswith(page['first'] + '&marker='))

    def test_entries_are_those_of_their_types(self):
        expected = {one['id']: one for type_name in TYPES
                    for one in self.listed(type_name=type_name)}
        found = self.of_all()
        self.assertEqual(expected, {one['id']: one for one in found})
        self.assertEqual({'entries': 0, 'size': 0}, next(
            one['files'] for one in found
            if one['type_name'] == 'heat_templates'))

    def test_page_by_page_both_ways(self):
        made = self.ids(self.made)
        self.patch(self.made[4], {'op': 'add', 'path': '/tags/-',
                                  'value': 'a'})
        changed = [one for one in made if one != made[4]] + [made[4]]
        for sort, expected in (
                ('created_at:asc', made), ('created_at', made[::-1]),
                ('updated_at:asc', changed), ('updated_at', changed[::-1]),
                ('updated_at,created_at:asc', changed[::-1])):
            for limit in (1, 4, 25):
                pages = self.pages('sort=%s&limit=%d' % (sort, limit),
                                   type_name='all')
                self.assertEqual(expected,
                                 self.ids(itertools.chain(*pages)), sort)

    def test_filters(self):
        made = self.ids(self.made)
        for text, expected in (
                ('name=name 3', [3]), ('metadata.n=in:1,2', [1, 2]),
                ('type_name=generic', [0, 3, 6]),
                ('type_name=in:generic,helm_charts,x', [0, 1, 3, 4, 6, 7]),
                ('type_name=neq:generic', [1, 2, 4, 5, 7, 8]),
                ('type_name=like:he%', [1, 2, 4, 5, 7, 8]),
                ('type_name=x', []), ('name=like:name%', range(9)),
                ('type_name=or:generic&name=or:name 1', [0, 1, 3, 6]),
                ('type_name=generic&type_name=helm_charts', []),
                ('activated_at=null:true', range(9)),
                ('version=0.0.0', range(9))):
            self.assertEqual([made[number] for number in expected],
                             self.ids(self.of_all(text
                                                  + '&sort=created_at:asc')),
                             text)

    def test_a_bare_id_is_a_marker(self):
        self.assertEqual(self.ids(self.made[:5])[::-1], self.ids(
            self.of_all('marker=' + self.made[5]['id'])))
        for artifact_id in (base.NOBODYS_ID,
                            self.create(token=self.stranger)['id']):
            self.wrong('marker=' + artifact_id, 'marker')

    def wrong(self, parameters, field):
        self.refused(400, 'query.invalid', 'GET',
                     '/artifacts/all?' + parameters, field=field)

    def test_refused(self):
        for name in ('app_version', 'keywords', 'colour', 'metadata'):
            self.wrong(name + '=1', name)
        for name in ('name', 'version', 'type_name', 'status',
                     'activated_at', 'app_version'):
            self.wrong('sort=' + name, 'sort')
            self.wrong('sort_key=' + name, 'sort_key')
        self.wrong('version=latest', 'version')

    def test_each_sees_what_is_theirs(self):
        self.assertEqual([], [one for one in self.of_all(
            'limit=1000', token=self.stranger)
            if one['owner'] == self.project])

    def test_other_paths_and_methods(self):
        for method in ('POST', 'PUT', 'PATCH', 'DELETE'):
            response = self.call(method, '/artifacts/all', 405)
            self.assertEqual('GET, HEAD', response.headers['Allow'])
        self.assertEqual(b'', self.call('HEAD', '/artifacts/all').content)
        for path in ('/v1.0', '/', '/' + self.made[0]['id']):
            self.refused(404, 'request.path', 'GET', '/artifacts/all' + path)


class TestRules(AllTest):
    """An operator's rule that hides a type hides it here as well."""

    @classmethod
    def setUpClass(cls):
        directory = pathlib.Path(tempfile.mkdtemp(prefix='policy-'))
        cls.addClassCleanup(shutil.rmtree, directory)
        path = directory / 'policy.yaml'
        path.write_text('"artifact:list": "rule:context_is_admin or ('
                        'role:member and not \'helm_charts\':%(type_name)s'
                        ')"\n')
        cls.server_options = {'processes': 1, 'extra': {
            'oslo_policy': {'policy_file': str(path)}}}
        super().setUpClass()

    def test_hidden_types(self):
        shown, hidden = self.create(), self.create('helm_charts')
        self.refused(403, 'policy.forbidden', 'GET', '/artifacts/helm_charts')
        self.assertEqual([shown], self.of_all())
        self.assertEqual([], self.of_all('type_name=helm_charts'))
        self.assertEqual([hidden, shown], self.of_all(token=base.ADMIN))
        self.refused(400, 'query.invalid', 'GET',
                     '/artifacts/all?marker=' + hidden['id'], field='marker')

    def test_nothing_but_images_to_list(self):
        """These are judged by Glance's own policies alone."""
        self.create()
        image = self.create('images')
        self.refused(403, 'policy.forbidden', 'GET', '/artifacts/generic',
                     token=self.reader)
        self.assertEqual([image], self.of_all(token=self.reader))
        nobody = base.token_for(self.project, 'auditor')
        self.refused(403, 'policy.forbidden', 'GET', '/artifacts/all',
                     token=nobody)
