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

import logging
import pathlib
import sys

import fixtures
from oslo_policy import policy as oslo_policy
from oslotest import base

from glance_artifacts.api import router as api_router
from glance_artifacts.api import routes
from glance_artifacts import exceptions
from glance_artifacts.types import names
from glance_artifacts.types import route as types_route

ID = '01a20378-0839-7567-b9e0-e355525cc073'
RULE = oslo_policy.DocumentedRuleDefault(
    name='sample:rule', check_str='@', description='.',
    operations=[{'method': 'GET', 'path': '/v2/artifacts'}])


def _route(method, path):
    return types_route.Route(method, path, str, RULE)


def _router(*routes_given):
    return api_router.Router(_route(*one) for one in routes_given)


class RouterTestCase(base.BaseTestCase):

    def assert_nothing(self, router, *paths, method='GET'):
        for path in paths:
            error = self.assertRaises(exceptions.NotFound, router.match,
                                      method, path)
            self.assertEqual('request.path', error.code)


class TestMatch(RouterTestCase):
    """The table that we serve."""

    def setUp(self):
        super().setUp()
        self.router = api_router.Router(routes.ROUTES)

    def test_every_route_is_found_by_its_own_path(self):
        for route in routes.ROUTES:
            path = route.path.format(type_name='a_type', id=ID, blob='data',
                                     key='a/b', tag='t', member='a',
                                     upload=ID, n=1)
            found, args = self.router.match(route.method, path)
            self.assertIs(route, found)
            self.assertEqual(
                set(types_route.VARIABLE.findall(route.path)), set(args))

    def test_variables(self):
        _, args = self.router.match('PUT', '/helm_charts/%s/chart' % ID)
        self.assertEqual({'type_name': 'helm_charts', 'id': ID,
                          'blob': 'chart'}, args)

    def test_head_is_where_get_is(self):
        for route in routes.ROUTES:
            if route.method == 'GET':
                path = route.path.format(type_name='a_type', id=ID,
                                         blob='data', key='a', member='a',
                                         upload=ID)
                self.assertIs(route, self.router.match('HEAD', path)[0])

    def test_wrong_method(self):
        for method, path, allowed in (
                ('POST', '', 'GET, HEAD'),
                ('PUT', '/a_type', 'GET, HEAD, POST'),
                ('POST', '/a_type/' + ID, 'DELETE, GET, HEAD, PATCH'),
                ('POST', '/a_type/%s/data' % ID, 'DELETE, GET, HEAD, PUT'),
                ('HEAD', '/a_type/%s/actions/activate' % ID, 'POST'),
                ('PUT', '/a_type/%s/members' % ID, 'GET, HEAD, POST'),
                ('POST', '/a_type/%s/members/p' % ID,
                 'DELETE, GET, HEAD, PUT'),
                ('get', '/a_type', 'GET, HEAD, POST'),
                ('OPTIONS', '/schemas', 'GET, HEAD')):
            error = self.assertRaises(exceptions.MethodNotAllowed,
                                      self.router.match, method, path)
            self.assertEqual({'Allow': allowed}, error.headers)

    def test_a_slash_or_a_line_too_many(self):
        for path in ('', '/schemas', '/a_type', '/a_type/' + ID,
                     '/a_type/%s/data' % ID, '/schemas/a_type'):
            self.router.match('GET', path)
            self.assert_nothing(self.router, path + '/', path + '\n',
                                '/' + path, path + '%0a')
        self.assert_nothing(self.router, '//a_type', '/a_type//' + ID)

    def test_names_that_no_type_has(self):
        for name in (*names.RESERVED_TYPES - {'schemas', 'all', 'usage'}, 'A',
                     'a-b', '1a', 'v1', 'v1.0', 'v9x', 'a' * 65, '_a', 'a b',
                     '\xe9', 'a%2fb', '..', '.'):
            self.assert_nothing(self.router, '/' + name,
                                '/%s/%s' % (name, ID))
        self.assert_nothing(self.router, '/schemas/' + ID, '/schemas/all',
                            '/schemas/schemas', '/all/v1.0', '/all/' + ID,
                            '/all/', '/usage/' + ID)

    def test_names_that_only_begin_like_reserved_ones(self):
        for name in ('allowed', 'schemas2', 'ui_kit', 'v', 'va1', 'pools_'):
            self.assertEqual({'type_name': name},
                             self.router.match('GET', '/' + name)[1])

    def test_names_that_no_field_has(self):
        paths = {'members', 'uploads'}
        for name in (*names.RESERVED_FIELDS - paths, 'A', '1a', 'a-b',
                     'a' * 65):
            self.assert_nothing(self.router, '/a_type/%s/%s' % (ID, name))
        for name in ('tags2', 'idea', 'a' * 64):
            self.assertEqual(name, self.router.match(
                'GET', '/a_type/%s/%s' % (ID, name))[1]['blob'])

    def test_members(self):
        for name in ('p', 'a-b', '1', '\xe9', 'a b', '.', 'data'):
            self.assertEqual(name, self.router.match(
                'PUT', '/a_type/%s/members/%s' % (ID, name))[1]['member'])
        self.assert_nothing(
            self.router, *('/a_type/%s/members%s' % (ID, path)
                           for path in ('/', '//', '/p/', '/p/q', '.')))

    def test_schemas_of_members(self):
        for name in ('member', 'members'):
            path = '/schemas/all/' + name
            self.assertEqual(path, self.router.match('GET', path)[0].path)
            # and still of types of these names
            self.assertEqual({'type_name': name}, self.router.match(
                'GET', '/schemas/' + name)[1])

    def test_ids(self):
        self.assert_nothing(
            self.router, '/a_type/' + ID.upper(), '/a_type/1',
            '/a_type/' + ID.replace('-', ''), '/a_type/%sa' % ID,
            '/a_type/' + ID[:-1], '/a_type/' + ID.replace('a', '\uff41'))


