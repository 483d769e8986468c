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

import functools
import itertools
import random

from oslotest import base

from glance_artifacts.db import encoding
from glance_artifacts.db import ids
from glance_artifacts.db import postings
from glance_artifacts.repository import orders
from glance_artifacts.tests.unit import factories
from glance_artifacts.types import common

FIELDS = {**common.COMMON, **factories.FIELDS}


def _order(*words):
    return tuple(orders.key(FIELDS[word.lstrip('-')], word.startswith('-'))
                 for word in words)


class TestPlace(base.BaseTestCase):

    def _place(self, record, *words):
        return orders.place(_order(*words), record)

    def test_is_what_the_index_holds(self):
        record = factories.artifact(fields={'count': 3, 'long': 'x' * 2000})
        entries = postings.entries(record, factories.FIELDS)
        for name, field in FIELDS.items():
            if field.sortable and name not in ('created_at', 'type_name'):
                (value,), artifact_id = self._place(record, name)
                self.assertIn((name, value), entries, name)
                self.assertEqual(record.id, artifact_id)

    def test_by_creation(self):
        record = factories.artifact()
        self.assertEqual(((ids.tick(record.id),), record.id),
                         self._place(record, 'created_at'))

    def test_several(self):
        record = factories.artifact(name='a', version='1.2.0')
        self.assertEqual(((encoding.encode('string', 'a'),
                           encoding.encode('semver', '1.2.0')), record.id),
                         self._place(record, '-name', 'version'))

    def test_without_a_value(self):
        record = factories.artifact(status='drafted')
        for name in ('activated_at', 'word', 'count'):
            self.assertEqual(((encoding.ABSENT,), record.id),
                             self._place(record, name))


class TestEffective(base.BaseTestCase):
    """In one type, type_name is no order at all."""

    def test_it_is_left_out(self):
        for words, expected in (
                (['name'], ['name']), (['type_name'], ['created_at']),
                (['-type_name'], ['-created_at']),
                (['type_name', '-name'], ['-name']),
                (['name', '-type_name'], ['name', '-created_at']),
                (['created_at', '-type_name'],
                 ['created_at', '-created_at'])):
            self.assertEqual(_order(*expected),
                             orders.effective(_order(*words)))


class TestCompare(base.BaseTestCase):

    def test_each_key_in_its_direction(self):
        order = _order('name', '-count')
        low, high = ids.new(factories.MOMENT), ids.HIGHEST
        rows = [((b'', b''), low), ((b'a', b'2'), low), ((b'a', b'1'), high),
                ((b'a', b'1'), low), ((b'a', b''), low), ((b'b', b'9'), low)]
        for (n, one), (m, other) in itertools.product(enumerate(rows),
                                                      repeat=2):
            found = orders.compare(order, one, other)
            self.assertEqual((n > m) - (n < m), (found > 0) - (found < 0))

    def test_around_a_tie(self):
        """All of a tie stand between its ends, and nothing else does."""
        rand = random.Random(1)
        moments = [factories.MOMENT.replace(microsecond=micros)
                   for micros in (0, 1, 999999)]
        records = [factories.artifact(
            created_at=rand.choice(moments), name=rand.choice('ab'),
            fields={'count': rand.choice((None, 1, 2))}) for _ in range(60)]
        for words in itertools.permutations(
                ('name', 'count', 'created_at'), 2):
            for signs in itertools.product(('', '-'), repeat=2):
                order = _order(*map(''.join, zip(signs, words)))
                self._check_ties(order, records)

    def _check_ties(self, order, records):
        places = sorted((orders.place(order, one) for one in records),
                        key=functools.cmp_to_key(
                            functools.partial(orders.compare, order)))
        for value in {place[0][0] for place in places}:
            last = orders.last_of(order, value)
            inside = [place for place in places if place[0][0] == value]
            at = places.index(inside[0])
            self.assertEqual(inside, places[at:at + len(inside)])
            for place in places[:at + len(inside)]:
                self.assertLess(orders.compare(order, place, last), 0)
            for place in places[at + len(inside):]:
                self.assertGreater(orders.compare(order, place, last), 0)
            self._check_list(order[0], value, inside)

    def _check_list(self, first, value, inside):
        before = orders.before(first, value)
        behind = orders.behind(first, value)
        for (own, *_), row_id in inside:
            stands = (encoding.ABSENT if first.by_id else own, row_id)
            self.assertEqual(value, orders.group(first, stands))
            low, high = sorted((before, behind))
            self.assertEqual(first.descending, before == high)
            self.assertTrue(low < stands < high)
