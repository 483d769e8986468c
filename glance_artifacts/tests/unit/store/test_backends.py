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
import logging
import pathlib

import fixtures
from glance_store import capabilities
from glance_store import exceptions as store_exc
from oslo_config import cfg
from oslotest import base

from glance_artifacts import conf as artifacts_conf
from glance_artifacts import exceptions
from glance_artifacts.store import backends
from glance_artifacts.store import own
from glance_artifacts.store import reader

SECRET = 'swift://user:s3cret@host/container/object'


class _Driver:
    """A store that keeps one object, or fails in a given way."""

    def __init__(self, data=b'', error=None, seeks=False, piece=4):
        self.data, self.error, self.seeks = data, error, seeks
        self.piece = piece
        self.closed = 0
        self.asked = None

    def is_capable(self, *wanted):
        return self.seeks and wanted == (capabilities.BitMasks.READ_RANDOM,)

    def get_schemes(self):
        return ('memory',)

    def add(self, name, source, size, hashing_algo):
        self.asked = (name, size, hashing_algo)
        try:
            self.data = source.read(1000)
            while source.read(1000):
                pass
        except exceptions.ArtifactsError as exc:
            # as drivers do, which dress up whatever comes
            raise store_exc.BackendException() from exc
        if self.error is not None:
            raise self.error
        return SECRET, len(self.data), 'md5', 'sha256', {}

    def get(self, location, offset=0, chunk_size=None):
        if self.error is not None:
            raise self.error
        end = None if chunk_size is None else offset + chunk_size
        return self._chunks(self.data[offset:end]), len(self.data)

    def delete(self, location):
        if self.error is not None:
            raise self.error

    def _chunks(self, data):
        try:
            for start in range(0, len(data), self.piece):
                yield data[start:start + self.piece]
        finally:
            self.closed += 1


class _Backends(backends.Backends):
    """The product, on a driver of ours."""

    def __init__(self, driver):
        conf = cfg.ConfigOpts()
        conf([])
        conf.register_opt(cfg.DictOpt('enabled_backends',
                                      default={'fast': 'memory'}))
        conf.register_group(cfg.OptGroup('fast'))
        artifacts_conf.register_opts(conf)
        super().__init__(conf, own.Stores(conf, {}))
        self.driver = driver

    def _driver(self, backend):
        return self.driver

    def _location(self, backend, location):
        return location