class TestAdd(RouterTestCase):

    TAKEN = (
        ('GET', '/{type_name}/{id}'), ('POST', '/a_type/{id}'),
        ('GET', '/{type_name}/' + ID), ('GET', '/a_type/' + ID),
        ('GET', '/helm_charts/{other}'), ('GET', '/{one}/{other}'),
        ('GET', '/schemas'), ('PUT', '/schemas/helm_charts'),
        ('GET', '/{anything}'), ('GET', '/a_type'), ('POST', ''),
        ('GET', '/helm_charts/{id}/chart'), ('GET', '/{a}/{b}/{c}'),
        ('GET', '/helm_charts/{x}/{blob}'),
        ('POST', '/a_type/{id}/actions/activate'),
        ('GET', '/{type_name}/{id}/members'), ('PUT', '/a_type/{id}/members'),
        ('GET', '/a_type/{id}/members/{whom}'),
        ('GET', '/schemas/all/member'),
        ('PUT', '/{type_name}/{id}/actions/{action}'))
    FREE = (
        ('GET', '/a_type/{id}/actions/hello'), ('GET', '/a_type/{id}/links'),
        ('GET', '/a_type/{id}/actions/data/{which}'),
        ('GET', '/a_type/one.json'),
        ('GET', '/a_type/{id}/members/{member}/more'), ('GET', '/events'),
        ('GET', '/v1.0'), ('GET', '/schemas/all'),
        ('GET', '/a_type/{id}/uploads/{upload}/more'))

    def setUp(self):
        super().setUp()
        self.router = api_router.Router(routes.ROUTES)

    def test_paths_that_are_taken(self):
        for one in self.TAKEN:
            self.assertRaises(ValueError, self.router.add, [_route(*one)])
        self.assertEqual(list(routes.ROUTES), self.router.routes)

    def test_paths_that_are_free(self):
        table = [_route(*one) for one in self.FREE]
        self.router.add(table)
        self.assertEqual([*routes.ROUTES, *table], self.router.routes)
        for route in table:
            path = route.path.format(type_name='a_type', id=ID, which='k',
                                     upload=ID, member='m')
            self.assertIs(route, self.router.match('GET', path)[0])

    def test_a_table_is_added_whole_or_not_at_all(self):
        self.assertRaises(ValueError, self.router.add, [
            _route('GET', '/events'), _route('GET', '/schemas')])
        self.assert_nothing(self.router, '/events')
        self.assertEqual(list(routes.ROUTES), self.router.routes)

    def test_a_table_that_contradicts_itself(self):
        for table in ((('GET', '/{one}'), ('POST', '/two')),
                      (('GET', '/one'), ('GET', '/one'))):
            self.assertRaises(ValueError, _router, *table)

    def test_several_methods_of_one_path(self):
        router = _router(('GET', '/one'), ('PUT', '/one'), ('PUT', '/two'))
        self.assertEqual(['GET', 'PUT'], [
            router.match(method, '/one')[0].method
            for method in ('GET', 'PUT')])

    def test_a_variable_is_one_part_of_a_path(self):
        router = _router(('GET', '/x-{one}.{two}/{three}'))
        self.assertEqual(
            {'one': 'a.b', 'two': 'c', 'three': '\xe9 '},
            router.match('GET', '/x-a.b.c/\xe9 ')[1])
        self.assert_nothing(router, '/x-a.b', '/x-a.b/c/d', '/x-a.b/',
                            '/xxa.b/c')


