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

"""A real glance-api under uWSGI with artifacts in it, on the loopback.

The development server, the demonstration and the functional tests all start
this one.
"""

from __future__ import annotations

import dataclasses
import os
import pathlib
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import TextIO

import requests

from glance_artifacts.dev import checks
from glance_artifacts.dev import config
from glance_artifacts.dev import process
from glance_artifacts.dev import uwsgi

DEFAULT_PORT = 9292
_START_TIMEOUT = 60.0
_LOOK = 1.0

MODULE = '--module=glance.wsgi.api:application'


@dataclasses.dataclass
class Server:
    """One glance-api and the state directory it lives in.

    An option that is None keeps what an earlier start wrote to the state
    directory, and on the first start takes its default.

    :param state: where configuration, database, bytes and logs are kept
    :param pools: have two pools, unless an earlier start had none
    :param extra: more options for glance-api.conf: section, key, value
    :param report: told of each step, for progress messages
    """

    state: pathlib.Path
    port: int | None = None
    database_url: str | None = None
    processes: int = 2
    threads: int = 8
    flavor: str | None = None
    pools: bool = False
    extra: config.Options = dataclasses.field(default_factory=dict)
    report: Callable[[str], None] = lambda step: None
    _lock: TextIO | None = dataclasses.field(default=None, init=False)
    _uwsgi: process.Process | None = dataclasses.field(
        default=None, init=False)
    _worker: process.Process | None = dataclasses.field(
        default=None, init=False)

    def __post_init__(self) -> None:
        self.state = pathlib.Path(self.state).expanduser().absolute()
        self.address = f'{checks.HOST}:{self.port or DEFAULT_PORT}'
        self.root = f'http://{self.address}'
        self.url = f'{self.root}/v2'

    @property
    def log(self) -> pathlib.Path:
        """The log of glance-api and of the uWSGI around it."""
        return self.state / 'log' / 'glance-api.log'

    def prepare(self) -> None:
        """Check what can be checked, write the files, migrate the tables.

        :raises SetupError: in one line, if something is wrong
        """
        self.configure()
        self.migrate()

    def configure(self) -> None:
        """Take the directory, check what can be checked, write the files.

        :raises SetupError: in one line, if something is wrong
        """
        checks.port(self.port or DEFAULT_PORT)
        checks.directory(self.state)
        self._lock = checks.lock(self.state)
        self.report(f'configuration: {self.state / "etc" / config.API_CONF}')
        self._write_files()

    def migrate(self) -> None:
        """Make the tables, or bring them up to date."""
        self.report('migrating the tables of Glance')
        self._manage('glance-manage', 'db_sync')
        self.report('migrating the tables of glance_artifacts')
        self._manage('glance-artifacts-manage', 'db', 'sync')

    def start(self) -> None:
        """Start uWSGI; :meth:`wait_ready` tells when it serves."""
        self.report('starting glance-api')
        command = [program('uwsgi'), *uwsgi.OPTIONS, MODULE,
                   f'--http-socket={self.address}',
                   f'--virtualenv={sys.prefix}',
                   f'--processes={self.processes}',
                   f'--threads={self.threads}']
        self._uwsgi = process.Process(command, self.log, self._environment())

    def wait_ready(self, timeout: float = _START_TIMEOUT) -> None:
        """Wait until the whole application answers.

        :raises SetupError: with the end of the log, if it does not
        """
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self.uwsgi.status() is not None:
                raise checks.SetupError(self.last_words())
            if self._status('/healthcheck') == 200:
                self._check_artifacts()
                return
            time.sleep(0.05)
        raise checks.SetupError(
            f'glance-api did not answer within {timeout:.0f} s;'
            f' {self.log} ends:\n{self.uwsgi.tail()}')

    def start_worker(self) -> None:
        """Start what clears up, once the tables are there."""
        self._worker = process.Process(
            [program('glance-artifacts-manage'), '--config-dir',
             str(self.state / 'etc'), 'worker'],
            self.state / 'log' / 'worker.log', self._environment())

    def wait(self) -> None:
        """Wait until glance-api ends; say so when the worker does."""
        while self.uwsgi.status() is None:
            if self._worker and self._worker.status() is not None:
                self.report('the worker ended (status %d); %s ends:\n%s' % (
                    self._worker.status(), self._worker.log,
                    self._worker.tail()))
                self._worker = None
            try:
                self.uwsgi.wait(_LOOK)
            except subprocess.TimeoutExpired:
                pass

    def stop(self) -> None:
        """Leave no process behind and release the directory."""
        for child in (self._worker, self._uwsgi):
            if child:
                child.stop()
        self._worker = self._uwsgi = None
        if self._lock:
            self._lock.close()
            self._lock = None

    @property
    def uwsgi(self) -> process.Process:
        """The running uWSGI."""
        if self._uwsgi is None:
            raise RuntimeError('the server has not been started')
        return self._uwsgi

    def last_words(self) -> str:
        """Say how glance-api ended, once it has."""
        return (f'glance-api ended (status {self.uwsgi.status()});'
                f' {self.log} ends:\n{self.uwsgi.tail()}')

    def _write_files(self) -> None:
        files = config.Files(self.state)
        first = config.defaults(self.state, self.root)
        if self.pools:
            first.update(config.two_pools(self.state))
        files.draft(first, self._named_options())
        # Checked before it is kept: a wrong option must not be found again
        # by the next start.
        files.check_flavor()
        checks.database(files.drafted('database', 'connection') or '')
        files.keep()

    def _named_options(self) -> config.Options:
        named: dict[str, dict[str, str]] = {
            section: dict(values) for section, values in self.extra.items()}
        for value, section, key in (
                (self.port and self.root,
                 'DEFAULT', 'worker_self_reference_url'),
                (self.database_url, 'database', 'connection'),
                # Glance's word for its own default is no word at all.
                ('' if self.flavor == 'default' else self.flavor,
                 'paste_deploy', 'flavor')):
            if value is not None:
                named.setdefault(section, {})[key] = value
        return named

    def _manage(self, command: str, *args: str) -> None:
        process.run([program(command), '--config-dir',
                     str(self.state / 'etc'), *args], self._environment())

    def _environment(self) -> Mapping[str, str]:
        return {**os.environ,
                'OS_GLANCE_CONFIG_DIR': str(self.state / 'etc'),
                'GLANCE_ARTIFACTS_DEV_IDENTITY': '1'}

    def _check_artifacts(self) -> None:
        # A wrong option never stops images: artifacts alone answer 503. A
        # server for trying out artifacts had better stop.
        if self._status('/v2/artifacts') == 503:
            raise checks.SetupError('artifacts are not served;'
                                    f' {self.log} says:\n{self.uwsgi.tail()}')

    def _status(self, path: str) -> int | None:
        """Return the status that a GET is answered with, None if none."""
        session = requests.Session()
        session.trust_env = False  # no proxy stands before the loopback
        try:
            return session.get(self.root + path, timeout=5).status_code
        except requests.RequestException:
            return None


def program(name: str) -> str:
    """Find a command that was installed beside this interpreter."""
    path = pathlib.Path(sys.executable).parent / name
    if not path.exists():
        raise checks.SetupError(
            f'{path} is missing: is it installed in this environment?')
    return str(path)
