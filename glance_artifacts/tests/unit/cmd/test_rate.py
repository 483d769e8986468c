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

from glance_artifacts.cmd import rate


class Clock:
    """Time that passes when somebody sleeps, or says so."""

    def __init__(self):
        self.now = 1000.0

    def read(self):
        return self.now

    def sleep(self, seconds):
        assert seconds > 0
        self.now += seconds


class TestRate(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.clock = Clock()
        self.begin = self.clock.now

    def passed(self):
        return self.clock.now - self.begin

    def rate(self, limit):
        return rate.Rate(limit, self.clock.read, self.clock.sleep)

    def test_no_limit(self):
        self.rate(None).took(10 ** 12)
        self.assertEqual(0, self.passed())

    def test_held_up(self):
        pace = self.rate(100)
        for number in range(1, 21):
            pace.took(50)
            self.assertAlmostEqual(number / 2, self.passed())

    def test_a_piece_of_many_seconds(self):
        self.rate(10).took(1000)
        self.assertAlmostEqual(100, self.passed())

    def test_slower_by_itself(self):
        pace = self.rate(100)
        for number in range(1, 11):
            self.clock.now += 1
            pace.took(50)
            self.assertEqual(number, self.passed())

    def test_what_reading_takes_is_made_up_for(self):
        pace = self.rate(100)
        for number in range(1, 11):
            self.clock.now += 0.25
            pace.took(50)
            self.assertAlmostEqual(number / 2, self.passed())

    def test_a_long_wait_gives_no_more_than_a_second(self):
        pace = self.rate(100)
        self.clock.now += 3600
        pace.took(100)
        self.assertEqual(3600, self.passed())
        pace.took(100)
        self.assertAlmostEqual(3601, self.passed())
