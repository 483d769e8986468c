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

"""GET /v2/artifacts/{type}."""

import base64
import itertools
import urllib.parse

from glance_artifacts.tests.functional.api import base

SORT_KEYS = ('created_at', 'updated_at', 'activated_at', 'name', 'version',
             'type_name', 'type_version', 'status', 'visibility')
PARAMETERS = ('id', 'type_name', 'type_version', 'name', 'version', 'tags',
              'tags-any', 'metadata.key', 'visibility', 'status', 'owner',
              'pool', 'created_at', 'updated_at', 'activated_at')


def query(**parameters):
    return urllib.parse.urlencode(parameters)


class ListTest(base.ApiTest):

    def wrong(self, parameters, field, **kwargs):
        """A query that must be refused, naming the parameter."""
        self.refused(400, 'query.invalid', 'GET',
                     '/artifacts/generic?' + parameters, field=field, **kwargs)


class TestShape(ListTest):

    def test_nothing(self):
        self.assertEqual(
            {'artifacts': [], 'first': '/v2/artifacts/generic',
             'schema': '/v2/artifacts/schemas/generic'},
            self.call('GET', '/artifacts/generic').json())

    def test_a_page(self):
        drafts = [self.create() for _ in range(3)]
        page = self.call('GET', '/artifacts/generic?limit=2').json()
        self.assertEqual(['artifacts', 'first', 'schema', 'next'], list(page))
        self.assertEqual('/v2/artifacts/generic?limit=2', page['first'])
        self.assertTrue(page['next'].startswith(page['first'] + '&marker='))
        self.assertEqual(drafts[:0:-1], page['artifacts'])
        rest = self.call('GET', page['next']).json()
        self.assertEqual(['artifacts', 'first', 'schema'], list(rest))
        self.assertEqual((page['first'], drafts[:1]),
                         (rest['first'], rest['artifacts']))

    def test_links_keep_every_parameter(self):
        for name in ('b,"c', 'ü&=+%', 'plain'):
            for version in '12':
                self.create(name=name, version=version, tags=['a b', 'c'])
            text = query(name='eq:' + name, tags='a b,c', limit='1')
            found = list(itertools.chain(*self.pages(text)))
            self.assertEqual([(name, '2.0.0'), (name, '1.0.0')],
                             [(one['name'], one['version']) for one in found])

    def test_default_limit_and_order(self):
        created = [self.create()['id'] for _ in range(26)]
        first, second = self.pages()
        self.assertEqual(created[:0:-1], [one['id'] for one in first])
        self.assertEqual(created[:1], [one['id'] for one in second])

    def test_it_shows_what_show_shows(self):
        artifact = self.active(data=b'bytes', description='Text', tags=['a'])
        self.assertEqual([self.show(artifact)], self.listed())

    def test_one_type_only(self):
        self.create('helm_charts')
        self.assertEqual([], self.listed())


