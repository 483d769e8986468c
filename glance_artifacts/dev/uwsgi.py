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

"""The uWSGI that the development servers run under."""

from __future__ import annotations

from collections.abc import Mapping
import dataclasses
import os
import pathlib
import subprocess
import sys
import time

import requests

from glance_artifacts.dev import checks
from glance_artifacts.dev import process

_START_TIMEOUT = 60.0

#: Whatever it serves.
OPTIONS = (
    '--master', '--die-on-term', '--no-orphans', '--enable-threads',
    # Each process loads the app itself: database connections and store
    # clients do not survive a fork. Without an app there is no server.
    '--lazy-apps', '--need-app',
    # The default of 4 s cuts off every client that pauses.
    '--socket-timeout=60',
    # Room for 64 KiB of headers; this is uWSGI's limit.
    '--buffer-size=65535',
    # http-socket closes each connection; a client that is not told sends its
    # next request into the closing one.
    '--add-header=Connection: close',
    # The default of 1 MiB cuts off every client that sends larger chunks.
    '--chunked-input-limit=16777216',
    # Stopping waits this long for requests in progress.
    '--worker-reload-mercy=10',
)


@dataclasses.dataclass
class Application:
    """One application under a uWSGI of its own, on the loopback.

    :param title: what messages call it
    :param module: what uWSGI loads
    :param log: where it and uWSGI write
    :param variables: of its environment, beside those of this process
    """

    title: str
    module: str
    port: int
    log: pathlib.Path
    variables: Mapping[str, str]
    processes: int
    threads: int
    _process: process.Process | None = dataclasses.field(
        default=None, init=False)

    @property
    def address(self) -> str:
        return f'{checks.HOST}:{self.port}'

    @property
    def environment(self) -> dict[str, str]:
        """What it starts in, as of now."""
        return {**os.environ, **self.variables}

    def start(self) -> None:
        """Start it; :meth:`wait_ready` tells when it serves."""
        command = [process.program('uwsgi'), *OPTIONS,
                   f'--module={self.module}', f'--http-socket={self.address}',
                   f'--virtualenv={sys.prefix}',
                   f'--processes={self.processes}',
                   f'--threads={self.threads}']
        self._process = process.Process(command, self.log, self.environment)

    def wait_ready(self, timeout: float = _START_TIMEOUT) -> None:
        """Wait until the whole application answers.

        :raises SetupError: with the end of the log, if it does not
        """
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            if self.status() is not None:
                raise checks.SetupError(self.last_words())
            if self.answer('/healthcheck') == 200:
                return
            time.sleep(0.05)
        raise checks.SetupError(
            f'{self.title} did not answer within {timeout:.0f} s;'
            f' {self.log} ends:\n{self.tail()}')

    def answer(self, path: str) -> int | None:
        """Return the status that a GET is answered with, None if none."""
        try:
            return checks.session().get(f'http://{self.address}{path}',
                                        timeout=5).status_code
        except requests.RequestException:
            return None

    def stop(self) -> None:
        """Leave none of its processes behind."""
        if self._process:
            self._process.stop()
            self._process = None

    @property
    def pid(self) -> int:
        """The process id of its master."""
        return self._started.pid

    def status(self) -> int | None:
        """Return the exit status, None while it runs."""
        return self._started.status()

    def wait(self, timeout: float) -> bool:
        """Wait for its end; whether it came in so many seconds."""
        try:
            self._started.wait(timeout)
        except subprocess.TimeoutExpired:
            return False
        return True

    def tail(self) -> str:
        """Return the last lines of what it wrote, for an error message."""
        return self._started.tail()

    def last_words(self) -> str:
        """Say how it ended, once it has."""
        return (f'{self.title} ended (status {self.status()});'
                f' {self.log} ends:\n{self.tail()}')

    @property
    def _started(self) -> process.Process:
        if self._process is None:
            raise RuntimeError(f'{self.title} has not been started')
        return self._process
