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

"""A body is read ahead while a driver writes what has come.

Drivers read a block, digest it, write it, and read the next one. The threads
of the two take turns at that, unless the bytes are taken in meanwhile. A
server has a body read in the thread of its request, so the driver goes to
another one.
"""

from __future__ import annotations

import collections
from collections.abc import Callable
from concurrent import futures
import threading
from typing import Protocol
from typing import TypeVar

from oslo_context import context
from oslo_utils import units

#: Bytes of a block. Those that are no longer gain nothing.
BLOCK = 256 * units.Ki
#: Blocks that wait for the driver.
_MOST = 4

Result = TypeVar('Result')


class Source(Protocol):
    """Where bytes come from."""

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes; none at the end."""


def run(source: Source, work: Callable[[Source], Result]) -> Result:
    """Have a function read from a source, in a thread of its own.

    The source is read in this thread, and not before the function asks for
    bytes; what goes wrong there is raised where the function reads.

    :returns: what the function returns
    :raises Exception: what the function raises
    """
    pipe = _Pipe()
    current = context.get_current()

    def call() -> Result:
        if current is not None:
            # its log lines tell of which request
            current.update_store()
        try:
            return work(pipe)
        finally:
            pipe.leave()

    with futures.ThreadPoolExecutor(1, 'ahead') as executor:
        done = executor.submit(call)
        pipe.fill(source)
    return done.result()


class _Pipe:
    """Blocks on their way from one thread to another."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        # the last one is empty, or what went wrong
        self._blocks: collections.deque[bytes | BaseException] = (
            collections.deque())
        self._wanted = False
        self._left = False
        self._block = b''
        self._taken = 0

    def fill(self, source: Source) -> None:
        """Read all of a source, or what the reader wants of it."""
        try:
            while self._room():
                block = source.read(BLOCK)
                self._add(block)
                if not block:
                    return
        except Exception as exc:
            self._add(exc)
        except BaseException as exc:
            # it is this thread that ends, and the reader has to
            self._add(exc)
            raise

    def read(self, size: int = -1) -> bytes:
        """What the function reads; less than it asks for at the end alone.

        Some drivers write as much at a time as they have read.
        """
        parts = []
        while size:
            if self._taken == len(self._block):
                self._block, self._taken = self._next(), 0
                if not self._block:
                    break
            end = None if size < 0 else self._taken + size
            part = self._block[self._taken:end]
            self._taken += len(part)
            parts.append(part)
            if size > 0:
                size -= len(part)
        return b''.join(parts)

    def leave(self) -> None:
        """Read no more."""
        with self._changed:
            self._left = True
            self._changed.notify_all()

    def _room(self) -> bool:
        """Wait until a block is wanted; whether one will be."""
        with self._changed:
            self._changed.wait_for(lambda: self._left or (
                self._wanted and len(self._blocks) < _MOST))
            return not self._left

    def _add(self, block: bytes | BaseException) -> None:
        with self._changed:
            self._blocks.append(block)
            self._changed.notify_all()

    def _next(self) -> bytes:
        with self._changed:
            self._wanted = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._blocks)
            block = self._blocks[0]
            if isinstance(block, BaseException):
                raise block
            if block:
                self._blocks.popleft()
                self._changed.notify_all()
            return block
