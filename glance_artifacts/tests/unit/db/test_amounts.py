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

from oslotest import base

from glance_artifacts.db import amounts
from glance_artifacts import exceptions
from glance_artifacts.tests.unit import factories

Amount, Limit = amounts.Amount, amounts.Limit


class TestOf(base.BaseTestCase):

    def test_every_status(self):
        for status, count in (('drafted', 1), ('active', 1),
                              ('deactivated', 1), ('deleted', 0)):
            self.assertEqual(Amount(count), amounts.of(
                factories.artifact(status=status)), status)

    def test_active_blobs(self):
        self.assertEqual(Amount(1, 12), amounts.of(factories.with_blobs(
            factories.blob('data', size=5),
            factories.blob('extra', size=7),
            factories.blob('more', size=0),
            factories.blob('other', size=None, status='saving'))))

    def test_nothing_of_one_that_is_deleted(self):
        self.assertEqual(amounts.NOTHING, amounts.of(factories.with_blobs(
            factories.blob(), status='deleted')))


class TestCheck(base.BaseTestCase):

    def fits(self, there, more, limit, type_name=amounts.TOTAL):
        amounts.check(type_name, there, more, limit)

    def refused(self, code, *args):
        error = self.assertRaises(exceptions.TooLarge, self.fits, *args)
        self.assertEqual((413, code), (error.status, error.code))
        return error

    def test_no_limit(self):
        for limit in (-1, -7):
            self.fits(Amount(9, 9, 9), Amount(9, 9, 9), Limit(limit, limit))

    def test_artifacts(self):
        self.fits(Amount(4), Amount(1), Limit(5))
        error = self.refused('quota.artifacts', Amount(5), Amount(1),
                             Limit(5))
        self.assertEqual([{
            'code': 'quota.artifacts', 'field': 'artifacts', 'limit': 5,
            'used': 5, 'requested': 1,
            'detail': 'The project may have 5 artifacts.'}], error.entries())

    def test_bytes_are_those_there_and_those_to_come(self):
        self.fits(Amount(0, 3, 4), Amount(0, 1, 2), Limit(-1, 10))
        error = self.refused('quota.bytes', Amount(0, 3, 4), Amount(0, 1, 3),
                             Limit(-1, 10))
        self.assertEqual({'limit': 10, 'used': 7, 'requested': 4},
                         error.numbers)

    def test_of_a_type(self):
        error = self.refused('quota.bytes', Amount(), Amount(0, 1),
                             Limit(0, 0), 'helm_charts')
        self.assertEqual('types.helm_charts.bytes', error.field)
        self.assertIn('All helm_charts of the project', error.detail)

    def test_what_does_not_grow_has_room(self):
        for more in (Amount(-1, -1), Amount(0, 5, -5), Amount(0, 4, -5),
                     amounts.NOTHING):
            self.fits(Amount(9, 9, 9), more, Limit(1, 1))
