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

from concurrent import futures
import contextlib
import io
import logging
import pathlib
import shutil
import threading

import fixtures
import glance_store
from glance_store import exceptions as store_exc
from glance_store import location as store_location
from oslo_config import cfg
from oslotest import base

from glance_artifacts import conf as artifacts_conf
from glance_artifacts import exceptions
from glance_artifacts.store import backends
from glance_artifacts.store import drivers
from glance_artifacts.store import own
from glance_artifacts.store import reader

DATA = b'hello world'


class StoresTest(base.BaseTestCase):
    """Two file stores of ours, and what a glance-api makes of them."""

    def setUp(self):
        super().setUp()
        self.logs = self.useFixture(fixtures.FakeLogger(level=logging.ERROR))
        self.root = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        self.directory = self.root / 'bulk'
        self.text = ('[artifacts]\nstores = bulk:file, safe:file\n[bulk]\n'
                     'filesystem_store_datadir = %s\n[safe]\n'
                     'filesystem_store_datadir = %s\n'
                     % (self.directory, self.root / 'safe'))

    def made(self):
        path = self.root / 'glance-api.conf'
        path.write_text(self.text)
        self.conf = cfg.ConfigOpts()
        artifacts_conf.register_opts(self.conf)
        self.conf([], default_config_files=[str(path)])
        self.backends = backends.Backends(
            self.conf, own.Stores.from_conf(self.conf))

    def put(self, store='bulk', name='gart-1', size=None):
        return self.backends.put(store, name, reader.Reader(
            io.BytesIO(DATA), 100, size), size)

    def assert_unavailable(self, code, function, *args, **kwargs):
        error = self.assertRaises(exceptions.Unavailable, function, *args,
                                  **kwargs)
        self.assertEqual((503, code), (error.status, error.code))
        self.assertNotIn(str(self.root), error.detail)


class TestWork(StoresTest):

    def test_the_life_of_an_object(self):
        self.made()
        stored = self.put()
        self.assertEqual(DATA, (self.directory / 'gart-1').read_bytes())
        self.backends.sync('bulk', stored.location)
        self.assertEqual(str(self.directory / 'gart-1'),
                         self.backends.path('bulk', stored.location))
        self.assertEqual(b'lo wo', b''.join(self.backends.read(
            'bulk', stored.location, 3, 5)))
        self.backends.delete('bulk', stored.location)
        self.assertEqual([], list(self.directory.iterdir()))

    def test_drivers_are_made_one_after_the_other(self):
        """What they read is not always theirs alone."""
        self.made()
        stores = own.Stores(self.conf, {'bulk': 'file', 'safe': 'file'})
        both = threading.Barrier(2)
        configure = drivers.configure
        made = []

        def slowly(*args):
            with contextlib.suppress(threading.BrokenBarrierError):
                both.wait(0.3)
                self.fail('two at once')
            made.append(args[1])
            return configure(*args)

        self.useFixture(fixtures.MockPatchObject(drivers, 'configure',
                                                 slowly))
        with futures.ThreadPoolExecutor(4) as executor:
            found = list(executor.map(stores.driver,
                                      ('bulk', 'safe', 'bulk', 'safe')))
        self.assertEqual(['bulk', 'safe'], sorted(made))
        self.assertEqual(2, len(set(map(id, found))))

    def test_nothing_else_in_the_process_knows_them(self):
        before = {scheme: set(found) for scheme, found in
                  store_location.SCHEME_TO_CLS_BACKEND_MAP.items()}
        self.made()
        location = self.put().location
        self.assertEqual(before, {
            scheme: set(found) for scheme, found in
            store_location.SCHEME_TO_CLS_BACKEND_MAP.items()})
        self.assertNotIn('enabled_backends', self.conf)
        self.assertRaises(
            store_exc.UnknownScheme,
            store_location.get_location_from_uri_and_backend, location,
            'bulk', conf=self.conf)
        self.useFixture(fixtures.MockPatchObject(
            glance_store.multi_backend, 'CONF', self.conf))
        self.conf.register_opt(cfg.DictOpt('enabled_backends', default={}))
        self.assertRaises(
            store_exc.UnknownScheme,
            glance_store.get_store_from_store_identifier, 'bulk')

    def test_a_location_of_another_kind(self):
        self.made()
        self.assert_unavailable('store.unavailable', self.backends.read,
                                'bulk', 'https://h/a', 0, 1)

    def test_a_store_that_nobody_names(self):
        self.made()
        for function, args in (
                (self.backends.path, ('file:///a',)),
                (self.backends.delete, ('file:///a',)),
                (self.backends.read, ('file:///a', 0, 1)),
                (self.backends.put, ('gart-1', None, 1))):
            self.assert_unavailable('store.unknown', function, 'gone', *args)
        self.assertIn('gone', self.logs.output)


