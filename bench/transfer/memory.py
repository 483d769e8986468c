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

"""What memory transfers take, on each kind of store."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import dataclasses
import pathlib

from bench.transfer import loader
from bench.transfer import measure
from bench.transfer import processes
from bench.transfer import systems
from glance_artifacts.dev import config
from glance_artifacts.dev import keystone
from glance_artifacts.dev import services
from glance_artifacts.dev import swift

STORES = ('file', 'swift', 's3')
#: So that all clients are served at the same time, whichever process they
#: come to.
THREADS = 9
#: Of an object in a store that cannot seek, in MiB: the default.
SEGMENT = 64
_STORE = 'far'
_WARM_UP = 2


@dataclasses.dataclass(frozen=True)
class Memory:
    """Of the process that took most, in MiB.

    :param idle: resident before it
    :param uploads: the peak above that during uploads
    :param downloads: likewise
    :param upload_speed: MiB a second, of all clients together
    """

    store: str
    size: int
    clients: int
    idle: float
    uploads: float
    downloads: float
    upload_speed: float
    download_speed: float
    refused: int


@contextlib.contextmanager
def far(state: pathlib.Path) -> Iterator[swift.Swift]:
    """A Swift that runs, with its API of S3."""
    for name in ('keystone', 'swift'):
        (state / name).mkdir()
    with contextlib.ExitStack() as stack:
        identity = keystone.Keystone(state / 'keystone')
        identity.prepare()
        stack.callback(identity.stop)
        identity.start()
        identity.fill()
        beside = swift.Swift(state / 'swift', identity)
        beside.prepare()
        stack.callback(beside.stop)
        beside.start()
        yield beside


def missing(store: str, state: pathlib.Path) -> str | None:
    """What keeps a store from being measured; None for nothing."""
    if store == 'file':
        return None
    return services.missing() or swift.missing(state)


def options(store: str, beside: swift.Swift | None) -> config.Options:
    """What glance-api.conf says beside the defaults."""
    if store == 'file' or beside is None:
        return {}
    return {'artifacts': {'stores': '%s:%s' % (_STORE, store)},
            'artifact_pool:general': {'stores': _STORE},
            _STORE: (beside.options(_STORE) if store == 'swift'
                     else beside.s3_options())}


class Watch:
    """Looks at the processes of one server while it moves bytes."""

    def __init__(self, load: loader.Loader, glance: systems.Glance,
                 source: measure.Source) -> None:
        self._load = load
        self._glance = glance
        self._source = source

    def run(self, store: str, size: int, clients: int) -> Memory:
        """Upload, download and delete."""
        self._warm_up(clients)
        workers = processes.workers(self._glance.session)
        idle = {pid: processes.resident(pid) for pid in workers}
        tasks = self._source.tasks(size, clients, 1)
        up, uploads = self._peak(loader.UPLOAD, tasks, idle)
        down, downloads = self._peak(loader.DOWNLOAD, up.clients, idle)
        self._do(loader.DELETE, up.clients)
        moved = size * clients / measure.MiB
        return Memory(store, size, clients, max(idle.values()), uploads,
                      downloads, moved / up.seconds, moved / down.seconds,
                      up.refused + down.refused)

    def _warm_up(self, clients: int) -> None:
        # what is loaded once is no part of a transfer
        tasks = self._source.tasks(measure.KiB, clients, _WARM_UP)
        for work in (loader.UPLOAD, loader.DOWNLOAD, loader.DELETE):
            tasks = self._do(work, tasks).clients

    def _peak(self, work: str, tasks: tuple[tuple[loader.Task, ...], ...],
              idle: dict[int, float]) -> tuple[loader.Done, float]:
        """Do it; the most that a process had above what it had idle."""
        for pid in idle:
            processes.forget_peak(pid)
        done = self._do(work, tasks)
        return done, max(processes.peak(pid) - before
                         for pid, before in idle.items())

    def _do(self, work: str, tasks: tuple[tuple[loader.Task, ...], ...],
            ) -> loader.Done:
        return self._load.run(loader.Job(self._glance.artifacts, work, tasks))
