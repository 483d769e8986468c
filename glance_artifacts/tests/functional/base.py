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

"""A server for the tests that talk to a real one."""

from __future__ import annotations

import atexit
import functools
import pathlib
import shutil
import tempfile
from typing import Any

import fixtures
from oslotest import base
import requests
from testtools import content
from testtools import content_type

from glance_artifacts.dev import checks
from glance_artifacts.dev import server
from glance_artifacts.dev import standalone
from glance_artifacts.tests.functional import databases


class ServerFixture(fixtures.Fixture):
    """A running server with a state directory and a database of its own.

    :param options: what :class:`glance_artifacts.dev.server.Server` takes,
        less the state directory and the port
    """

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self._options = options

    def _setUp(self) -> None:
        state = pathlib.Path(tempfile.mkdtemp(prefix='glance-artifacts-'))
        self.addCleanup(shutil.rmtree, state, ignore_errors=True)
        database = self.database(state)
        self.server = server.Server(
            state, port=checks.free_port(),
            **{'database_url': database.url, **self._options})
        self.addCleanup(self.server.stop)
        self.server.configure()
        database.migrate(self.server.migrate)
        self.server.start()
        self.server.wait_ready()

    def database(self, state: pathlib.Path) -> databases.Database:
        """An empty one, on the server that all tests use."""
        return self.useFixture(databases.Database(state))

    @property
    def url(self) -> str:
        """The base of the API, ``http://HOST:PORT/v2``."""
        return self.server.url


class StandaloneFixture(fixtures.Fixture):
    """A running artifact service without a glance-api.

    :param options: what :class:`glance_artifacts.dev.standalone.Standalone`
        takes, less the state directory and the port
    """

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self._options = options

    def _setUp(self) -> None:
        state = pathlib.Path(tempfile.mkdtemp(prefix='glance-artifacts-'))
        self.addCleanup(shutil.rmtree, state, ignore_errors=True)
        database = self.useFixture(databases.Database(state))
        self.server = standalone.Standalone(
            state, port=checks.free_port(),
            **{'database_url': database.url, **self._options})
        self.addCleanup(self.server.stop)
        self.server.configure()
        self.server.migrate()
        self.server.start()
        self.server.wait_ready()

    @property
    def url(self) -> str:
        """The base of the API, ``http://HOST:PORT/v2``."""
        return self.server.url


@functools.cache
def shared_server() -> ServerFixture:
    """Return the one server that the tests of this process share."""
    fixture = ServerFixture()
    fixture.setUp()
    # Not a cleanup of some test: the next test class uses it as well.
    atexit.register(fixture.cleanUp)
    return fixture


class FunctionalTest(base.BaseTestCase):
    """Talks to the shared server, or to one with its own configuration.

    :cvar server_options: options of a :class:`ServerFixture` that the tests
        of this class need; None for the shared server
    :cvar server_fixture: what starts one that has its own
    """

    server_options: dict[str, Any] | None = None
    server_fixture: type[ServerFixture] = ServerFixture
    fixture: ServerFixture

    @classmethod
    def setUpClass(cls) -> None:
        """Start the server of this class, if it wants one.

        Not in ``setUp``: a state directory that is made during a test lies in
        the test's own temporary directory and goes with it.
        """
        super().setUpClass()
        if cls.server_options is None:
            cls.fixture = shared_server()
        else:
            cls.fixture = cls.server_fixture(**cls.server_options)
            cls.fixture.setUp()
            cls.addClassCleanup(cls.fixture.cleanUp)

    def setUp(self) -> None:
        """Give the test its server, ``url`` and a session."""
        super().setUp()
        self.server = self.fixture.server
        self.url = self.fixture.url
        self.session = checks.session()
        self.addCleanup(self.session.close)
        self._log_start = self.server.log.stat().st_size
        self.addOnException(self._show_log)

    def _show_log(self, exc_info: Any) -> None:
        """Let a failure show what the server wrote during the test."""
        with open(self.server.log, 'rb') as log:
            log.seek(self._log_start)
            written = log.read()
        self.addDetail('glance-api.log', content.Content(
            content_type.UTF8_TEXT, lambda: [written]))

    def http(self, method: str, path: str, *, token: str | None = None,
             headers: dict[str, str] | None = None,
             **kwargs: Any) -> requests.Response:
        """Send a request.

        :param path: below ``/v2``, or the path of a link (``/v2/...``)
        :param token: ``USER:PROJECT:ROLE[,ROLE...]``; None is demo's
        :param kwargs: what :func:`requests.request` takes
        """
        sent = dict(headers or {})
        if token is not None:
            sent['X-Auth-Token'] = token
        base_url = (self.server.root if path.startswith('/v2')
                    else self.url)
        kwargs.setdefault('timeout', 60)
        return self.session.request(method, base_url + path, headers=sent,
                                    **kwargs)