class TestFar(StoresTest):
    """A store that only a pool has which another service serves."""

    def setUp(self):
        super().setUp()
        self.text = self.text.replace('[artifacts]\n', (
            '[artifacts]\npools = near, far\nlocal_pools = near\n'), 1) + (
            '[artifact_pool:near]\nstores = safe\n[artifact_pool:far]\n'
            'stores = bulk\nendpoint = http://far.example.com/v2\n')

    def test_its_directory_is_not_made(self):
        self.made()
        self.assertEqual('', self.logs.output)
        self.assertFalse(self.directory.exists())
        self.assertTrue((self.root / 'safe').exists())
        self.assert_unavailable('store.unavailable', self.backends.delete,
                                'bulk', 'file://%s/a' % self.directory)
        self.assertFalse(self.directory.exists())

    def test_within_reach(self):
        self.directory.mkdir()
        self.made()
        stored = self.put()
        self.backends.delete('bulk', stored.location)
        self.assertEqual([], list(self.directory.iterdir()))

    def test_another_disk_of_the_same_name(self):
        self.directory.mkdir()
        self.made()
        for store, path in (('bulk', self.directory),
                            ('safe', self.root / 'safe')):
            location = 'file://%s/gart-1' % path
            if store == 'safe':
                self.backends.delete(store, location)
            else:
                self.assert_unavailable(
                    'store.object_missing', self.backends.delete, store,
                    location)


class TestFaults(StoresTest):

    def test_the_directory_is_gone(self):
        self.made()
        location = self.put().location
        shutil.rmtree(self.directory)
        for size in (None, len(DATA)):
            self.assert_unavailable('store.unavailable', self.put, size=size)
        self.assert_unavailable('store.object_missing', self.backends.read,
                                'bulk', location, 0, 1)
        self.assertFalse(self.directory.exists())
        self.put('safe')
        self.directory.mkdir()
        self.put()

    def test_not_there_at_the_start(self):
        # not even root makes directories in a file
        (self.root / 'disk').touch()
        self.directory = self.root / 'disk' / 'bulk'
        self.text = self.text.replace(str(self.root / 'bulk'),
                                      str(self.directory))
        self.made()
        self.assertIn('[bulk]', self.logs.output)
        self.assertIn('Remedy: ', self.logs.output)
        self.assert_unavailable('store.unavailable', self.put)
        self.put('safe')
        # what the driver would make then lies where the disk should be
        (self.root / 'disk').unlink()
        (self.root / 'disk').mkdir()
        self.assert_unavailable('store.unavailable', self.put)
        self.assertFalse(self.directory.exists())
        self.directory.mkdir()
        self.put()

    def test_full(self):
        self.made()
        free = self.useFixture(fixtures.MockPatch(
            'glance_artifacts.store.files.free', return_value=5)).mock
        self.assert_unavailable('store.full', self.put, size=len(DATA))
        self.put()
        free.return_value = len(DATA)
        self.put(name='gart-2', size=len(DATA))

    def test_wrong_values(self):
        self.text += 'filesystem_store_chunk_size = much\n'
        error = self.assertRaises(exceptions.Misconfigured, self.made)
        self.assertIn('[safe]/filesystem_store_chunk_size = much',
                      error.detail)

    def test_no_such_driver(self):
        self.text = self.text.replace('bulk:file', 'bulk:fiel')
        error = self.assertRaises(exceptions.Misconfigured, self.made)
        self.assertTrue(error.detail.startswith(
            '[artifacts]/stores = bulk:fiel'), error.detail)
