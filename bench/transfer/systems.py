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

"""The servers that are compared, each started here and ended in any case."""

from __future__ import annotations

import abc
import os
import pathlib
import shutil
import subprocess

from bench.transfer import peers
from glance_artifacts.dev import checks
from glance_artifacts.dev import config
from glance_artifacts.dev import process
from glance_artifacts.dev import server
from glance_artifacts.dev import services

PROCESSES, THREADS = 2, 4
_PATH = os.pathsep.join((os.environ.get('PATH', os.defpath),
                         '/usr/local/sbin', '/usr/sbin'))

_NGINX = """\
daemon off;
worker_processes {processes};
pid {state}/pid;
error_log {state}/error.log;
{user}
events {{}}
http {{
    access_log off;
    sendfile on;
    client_max_body_size 0;
    client_body_temp_path {state}/body;
    proxy_temp_path {state}/proxy;
    fastcgi_temp_path {state}/fastcgi;
    uwsgi_temp_path {state}/uwsgi;
    scgi_temp_path {state}/scgi;
    server {{
        listen {address};
        location / {{
            root {state}/files;
            dav_methods PUT DELETE;
        }}
    }}
}}
"""

_REGISTRY = """\
version: 0.1
log:
  level: error
  accesslog:
    disabled: true
storage:
  filesystem:
    rootdirectory: {state}/files
  delete:
    enabled: true
http:
  addr: {address}
"""


class System(abc.ABC):
    """One server.

    :ivar peers: how its clients see it
    """

    peers: tuple[peers.Peer, ...]

    @property
    @abc.abstractmethod
    def session(self) -> int:
        """The id of the session that its processes are in."""

    @abc.abstractmethod
    def start(self) -> None:
        """Start it and wait until it answers.

        :raises SetupError: if it does not
        """

    @abc.abstractmethod
    def stop(self) -> None:
        """Leave no process behind."""

    @abc.abstractmethod
    def about(self) -> str:
        """Its version, or how it is run."""

    def sweep(self) -> None:
        """Remove what it leaves of what was deleted."""


class Glance(System):
    """glance-api with artifacts: ours and stock Glance.

    :param module: what uWSGI loads in its place
    """

    def __init__(self, state: pathlib.Path, database_url: str | None,
                 threads: int = THREADS, extra: config.Options | None = None,
                 module: str | None = None) -> None:
        self.server = server.Server(
            state, port=checks.free_port(), processes=PROCESSES,
            threads=threads, database_url=database_url, extra=extra or {})
        if module:
            self.server.uwsgi.module = module
            self.server.uwsgi.variables = {
                **self.server.uwsgi.variables, 'PYTHONPATH': os.getcwd()}
        address = self.server.address
        self.artifacts = peers.Artifacts(address)
        self.images = peers.Images(address)
        self.peers = (self.artifacts, peers.Parts(address), self.images)

    @property
    def session(self) -> int:
        return self.server.uwsgi.pid

    def start(self) -> None:
        self.server.prepare()
        self.server.start()
        self.server.wait_ready()

    def stop(self) -> None:
        self.server.stop()

    def about(self) -> str:
        return 'uWSGI with %d processes of %d threads' % (
            PROCESSES, self.server.threads)


class Program(System):
    """A server that is not ours.

    :cvar program: its name
    :cvar package: Debian's, which brings it
    :param state: a directory of its own
    """

    program = ''
    package = ''
    _peer: type[peers.Peer]
    _conf = ''

    def __init__(self, state: pathlib.Path) -> None:
        self.state = state
        self.address = '%s:%d' % (checks.HOST, checks.free_port())
        self.peers = (self._peer(self.address),)
        self._process: process.Process | None = None

    @classmethod
    def path(cls) -> str | None:
        """Where the program is; None if it is not installed."""
        return shutil.which(cls.program, path=_PATH)

    @property
    def session(self) -> int:
        if self._process is None:
            raise RuntimeError('%s has not been started' % self.program)
        return self._process.pid

    @property
    def files(self) -> pathlib.Path:
        """Where it keeps the bytes."""
        return self.state / 'files'

    def start(self) -> None:
        self.files.mkdir(parents=True)
        conf = self.state / 'conf'
        conf.write_text(self._conf.format(
            state=self.state, address=self.address, processes=PROCESSES,
            # as root its workers would be somebody else
            user='' if os.geteuid() else 'user root;'))
        self._process = process.Process(
            [str(self.path()), *self._arguments(conf)],
            self.state / 'log', os.environ)
        services.wait_for(self._process, 'http://%s/' % self.address)

    def stop(self) -> None:
        if self._process is not None:
            self._process.stop()

    def about(self) -> str:
        told = subprocess.run([str(self.path()), self._version],
                              capture_output=True, text=True)
        return (told.stdout + told.stderr).strip().splitlines()[0]

    @abc.abstractmethod
    def _arguments(self, conf: pathlib.Path) -> list[str]:
        """What it is started with."""


class Registry(Program):
    """docker-registry, on a file system."""

    program = package = 'docker-registry'
    _peer = peers.Registry
    _conf = _REGISTRY
    _version = '--version'

    def sweep(self) -> None:
        # deleted is only the link of the repository
        shutil.rmtree(self.files / 'docker', ignore_errors=True)

    def _arguments(self, conf: pathlib.Path) -> list[str]:
        return ['serve', str(conf)]


class Nginx(Program):
    """nginx with as many processes as Glance has."""

    program = package = 'nginx'
    _peer = peers.Nginx
    _conf = _NGINX
    _version = '-v'

    def _arguments(self, conf: pathlib.Path) -> list[str]:
        return ['-p', str(self.state), '-c', str(conf)]


PROGRAMS: tuple[type[Program], ...] = (Registry, Nginx)