class TestLoad(RouterTestCase):
    """Tables of plugins, from real entry points."""

    SOURCE = '''
from glance_artifacts.tests.unit.api import test_router

ROUTES = [test_router._route('GET', %r)]
'''

    def setUp(self):
        super().setUp()
        self.logs = self.useFixture(fixtures.FakeLogger(level=logging.ERROR))
        self.home = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        for name, value in (
                ('sys.path', [str(self.home), *sys.path]),
                # stevedore remembers entry points, here and on the disk
                ('stevedore.extension.ExtensionManager.ENTRY_POINT_CACHE',
                 {}),
                ('stevedore._cache._c._disable_caching', True)):
            self.useFixture(fixtures.MonkeyPatch(name, value))

    def _plugin(self, name, source, table='ROUTES'):
        module = 'gart_routes_' + name
        self.addCleanup(sys.modules.pop, module, None)
        (self.home / (module + '.py')).write_text(source)
        info = self.home / (module + '-1.0.dist-info')
        info.mkdir()
        (info / 'METADATA').write_text(
            'Metadata-Version: 2.1\nName: %s\nVersion: 1.0\n' % module)
        (info / 'entry_points.txt').write_text(
            '[glance_artifacts.routes]\n%s = %s:%s\n'
            % (name, module, table))

    def _assert_only_ours(self, name):
        router = api_router.Router.load()
        self.assertEqual(list(routes.ROUTES), router.routes)
        self.assertIn(name, self.logs.output)
        self.assertEqual(1, self.logs.output.count('plugin'))

    def test_ours_alone(self):
        self.assertEqual(list(routes.ROUTES),
                         api_router.Router.load().routes)
        self.assertEqual('', self.logs.output)

    def test_a_plugin(self):
        # by whatever name: ours come first
        self._plugin('aaa', self.SOURCE % '/a_type/{id}/actions/hello')
        router = api_router.Router.load()
        self.assertEqual(list(routes.ROUTES), router.routes[:-1])
        self.assertEqual('/a_type/{id}/actions/hello',
                         router.routes[-1].path)
        self.assertEqual('', self.logs.output)

    def test_a_clash_with_ours(self):
        self._plugin('aaa', self.SOURCE % '/helm_charts/{id}/chart')
        self._assert_only_ours('aaa')

    def test_a_clash_of_two(self):
        self._plugin('one', self.SOURCE % '/a_type/{id}/actions/greet/{name}')
        self._plugin('two', self.SOURCE % '/a_type/{id}/greet/hello')
        self.assertEqual('/a_type/{id}/actions/greet/{name}',
                         api_router.Router.load().routes[-1].path)
        self.assertIn('two', self.logs.output)
        self.assertNotIn('plugin one', self.logs.output)

    def test_no_table(self):
        self._plugin('one', 'ROUTES = 1')
        self._assert_only_ours('one')

    def test_no_routes_in_it(self):
        self._plugin('one', 'ROUTES = [1]')
        self._assert_only_ours('one')

    def test_does_not_import(self):
        self._plugin('one', 'import gart_no_such_module')
        self._assert_only_ours('one')

    def test_is_not_there(self):
        self._plugin('one', '', 'NOTHING')
        self._assert_only_ours('one')

    def test_breaks_in_a_way_of_its_own(self):
        self._plugin('one', 'raise SystemExit(1)')
        self._assert_only_ours('one')
