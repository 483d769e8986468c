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

"""glance-api as an operator runs it: our uwsgi.ini, their configuration."""

from __future__ import annotations

from collections.abc import Mapping
import http.client
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
from typing import Any

import fixtures

from glance_artifacts.cmd import configuration
from glance_artifacts.cmd import paste_file
from glance_artifacts.dev import checks
from glance_artifacts.dev import config
from glance_artifacts.dev import identity
from glance_artifacts.dev import ini
from glance_artifacts.dev import process
from glance_artifacts.dev import server
from glance_artifacts.tests.functional import databases

BIN = pathlib.Path(sys.executable).parent
_READY = 60


def manage(*args: object, **env: str) -> subprocess.CompletedProcess:
    """Run glance-artifacts-manage."""
    return subprocess.run(
        [BIN / 'glance-artifacts-manage', *map(str, args)], text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, timeout=120, env={**os.environ, **env})


class Etc(fixtures.Fixture):
    """A directory like /etc/glance, with a database and a store.

    :ivar path: the directory
    :ivar paste: its paste file: Glance's own, artifacts enabled
    """

    def _setUp(self) -> None:
        # not the temporary directory of a test: classes share it
        directory = tempfile.TemporaryDirectory(prefix='glance-artifacts-')
        self.addCleanup(directory.cleanup)
        state = pathlib.Path(directory.name)
        database = self.useFixture(databases.Database(state))
        prepared = server.Server(state, port=checks.free_port(),
                                 database_url=database.url)
        self.addCleanup(prepared.stop)
        prepared.configure()
        database.migrate(prepared.migrate)
        prepared.stop()
        self.path = state / 'etc'
        self.state = state
        self.paste = self.path / config.PASTE_INI
        self.paste.write_text(paste_file.enable(
            config.shipped_paste().read_text()))
        self.set('paste_deploy', flavor='')

    def set(self, section: str, **options: Any) -> None:
        """Set options of glance-api.conf."""
        conf = self.path / configuration.API_CONF
        text = conf.read_text()
        for key, value in options.items():
            text = ini.set_option(text, section, key, str(value))
        conf.write_text(text)

    def develop(self) -> None:
        """Have the identity of the development server."""
        self.paste.write_text(config.paste_text())
        self.set('paste_deploy', flavor=config.DEVELOPMENT)


class GlanceApi(fixtures.Fixture):
    """glance-api under uWSGI, with the file that we give operators.

    :param etc: the directory of its configuration
    :param env: more for its environment
    :cvar title: names its log
    :cvar socket: the variable that tells the file the address
    """

    title, socket = 'glance-api', 'GLANCE_API_SOCKET'

    def __init__(self, etc: pathlib.Path, processes: int = 1,
                 env: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self._etc = etc
        self._processes = processes
        self._env = env or {}
        self.port = checks.free_port()
        self.root = 'http://%s:%d' % (checks.HOST, self.port)

    def _setUp(self) -> None:
        self.log = self._etc.parent / ('%s-%d.log' % (self.title, self.port))
        self.process = process.Process(
            self.command(), self.log, {
                **os.environ, 'PATH': '%s:%s' % (BIN, os.environ['PATH']),
                self.socket: '%s:%d' % (checks.HOST, self.port),
                'OS_GLANCE_CONFIG_DIR': str(self._etc),
                identity.ENABLE: '1', **self._env})
        self.addCleanup(self.process.stop)
        # a polite end takes 3 s, which add up
        self.addCleanup(self.kill)

    def command(self) -> list[str]:
        """What it is started by."""
        return [str(BIN / 'uwsgi'), '--ini',
                str(config.own_sample('uwsgi.ini')), '--virtualenv',
                sys.prefix, '--processes', str(self._processes)]

    def kill(self) -> None:
        """End it at once."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def wait_ready(self) -> None:
        """Wait until it answers."""
        deadline = time.monotonic() + _READY
        while self.process.status() is None:
            try:
                if self.request('GET', '/healthcheck')[0] == 200:
                    return
            except OSError:
                pass
            if time.monotonic() > deadline:
                break
            time.sleep(0.05)
        raise AssertionError('%s does not serve:\n%s'
                             % (self.title, self.process.tail()))

    def request(self, method: str, path: str, body: bytes | None = None,
                **headers: str) -> tuple[int, list[tuple[str, str]], bytes]:
        """Send a request as it is; status, headers and body of the answer.

        :param headers: ``_`` for ``-`` in their names
        """
        connection = http.client.HTTPConnection(checks.HOST, self.port,
                                                timeout=60)
        try:
            connection.request(method, path, body, {
                name.replace('_', '-'): value
                for name, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()
