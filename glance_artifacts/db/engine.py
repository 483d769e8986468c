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

"""The engine: Glance's database, or one of our own, on our own terms."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
import contextlib
from typing import TypeVar

from oslo_config import cfg
from oslo_db import api as oslo_db_api
from oslo_db import exception as db_exc
from oslo_db import options as db_options
from oslo_db.sqlalchemy import engines
import sqlalchemy as sa

from glance_artifacts.db import liveness
from glance_artifacts import exceptions

_POOL = ('max_pool_size', 'max_overflow', 'pool_timeout',
         'connection_recycle_time', 'sqlite_synchronous')
_MYSQL = ('mysql', 'mariadb')
# REPEATABLE READ would add gap locks to deletes from the index.
_READ_COMMITTED = 'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED'
#: Said once on each new connection.
_ON_CONNECT = {'mysql': _READ_COMMITTED, 'mariadb': _READ_COMMITTED,
               'sqlite': 'PRAGMA busy_timeout = 30000'}
_RETRIES = 10
_RETRY_SECONDS = 0.05

Result = TypeVar('Result')


class Database:
    """Transactions on the artifacts' database."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    @classmethod
    def from_conf(cls, conf: cfg.ConfigOpts) -> Database:
        """The database that ``conf`` names; does not connect yet."""
        return cls(create_engine(conf))

    @contextlib.contextmanager
    def reader(self) -> Iterator[sa.Connection]:
        """A connection for statements that change nothing."""
        with self._connect() as conn:
            yield conn

    @oslo_db_api.wrap_db_retry(max_retries=_RETRIES, retry_on_deadlock=True,
                               retry_interval=_RETRY_SECONDS)
    def write(self, work: Callable[..., Result], *args) -> Result:
        """Run ``work(conn, *args)`` in a transaction.

        Once more, from its start, where the database chose it as the victim
        of a deadlock; so it must do nothing but talk to the database.
        """
        with self.writer() as conn:
            return work(conn, *args)

    @contextlib.contextmanager
    def writer(self) -> Iterator[sa.Connection]:
        """A transaction: committed at the end, rolled back on an error."""
        with self._connect() as conn:
            if conn.dialect.name != 'sqlite':
                with conn.begin():
                    yield conn
                return
            # A deferred transaction that reads and then writes fails at once
            # when another wrote in between; one that begins as a writer
            # waits its turn. oslo.db sends no BEGIN where this is noted.
            conn.info['in_transaction'] = True
            with conn.begin():
                conn.exec_driver_sql('BEGIN IMMEDIATE')
                yield conn

    def _connect(self) -> sa.Connection:
        """A connection from the pool, or a new one.

        oslo.db knows that nobody answers by words that libpq, from version
        14 on, does not use any more.

        :raises DBConnectionError: when there is none to be had
        """
        try:
            return self.engine.connect()
        except sa.exc.OperationalError as exc:
            raise db_exc.DBConnectionError(exc) from exc


def glances(conf: cfg.ConfigOpts, ours: Database) -> Database:
    """Glance's own database, for reading; mostly it is ours as well."""
    if not conf.artifacts_database.connection:
        return ours
    return Database(create_engine(conf, conf.database.connection))


def url(conf: cfg.ConfigOpts, text: str | None = None) -> sa.URL:
    """Where the artifacts live.

    MySQL and MariaDB get ``charset=utf8mb4`` whatever the URL says: many of
    Glance's say ``utf8``, in which an emoji is an error.

    :param text: another database than the one that the options name
    :raises Misconfigured: when no option names a database, or not a URL
    """
    conf.register_opts(db_options.database_opts, 'database')
    text = (text or conf.artifacts_database.connection
            or conf.database.connection)
    if not text:
        raise exceptions.Misconfigured(
            'no database is configured', option='[database]/connection',
            remedy='set it to the SQLAlchemy URL of Glance\'s database')
    try:
        parsed = sa.make_url(text)
        parsed.get_dialect()
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError,
            ValueError) as exc:
        # not the value: it holds a password
        raise exceptions.Misconfigured(
            'is no database URL that SQLAlchemy understands',
            option=option(conf),
            remedy='write it as dialect+driver://user:password@host/name'
        ) from exc
    if parsed.get_backend_name() in _MYSQL:
        parsed = parsed.update_query_dict({'charset': 'utf8mb4'})
    return parsed


def option(conf: cfg.ConfigOpts) -> str:
    """The option that names the database."""
    if conf.artifacts_database.connection:
        return '[artifacts_database]/connection'
    return '[database]/connection'


def create_engine(conf: cfg.ConfigOpts,
                  text: str | None = None) -> sa.Engine:
    """An oslo.db engine (its errors are oslo.db's), not yet connected."""
    target = url(conf, text)
    options = {name: getattr(conf.database, name) for name in _POOL}
    if target.get_backend_name() in _MYSQL:
        options['mysql_sql_mode'] = conf.database.mysql_sql_mode
    # max_retries=0: a database that is away must not hold up glance-api
    engine = engines.create_engine(
        liveness.asked(target).render_as_string(hide_password=False),
        max_retries=0,
        # of use to greenthreads alone, and we are threads
        thread_checkin=False, **options)
    # parameters hold locations, which are for no log
    engine.hide_parameters = True
    if target.get_backend_name() in _ON_CONNECT:
        _on_connect(engine, _ON_CONNECT[target.get_backend_name()])
    return engine


def _on_connect(engine: sa.Engine, statement: str) -> None:
    @sa.event.listens_for(engine, 'connect')
    def _connect(dbapi_connection, record):
        cursor = dbapi_connection.cursor()
        cursor.execute(statement)
        cursor.close()
