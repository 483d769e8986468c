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

"""Tells of the transfers of this process: to the others, and to the log.

The others are told through the database, and only of transfers that last: the
many that are over at once cost no statement. Where the database is SQLite each
write could make one of Glance's fail.
"""

from __future__ import annotations

from collections.abc import Callable
import os
import socket
import threading
import time
from typing import Any
import uuid

from oslo_log import log as logging

from glance_artifacts.db import amounts
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import stock
from glance_artifacts.db import transfers
from glance_artifacts.store import bulkhead

LOG = logging.getLogger(__name__)
#: So many seconds lie between two looks at the transfers.
_PAUSE = 2.0
#: Others are told of a transfer that goes on for so many seconds.
LASTING = 2.0
#: So often there is a line in the log.
_MINUTE = 60.0


class Teller:
    """One thread, which is there while there are transfers.

    It ends a minute after the last one, with a last line in the log.

    :param service: what this is a process of
    """

    def __init__(self, database: db_engine.Database,
                 source: bulkhead.Bulkhead, service: str) -> None:
        self._database = database
        self._source = source
        self._service = '%s on %s' % (service, socket.gethostname())
        self._forget()
        source.on_change = self.changed

    def changed(self) -> None:
        """There is something to tell."""
        if self._pid != os.getpid():
            self._forget()  # the thread has not come along with the fork
        with self._news:
            self._untold = self._unlogged = True
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name='artifact transfers', daemon=True)
                self._thread.start()
            self._news.notify_all()

    def _forget(self) -> None:
        self._pid = os.getpid()
        self._process = transfers.process(self._service, uuid.uuid4().hex)
        self._news = threading.Condition()
        self._untold = self._unlogged = False
        self._told: dict[str, tuple[int, int]] | None = {}
        self._thread: threading.Thread | None = None

    def _run(self) -> None:
        logged = time.monotonic()
        while True:
            with self._news:
                self._news.wait_for(lambda: self._untold, max(
                    0.0, logged + _MINUTE - time.monotonic()))
                self._untold = False
            minute = time.monotonic() >= logged + _MINUTE
            self._safely(self._tell, minute)
            if minute:
                logged = time.monotonic()
                self._safely(self._log)
                if self._ended():
                    return
            time.sleep(_PAUSE)

    def _ended(self) -> bool:
        """Whether there is nothing more to tell, so that the thread ends."""
        with self._news:
            if self._unlogged or any(one.running for one
                                     in self._source.counts().values()):
                self._unlogged = False
                return False
            self._thread = None
            return True

    def _safely(self, function: Callable[..., None], *args: Any) -> None:
        try:
            function(*args)
        except Exception as exc:
            # the next time is soon enough
            LOG.warning('Transfers were not told of: %s', type(exc).__name__)

    def _tell(self, minute: bool) -> None:
        """Tell what has changed; once a minute, what has not as well."""
        lasting = {pool: (one.running, one.refused) for pool, one
                   in self._source.counts(LASTING).items()}
        with self._news:
            # those that are new are told of when they are still there
            self._untold |= any(one.running for one
                                in self._source.counts().values())
        if lasting != self._told or (minute and lasting):
            self._told = None  # should this fail, it is told the next time
            self._database.write(transfers.tell, self._process, lasting)
            self._told = lasting

    def _log(self) -> None:
        with self._database.reader() as conn:
            there = stock.totals(conn)
            waiting = stock.backlog(conn)
        counts = self._source.counts()
        parts = []
        for pool in sorted({*there, *counts}):
            one = counts.get(pool, bulkhead.Counts(0, 0))
            amount = there.get(pool, amounts.NOTHING)
            parts.append('%s: %d transfers, %d refused, %d artifacts, %d'
                         ' bytes' % (pool, one.running, one.refused,
                                     amount.artifacts, amount.used))
        LOG.info('Pools: %s; %d objects to be deleted', '; '.join(parts),
                 waiting)
