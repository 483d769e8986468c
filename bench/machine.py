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

"""The machine that it ran on, as Linux tells it."""

from __future__ import annotations

import importlib.metadata
import os
import pathlib
import platform
import re


def name(database: str = 'SQLite') -> str:
    """Processor, cores, versions and the database, in one line."""
    model = re.search(r'model name\s*: (.*)',
                      pathlib.Path('/proc/cpuinfo').read_text())
    return '%s, %d cores, load %.1f, Python %s, Glance %s, %s' % (
        model[1] if model else platform.machine(), os.cpu_count() or 0,
        os.getloadavg()[0], platform.python_version(),
        importlib.metadata.version('glance'), database)


def memory(master: int) -> list[float]:
    """The resident memory of the workers of a uWSGI, in MiB."""
    children = pathlib.Path('/proc/%d/task/%d/children' % (master, master))
    return [_resident(int(pid)) for pid in children.read_text().split()]


def _resident(pid: int) -> float:
    status = pathlib.Path('/proc/%d/status' % pid).read_text()
    found = re.search(r'VmRSS:\s*(\d+) kB', status)
    if found is None:
        raise RuntimeError('process %d has no memory' % pid)
    return int(found[1]) / 1024


def disk(path: pathlib.Path) -> str:
    """File system and device that a path is on."""
    mounts = [line.split() for line in
              pathlib.Path('/proc/self/mounts').read_text().splitlines()]
    device, _, kind, *_ = max(
        (one for one in mounts if path.is_relative_to(one[1])),
        key=lambda one: len(one[1]))
    return '%s on %s' % (kind, device)
