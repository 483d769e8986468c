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

"""Database servers: those that run, and private ones for the tests."""

from __future__ import annotations

import abc
import atexit
from collections.abc import Iterator
import contextlib
import getpass
import os
import pathlib
import shutil
import signal
import time

import sqlalchemy as sa

from glance_artifacts.dev import checks
from glance_artifacts.dev import process

START_TIMEOUT = 60.0
#: Where servers are installed, beside PATH.
_SBIN = ('/usr/local/sbin', '/usr/sbin', '/usr/libexec')
_POSTGRESQL = pathlib.Path('/usr/lib/postgresql')


class Server(abc.ABC):
    """A server that the tests make databases on.

    :cvar package: the Debian package that brings it
    :cvar likely: where one may be running
    :cvar private_url: of one of the tests' own, but for the port
    :param url: of a user who may make databases
    :ivar home: the directory of a private one
    :ivar child: its process
    """

    title: str
    package: str
    likely: tuple[str, ...]
    private_url: str
    home: pathlib.Path
    child: process.Process
    connect_args = {'connect_timeout': 5}

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)

    @contextlib.contextmanager
    def connected(self, name: str | None = None) -> Iterator[sa.Connection]:
        """A connection on which each statement is committed."""
        engine = sa.create_engine(
            self.url.set(database=name) if name else self.url,
            isolation_level='AUTOCOMMIT', connect_args=self.connect_args)
        try:
            with engine.connect() as conn:
                yield conn
        finally:
            engine.dispose()

    def answers(self) -> bool:
        """Whether it runs and lets the tests in."""
        try:
            with self.connected():
                return True
        except sa.exc.OperationalError:
            return False

    def execute(self, *statements: str, name: str | None = None) -> None:
        with self.connected(name) as conn:
            for statement in statements:
                conn.exec_driver_sql(statement)

    def url_of(self, name: str) -> str:
        """What ``[database] connection`` says of a database."""
        return self.url.set(database=name).render_as_string(
            hide_password=False)

    @abc.abstractmethod
    def create(self, name: str) -> None:
        """Make a database."""

    @abc.abstractmethod
    def drop(self, name: str) -> None:
        """Drop a database, whoever uses it."""

    @abc.abstractmethod
    def empty(self, name: str) -> None:
        """Drop all that a database holds."""

    @abc.abstractmethod
    def copy(self, source: str, target: str) -> None:
        """Make a database that holds what another one does."""

    @classmethod
    @abc.abstractmethod
    def programs(cls) -> list[str | None]:
        """What it takes to start one; None for what is not installed."""

    @classmethod
    def private(cls, home: pathlib.Path) -> Server:
        """Start one that keeps all in a directory and ends with us."""
        cls.install(home)
        found = cls(cls.private_url % checks.free_port())
        found.home = home
        found.start()
        return found

    def start(self) -> None:
        """Start a private one and wait until it answers."""
        self.child = self.serve()
        deadline = time.monotonic() + START_TIMEOUT
        while not self.answers():
            if self.child.status() is not None or time.monotonic() > deadline:
                raise checks.SetupError('%s did not start: %s' % (
                    self.title, self.child.tail()))
            time.sleep(0.05)

    @classmethod
    @abc.abstractmethod
    def install(cls, home: pathlib.Path) -> None:
        """Make what a private one needs in its directory."""

    @abc.abstractmethod
    def serve(self) -> process.Process:
        """Run a private one; whatever ends it is registered."""

    @abc.abstractmethod
    def end(self, abruptly: bool) -> None:
        """End a private one, which may start again.

        :param abruptly: as a crash does
        """


