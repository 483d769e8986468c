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

import io
import os
import pathlib
import time

import fixtures
from oslo_config import cfg
from oslotest import base

from glance_artifacts import conf as artifacts_conf
from glance_artifacts import exceptions
from glance_artifacts.store import drivers
from glance_artifacts.store import files
from glance_artifacts.store import standalone


class FilesTestCase(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.root = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        self.store = self.root / 'store'
        self.store.mkdir()

    def file(self, name, age=0, directory=None):
        path = (directory or self.store) / name
        path.write_bytes(b'bytes')
        then = time.time() - age
        os.utime(path, (then, then))
        return path

    def stores(self, text=''):
        path = self.root / 'glance-api.conf'
        path.write_text(
            '[DEFAULT]\nenabled_backends = local:file, other:file, web:http,'
            ' odd:odd\n[local]\nfilesystem_store_datadir = %s\n[other]\n'
            'filesystem_store_datadir = %s\n%s'
            % (self.store, self.root / 'absent', text))
        conf = cfg.ConfigOpts()
        artifacts_conf.register_opts(conf)
        conf([], default_config_files=[str(path)])
        return standalone.Standalone(conf)


class TestObjects(FilesTestCase):

    def objects(self, prefix='gart-1-', directory=None):
        found = files.Search([directory or self.store]).objects(prefix)
        return {one.name: one for one in found}

    def test_by_prefix(self):
        for name in ('gart-1-a', 'gart-1-b', 'gart-2-a', 'image', 'xgart-1-'):
            self.file(name)
        found = self.objects()
        self.assertEqual({'gart-1-a', 'gart-1-b'}, set(found))
        found['gart-1-a'].delete()
        self.assertEqual({'gart-1-b'}, set(self.objects()))
        found['gart-1-a'].delete()

    def test_age(self):
        """By the clock of the store, which is ours here."""
        self.file('gart-1-new')
        self.file('gart-1-old', 1000)
        self.file('gart-1-future', -1000)
        ages = {name: one.age for name, one in self.objects().items()}
        self.assertLess(ages['gart-1-new'], 60)
        self.assertTrue(1000 <= ages['gart-1-old'] < 1060, ages)
        self.assertEqual(0, ages['gart-1-future'])

    def test_nothing_is_left_in_the_store(self):
        self.file('gart-1-a')
        self.objects()
        self.assertEqual(['gart-1-a'], os.listdir(self.store))

    def test_no_directory(self):
        self.assertEqual({}, self.objects(directory=self.root / 'absent'))

    def test_what_cannot_be_read(self):
        self.file('plain')
        self.assertRaises(OSError, self.objects,
                          directory=self.store / 'plain')


class TestStandalone(FilesTestCase):

    def test_names(self):
        self.assertEqual(['local', 'odd', 'other', 'web'],
                         self.stores().names())
        self.assertEqual(
            ['local', 'mine', 'odd', 'other', 'web'],
            self.stores('[artifacts]\nstores = mine:file\n').names())

    def test_listed_and_deleted(self):
        stores, path = self.stores(), self.file('gart-1-a', 10)
        (one,) = stores.listed('local', 'gart-1-')
        (same,) = stores.find('local', 'gart-1-a')
        self.assertEqual(('gart-1-a', 'gart-1-a'), (one.name, same.name))
        stores.discard('local', one)
        self.assertFalse(path.exists())
        self.assertEqual([], stores.find('local', 'gart-1-a'))
        stores.discard('local', same)

    def test_several_directories(self):
        more = self.root / 'more'
        more.mkdir()
        stores = self.stores(
            '[DEFAULT]\nenabled_backends = both:file\n[both]\n'
            'filesystem_store_datadir =\n'
            'filesystem_store_datadirs = %s:100\n'
            'filesystem_store_datadirs = %s\n' % (self.store, more))
        self.file('gart-1-a')
        self.file('gart-1-b', directory=more)
        self.assertEqual({'gart-1-a', 'gart-1-b'}, {
            one.name for one in stores.listed('both', 'gart-1-')})
        for name in ('gart-1-a', 'gart-1-b'):
            for one in stores.find('both', name):
                stores.discard('both', one)
        self.assertEqual(([], []), (os.listdir(self.store),
                                    os.listdir(more)))

    def test_a_directory_that_is_not_there_is_not_made(self):
        stores = self.stores()
        self.assertEqual([], list(stores.listed('other', 'gart-1-')))
        self.assertEqual([], stores.find('other', 'gart-1-a'))
        self.assertRaises(exceptions.Misconfigured, stores.delete, 'other',
                          'file://%s/absent/gart-1-a' % self.root)
        self.assertFalse((self.root / 'absent').exists())

    def test_stores_that_do_not_list(self):
        stores = self.stores()
        self.assertEqual([], list(stores.listed('web', 'gart-1-')))
        self.assertIsNone(stores.find('web', 'gart-1-a'))

    def test_one_that_is_wrong_keeps_no_other(self):
        stores = self.stores()
        for call in (stores.find, lambda *args: list(stores.listed(*args))):
            for name, word in (('odd', 'no driver "odd"'),
                               ('gone', 'enabled_backends names')):
                error = self.assertRaises(exceptions.Misconfigured, call,
                                          name, 'gart-1-a')
                self.assertIn(word, error.detail)
        self.assertEqual([], stores.find('local', 'gart-1-a'))

    def test_a_wrong_option(self):
        stores = self.stores('[local]\nfilesystem_store_chunk_size = x\n')
        error = self.assertRaises(exceptions.Misconfigured, stores.find,
                                  'local', 'gart-1-a')
        self.assertIn('filesystem_store_chunk_size', error.detail)

    def test_a_store_that_does_not_do_it(self):
        stores = self.stores()
        (self.store / 'gart-1-a').mkdir()
        error = self.assertRaises(
            exceptions.Unavailable, stores.delete, 'local',
            'file://%s/gart-1-a' % self.store)
        self.assertNotIn(str(self.store), error.detail)
        (one,) = stores.find('local', 'gart-1-a')
        error = self.assertRaises(exceptions.Unavailable, stores.discard,
                                  'local', one)
        self.assertNotIn(str(self.store), error.detail)


class TestDrivers(FilesTestCase):

    def test_one_that_does_not_write(self):
        conf = cfg.ConfigOpts()
        conf([], default_config_files=[])
        driver_class = drivers.load('web', 'http')
        drivers.register(conf, 'web', driver_class)
        error = self.assertRaises(
            exceptions.Misconfigured, drivers.configure, conf, 'web', 'http',
            driver_class)
        self.assertIn('does not write', error.detail)


class TestEager(FilesTestCase):

    def read(self, paths, length, size=4 * 2 ** 20):
        """Write a file as a driver does; what the disk was told of."""
        told = self.useFixture(fixtures.MockPatchObject(
            os, 'posix_fadvise', wraps=os.posix_fadvise)).mock
        data = os.urandom(length)
        source = files.Eager(io.BytesIO(data), paths)
        with open(self.store / 'name', 'wb') as file:
            while part := source.read(size):
                file.write(part)
        self.assertEqual(data, (self.store / 'name').read_bytes())
        return [call.args[1:3] for call in told.call_args_list]

    def test_each_part_once(self):
        mib = 2 ** 20
        self.assertEqual([(0, 16 * mib), (16 * mib, 16 * mib)], self.read(
            [self.root / 'absent' / 'name', self.store / 'name'], 35 * mib))

    def test_small_files(self):
        self.assertEqual([], self.read([self.store / 'name'], 2 ** 20))

    def test_other_stores(self):
        self.assertEqual([], self.read([], 17 * 2 ** 20))
