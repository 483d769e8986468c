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

import threading

import fixtures
from oslo_db import exception as db_exc
import sqlalchemy as sa

from glance_artifacts.db import engine
from glance_artifacts.db import liveness
from glance_artifacts.db import models
from glance_artifacts.tests.functional.db import base

#: What the session of each connection must say.
SESSIONS = {
    'sqlite': {'PRAGMA encoding': 'UTF-8', 'PRAGMA busy_timeout': 30000},
    'mysql': {'SELECT @@character_set_client': 'utf8mb4',
              'SELECT @@character_set_connection': 'utf8mb4',
              'SELECT @@character_set_results': 'utf8mb4'},
    'postgresql': {'SHOW client_encoding': 'UTF8'}}
ISOLATION = {'sqlite': 'SERIALIZABLE', 'mysql': 'READ COMMITTED',
             'postgresql': 'READ COMMITTED'}


class TestSessions(base.MigratedTestCase):
    """Every connection, be it new, used before or made after a loss."""

    def setUp(self):
        super().setUp()
        self.kind = self.database.engine.dialect.name

    def _sessions(self):
        """Two of each, side by side."""
        with (self.database.reader() as one, self.database.reader() as two):
            yield from (one, two)
        with self.database.writer() as conn:
            yield conn
        self.database.engine.dispose()
        with self.database.writer() as conn:
            yield conn

    def test_isolation(self):
        for conn in self._sessions():
            self.assertEqual(ISOLATION[self.kind],
                             conn.get_isolation_level())

    def test_characters(self):
        for conn in self._sessions():
            self.assertEqual(SESSIONS[self.kind], {
                query: conn.exec_driver_sql(query).scalar()
                for query in SESSIONS[self.kind]})

    def test_whatever_character_set_the_url_asks_for(self):
        value = '\U0001f600\u0416\xe9'
        for charset in ('utf8', 'latin1', 'utf8mb4'):
            if self.kind == 'mysql':
                self.conf.set_override('connection', self.url(charset),
                                       'artifacts_database')
            database = self.opened()
            with database.writer() as conn:
                conn.execute(sa.insert(models.settings).values(
                    name=charset, value=value))
            with database.reader() as conn:
                self.assertEqual([charset], list(conn.scalars(
                    sa.select(models.settings.c.name).where(
                        models.settings.c.name == charset,
                        models.settings.c.value == value))))

    def url(self, charset):
        return sa.make_url(self.conf.database.connection).update_query_dict(
            {'charset': charset}).render_as_string(hide_password=False)

    def test_a_reader_sees_what_others_commit(self):
        if self.kind == 'sqlite':
            return  # who reads there keeps others from committing
        count = sa.select(sa.func.count()).select_from(models.settings)
        with self.database.reader() as conn:
            before = conn.scalar(count)
            self.database.write(lambda other: other.execute(
                sa.insert(models.settings).values(name='a', value='')))
            self.assertEqual(before + 1, conn.scalar(count))


class TestLosses(base.MigratedTestCase):
    """What becomes of a connection that the server has closed."""

    KILL = {'mysql': 'KILL %d',
            'postgresql': 'SELECT pg_terminate_backend(%d)'}
    MINE = {'mysql': 'SELECT CONNECTION_ID()',
            'postgresql': 'SELECT pg_backend_pid()'}

    def setUp(self):
        super().setUp()
        self.kind = self.database.engine.dialect.name
        if self.kind == 'sqlite':
            self.skipTest('there is no server')

    def believe(self, seconds):
        self.useFixture(fixtures.MockPatchObject(liveness, 'BELIEVED',
                                                 seconds))

    def read(self):
        with self.database.reader() as conn:
            return conn.exec_driver_sql(self.MINE[self.kind]).scalar()

    def write(self):
        return self.database.write(lambda conn: conn.exec_driver_sql(
            self.MINE[self.kind]).scalar())

    def lose(self, number):
        with self.opened().engine.connect() as conn:
            conn.exec_driver_sql(self.KILL[self.kind] % number)

    def test_nobody_notices_where_it_was_idle(self):
        self.believe(0)
        for use in (self.read, self.write):
            self.lose(use())
            use()

    def test_one_notices_where_it_was_in_use(self):
        self.believe(3600)
        for use in (self.read, self.write):
            self.lose(use())
            self.assertRaises(db_exc.DBConnectionError, use)
            use()

    def test_it_is_used_again(self):
        for seconds in (0, 3600):
            self.believe(seconds)
            self.assertEqual(self.read(), self.write())


class TestTransactions(base.MigratedTestCase):

    def _insert(self, conn, name):
        conn.execute(sa.insert(models.settings).values(name=name, value=''))

    def _names(self):
        return {row['name'] for row in self.rows(models.settings)}

    def test_committed(self):
        with self.database.writer() as conn:
            self._insert(conn, 'a')
        self.assertIn('a', self._names())

    def test_rolled_back(self):
        def broken():
            with self.database.writer() as conn:
                self._insert(conn, 'a')
                raise KeyError('a')
        self.assertRaises(KeyError, broken)
        self.assertNotIn('a', self._names())
        with self.database.writer() as conn:
            self._insert(conn, 'b')
        self.assertIn('b', self._names())

    def test_what_is_read_is_what_was_committed(self):
        with self.database.writer() as conn:
            self._insert(conn, 'a')
            self.assertNotIn('a', self._names())

    def test_work_and_its_result(self):
        def work(conn, name, value):
            self._insert(conn, name)
            return value
        self.assertEqual(7, self.database.write(work, 'a', 7))
        self.assertIn('a', self._names())

    def test_readers_do_not_wait_for_writers(self):
        with self.database.writer() as conn:
            self._insert(conn, 'a')
            with self.opened().reader() as other:
                self.assertEqual(1, other.scalar(sa.select(1)))


class TestManyWriters(base.MigratedTestCase):

    THREADS, TIMES = 8, 10

    def test_read_then_write_loses_nothing(self):
        # what a deferred transaction of SQLite fails at
        self.database.write(lambda conn: conn.execute(
            sa.insert(models.settings).values(name='count', value='0')))
        count = models.settings.c.value

        def work(conn):
            value = int(conn.scalar(
                sa.select(count).where(models.settings.c.name == 'count')
                .with_for_update()))
            conn.execute(sa.update(models.settings).where(
                models.settings.c.name == 'count').values(
                    value=str(value + 1)))

        def run():
            barrier.wait()
            try:
                for _ in range(self.TIMES):
                    self.database.write(work)
            except Exception as exc:
                errors.append(exc)

        barrier, errors = threading.Barrier(self.THREADS), []
        threads = [threading.Thread(target=run) for _ in range(self.THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([], errors)
        values = {row['name']: row['value']
                  for row in self.rows(models.settings)}
        self.assertEqual(str(self.THREADS * self.TIMES), values['count'])


class TestOwnDatabase(base.DatabaseTestCase):

    def test_artifacts_may_have_one_of_their_own(self):
        self.conf.set_override('connection', 'sqlite:///%s/own.db'
                               % self.directory, 'artifacts_database')
        url = engine.url(self.conf)
        self.assertEqual('%s/own.db' % self.directory, url.database)
