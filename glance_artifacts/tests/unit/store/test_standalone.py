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

import os

from glance_artifacts import exceptions
from glance_artifacts.tests.unit.store import test_backends
from glance_artifacts.tests.unit.store import test_files


class TestWhole(test_files.FilesTestCase):

    def setUp(self):
        super().setUp()
        self.path = self.store / 'gart-1-a'
        self.location = 'file://%s' % self.path

    def whole(self, backend='local'):
        return b''.join(self.stores().whole(backend, self.location))

    def test_as_many_as_there_are(self):
        for length in (0, 1, 65536, 200_000):
            data = os.urandom(length)
            self.path.write_bytes(data)
            self.assertEqual(data, self.whole())

    def test_nothing_there(self):
        error = self.assertRaises(exceptions.Unavailable, self.whole)
        self.assertEqual('store.object_missing', error.code)

    def test_a_directory_that_is_not_there(self):
        """A disk that is not mounted has lost no object."""
        error = self.assertRaises(exceptions.Misconfigured, self.whole,
                                  'other')
        self.assertIn('does not exist', error.detail)

    def test_a_store_that_nobody_named(self):
        error = self.assertRaises(exceptions.Misconfigured, self.whole,
                                  'gone')
        self.assertIn('[DEFAULT]/enabled_backends', error.detail)

    def test_what_is_no_file(self):
        self.path.mkdir()
        error = self.assertRaises(exceptions.Unavailable, self.whole)
        self.assertEqual('store.unavailable', error.code)
        self.assertNotIn(str(self.path), error.detail)


class _Breaking:
    """A driver whose line breaks, without a word, before the end."""

    def get(self, location):
        return iter([b'some', b' of']), 20


class TestBroken(test_files.FilesTestCase):

    def test_is_not_taken_for_a_short_object(self):
        stores = self.stores()
        stores._driver = lambda backend: _Breaking()
        stores._location = lambda backend, location: location
        chunks = stores.whole('local', test_backends.SECRET)
        self.assertEqual(b'some', next(chunks))
        error = self.assertRaises(exceptions.Unavailable, list, chunks)
        self.assertEqual('store.truncated', error.code)
