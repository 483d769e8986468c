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

"""Rounds, in which everything is done once."""

from __future__ import annotations

from collections.abc import Sequence
import dataclasses
import hashlib
import os
import pathlib
import random
import shutil

from bench.transfer import floors
from bench.transfer import loader
from bench.transfer import peers
from bench.transfer import processes
from bench.transfer import systems
from bench.transfer import wire

KiB, MiB, GiB = 1024, 1024 ** 2, 1024 ** 3
_STEP = 4 * KiB
#: Transfers of one client in a round, by the least size; with one client and
#: with several.
_COUNTS = ((512 * MiB, 1, 1), (32 * MiB, 4, 1), (MiB, 16, 6), (0, 40, 20))
#: A round of more bytes is one of fewer.
_MUCH = 2 * GiB
#: The largest transfer whose bytes are compared with those that were sent;
#: of the others only the length is.
CHECKED = 64 * MiB
#: What is no larger may stay until the end.
_LITTLE = MiB


@dataclasses.dataclass(frozen=True)
class Key:
    """What is measured."""

    work: str
    size: int
    clients: int
    name: str


@dataclasses.dataclass(frozen=True)
class Sample:
    """One round.

    :param seconds: that all transfers took together
    :param size: bytes of all of them
    :param server: seconds of the processor, of the server
    :param own: of the load
    :param times: seconds of each transfer
    :param refused: how often there was no room
    """

    seconds: float
    size: int
    server: float
    own: float
    times: list[float]
    refused: int

    @property
    def speed(self) -> float:
        """MiB a second."""
        return self.size / MiB / self.seconds

    @property
    def rate(self) -> float:
        """Transfers a second."""
        return len(self.times) / self.seconds

    def of_gib(self, seconds: float) -> float:
        """So many seconds of the processor, for a GiB."""
        return seconds / (self.size / GiB)


Samples = dict[Key, list[Sample]]


class Source:
    """Bytes to upload, others for each client and each transfer.

    :param largest: the most of one transfer
    """

    def __init__(self, directory: pathlib.Path, largest: int) -> None:
        self._path = directory / 'source'
        self._digests: dict[wire.Piece, str] = {}
        left = largest + _STEP * 8 * max(sum(one[1:]) for one in _COUNTS)
        with open(self._path, 'wb') as target:
            while left > 0:
                left -= target.write(os.urandom(min(left, 8 * MiB)))

    def tasks(self, size: int, clients: int,
              count: int) -> tuple[tuple[loader.Task, ...], ...]:
        """The transfers of clients."""
        return tuple(tuple(
            self._task(size, client * count + number)
            for number in range(count)) for client in range(clients))

    def _task(self, size: int, number: int) -> loader.Task:
        piece = wire.Piece(self._path, number * _STEP, size)
        if piece not in self._digests:
            with open(self._path, 'rb') as source:
                source.seek(piece.offset)
                digest, left = hashlib.sha256(), size
                while left:
                    data = source.read(min(left, MiB))
                    digest.update(data)
                    left -= len(data)
            self._digests[piece] = digest.hexdigest()
        return loader.Task(piece, self._digests[piece])


class Bench:
    """Measures systems in turn.

    :ivar samples: what was found
    """

    def __init__(self, load: loader.Loader, source: Source,
                 compared: Sequence[systems.System],
                 directory: pathlib.Path) -> None:
        self.samples: Samples = {}
        self._load = load
        self._source = source
        directory.mkdir()
        self._peers: list[tuple[peers.Peer, systems.System | None]] = [
            (floors.Disk(directory=directory), None), (floors.Hash(), None),
            *((peer, one) for one in compared for peer in one.peers)]

    def check(self, size: int) -> None:
        """See that each gives back what it was given.

        :raises Failed: if one does not
        """
        for peer, system in self._peers:
            if system is not None and peer.serves(size, 1):
                tasks = self._source.tasks(size, 1, 1)
                for work in (loader.UPLOAD, loader.CHECK, loader.DELETE):
                    tasks = self._load.run(
                        loader.Job(peer, work, tasks)).clients

    def round(self, size: int, clients: int, count: int) -> None:
        """Everything once, in an order by chance."""
        tasks = self._source.tasks(size, clients, count)
        for peer, system in random.sample(self._peers, len(self._peers)):
            if not peer.serves(size, clients):
                continue
            done = self._measured(loader.Job(peer, loader.UPLOAD, tasks),
                                  system)
            if system is not None and not isinstance(peer, peers.Parts):
                self._measured(loader.Job(peer, loader.DOWNLOAD,
                                          done.clients), system)
            if size > _LITTLE or system is None:
                self._load.run(loader.Job(peer, loader.DELETE, done.clients))
            if system is not None:
                system.sweep()

    def _measured(self, job: loader.Job,
                  system: systems.System | None) -> loader.Done:
        os.sync()  # what others have left to be written is not this one's
        before = processes.cpu(system.session) if system else 0.0
        done = self._load.run(job)
        after = processes.cpu(system.session) if system else 0.0
        size = job.clients[0][0].piece.size
        key = Key(job.work, size, len(job.clients), job.peer.name)
        self.samples.setdefault(key, []).append(Sample(
            done.seconds, size * len(done.times), after - before, done.own,
            done.times, done.refused))
        return done


def plan(size: int, clients: int, rounds: int, quick: bool,
         ) -> tuple[int, int]:
    """Rounds, and transfers of a client in each."""
    count = next(one[1 if clients == 1 else 2] for one in _COUNTS
                 if size >= one[0])
    if quick:
        count = min(count, 2)
    if size * clients * count > _MUCH:
        rounds = max(1, rounds * 2 // 5)
    return rounds, count


def needed(sizes: Sequence[int], clients: Sequence[int]) -> int:
    """Bytes of disk that it takes at a time."""
    return max(sizes) * (max(clients) + 2) + 4 * GiB


def check_room(directory: pathlib.Path, size: int) -> None:
    """See that so much can be written.

    :raises Failed: when there is no room
    """
    free = shutil.disk_usage(directory).free
    if free < size:
        raise wire.Failed('%s: %d MiB are needed, %d are free' % (
            directory, size // MiB, free // MiB))
