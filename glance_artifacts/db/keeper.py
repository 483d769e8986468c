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

"""Renews the leases of uploads that are under way in this process."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import os
import threading

from oslo_log import log as logging

from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import leases

LOG = logging.getLogger(__name__)


class Keeper:
    """One thread for all uploads, which is there while there are any.

    A writer may be held up for longer than a lease by its client, a store or
    a hook, so it cannot renew its lease itself.

    :param seconds: how long a lease lasts; it is renewed three times as often
    """

    def __init__(self, database: db_engine.Database, seconds: float) -> None:
        self.seconds = seconds
        self._database = database
        self._forget()

    @contextlib.contextmanager
    def holding(self, segment_id: str) -> Iterator[None]:
        """Have the lease of a segment renewed meanwhile."""
        if self._pid != os.getpid():
            self._forget()  # the thread has not come along with the fork
        with self._changed:
            self._held.add(segment_id)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name='artifact leases', daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._changed:
                self._held.discard(segment_id)
                self._changed.notify_all()

    def _forget(self) -> None:
        self._pid = os.getpid()
        self._held: set[str] = set()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def _run(self) -> None:
        while held := self._next():
            try:
                self._database.write(leases.renew, held, self.seconds)
            except Exception as exc:
                # the next time is soon enough: a lease outlasts two
                LOG.warning('Leases of uploads were not renewed: %s',
                            type(exc).__name__)

    def _next(self) -> set[str]:
        """What to renew, when it is time; nothing: the end."""
        with self._changed:
            if self._changed.wait_for(lambda: not self._held,
                                      self.seconds / 3):
                self._thread = None
            return set(self._held)
