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

from collections.abc import Callable
import dataclasses
import pathlib
import time
from typing import TextIO

from glance_artifacts.dev import checks
from glance_artifacts.dev import config
from glance_artifacts.dev import process
from glance_artifacts.dev import uwsgi

DEFAULT_PORT = 9292
MODULE = 'glance.wsgi.api:application'
_LOOK = 1.0
#: What glance_artifacts.service says in the log, and for how long it may.
_LATE, _PATIENCE = 'the start is not done after', 60.0


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
    uwsgi: uwsgi.Application = dataclasses.field(init=False)
    _worker: process.Process | None = dataclasses.field(
        default=None, init=False)

    def __post_init__(self) -> None:
        self.state = pathlib.Path(self.state).expanduser().absolute()
        self.uwsgi = uwsgi.Application(
            'glance-api', MODULE, self.port or DEFAULT_PORT, self.log,
            config.variables(self.state), self.processes, self.threads)
        self.address = self.uwsgi.address
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
        self.uwsgi.start()

    def wait_ready(self) -> None:
        """Wait until the whole application answers.

        :raises SetupError: with the end of the log, if it does not
        """
        self.uwsgi.wait_ready()
        # A wrong option never stops images: artifacts alone answer 503. A
        # server for trying out artifacts had better stop.
        deadline = time.monotonic() + _PATIENCE
        while self.uwsgi.answer('/v2/artifacts') == 503:
            if self._loads() and time.monotonic() < deadline:
                time.sleep(_LOOK)
                continue
            raise checks.SetupError('artifacts are not served;'
                                    f' {self.log} says:\n{self.uwsgi.tail()}')

    def _loads(self) -> bool:
        """Whether artifacts are only late: images do not wait for them."""
        try:
            return _LATE in self.log.read_text(errors='replace')
        except FileNotFoundError:
            return False

    def start_worker(self) -> None:
        """Start what clears up, once the tables are there."""
        self._worker = process.Process(
            [process.program('glance-artifacts-manage'), '--config-dir',
             str(self.state / 'etc'), 'worker'],
            self.state / 'log' / 'worker.log', self.uwsgi.environment)

    def wait(self, *others: uwsgi.Application) -> uwsgi.Application:
        """Wait until glance-api and others have ended; return the last.

        How the others, and the worker, ended is said at once.
        """
        running = [self.uwsgi, *others]
        while True:
            for one in list(running):
                if one.wait(_LOOK / len(running)):
                    running.remove(one)
                    if not running:
                        return one
                    self.report(one.last_words())
            self._look_at_worker()

    def _look_at_worker(self) -> None:
        if self._worker and self._worker.status() is not None:
            self.report('the worker ended (status %d); %s ends:\n%s' % (
                self._worker.status(), self._worker.log,
                self._worker.tail()))
            self._worker = None

    def stop(self) -> None:
        """Leave no process behind and release the directory."""
        if self._worker:
            self._worker.stop()
            self._worker = None
        self.uwsgi.stop()
        if self._lock:
            self._lock.close()
            self._lock = None

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
        process.run([process.program(command), '--config-dir',
                     str(self.state / 'etc'), *args], self.uwsgi.environment)
