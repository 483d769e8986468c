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

"""A child process that never outlives us, and takes its own children along."""

from __future__ import annotations

import ctypes
import os
import pathlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping

from glance_artifacts.dev import checks

# A busy uWSGI needs over 10 s to stop.
STOP_TIMEOUT = 30.0
_TAIL_LINES = 15
_PR_SET_PDEATHSIG = 1


def _die_with(parent: int) -> Callable[[], None] | None:
    """Return what a new child runs so that the kernel ends it with us.

    Nothing else helps when this process is killed hard.
    """
    if sys.platform != 'linux':
        return None
    prctl = ctypes.CDLL(None).prctl

    def ask_kernel() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return ask_kernel


class Process:
    """One command in a process group of its own, its output in a log file."""

    def __init__(self, command: list[str], log: pathlib.Path,
                 env: Mapping[str, str]) -> None:
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with open(log, 'ab') as output:
            self._log_start = output.tell()
            self._popen = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, env=dict(env),
                start_new_session=True, preexec_fn=_die_with(os.getpid()))

    @property
    def pid(self) -> int:
        """The process id, which is the id of its group as well."""
        return self._popen.pid

    def status(self) -> int | None:
        """Return the exit status, None while it runs."""
        return self._popen.poll()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end; :exc:`subprocess.TimeoutExpired` if it is late."""
        return self._popen.wait(timeout)

    def stop(self) -> None:
        """End the whole group: politely, then by force."""
        if self.status() is None:
            self._popen.terminate()
            try:
                self.wait(STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                pass
        self._kill_group()
        self.wait()

    def _kill_group(self) -> None:
        """Kill what is left of the group and wait until it is gone."""
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            try:
                os.killpg(self.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                return
            self.status()  # reaps the leader, or the group never empties
            time.sleep(0.02)

    def tail(self) -> str:
        """Return the last lines of what it wrote, for an error message."""
        with open(self.log, 'rb') as log:
            log.seek(self._log_start)
            text = log.read().decode(errors='replace')
        return '\n'.join(text.splitlines()[-_TAIL_LINES:])


def run(command: list[str], env: Mapping[str, str]) -> None:
    """Run a set-up step to its end.

    :raises SetupError: with the step's last words, if it fails
    """
    # Not in our process group: Ctrl-C is ours to handle, not the step's.
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, env=dict(env), start_new_session=True,
        preexec_fn=_die_with(os.getpid()))
    if done.returncode:
        lines = done.stdout.decode(errors='replace').strip().splitlines()
        name = pathlib.Path(command[0]).name
        raise checks.SetupError(
            f'{name} failed: {lines[-1] if lines else done.returncode}')


def program(name: str) -> str:
    """Find a command that was installed beside this interpreter."""
    path = pathlib.Path(sys.executable).parent / name
    if not path.exists():
        raise checks.SetupError(
            f'{path} is missing: is it installed in this environment?')
    return str(path)
