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

import fixtures
from oslotest import base

from glance_artifacts.store import spool


class _Driver:

    def __init__(self, *schemes):
        self._schemes = schemes

    def get_schemes(self):
        return self._schemes


class TestMeasured(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.directory = self.useFixture(fixtures.TempDir()).path

    def measured(self, driver, data, size):
        source = io.BytesIO(data)
        with spool.measured(driver, source, size, self.directory) as found:
            body, length = found
            return body is source, length, body.read()

    def test_what_is_known_goes_straight_on(self):
        self.assertEqual((True, 3, b'abc'),
                         self.measured(_Driver('s3'), b'abc', 3))

    def test_stores_that_need_not_know(self):
        self.assertEqual((True, None, b'abc'), self.measured(
            _Driver('swift', 'swift+https'), b'abc', None))

    def test_stores_that_have_to(self):
        large = os.urandom(8 * 2 ** 20 + 1)
        for data in (b'', b'abc', large):
            for scheme in ('s3', 'rbd'):
                self.assertEqual((False, len(data), data), self.measured(
                    _Driver(scheme), data, None))
        self.assertEqual([], os.listdir(self.directory))
