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

import pathlib

import fixtures
from oslo_config import cfg
from oslotest import base

from glance_artifacts import conf as artifacts_conf
from glance_artifacts import exceptions
from glance_artifacts.store import pools

#: A configuration without a fault.
GOOD = {
    'DEFAULT': {'enabled_backends': 'fast:file, slow:file'},
    'glance_store': {'default_backend': 'fast'},
    'artifacts': {'stores': 'bulk:file', 'pools': 'general, critical-data'},
    'artifact_pool:critical-data': {
        'types': 'models', 'allowed_types': 'charts',
        'stores': 'bulk, slow', 'fallback': 'false'},
}


class PoolsTest(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.path = pathlib.Path(self.useFixture(fixtures.TempDir()).path,
                                 'glance-api.conf')
        self.options = {name: dict(values) for name, values in GOOD.items()}

    def read(self):
        self.path.write_text('\n'.join(
            '[%s]\n%s\n' % (section, '\n'.join(
                '%s = %s' % item for item in values.items()))
            for section, values in self.options.items()))
        self.conf = cfg.ConfigOpts()
        artifacts_conf.register_opts(self.conf)
        self.conf([], default_config_files=[str(self.path)])
        return pools.Pools.from_conf(self.conf)

    def assert_wrong(self, option, *words):
        error = self.assertRaises(exceptions.Misconfigured, self.read)
        self.assertTrue(error.detail.startswith(option), error.detail)
        for word in ('Remedy: ', *words):
            self.assertIn(word, error.detail)


class TestFromConf(PoolsTest):

    def test_one_on_the_default_store_of_glance(self):
        for name in ('artifacts', 'artifact_pool:critical-data'):
            del self.options[name]
        found = self.read()
        self.assertEqual([pools.Pool('general', ('fast',))], list(found))
        self.assertEqual('general', found.default)
        self.assertEqual(found.get('general'), found.for_type('samples'))

    def test_several(self):
        found = self.read()
        self.assertEqual(
            [pools.Pool('general', ('fast',)),
             pools.Pool('critical-data', ('bulk', 'slow'),
                        frozenset(['models']), frozenset(['charts']),
                        False)], list(found))

    def test_without_named_stores(self):
        option = '[glance_store]/default_backend'
        del self.options['glance_store']
        self.assert_wrong(option, 'enabled_backends')
        self.options['glance_store'] = {'default_backend': ''}
        self.assert_wrong(option, 'enabled_backends')
        self.options['glance_store'] = {'default_backend': 'fsat'}
        self.assert_wrong(option + ' = fsat', 'fast, slow')
        del self.options['DEFAULT']
        self.assert_wrong(option + ' = fsat')

    def test_a_glance_without_named_stores(self):
        conf = cfg.ConfigOpts()
        artifacts_conf.register_opts(conf)
        # what glance_store registers without enabled_backends
        conf.register_opt(cfg.ListOpt('stores'), group='glance_store')
        conf([])
        error = self.assertRaises(exceptions.Misconfigured,
                                  pools.Pools.from_conf, conf)
        self.assertIn('[glance_store]/default_backend', error.detail)

    def test_stores_that_glance_keeps_for_itself(self):
        self.options['DEFAULT']['enabled_backends'] += ', os_glance_x:file'
        self.options['artifact_pool:critical-data']['stores'] = 'os_glance_x'
        self.assert_wrong('[artifact_pool:critical-data]/stores = os_glance')

    def test_wrong_names(self):
        for value, words in (('', 'one'), ('a, a', 'twice'),
                             ('images', 'Glance'), ('A', 'small letter'),
                             ('1', 'small'), ('a b', 'small'),
                             ('a' * 65, 'small')):
            self.options['artifacts']['pools'] = value
            self.assert_wrong('[artifacts]/pools', words)

    def test_another_default(self):
        self.options['artifacts']['default_pool'] = 'critical-data'
        found = self.read()
        self.assertEqual('critical-data', found.for_type('charts').name)
        self.options['artifacts']['default_pool'] = 'nowhere'
        self.assert_wrong('[artifacts]/default_pool = nowhere',
                          'general, critical-data')

    def test_wrong_stores_of_ours(self):
        for value, words in (('slow:file', 'enabled_backends'),
                             ('database:file', 'another name'),
                             ('os_glance_x:file', 'another name'),
                             ('bulk:no-such', 'no driver "no-such"')):
            self.options['artifacts']['stores'] = value
            self.assert_wrong('[artifacts]/stores = ' + value.split(':')[0],
                              words)

    def test_wrong_stores_of_a_pool(self):
        for value, words in (('bulk, nowhere', 'bulk, fast, slow'),
                             ('bulk, bulk', 'twice')):
            self.options['artifact_pool:critical-data']['stores'] = value
            self.assert_wrong('[artifact_pool:critical-data]/stores = '
                              + value.split()[1], words)

    def test_wrong_types(self):
        self.options['artifact_pool:general'] = {'types': 'models'}
        self.assert_wrong('[artifact_pool:critical-data]/types = models',
                          '[artifact_pool:general]/types')
        for option in ('types', 'allowed_types'):
            self.options['artifact_pool:general'] = {option: 'images'}
            self.assert_wrong('[artifact_pool:general]/%s = images' % option)


class TestEndpoints(PoolsTest):

    URL = 'https://critical.example.com:9292/v2'

    def setUp(self):
        super().setUp()
        self.pool = self.options['artifact_pool:critical-data']
        self.pool['endpoint'] = self.URL
        self.options['artifacts']['local_pools'] = 'general'

    def test_elsewhere(self):
        found = self.read()
        self.assertEqual(
            [True, False], [pool.local for pool in found])
        self.assertEqual(self.URL, found.elsewhere('critical-data'))
        for name in ('general', 'images', 'nowhere'):
            self.assertIsNone(found.elsewhere(name))

    def test_slashes_at_the_end(self):
        self.pool['endpoint'] += '//'
        self.assertEqual(self.URL, self.read().elsewhere('critical-data'))

    def test_all_are_local(self):
        for local in ('', 'critical-data, general'):
            self.options['artifacts']['local_pools'] = local
            found = self.read()
            self.assertEqual(self.URL, found.get('critical-data').endpoint)
            self.assertIsNone(found.elsewhere('critical-data'))

    def test_no_such_pool(self):
        self.options['artifacts']['local_pools'] = 'general, critical'
        self.assert_wrong('[artifacts]/local_pools = critical: there is no',
                          'general, critical-data')

    def test_nobody_serves_it(self):
        for value in (None, ''):
            if value is None:
                del self.pool['endpoint']
            else:
                self.pool['endpoint'] = value
            self.assert_wrong('[artifact_pool:critical-data]/endpoint',
                              'local_pools')

    def test_no_urls(self):
        for value in ('critical.example.com', '//host/v2', 'ftp://host/v2',
                      'https://', 'https:///v2', 'https://host/v2?a=b',
                      'https://host/v2#a', 'https://host /v2',
                      'https://h\n  /v2', 'https://h\xf6st/v2',
                      'https://host/"v2"'):
            self.pool['endpoint'] = value
            self.assert_wrong('[artifact_pool:critical-data]/endpoint = ')
            self.pool['endpoint'] = self.URL
            self.options['artifacts']['images_endpoint'] = value
            self.assert_wrong('[artifacts]/images_endpoint = ')
            del self.options['artifacts']['images_endpoint']

    def test_a_password_is_not_repeated(self):
        self.pool['endpoint'] = 'https://me:s3cret@host/v2'
        error = self.assertRaises(exceptions.Misconfigured, self.read)
        self.assertIn('[artifact_pool:critical-data]/endpoint', error.detail)
        self.assertNotIn('s3cret', error.detail)

    def test_urls(self):
        for value in ('http://h', 'http://127.0.0.1:9292/v2',
                      'https://[::1]:9292/v2', 'https://h/pools/a%20b/v2'):
            self.pool['endpoint'] = value
            self.assertEqual(value, self.read().elsewhere('critical-data'))


class TestFarStores(PoolsTest):

    def far(self, **options):
        self.options['artifacts'].update(options)
        self.options['artifact_pool:critical-data']['endpoint'] = 'http://h'
        self.read()
        return pools.far_stores(self.conf)

    def test_none(self):
        self.assertEqual(frozenset(), self.far())

    def test_of_others_alone(self):
        self.assertEqual({'bulk', 'slow'}, self.far(local_pools='general'))

    def test_what_is_shared_is_near(self):
        self.options['artifact_pool:general'] = {'stores': 'slow'}
        self.assertEqual({'bulk'}, self.far(local_pools='general'))


class TestTypes(PoolsTest):

    def setUp(self):
        super().setUp()
        self.found = self.read()

    def refused(self, name, type_name):
        error = self.assertRaises(exceptions.InvalidValue, self.found.check,
                                  name, type_name)
        self.assertEqual((400, 'pool'), (error.status, error.field))

    def test_where_they_go(self):
        for type_name, name in (('models', 'critical-data'),
                                ('charts', 'general'), ('other', 'general'),
                                ('images', 'images')):
            self.assertEqual(name, self.found.for_type(type_name).name)
            self.found.check(name, type_name)

    def test_where_else_they_may_go(self):
        self.found.check('critical-data', 'charts')
        for name, type_name in (
                ('critical-data', 'other'), ('general', 'models'),
                ('images', 'charts'), ('general', 'images'),
                ('', 'charts'), ('General', 'charts'), ('bulk', 'charts')):
            self.refused(name, type_name)

    def test_all_types_are_allowed(self):
        self.options['artifact_pool:general'] = {'allowed_types': '*'}
        self.found = self.read()
        self.found.check('general', 'models')
        self.refused('general', 'images')

    def test_of_an_artifact(self):
        self.assertEqual('general', self.found.get('general').name)
        error = self.assertRaises(exceptions.Unavailable, self.found.get,
                                  'nowhere')
        self.assertEqual((503, 'pool.unknown'), (error.status, error.code))