class BackendsTestCase(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.logs = self.useFixture(fixtures.FakeLogger(level=logging.DEBUG))

    def assert_unavailable(self, code, function, *args):
        error = self.assertRaises(exceptions.Unavailable, function, *args)
        self.assertEqual((503, code), (error.status, error.code))
        self.assertIn('Retry-After', error.headers)
        for text in (error.detail, self.logs.output):
            self.assertNotIn('s3cret', text)
        self.assertIn('fast', self.logs.output)
        return error

    ERRORS = (
        (store_exc.StorageFull(SECRET), 'store.full'),
        (store_exc.NotFound(SECRET), 'store.object_missing'),
        (store_exc.BackendException(SECRET), 'store.unavailable'),
        (store_exc.StorageWriteDenied(SECRET), 'store.unavailable'),
        (OSError(5, SECRET), 'store.unavailable'),
        (KeyError(SECRET), 'store.unavailable'))


class TestPut(BackendsTestCase):

    def _put(self, driver, data=b'abc', limit=10, size=None):
        return _Backends(driver).put(
            'fast', 'gart-1', reader.Reader(io.BytesIO(data), limit, size),
            size)

    def test_what_was_stored(self):
        driver = _Driver()
        self.assertEqual(backends.Stored(SECRET, 3, 'sha256', 'md5'),
                         self._put(driver, size=3))
        self.assertEqual(('gart-1', 3, 'sha256'), driver.asked)

    def test_a_size_that_nobody_knows(self):
        driver = _Driver()
        self._put(driver)
        self.assertEqual(('gart-1', 0, 'sha256'), driver.asked)

    def test_a_size_that_swifts_driver_fails_with(self):
        driver = _Driver()
        driver.large_object_size, driver.large_object_chunk_size = 6, 3
        for size, told in ((4, 4), (5, 5), (6, 6), (7, 0), (9, 9), (10, 0)):
            self._put(driver, b'x' * size, size=size)
            self.assertEqual(told, driver.asked[1])

    def test_the_clients_fault_stays_what_it_was(self):
        error = self.assertRaises(exceptions.TooLarge, self._put, _Driver(),
                                  b'abc', 2)
        self.assertEqual(413, error.status)
        error = self.assertRaises(exceptions.BadRequest, self._put,
                                  _Driver(), b'abc', 10, 5)
        self.assertEqual('request.truncated', error.code)
        self.assertEqual('', self.logs.output)

    def test_the_stores_fault(self):
        for error, code in self.ERRORS:
            self.assert_unavailable(code, self._put, _Driver(error=error))


class TestRead(BackendsTestCase):

    DATA = bytes(range(50))

    def _read(self, driver, offset, length):
        return b''.join(_Backends(driver).read('fast', SECRET, offset,
                                               length))

    def test_parts(self):
        for seeks in (False, True):
            for piece in (1, 4, 50, 100):
                for offset, length in ((0, 50), (0, 1), (49, 1), (3, 5),
                                       (4, 4), (5, 45)):
                    driver = _Driver(self.DATA, seeks=seeks, piece=piece)
                    self.assertEqual(self.DATA[offset:offset + length],
                                     self._read(driver, offset, length))
                    self.assertEqual(1, driver.closed)

    def test_let_go_when_nobody_reads_on(self):
        driver = _Driver(self.DATA)
        chunks = _Backends(driver).read('fast', SECRET, 0, 50)
        self.assertEqual(self.DATA[:4], next(chunks))
        chunks.close()
        self.assertEqual(1, driver.closed)

    def test_shorter_than_it_should_be(self):
        for seeks in (False, True):
            for offset, length in ((0, 51), (49, 2), (50, 1), (60, 1)):
                driver = _Driver(self.DATA, seeks=seeks)
                error = self.assertRaises(exceptions.Unavailable, self._read,
                                          driver, offset, length)
                self.assertEqual('store.truncated', error.code)
                self.assertEqual(1, driver.closed)

    def test_the_stores_fault(self):
        for error, code in self.ERRORS:
            self.assert_unavailable(code, self._read, _Driver(error=error),
                                    0, 1)


class TestDelete(BackendsTestCase):

    def _delete(self, driver):
        _Backends(driver).delete('fast', SECRET)

    def test_what_is_there_and_what_is_not(self):
        self._delete(_Driver())
        self.assertEqual('', self.logs.output)
        self._delete(_Driver(error=store_exc.NotFound(SECRET)))
        self.assertIn('fast', self.logs.output)
        self.assertNotIn('s3cret', self.logs.output)

    def test_the_stores_fault(self):
        for error, code in self.ERRORS:
            if not isinstance(error, store_exc.NotFound):
                self.assert_unavailable(code, self._delete,
                                        _Driver(error=error))


class TestFiles(BackendsTestCase):

    def setUp(self):
        super().setUp()
        self.found = _Backends(_Driver())
        self.file = pathlib.Path(self.useFixture(fixtures.TempDir()).path,
                                 'gart-1')
        self.location = 'file://%s' % self.file

    def test_path(self):
        for location, path in (
                (self.location, str(self.file)),
                ('filesystem:///a/b', '/a/b'), (SECRET, None),
                ('https://host/a', None), ('files:///a', None)):
            self.assertEqual(path, self.found.path('fast', location))

    def test_sync(self):
        self.file.write_bytes(b'x')
        self.found.sync('fast', self.location)
        self.found.sync('fast', SECRET)

    def test_sync_of_what_is_gone(self):
        self.assert_unavailable('store.unavailable', self.found.sync, 'fast',
                                self.location)
