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

"""Processes of a server, as Linux tells of them."""

from __future__ import annotations

from collections.abc import Iterator
import os
import pathlib
import re

_TICKS = os.sysconf('SC_CLK_TCK')


def cpu(session: int) -> float:
    """Seconds of the processor that a session has had, in whatever mode.

    :param session: id of the process that leads it
    """
    return sum(int(one) for fields in _members(session)
               # utime and stime, and those of children that have ended
               for one in fields[11:15]) / _TICKS


def _members(session: int) -> Iterator[list[str]]:
    """What follows the name in the ``stat`` of each process."""
    for path in pathlib.Path('/proc').glob('[0-9]*/stat'):
        try:
            fields = path.read_text().rpartition(') ')[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[3]) == session:
            yield fields


def workers(master: int) -> list[int]:
    """The children of a uWSGI."""
    path = pathlib.Path('/proc/%d/task/%d/children' % (master, master))
    return [int(pid) for pid in path.read_text().split()]


def resident(pid: int) -> float:
    """The memory of a process, in MiB."""
    return _memory(pid, 'VmRSS')


def forget_peak(pid: int) -> None:
    """Let the peak of a process be what it has now."""
    pathlib.Path('/proc/%d/clear_refs' % pid).write_text('5')


def peak(pid: int) -> float:
    """The most that it has had since, in MiB."""
    return _memory(pid, 'VmHWM')


def _memory(pid: int, name: str) -> float:
    status = pathlib.Path('/proc/%d/status' % pid).read_text()
    return int(re.search(name + r':\s*(\d+) kB', status)[1]) / 1024
