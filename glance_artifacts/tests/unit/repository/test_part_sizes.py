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

from oslo_utils import units
from oslotest import base

from glance_artifacts import exceptions
from glance_artifacts.repository import part_sizes
from glance_artifacts.tests.unit.repository import sessions


class TestChoose(base.BaseTestCase):

    def test_proposed(self):
        for size, expected in (
                (None, 64 * units.Mi), (0, 64 * units.Mi),
                (10_000 * 64 * units.Mi, 64 * units.Mi),
                (10_000 * 64 * units.Mi + 1, 65 * units.Mi),
                (10_000 * units.Gi, units.Gi)):
            self.assertEqual(expected, part_sizes.choose(size, None,
                                                         64 * units.Mi))

    def test_proposals_that_may_be_wished_for(self):
        for usual, expected in ((1, 5), (7 * units.Mi, 7), (units.Ti, 1024)):
            self.assertEqual(expected * units.Mi,
                             part_sizes.choose(None, None, usual))

    def test_wished_for(self):
        for size in (None, 7, 10_000 * 5 * units.Mi):
            self.assertEqual(5 * units.Mi,
                             part_sizes.choose(size, 5 * units.Mi, 7))
        error = self.assertRaises(
            exceptions.InvalidValue, part_sizes.choose,
            10_000 * 5 * units.Mi + 1, 5 * units.Mi, 7)
        self.assertEqual('part_size', error.field)


class TestRoom(base.BaseTestCase):

    def test_without_a_size(self):
        session = sessions.session(part_size=10)
        self.assertEqual([10, 10, 5], [part_sizes.room(session, 25, n)
                                       for n in (1, 2, 3)])
        for n in (0, 4, 10 ** 18):
            error = self.assertRaises(exceptions.BadRequest, part_sizes.room,
                                      session, 25, n)
            self.assertEqual(('artifact.upload.part', 'n'),
                             (error.code, error.field))

    def test_with_a_size(self):
        session = sessions.session(part_size=10, size=11)
        self.assertEqual([10, 1], [part_sizes.room(session, 10 ** 9, n)
                                   for n in (1, 2)])
        self.assertEqual(2, part_sizes.most(session, 10 ** 9))

    def test_of_nothing(self):
        session = sessions.session(part_size=10, size=0)
        self.assertEqual(0, part_sizes.room(session, 10 ** 9, 1))

    def test_never_more_than_there_may_be(self):
        self.assertEqual(10_000, part_sizes.most(
            sessions.session(part_size=1), 10 ** 9))