class TestPaging(ListTest):

    def setUp(self):
        super().setUp()
        for number in range(10):
            draft = self.create(
                name='name %d' % (number // 2), version='%d' % (10 - number),
                metadata={'key': 'value'})
            if number % 3 == 0:
                self.act(draft, 'activate')
            if number == 6:
                self.act(draft, 'deactivate')
        self.all = {one['id']: one for one in self.listed()}
        self.assertEqual(10, len(self.all))

    def test_each_exactly_once_in_order(self):
        for key, direction, limit in itertools.product(
                SORT_KEYS, ('asc', 'desc'), (1, 3, 25)):
            pages = self.pages('sort=%s:%s&limit=%d' % (key, direction, limit))
            found = list(itertools.chain(*pages))
            where = (key, direction, limit)
            self.assertEqual(set(self.all), {one['id'] for one in found},
                             where)
            self.assertEqual(10, len(found), where)
            self.assertEqual(
                sorted(found, key=lambda one: (
                    self.sort_value(key, one[key]), one['id']),
                    reverse=direction == 'desc'), found, where)
            self.assertEqual(-(-10 // limit), len(pages), where)
            self.assertTrue(all(len(page) == limit for page in pages[:-1]))

    @staticmethod
    def sort_value(key, value):
        if key == 'version':
            return int(value.partition('.')[0])
        return value or ''

    def test_under_a_filter(self):
        for text in ('name=in:name 1,name 3', 'metadata.key=value',
                     'status=drafted', 'version=gte:5', 'name=neq:name 0'):
            expected = self.listed(text + '&limit=1000')
            self.assertTrue(0 < len(expected) <= 10)
            for sort, limit in (('created_at:asc', 1), ('name', 3),
                                ('version:asc', 2)):
                found = list(itertools.chain(*self.pages(
                    '%s&sort=%s&limit=%d' % (text, sort, limit))))
                self.assertEqual(sorted(one['id'] for one in expected),
                                 sorted(one['id'] for one in found))

    def test_glances_way_to_sort(self):
        for new, old in (('sort=name', 'sort_key=name'),
                         ('sort=name:desc', 'sort=name'),
                         ('sort=name:asc', 'sort_key=name&sort_dir=asc'),
                         ('sort=created_at:asc', 'sort_dir=asc')):
            self.assertEqual(self.listed(new), self.listed(old))

    def test_a_bare_id_is_a_marker(self):
        for sort in ('created_at:asc', 'name:desc', 'version:asc',
                     'activated_at:asc'):
            found = self.listed('sort=' + sort)
            for number, one in enumerate(found):
                self.assertEqual(found[number + 1:], self.listed(
                    'sort=%s&marker=%s' % (sort, one['id'])))

    def test_a_marker_outlives_its_artifact(self):
        for sort in ('created_at:desc', 'name:asc', 'updated_at:desc'):
            before = self.listed('sort=' + sort)
            page = self.call('GET', '/artifacts/generic?limit=3&sort=%s'
                             % sort).json()
            self.assertEqual(before[:3], page['artifacts'])
            self.call('DELETE', page['artifacts'][-1]['self'], 204)
            rest = self.call('GET', page['next'].replace(
                'limit=3', 'limit=25')).json()
            self.assertEqual(before[3:], rest['artifacts'])

    def test_a_marker_outlives_newcomers(self):
        page = self.call('GET', '/artifacts/generic?limit=3').json()
        self.create()
        rest = self.pages(page['next'].partition('?')[2])
        self.assertEqual(7, len(list(itertools.chain(*rest))))


class TestMarkers(ListTest):

    def test_ids_that_are_not_in_this_list(self):
        foreign = self.create(token=self.stranger)
        chart = self.create('helm_charts')
        deleted = self.create()
        self.call('DELETE', deleted['self'], 204)
        for artifact_id in (foreign['id'], chart['id'], deleted['id'],
                            base.NOBODYS_ID):
            self.wrong('marker=' + artifact_id, 'marker')

    def test_of_another_order(self):
        self.create()
        self.create()
        page = self.call('GET', '/artifacts/generic?limit=1').json()
        for sort in ('created_at:asc', 'name', 'updated_at'):
            self.wrong(page['next'].partition('?')[2] + '&sort=' + sort,
                       'marker')

    def test_garbage(self):
        def encoded(text):
            return base64.urlsafe_b64encode(text.encode()).decode()

        for marker in (
                '', 'x', '!', '%C3%BF', 'a' * 5000, base.NOBODYS_ID[:-1],
                encoded('[]'), encoded('{}'), encoded('1'),
                encoded('["created_at",true,"zz","%s"]' % base.NOBODYS_ID),
                encoded('["created_at",true,"","x"]'),
                encoded('["created_at",true,"",null]'),
                encoded('["created_at",true,null,"%s"]' % base.NOBODYS_ID),
                encoded('["created_at",1,"","%s"]' % base.NOBODYS_ID + ' x'),
                encoded('[' * 20000)):
            self.wrong('marker=' + marker, 'marker')

    def test_an_administrators_marker_shows_nothing_more(self):
        """Markers hold a place, not a right."""
        for _ in range(3):
            self.create()
        page = self.call('GET', '/artifacts/generic?limit=1&owner='
                         + self.project, token=base.ADMIN).json()
        rest = self.call('GET', page['next'], token=self.stranger).json()
        self.assertEqual([], rest['artifacts'])


class TestFilters(ListTest):

    def setUp(self):
        super().setUp()
        self.ids = {}
        for name, body in (
                ('alpha', {'version': '1.0.0', 'tags': ['red', 'a,b'],
                           'metadata': {'arch': 'x86', 'os': 'linux'}}),
                ('beta', {'version': '1.10.0', 'tags': ['red', 'blue'],
                          'metadata': {'arch': 'arm'}}),
                ('gamma', {'version': '1.9.0-rc.1', 'tags': ['say "hi"']}),
                ('Delta, or "D"', {'version': '1.9.0'})):
            self.ids[name] = self.create(name=name, **body)['id']
        self.by_name = {one['name']: one for one in self.listed()}

    def finds(self, expected, text='', **parameters):
        text = '&'.join(filter(None, (text, query(**parameters))))
        for sort in ('created_at', 'name', 'updated_at'):
            self.assertEqual(
                sorted({'D': 'Delta, or "D"'}.get(word, word)
                       for word in expected.split()),
                sorted(self.names('%s&sort=%s' % (text, sort))), text)

    def test_name(self):
        self.finds('alpha', name='alpha')
        self.finds('alpha', name='eq:alpha')
        self.finds('', name='ALPHA')
        self.finds('beta gamma D', name='neq:alpha')
        self.finds('alpha beta', name='in:alpha,beta,nobody')
        self.finds('D', name='in:"Delta, or \\"D\\""')
        self.finds('D', name='Delta, or "D"')
        self.finds('gamma D', name='nin:alpha,beta')
        self.finds('beta gamma', name='gt:alpha')
        self.finds('alpha beta gamma', name='gte:alpha')
        self.finds('D', name='lt:alpha')
        self.finds('alpha D', name='lte:alpha')
        self.finds('', name='eq:eq:alpha')
        self.finds('beta', 'name=gt:alpha&name=lt:gamma')
        self.finds('', name='')

    def test_version_is_ordered_as_semver(self):
        self.finds('alpha', version='1')
        self.finds('beta D', version='gte:1.9')
        self.finds('beta gamma D', version='gt:1.0.0')
        self.finds('alpha gamma', version='lt:1.9.0')
        self.finds('alpha gamma D', version='lte:1.9')
        self.finds('gamma D', 'version=gt:1&version=lt:1.10')
        self.finds('alpha beta', version='in:1,1.10')
        self.finds('gamma D', version='nin:1,1.10')
        self.finds('beta gamma D', version='neq:1.0')

    def test_tags(self):
        self.finds('alpha beta', tags='red')
        self.finds('beta', tags='red,blue')
        self.finds('beta', 'tags=red&tags=blue')
        self.finds('', tags='red,green')
        self.finds('alpha beta', **{'tags-any': 'blue,red'})
        self.finds('alpha gamma', **{'tags-any': '"a,b","say \\"hi\\""'})
        self.finds('', tags='re')

    def test_metadata(self):
        self.finds('alpha', **{'metadata.arch': 'x86'})
        self.finds('alpha beta', **{'metadata.arch': 'in:arm,x86'})
        self.finds('beta gamma D', **{'metadata.arch': 'neq:x86'})
        self.finds('gamma D', **{'metadata.arch': 'nin:x86,arm'})
        self.finds('alpha', **{'metadata.arch': 'gt:arm'})
        self.finds('alpha', 'metadata.arch=x86&metadata.os=linux')
        self.finds('', **{'metadata.none': ''})

    def test_status_and_visibility(self):
        self.act(self.by_name['alpha'], 'activate')
        self.finds('alpha', status='active')
        self.finds('beta gamma D', status='drafted')
        self.finds('beta gamma D', status='neq:active')
        self.finds('alpha', status='in:active,deactivated')
        self.finds('alpha beta gamma D', visibility='private')
        self.finds('', visibility='public')
        self.finds('', status='sleeping')

    def test_id_owner_type_and_pool(self):
        self.finds('beta', id=self.ids['beta'])
        self.finds('alpha beta', id='in:%s,%s' % (self.ids['alpha'],
                                                  self.ids['beta']))
        self.finds('', id=base.NOBODYS_ID)
        everything = 'alpha beta gamma D'
        self.finds(everything, owner=self.project)
        self.finds('', owner=base.unique('project'))
        for name, right, wrong in (('type_name', 'generic', 'helm_charts'),
                                   ('type_version', '1.0', '1'),
                                   ('pool', 'general', 'special')):
            self.finds(everything, **{name: right})
            self.finds('', **{name: wrong})
            self.finds('', **{name: 'neq:' + right})

    def test_moments(self):
        moment = self.by_name['beta']['created_at']
        abroad = moment.replace('Z', '+00:00')
        for text in (moment, abroad):
            self.finds('beta', created_at=text)
            self.finds('beta', created_at='eq:' + text)
            self.finds('gamma D', created_at='gt:' + text)
            self.finds('beta gamma D', created_at='gte:' + text)
            self.finds('alpha', created_at='lt:' + text)
            self.finds('alpha beta', created_at='lte:' + text)
            self.finds('alpha gamma D', created_at='neq:' + text)
        self.finds('alpha', created_at='lt:' + moment,
                   updated_at='lt:' + moment)
        self.finds('alpha beta gamma D', created_at='gt:0001-01-01T00:00:00Z')
        self.finds('', created_at='gt:9999-12-31T23:59:59.999999Z')
        self.act(self.by_name['gamma'], 'activate')
        self.finds('gamma', activated_at='gt:' + moment)
        self.finds('', activated_at='lt:' + moment)
        self.finds('gamma', updated_at='gt:'
                   + self.by_name['Delta, or "D"']['updated_at'])

    def test_filters_are_joined_by_and(self):
        self.finds('beta', tags='red', name='gt:alpha', version='gte:1.9',
                   **{'metadata.arch': 'arm'})

    def test_changes_are_found(self):
        self.patch(self.by_name['alpha'],
                   {'op': 'replace', 'path': '/tags', 'value': ['green']},
                   {'op': 'add', 'path': '/metadata/new', 'value': 'yes'},
                   {'op': 'replace', 'path': '/name', 'value': 'omega'})
        self.finds('beta', tags='red')
        self.finds('omega', tags='green')
        self.finds('omega', **{'metadata.new': 'yes'})
        self.finds('', name='alpha')

    def test_very_long_values(self):
        head = 'v' * 2000
        for end in 'ab':
            self.create(name='long ' + end, metadata={'long': head + end})
        self.assertEqual(['long a'], self.names(
            query(**{'metadata.long': head + 'a'})))
        self.assertEqual(['long b'], self.names(
            query(**{'metadata.long': 'gt:' + head + 'a'})))


class TestQueriesRefused(ListTest):

    def test_limit(self):
        for limit in ('0', '-1', '1001', 'x', '', '1.0', '+1', '9' * 9,
                      '\u0661'):
            self.wrong(query(limit=limit), 'limit')
        self.listed('limit=1000')

    def test_sort(self):
        for sort in ('nothing', 'id', 'owner', 'pool', 'tags', 'metadata',
                     'description', 'self', 'data', 'name:up', 'Name'):
            self.wrong(query(sort=sort), 'sort')
        self.wrong('sort=name&sort_key=name', 'sort')
        self.wrong('sort=name&sort_dir=asc', 'sort')

    def test_once_only(self):
        for name, value in (('limit', '1'), ('sort', 'name'),
                            ('marker', base.NOBODYS_ID)):
            self.wrong('%s=%s&%s=%s' % (name, value, name, value), name)

    def test_unknown_parameters(self):
        for name in ('colour', 'metadata', 'description', 'self', 'schema',
                     'data', 'Name', 'name.key', 'metadata.', 'offset', ''):
            self.wrong(query(**{name: '1'}), name)

    def test_unknown_operators(self):
        for value in ('is:a', 'EQ:a', ':a', 'x y:a', 'https://a'):
            self.wrong(query(name=value), 'name')
        self.wrong('version=near:1', 'version')

    def test_values_of_the_wrong_kind(self):
        for name, value in (
                ('version', 'x'), ('version', 'gt:'), ('created_at', 'today'),
                ('created_at', 'gt:2020-01-01'), ('version', 'in:1,x'),
                ('updated_at', '2020-01-01T00:00:00')):
            self.wrong(query(**{name: value}), name)

    def test_quotes_in_the_wrong_place(self):
        for value in ('in:"a', 'in:a"b', 'in:"a"b', 'in:"a\\x"', 'in:a,"'):
            self.wrong(query(name=value), 'name')
        self.wrong(query(tags='"a'), 'tags')

    def test_u0000(self):
        for name in PARAMETERS:
            for value in ('a\0', 'in:a\0,b', 'in:"a\0"', 'gt:a\0'):
                self.wrong(query(**{name: value}), name)

    def test_not_utf8(self):
        self.wrong('name=%FF', None)
        self.wrong('%FF=a', None)


class TestWhoSeesWhat(ListTest):

    def test_lists_of_everyone(self):
        tag = base.unique('tag')
        mine, theirs = self.member, self.stranger
        self.create(name='my draft', tags=[tag])
        self.create(name='public draft', tags=[tag], owner=self.project,
                    visibility='public', token=base.ADMIN)
        self.active(name='my private', tags=[tag])
        self.active(name='my public', tags=[tag], public=True)
        self.active(name='their private', tags=[tag], token=theirs)
        artifact = self.active(name='their public', tags=[tag], public=True,
                               token=theirs)
        self.act(artifact, 'deactivate', token=theirs)
        seen = {
            mine: ['my draft', 'my private', 'my public', 'public draft',
                   'their public'],
            theirs: ['my public', 'their private', 'their public'],
            base.token_for(base.unique('third')): ['my public',
                                                   'their public'],
            base.ADMIN: ['my draft', 'my private', 'my public',
                         'public draft', 'their private', 'their public']}
        for token, names in seen.items():
            for sort in ('created_at', 'name:asc', 'updated_at', 'version'):
                for limit in (1, 2, 25):
                    pages = self.pages('tags=%s&sort=%s&limit=%d' % (
                        tag, sort, limit), token=token)
                    self.assertEqual(names, sorted(
                        one['name'] for one in itertools.chain(*pages)))
            self.assertEqual(
                [name for name in names if 'public' in name],
                sorted(one['name'] for one in self.listed(
                    'visibility=public&tags=' + tag, token=token)))

    def test_it_follows_visibility(self):
        artifact = self.active(public=True)
        text = 'name=' + artifact['name']
        self.assertEqual([artifact['id']], [
            one['id'] for one in self.listed(text, token=self.stranger)])
        self.patch(artifact, {'op': 'replace', 'path': '/visibility',
                              'value': 'private'})
        self.assertEqual([], self.listed(text, token=self.stranger))
        self.call('GET', artifact['self'], 404, token=self.stranger)

    def test_a_marker_may_be_anothers_public_artifact(self):
        artifact = self.active(public=True)
        self.call('GET', '/artifacts/generic?marker=' + artifact['id'],
                  token=self.stranger)
