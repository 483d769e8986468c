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
import logging
import os
import socket
import time
import uuid

import fixtures
import sqlalchemy as sa

from glance_artifacts.db import clock
from glance_artifacts.db import models
from glance_artifacts.db import stock
from glance_artifacts.db import transfers
from glance_artifacts import exceptions
from glance_artifacts.repository import teller
from glance_artifacts.store import bulkhead
from glance_artifacts.tests.functional.db import base

DEADLINE = 30.0


class TransfersTestCase(base.MigratedTestCase):

    def all(self):
        with self.database.reader() as conn:
            return transfers.of_all(conn)

    def of_services(self):
        with self.database.reader() as conn:
            return transfers.of_services(conn)


class TestTransfers(TransfersTestCase):

    def tell(self, process, **counts):
        self.database.write(transfers.tell, process, counts)

    def age(self, seconds, process):
        table = models.transfers
        with self.database.writer() as conn:
            conn.execute(sa.update(table).where(table.c.process == process)
                         .values(seen_at=clock.now(conn, -seconds)))

    def test_of_several_processes(self):
        self.assertEqual({}, self.all())
        self.tell('one', a=(2, 1), b=(0, 7))
        self.tell('two', a=(3, 0))
        self.assertEqual({'a': (5, 1), 'b': (0, 7)}, self.all())
        self.tell('one', a=(1, 1))
        self.assertEqual({'a': (4, 1)}, self.all())

    def test_of_those_that_are_silent(self):
        self.tell('one', a=(2, 1))
        self.tell('two', a=(3, 1))
        self.age(transfers.SILENCE + 1, 'one')
        self.assertEqual({'a': (3, 2)}, self.all())
        self.age(transfers.MEMORY + 1, 'one')
        self.tell('two', a=(3, 1))
        self.assertEqual(['two'], [row['process'] for row
                                   in self.rows(models.transfers)])

    def test_of_services(self):
        long = transfers.process('h\xf6st' * 20, '0' * 32)
        self.assertEqual(models.transfers.c.process.type.length, len(long))
        for service, running in (('x on a:b', 2), ('x on a:b', 1),
                                 ('y on c', 5), ('z on d', 0)):
            self.tell(transfers.process(service, uuid.uuid4().hex),
                      pool=(running, 9))
        self.tell(long, other=(4, 0))
        self.assertEqual(
            {'pool': {'x on a:b': 3, 'y on c': 5},
             'other': {long.rpartition(':')[0]: 4}}, self.of_services())
        self.age(transfers.SILENCE + 1, long)
        self.assertEqual(['pool'], list(self.of_services()))


class TestStock(base.MigratedTestCase):

    def test_it(self):
        self.create(name='a')
        drafts = {pool: self.create(name=pool, pool=pool, status='drafted')
                  for pool in ('general', 'other')}
        with self.database.writer() as conn:
            for number, (pool, status, size, lease) in enumerate((
                    ('general', 'active', 5, None),
                    ('general', 'active', 2 ** 40, None),
                    ('general', 'deleted', 3, None),
                    ('other', 'saving', None, 60),
                    ('other', 'saving', None, -60))):
                conn.execute(sa.insert(models.segments).values(
                    id='00000000-0000-0000-0000-%012d' % number,
                    artifact_id=drafts[pool].id, field='data', key='', n=1,
                    status=status, size=size, backend='store',
                    created_at=clock.now(conn), lease_until=None if (
                        lease is None) else clock.now(conn, lease)))
        with self.database.reader() as conn:
            self.assertEqual(
                [('general', 'samples', 'store', 'active', 2, 2 ** 40 + 5),
                 ('general', 'samples', 'store', 'deleted', 1, 3)],
                list(map(dataclasses.astuple, stock.stock(conn))))
            self.assertEqual({'other': 1}, stock.uploads(conn))
            self.assertEqual(1, stock.backlog(conn))
            self.assertEqual([2, 1], [
                stock.totals(conn)[name].artifacts
                for name in ('general', 'other')])


class TestTeller(TransfersTestCase):

    def setUp(self):
        super().setUp()
        self.logs = self.useFixture(fixtures.FakeLogger(level=logging.INFO))
        for name, value in (('_PAUSE', 0.01), ('LASTING', 0.0),
                            ('_MINUTE', 0.05)):
            self.useFixture(fixtures.MonkeyPatch(
                'glance_artifacts.repository.teller.' + name, value))
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.store.bulkhead.LONG', 0.0))
        self.bulkhead = bulkhead.Bulkhead({'a': 1}, 3)
        self.teller = teller.Teller(self.database, self.bulkhead,
                                    'glance-api')

    def eventually(self, condition):
        deadline = time.monotonic() + DEADLINE
        while not condition():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    def test_what_goes_on(self):
        self.create(name='an artifact')
        self.assertIsNone(self.teller._thread)
        with self.bulkhead.enter('a'):
            self.assertRaises(exceptions.Busy, self.bulkhead.enter, 'a')
            self.eventually(lambda: self.all() == {'a': (1, 1)})
            self.assertEqual(
                {'a': {'glance-api on %s' % socket.gethostname(): 1}},
                self.of_services())
            self.eventually(lambda: 'a: 1 transfers, 1 refused,'
                            in self.logs.output)
            self.assertIsNotNone(self.teller._thread)
        self.eventually(lambda: self.teller._thread is None)
        self.assertEqual({'a': (0, 1)}, self.all())
        (*_, last) = self.logs.output.splitlines()
        for words in ('Pools: a: 0 transfers, 1 refused, 0 artifacts,',
                      'general: 0 transfers, 0 refused, 1 artifacts, 0',
                      '; 0 objects to be deleted'):
            self.assertIn(words, last)
        with self.bulkhead.enter('b'):
            self.eventually(lambda: self.all().get('b') == (1, 0))
        self.eventually(lambda: self.teller._thread is None)

    def test_looks(self):
        self.bulkhead.on_change = lambda: None  # no thread of its own
        tell = self.database.write
        told = []
        self.database.write = lambda *args: (told.append(args[-1]),
                                             tell(*args))
        with self.bulkhead.enter('a'), fixtures.MonkeyPatch(
                'glance_artifacts.repository.teller.LASTING', 3600.0):
            self.teller._tell(minute=False)
            self.teller._tell(minute=True)
        self.assertEqual([], told)  # of those that do not last
        with self.bulkhead.enter('a'):
            for minute in (False, False, False, True):
                self.teller._tell(minute=minute)
        self.teller._tell(minute=False)
        self.teller._tell(minute=True)
        self.assertEqual([{'a': (1, 0)}, {'a': (1, 0)}, {}], told)

    def test_a_database_that_does_not_answer(self):
        write, self.database.write = self.database.write, None
        with self.bulkhead.enter('a'):
            self.eventually(lambda: 'not told' in self.logs.output)
            self.database.write = write
            self.eventually(lambda: self.all() == {'a': (1, 0)})
        self.eventually(lambda: self.teller._thread is None)

    def test_after_a_fork(self):
        process = self.teller._process
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.repository.teller.os.getpid',
            lambda pid=os.getpid(): pid + 1))
        with self.bulkhead.enter('a'):
            self.eventually(lambda: self.all() == {'a': (1, 0)})
        self.assertNotEqual(process, self.teller._process)
        self.eventually(lambda: self.teller._thread is None)
