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

"""The process that makes the load, and what it is told to do."""

from __future__ import annotations

from collections.abc import Callable
import dataclasses
import functools
import multiprocessing
import multiprocessing.connection
import resource
import threading
import time
from typing import Any

from bench.transfer import peers
from bench.transfer import wire

UPLOAD, DOWNLOAD, DELETE, CHECK = 'upload', 'download', 'delete', 'check'


@dataclasses.dataclass(frozen=True)
class Task:
    """One transfer.

    :param piece: the bytes
    :param sha256: of them
    :param kept: where they are; empty before the upload
    """

    piece: wire.Piece
    sha256: str
    kept: str = ''


@dataclasses.dataclass(frozen=True)
class Job:
    """What clients do at the same time.

    :param work: UPLOAD, DOWNLOAD, DELETE or CHECK
    :param clients: the tasks of each, one after the other
    """

    peer: peers.Peer
    work: str
    clients: tuple[tuple[Task, ...], ...]


@dataclasses.dataclass
class Done:
    """What became of it.

    :param seconds: from the first request to the last answer
    :param own: seconds of the processor that the load took
    :param times: seconds of each task
    :param clients: the tasks, with where the bytes are
    :param refused: how often the server had no room
    """

    seconds: float
    own: float
    times: list[float]
    clients: tuple[tuple[Task, ...], ...]
    refused: int


class Loader:
    """The process; close it in any case."""

    def __init__(self) -> None:
        # a fresh one: threads of this one would be in the way
        context = multiprocessing.get_context('spawn')
        self._pipe, other = context.Pipe()
        self._process = context.Process(target=_serve, args=(other,),
                                        daemon=True)
        self._process.start()
        other.close()

    def run(self, job: Job) -> Done:
        """Do it.

        :raises Failed: when a transfer did not succeed
        """
        self._pipe.send(job)
        done = self._pipe.recv()
        if isinstance(done, str):
            raise wire.Failed(done)
        return done

    def close(self) -> None:
        """Leave no process behind."""
        self._pipe.close()
        self._process.join(10)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def _serve(pipe: multiprocessing.connection.Connection) -> None:
    while True:
        try:
            job = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            return
        try:
            answer: Any = _run(job)
        except Exception as exc:
            answer = '%s, %s: %s: %s' % (
                job.peer.name, job.work, type(exc).__name__, exc)
        pipe.send(answer)


def _run(job: Job) -> Done:
    clients = [Client(job, tasks) for tasks in job.clients]
    threads = [threading.Thread(target=client.run) for client in clients]
    before, began = _cpu(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds, own = time.perf_counter() - began, _cpu() - before
    for client in clients:
        if client.error is not None:
            raise client.error
    return Done(seconds, own, [one for client in clients
                               for one in client.times],
                tuple(tuple(client.done) for client in clients),
                sum(client.caller.refused for client in clients))


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


class Client:
    """One of the clients of a job."""

    def __init__(self, job: Job, tasks: tuple[Task, ...]) -> None:
        self.caller = wire.Caller()
        self.done: list[Task] = []
        self.times: list[float] = []
        self.error: Exception | None = None
        self._tasks = tasks
        self._work: Callable[[Task], Task] = functools.partial(
            _WORK[job.work], job.peer, self.caller)

    def run(self) -> None:
        """Do all tasks, until one fails."""
        try:
            for task in self._tasks:
                began = time.perf_counter()
                self.done.append(self._work(task))
                self.times.append(time.perf_counter() - began)
        except Exception as exc:
            self.error = exc


def _upload(peer: peers.Peer, caller: wire.Caller, task: Task) -> Task:
    return dataclasses.replace(task, kept=peer.upload(
        caller, task.piece, task.sha256))


def _download(peer: peers.Peer, caller: wire.Caller, task: Task,
              check: bool = False) -> Task:
    answer = peer.download(caller, task.kept, check)
    if answer.size != task.piece.size:
        raise wire.Failed('%d bytes of %d' % (answer.size, task.piece.size))
    if check and answer.sha256 != task.sha256:
        raise wire.Failed('other bytes than those that were sent')
    return task


def _delete(peer: peers.Peer, caller: wire.Caller, task: Task) -> Task:
    peer.delete(caller, task.kept)
    return task


_WORK = {UPLOAD: _upload, DOWNLOAD: _download, DELETE: _delete,
         CHECK: functools.partial(_download, check=True)}
