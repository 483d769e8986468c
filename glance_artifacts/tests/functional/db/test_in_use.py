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

import dataclasses

import sqlalchemy as sa

from glance_artifacts.db import in_use
from glance_artifacts.db import models
from glance_artifacts.tests.functional.db import base


class TestInUse(base.MigratedTestCase):

    def found(self, function):
        with self.database.reader() as conn:
            return function(conn)

    def test_pools(self):
        self.assertEqual([], self.found(in_use.pools))
        for name, pool in (('a', 'one'), ('b', 'two'), ('c', 'two'),
                           ('d', 'a-third')):
            made = self.create(name=name, pool=pool)
        self.repository.delete(made)
        self.assertEqual(['one', 'two'], self.found(in_use.pools))
        self.repository.save(made := self.create(name='e', pool='One'),
                             dataclasses.replace(made, tags=['a']))
        self.assertEqual(['One', 'one', 'two'], self.found(in_use.pools))

    def test_stores(self):
        self.assertEqual([], self.found(in_use.stores))
        values = {'artifact_id': self.create().id, 'field': 'data',
                  'key': '', 'n': 1, 'created_at': sa.func.now()}
        with self.database.writer() as conn:
            for number, (store, status) in enumerate((
                    ('fast', 'active'), ('fast', 'deleted'),
                    ('Fast', 'saving'), ('gone', 'deleted'))):
                conn.execute(sa.insert(models.segments).values(
                    id='00000000-0000-0000-0000-%012d' % number,
                    backend=store, status=status, **values))
        self.assertEqual(['Fast', 'fast'], self.found(in_use.stores))
