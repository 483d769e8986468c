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

import datetime
import random
import re
import uuid

from oslotest import base

from glance_artifacts.db import ids
from glance_artifacts.tests.unit import factories

MICROSECOND = datetime.timedelta(microseconds=1)
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=factories.UTC)
LAST = datetime.datetime.max.replace(tzinfo=factories.UTC)


def _moments(seed, count):
    rand = random.Random(seed)
    return [factories.MOMENT + rand.randrange(-10 ** 6, 10 ** 6) * MICROSECOND
            for _ in range(count)]


class TestNew(base.BaseTestCase):

    def test_version_and_variant_of_rfc_9562(self):
        for moment in (EPOCH, factories.MOMENT, LAST):
            made = uuid.UUID(ids.new(moment))
            self.assertEqual(7, made.version)
            self.assertEqual(uuid.RFC_4122, made.variant)
            self.assertEqual(7, made.int >> 76 & 0xf)
            self.assertEqual(0b10, made.int >> 62 & 0b11)

    def test_carries_the_moment(self):
        for moment in [EPOCH, *_moments(1, 100)]:
            made = uuid.UUID(ids.new(moment)).int
            micros = (made >> 80) * 1000 + (made >> 66 & 0x3ff)
            self.assertEqual(moment, EPOCH + micros * MICROSECOND)

    def test_order_is_that_of_the_moments(self):
        moments = _moments(2, 1000)
        made = [(ids.new(moment), moment) for moment in moments]
        self.assertEqual(sorted(moments),
                         [moment for _, moment in sorted(made)])
        # text and bytes agree
        self.assertEqual(sorted(one for one, _ in made), sorted(
            (one for one, _ in made), key=lambda one: uuid.UUID(one).bytes))

    def test_never_twice(self):
        made = {ids.new(factories.MOMENT) for _ in range(1000)}
        self.assertEqual(1000, len(made))

    def test_normal_form(self):
        made = ids.new(factories.MOMENT)
        self.assertEqual(made, str(uuid.UUID(made)))

    def test_now_is_in_utc(self):
        self.assertEqual(datetime.timedelta(0), ids.now().utcoffset())


class TestBounds(base.BaseTestCase):

    def test_what_was_made_at_a_moment_is_between_them(self):
        for moment in [EPOCH, *_moments(3, 200)]:
            for made in (ids.new(moment) for _ in range(5)):
                self.assertLessEqual(ids.first_of(moment), made)
                self.assertLess(made, ids.after(moment))

    def test_neighbours_are_not(self):
        for moment in _moments(4, 200):
            self.assertLess(ids.new(moment - MICROSECOND),
                            ids.first_of(moment))
            self.assertGreaterEqual(ids.new(moment + MICROSECOND),
                                    ids.after(moment))

    def test_before_the_epoch_is_before_every_id(self):
        for moment in (EPOCH - MICROSECOND, EPOCH - 1500 * MICROSECOND,
                       datetime.datetime.min.replace(tzinfo=factories.UTC)):
            self.assertLessEqual(ids.first_of(moment), ids.new(EPOCH))
            self.assertLessEqual(ids.after(moment), ids.new(EPOCH))

    def test_the_last_moment_has_an_after(self):
        self.assertLess(ids.new(LAST), ids.after(LAST))


class TestFollowing(base.BaseTestCase):

    def test_nothing_is_between(self):
        for moment in _moments(5, 50):
            made = ids.new(moment)
            self.assertEqual(1, uuid.UUID(ids.following(made)).int
                             - uuid.UUID(made).int)

    def test_the_highest_stays(self):
        highest = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
        self.assertEqual(highest, ids.following(highest))


class TestPattern(base.BaseTestCase):

    def test_normal_form_alone(self):
        made = ids.new(factories.MOMENT)
        self.assertTrue(re.fullmatch(ids.PATTERN, made))
        for text in (made.upper(), made + '\n', '{%s}' % made, made[:-1],
                     made.replace('-', ''), '', 'urn:uuid:' + made):
            self.assertFalse(re.fullmatch(ids.PATTERN, text), text)
