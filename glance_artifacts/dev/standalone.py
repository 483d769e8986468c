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

"""The standalone artifact service under uWSGI, on the loopback."""

from __future__ import annotations

from collections.abc import Callable
import dataclasses
import os
import pathlib

from glance_artifacts.cmd import configuration
from glance_artifacts.dev import checks
from glance_artifacts.dev import config
from glance_artifacts.dev import process
from glance_artifacts.dev import uwsgi

DEFAULT_PORT = 9494
MODULE = 'glance_artifacts.wsgi:application'
_KEYSTONE = 'keystone'


@dataclasses.dataclass
class Standalone:
    """One artifact service and the state directory it lives in.

    :param state: where configuration, database, bytes and logs are kept
    :param beside: a prepared glance-api has the directory: its database and
        its stores are those of this service, too
    :param extra: more options for glance-artifacts.conf: section, key, value
    :param report: told of each step, for progress messages
    """

    state: pathlib.Path
    port: int | None = None
    database_url: str | None = None
    processes: int = 2
    threads: int = 8
    flavor: str | None = None
    beside: bool = False
    extra: config.Options = dataclasses.field(default_factory=dict)
    report: Callable[[str], None] = lambda step: None
    uwsgi: uwsgi.Application = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        self.state = pathlib.Path(self.state).expanduser().absolute()
        etc = self.state / 'etc'
        self.conf = etc / configuration.OWN_CONF
        self._files = [str(etc / config.API_CONF)] * self.beside + [
            str(self.conf)]
        self.uwsgi = uwsgi.Application(
            'the artifact service', MODULE, self.port or DEFAULT_PORT,
            self.log, config.variables(self.state, **{
                configuration.OWN_FILES: ';'.join(self._files)}),
            self.processes, self.threads)
        self.address = self.uwsgi.address
        self.root = f'http://{self.address}'
        self.url = f'{self.root}/v2'

    @property
    def log(self) -> pathlib.Path:
        """The log of the service and of the uWSGI around it."""
        return self.state / 'log' / 'glance-artifacts.log'

    def configure(self) -> None:
        """Check what can be checked, write the files.

        :raises SetupError: in one line, if something is wrong
        """
        checks.port(self.port or DEFAULT_PORT)
        checks.directory(self.state)
        self.report(f'configuration: {self.conf}')
        files = config.Files(self.state, configuration.OWN_CONF,
                             config.OWN_PASTE_INI, config.own_paste_text)
        first = {'paste_deploy': {'config_file': str(files.paste),
                                  'flavor': config.DEVELOPMENT}}
        if not self.beside:
            first.update(config.two_pools(self.state), artifacts_database={
                'connection': f'sqlite:///{self.state}/artifacts.sqlite'})
        files.draft(first, self._named_options())
        files.check_flavor()
        files.keep()

    def migrate(self) -> None:
        """Make the tables, or bring them up to date."""
        self.report('migrating the tables of glance_artifacts')
        process.run([process.program('glance-artifacts-manage'),
                     *(word for path in self._files
                       for word in ('--config-file', path)),
                     'db', 'sync'], os.environ)

    def start(self) -> None:
        """Start uWSGI; :meth:`wait_ready` tells when it serves."""
        self.report('starting the artifact service')
        self.uwsgi.start()

    def wait_ready(self) -> None:
        """Wait until the whole application answers.

        :raises SetupError: with the end of the log, if it does not
        """
        self.uwsgi.wait_ready()

    def stop(self) -> None:
        """Leave no process behind."""
        self.uwsgi.stop()

    def _named_options(self) -> config.Options:
        named: dict[str, dict[str, str]] = {
            section: dict(values) for section, values in self.extra.items()}
        if self.database_url is not None:
            named.setdefault('artifacts_database', {})[
                'connection'] = self.database_url
        if self.flavor is not None:
            # glance-api has more pipelines, which all ask Keystone or nobody
            named.setdefault('paste_deploy', {})['flavor'] = (
                _KEYSTONE if self.flavor.startswith(_KEYSTONE)
                else config.DEVELOPMENT)
        return named
