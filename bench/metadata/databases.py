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

"""Where databases are made, and of which kind they are."""

from __future__ import annotations

import pathlib

import sqlalchemy as sa

from bench import machine
from glance_artifacts.tests.functional import servers

KINDS: dict[str, type[servers.Server] | None] = {
    'sqlite': None, 'mariadb': servers.MariaDB,
    'postgresql': servers.PostgreSQL}
#: SQLite serves one host, and not so many.
MOST_ON_SQLITE = 100_000
_PREFIX = 'gart_bench_'
_FACTS = {
    'mariadb': ("SELECT CONCAT('MariaDB ', VERSION(), ', buffer pool ',"
                ' @@innodb_buffer_pool_size DIV 1048576, " MiB,'
                ' innodb_flush_log_at_trx_commit=",'
                ' @@innodb_flush_log_at_trx_commit), @@datadir'),
    'postgresql': ("SELECT 'PostgreSQL ' || current_setting('server_version')"
                   " || ', shared_buffers '"
                   " || current_setting('shared_buffers') || ', fsync '"
                   " || current_setting('fsync')"
                   " || ', synchronous_commit '"
                   " || current_setting('synchronous_commit'),"
                   " current_setting('data_directory')")}


class Place:
    """Makes the databases of one kind, one for each size.

    :param kind: one of ``KINDS``
    :param state: where SQLite keeps its files
    :param url: of a user who may make databases; None: of a server that runs
    :raises RuntimeError: when none does
    """

    def __init__(self, kind: str, state: pathlib.Path,
                 url: str | None = None) -> None:
        self.kind = kind
        self._state = state
        self._server = _server(kind, url)

    def url(self, size: int) -> str:
        """What ``[database] connection`` says."""
        if self._server is None:
            return 'sqlite:///%s' % self._file(size)
        return self._server.url_of(_PREFIX + str(size))

    def make(self, size: int) -> None:
        """An empty database, in the place of one that there may be."""
        self.drop(size)
        if self._server is not None:
            self._server.create(_PREFIX + str(size))

    def drop(self, size: int) -> None:
        if self._server is None:
            self._file(size).unlink(missing_ok=True)
        elif self.exists(size):
            self._server.drop(_PREFIX + str(size))

    def exists(self, size: int) -> bool:
        if self._server is None:
            return self._file(size).exists()
        try:
            with self._server.connected(_PREFIX + str(size)):
                return True
        except sa.exc.OperationalError:
            return False

    def facts(self) -> str:
        """What the server says about itself, and its disk."""
        if self._server is None:
            return 'SQLite %s (%s)' % (
                sa.dialects.sqlite.dialect.import_dbapi().sqlite_version,
                machine.disk(self._state))
        with self._server.connected() as conn:
            said, directory = conn.exec_driver_sql(_FACTS[self.kind]).one()
        return '%s (%s)' % (said, machine.disk(pathlib.Path(directory)))

    def _file(self, size: int) -> pathlib.Path:
        return self._state / ('sqlite-%d.sqlite' % size)


def _server(kind: str, url: str | None) -> servers.Server | None:
    server = KINDS[kind]
    if server is None:
        return None
    for one in [url] if url else server.likely:
        if server(one).answers():
            return server(one)
    raise RuntimeError('%s: no server answers that lets us in; name one by'
                       ' --server' % server.title)
