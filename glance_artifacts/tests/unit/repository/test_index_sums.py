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

import random
import uuid

from oslotest import base

from glance_artifacts.repository import index_sums

_ID = '019a0000-0000-7000-8000-0000000abcde'
#: Has the same sum.
_NEIGHBOUR = '019b1111-1111-7111-8111-1111111abcde'
_OTHER = '019a0000-0000-7000-8000-0000000abcdf'
_ROWS = [(b's' * 16, b''), (b's' * 16, b'\x01a'), (b't' * 16, b'\x01a')]


class TestSums(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.sums = index_sums.Sums()

    def assert_differ(self, *artifact_ids):
        for one in (_ID, _NEIGHBOUR, _OTHER):
            self.assertEqual(one in artifact_ids, self.sums.differ(one), one)
            self.assertEqual(self.sums.differ(one), self.sums.suspect(one))
        self.assertEqual(not artifact_ids, self.sums.equal)
        self.assertEqual(not artifact_ids, self.sums.clean)

    def test_nothing(self):
        self.assert_differ()

    def test_one_side_alone(self):
        for verb in ('add', 'subtract'):
            self.sums = index_sums.Sums()
            getattr(self.sums, verb)(_OTHER, _ROWS[:1])
            self.assert_differ(_OTHER)

    def test_the_same_in_another_order(self):
        rows = [(one, row) for one in (_ID, _NEIGHBOUR, _OTHER)
                for row in _ROWS]
        for change in (self.sums.add, self.sums.subtract):
            random.Random(1).shuffle(rows)
            for one, row in rows:
                change(one, [row])
        self.assert_differ()

    def test_ids_of_one_sum(self):
        """They are told apart, though not which of them differs."""
        self.sums.add(_ID, _ROWS)
        self.sums.subtract(_NEIGHBOUR, _ROWS)
        self.assert_differ(_ID, _NEIGHBOUR)

    def test_every_part_of_a_row_counts(self):
        for row in ((b's' * 16, b'\x00'), (b't' * 16, b''),
                    (b's' * 15 + b'0', b'19a'), (b's' * 16, b'\x01')):
            self.sums = index_sums.Sums()
            self.sums.add(_ID, _ROWS[:1])
            self.sums.subtract(_ID, [row])
            self.assert_differ(_ID, _NEIGHBOUR)

    def test_twice_is_not_never(self):
        self.sums.add(_ID, _ROWS * 2)
        self.assert_differ(_ID, _NEIGHBOUR)

    def test_what_is_explained(self):
        self.sums.add(_ID, _ROWS)
        self.sums.subtract(_ID, _ROWS[1:])
        self.assert_differ(_ID, _NEIGHBOUR)
        self.sums.subtract(_ID, _ROWS[:1])
        self.assert_differ()

    def test_marks(self):
        self.sums.mark(_ID)
        self.assertTrue(self.sums.equal)
        self.assertFalse(self.sums.clean)
        self.assertEqual((False, True, True, False), (
            self.sums.differ(_ID), self.sums.suspect(_ID),
            self.sums.suspect(_NEIGHBOUR), self.sums.suspect(_OTHER)))

    def test_any_id(self):
        for number in (0, 2 ** 128 - 1):
            artifact_id = str(uuid.UUID(int=number))
            self.sums.add(artifact_id, _ROWS)
            self.assertTrue(self.sums.differ(artifact_id))