class MariaDB(Server):
    """MariaDB, with databases in the character set of many a Glance."""

    title, package = 'MariaDB', 'mariadb-server'
    likely = ('mysql+pymysql://root@127.0.0.1:3306/',
              'mysql+pymysql://root@/?unix_socket=/run/mysqld/mysqld.sock')
    private_url = 'mysql+pymysql://root@127.0.0.1:%d/'
    # a transaction that was forgotten must not hold up a drop for a day
    connect_args = {**Server.connect_args,
                    'init_command': 'SET lock_wait_timeout = 30'}

    def url_of(self, name: str) -> str:
        # as many of Glance's say; what we keep must not suffer from it
        return super().url_of(name) + (
            '&' if self.url.query else '?') + 'charset=utf8'

    def create(self, name: str) -> None:
        self.execute('CREATE DATABASE %s CHARACTER SET utf8' % name)

    def drop(self, name: str) -> None:
        self.execute('DROP DATABASE %s' % name)

    def empty(self, name: str) -> None:
        self.drop(name)
        self.create(name)

    def copy(self, source: str, target: str) -> None:
        self.create(target)
        with self.connected(target) as conn:
            conn.exec_driver_sql('SET foreign_key_checks = 0')
            for table, in conn.exec_driver_sql(
                    'SHOW TABLES FROM %s' % source).all():
                made = conn.exec_driver_sql(
                    'SHOW CREATE TABLE %s.%s' % (source, table)).one()
                conn.exec_driver_sql(made[1].replace('%', '%%'))
                conn.exec_driver_sql('INSERT INTO %s SELECT * FROM %s.%s' % (
                    table, source, table))

    @classmethod
    def programs(cls) -> list[str | None]:
        path = os.pathsep.join((os.environ.get('PATH', ''), *_SBIN))
        return [shutil.which(name, path=path)
                for name in ('mariadb-install-db', 'mariadbd')]

    @classmethod
    def install(cls, home: pathlib.Path) -> None:
        process.run([cls.programs()[0], *cls._options(home), '--skip-test-db',
                     '--auth-root-authentication-method=normal'], os.environ)

    def serve(self) -> process.Process:
        # what is committed outlives the server, if not the machine
        return _started(
            [self.programs()[1], *self._options(self.home),
             '--socket=%s' % (self.home / 'socket'),
             '--pid-file=%s' % (self.home / 'pid'),
             '--port=%d' % self.url.port, '--bind-address=' + checks.HOST,
             '--skip-log-bin', '--innodb-flush-log-at-trx-commit=2'],
            self.home)

    def end(self, abruptly: bool) -> None:
        if abruptly:
            os.kill(self.child.pid, signal.SIGKILL)
        self.child.stop()

    @staticmethod
    def _options(home: pathlib.Path) -> list[str]:
        return ['--no-defaults', '--user=' + getpass.getuser(),
                '--datadir=%s' % (home / 'data')]


class PostgreSQL(Server):
    """PostgreSQL, with databases that sort as an English dictionary does."""

    title, package = 'PostgreSQL', 'postgresql'
    likely = ('postgresql+psycopg2://postgres@127.0.0.1:5432/postgres',)
    private_url = 'postgresql+psycopg2://postgres@127.0.0.1:%d/postgres'

    def create(self, name: str) -> None:
        self.execute("CREATE DATABASE %s TEMPLATE template0 ENCODING 'UTF8'%s"
                     % (name, self._order()))

    def drop(self, name: str) -> None:
        self.execute('DROP DATABASE %s WITH (FORCE)' % name)

    def empty(self, name: str) -> None:
        self.execute('DROP SCHEMA public CASCADE', 'CREATE SCHEMA public',
                     name=name)

    def copy(self, source: str, target: str) -> None:
        self.execute('CREATE DATABASE %s TEMPLATE %s' % (target, source))

    def _order(self) -> str:
        with self.connected() as conn:
            dictionary = conn.exec_driver_sql(
                "SELECT current_setting('server_version_num')::int >= 150000"
                " AND EXISTS (SELECT 1 FROM pg_collation"
                " WHERE collprovider = 'i')").scalar()
        return (" LOCALE_PROVIDER icu ICU_LOCALE 'en-US'" if dictionary
                else '')

    @classmethod
    def programs(cls) -> list[str | None]:
        # Debian has each release in a directory of its own, outside PATH
        releases = sorted(_POSTGRESQL.glob('*/bin'),
                          key=lambda path: float(path.parent.name))
        path = str(releases[-1]) if releases else None
        found = [shutil.which(name, path=path)
                 for name in ('initdb', 'postgres', 'pg_ctl')]
        # it refuses to run as root
        return found + ([shutil.which('runuser')] if _is_root() else [])

    @classmethod
    def install(cls, home: pathlib.Path) -> None:
        initdb, _serve, _pg_ctl, *runuser = cls.programs()
        if runuser:
            shutil.chown(home, 'postgres', 'postgres')
        process.run([*_as_postgres(runuser), initdb, '-A', 'trust', '-N',
                     '-U', 'postgres', '-E', 'UTF8', '--locale=C', '-D',
                     str(home / 'data')], os.environ)

    def serve(self) -> process.Process:
        _initdb, serve, _pg_ctl, *runuser = self.programs()
        child = _started(
            [*_as_postgres(runuser), serve, '-D', str(self.home / 'data'),
             '-k', str(self.home), '-F', '-h', checks.HOST, '-p',
             str(self.url.port)], self.home)
        # a signal would let it wait for its clients
        atexit.register(self._end_if_running, child)
        return child

    def end(self, abruptly: bool) -> None:
        _initdb, _serve, pg_ctl, *runuser = self.programs()
        process.run([*_as_postgres(runuser), pg_ctl, 'stop', '-m',
                     'immediate' if abruptly else 'fast', '-D',
                     str(self.home / 'data')], os.environ)
        self.child.wait(START_TIMEOUT)

    def _end_if_running(self, child: process.Process) -> None:
        if child.status() is None:
            self.end(abruptly=False)


def _as_postgres(runuser: list[str | None]) -> list[str | None]:
    """What to put before a command, for a user who may not run it."""
    return [*runuser, '-u', 'postgres', '--'] if runuser else []


def _is_root() -> bool:
    return os.geteuid() == 0


def _started(command: list[str], home: pathlib.Path) -> process.Process:
    child = process.Process(command, home / 'server.log', os.environ)
    atexit.register(child.stop)
    return child
