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

"""Drivers of Swift, which wait for ever by themselves."""

from oslotest import base

from glance_artifacts.store import swift


class _Connection:

    timeout = None


class _Driver:
    """Connects as the driver of glance_store does."""

    def get_connection(self, location, context=None):
        return _Connection()

    def get_store_connection(self, auth_token, storage_url):
        return _Connection()

    def both(self):
        return [self.get_connection('location', context=None),
                self.get_store_connection('token', 'url')]


class TestBounded(base.BaseTestCase):

    def test_both_kinds_of_connection(self):
        driver = _Driver()
        patient = swift.bounded(driver, 7)
        self.assertIsInstance(patient, _Driver)
        self.assertEqual([7, 7], [one.timeout for one in patient.both()])
        # images have this one
        self.assertEqual([None, None], [one.timeout for one in driver.both()])

    def test_other_drivers(self):
        driver = object()
        self.assertIs(driver, swift.bounded(driver, 7))
