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

"""The database that the functional tests run on.

``GLANCE_ARTIFACTS_TEST_DATABASE`` chooses: sqlite (the default), mariadb or
postgresql. On a server that runs already the tests make databases of their
own; where none runs, they start a private one, which goes with them.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable
import functools
import os
import pathlib
import shutil
import tempfile
import unittest
import uuid

import fixtures
import sqlalchemy as sa

from glance_artifacts.db import models
from glance_artifacts.tests.functional import servers

KIND = os.environ.get('GLANCE_ARTIFACTS_TEST_DATABASE') or 'sqlite'
KINDS: dict[str, type[servers.Server] | None] = {
    'sqlite': None, 'mariadb': servers.MariaDB,
    'postgresql': servers.PostgreSQL}


class Database(fixtures.Fixture):
    """A new and empty database, which goes with the fixture.

    :param directory: where SQLite keeps its file
    :ivar url: what ``[database] connection`` says
    :ivar filled: whether it is a template that holds the tables
    """

    filled = False

    def __init__(self, directory: pathlib.Path) -> None:
        super().__init__()
        self._path = directory / 'glance.sqlite'
        self._name = 'gart_test_' + uuid.uuid4().hex[:12]

    def _setUp(self) -> None:
        found = server()
        if found is None:
            self.url = 'sqlite:///%s' % self._path
        else:
            found.create(self._name)
            self.addCleanup(self._drop)
            self.url = found.url_of(self._name)

    def migrate(self, migrate: Callable[[], None]) -> None:
        """Have the tables of Glance and ours, still empty.

        The first time they are migrated, later copied from then: a server
        starts in half the time. Its objects have names of its own all the
        same.

        :param migrate: makes them, in this database
        """
        template = _template()
        if not template.filled:
            migrate()
            self._copy_to(template)
            template.filled = True
        else:
            self._drop()
            template._copy_to(self)
            self._rename_deployment()

    def _copy_to(self, other: Database) -> None:
        found = server()
        if found is None:
            shutil.copyfile(self._path, other._path)
        else:
            found.copy(self._name, other._name)

    def _drop(self) -> None:
        found = server()
        if found is None:
            self._path.unlink(missing_ok=True)
        else:
            found.drop(self._name)

    def _rename_deployment(self) -> None:
        engine = engine_of(self.url)
        with engine.begin() as conn:
            conn.execute(sa.update(models.settings)
                         .where(models.settings.c.name == 'deployment_id')
                         .values(value=uuid.uuid4().hex[:12]))
        engine.dispose()

    def empty(self) -> None:
        """Make it as it was at first."""
        found = server()
        if found is None:
            self._path.unlink(missing_ok=True)
        else:
            found.empty(self._name)


def engine_of(url: str) -> sa.Engine:
    """For a test that looks into the database of a server at work."""
    # a commit of the server may take seconds on a busy disk
    options = {'timeout': 60} if url.startswith('sqlite') else {}
    return sa.create_engine(url, connect_args=options)


@functools.cache
def of_process(purpose: str) -> Database:
    """One of the databases that the tests of this process share.

    Not to be asked for first during a test, whose temporary files go with
    it: a server may be started.
    """
    database = Database(_directory(purpose))
    database.setUp()
    atexit.register(database.cleanUp)
    return database


@functools.cache
def _template() -> Database:
    """What the databases of this process are copied from."""
    database = Database(_directory('template'))
    atexit.register(lambda: database.filled and database._drop())
    return database


@functools.cache
def server() -> servers.Server | None:
    """The server of this process, None for SQLite.

    :raises SkipTest: where there is none and none can be started
    """
    kind = _kind()
    if kind is None:
        return None
    if reason := missing():
        leave_out(reason)
    return _running(kind) or kind.private(_directory(KIND))


def missing() -> str | None:
    """Which tests are left out for want of what, in one line, if any are."""
    kind = _kind()
    if kind is None or _running(kind) or None not in kind.programs():
        return None
    return ('functional/api, functional/db and functional/store are left out'
            ' on %s: it neither runs nor is installed (Debian package: %s)'
            % (kind.title, kind.package))


def leave_out(reason: str) -> None:
    """Skip, or fail where nothing may be left out."""
    if os.environ.get('CI', '').lower() in ('true', '1'):
        raise AssertionError(reason)
    raise unittest.SkipTest(reason)


class LeftOut(unittest.TestCase):
    """Stands for every test where their database cannot be had."""

    def test_functional(self) -> None:
        leave_out(str(missing()))

    def test_remedy(self) -> None:
        """What is missing has a name; stestr wants one success at least."""
        self.assertIn('Debian package: ', str(missing()))


def variable(kind: str) -> str:
    """What may name the server to use, in the environment."""
    return 'GLANCE_ARTIFACTS_TEST_%s_URL' % kind.upper()


def _kind() -> type[servers.Server] | None:
    if KIND not in KINDS:
        raise ValueError('GLANCE_ARTIFACTS_TEST_DATABASE is %s; choose one of'
                         ' %s' % (KIND, ', '.join(KINDS)))
    return KINDS[KIND]


def _running(kind: type[servers.Server]) -> servers.Server | None:
    """The server to use, if one runs already."""
    if url := os.environ.get(variable(KIND)):
        return kind(url)
    for url in kind.likely:
        if kind(url).answers():
            return kind(url)
    return None


def _directory(purpose: str) -> pathlib.Path:
    path = tempfile.mkdtemp(prefix='glance-artifacts-%s-' % purpose)
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return pathlib.Path(path)
