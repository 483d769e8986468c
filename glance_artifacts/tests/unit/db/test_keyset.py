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

import itertools

from oslotest import base
import sqlalchemy as sa

from glance_artifacts.db import keyset

_TABLE = sa.Table('t', sa.MetaData(), *(
    sa.Column(name, sa.Integer, primary_key=True) for name in 'abc'))
_ROWS = list(itertools.product(range(3), repeat=3))


class TestStep(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        engine = sa.create_engine('sqlite://')
        self.conn = self.enterContext(engine.begin())
        _TABLE.create(self.conn)
        self.conn.execute(sa.insert(_TABLE), [
            dict(zip('abc', row)) for row in reversed(_ROWS)])

    def step(self, after, limit, key=tuple(_TABLE.c), where=()):
        return [tuple(row) for row in keyset.step(
            self.conn, sa.select(_TABLE).where(*where), key, after, limit)]

    def test_from_anywhere(self):
        self.assertEqual(_ROWS, self.step(None, 100))
        for limit in (1, 2, 5, 27, 100):
            for number, row in enumerate(_ROWS):
                self.assertEqual(_ROWS[number + 1:][:limit],
                                 self.step(row, limit))

    def test_behind_what_is_not_there(self):
        for after, first in (((-1, 9, 9), (0, 0, 0)), ((0, 9, 0), (1, 0, 0)),
                             ((1, 1, 9), (1, 2, 0))):
            self.assertEqual([first], self.step(after, 1))
        self.assertEqual([], self.step((2, 2, 9), 5))

    def test_the_rest_of_a_key(self):
        mine = [row for row in _ROWS if row[0] == 1]
        key, where = (_TABLE.c.b, _TABLE.c.c), [_TABLE.c.a == 1]
        self.assertEqual(mine, self.step(None, 100, key, where))
        self.assertEqual(mine[4:], self.step((1, 0), 100, key, where))

    def test_each_statement_has_one_range(self):
        statements = []

        @sa.event.listens_for(self.conn, 'before_cursor_execute')
        def note(conn, cursor, statement, *_):
            statements.append(' '.join(statement.partition('WHERE')[
                2].partition('ORDER')[0].split()))

        self.step((1, 1, 1), 100)
        self.assertEqual(['t.a = ? AND t.b = ? AND t.c > ?',
                          't.a = ? AND t.b > ?', 't.a > ?'], statements)
