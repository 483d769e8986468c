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

"""What must hold after any fault, and the means to see whether it does."""

from __future__ import annotations

from collections.abc import Callable
import concurrent.futures
import re
import threading
from typing import Any

import sqlalchemy as sa

from glance_artifacts.db import ids
from glance_artifacts.db import models
from glance_artifacts.tests.functional.faults import clients
from glance_artifacts.tests.functional.hostile import base as hostile
from glance_artifacts.tests.functional.store import test_purge

#: What names of objects begin with, and the segment that it is.
_OBJECT = re.compile(r'gart-[^-]+-(%s)' % ids.PATTERN)


class FaultTest(hostile.Hostility, test_purge.PurgeTest):
    """On a server of several processes, with leases that run out soon."""

    server_options: dict[str, Any] = {'processes': 2, 'extra': {
        'artifacts': {'lease_time': str(test_purge.LEASE)}}}

    def setUp(self) -> None:
        super().setUp()
        self.over = threading.Event()
        self.addCleanup(self.over.set)

    def client(self, *name: Any) -> clients.Client:
        """A client for one thread.

        :param name: gives it the same random numbers in each run
        """
        return clients.Client(self, *name)

    def go_on(self, times: int, fault: Callable[[], None],
              work: Callable[[clients.Client], None]) -> None:
        """Have four clients go on while something fails again and again.

        :param times: how often, in the soak
        :param work: what a client does once and again
        """
        those = [self.client(number) for number in range(4)]

        def go_on(client: clients.Client) -> None:
            while not self.over.is_set():
                work(client)

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            running = [pool.submit(go_on, client) for client in those]
            try:
                for _ in hostile.times(times):
                    self._pass_some_time(those, running)
                    fault()
                self._pass_some_time(those, running)
            finally:
                self.over.set()
            for one in running:
                one.result()
        things = [thing for client in those for thing in client.things]
        self.assertLess(0, sum(thing.stored == clients.YES
                               and thing.deleted == clients.NO
                               for thing in things))
        self.eventually(self.serves, 'it serves')
        self.check_all(things)
        self.delete_all(things)

    def _pass_some_time(self, those: list[clients.Client],
                        running: list[concurrent.futures.Future]) -> None:
        """Wait until some more requests are over, and into the next one."""
        enough = sum(one.told for one in those) + self.random.randint(5, 20)
        self.eventually(
            lambda: (sum(one.told for one in those) >= enough
                     or any(one.done() for one in running)),
            'the clients go on')
        # not a condition: the moment itself is what is random
        self.over.wait(self.random.uniform(0, 0.1))

    def check_all(self, things: list[clients.Thing]) -> None:
        """Nothing is lost, nothing is half there, and nothing is left over.

        :param things: all that was made on this server and may be there
        """
        for thing in things:
            thing.release(self)
        self.eventually(self.settled, 'purge clears up')
        for thing in things:
            thing.check(self)
        ledger = self.ledger()
        self.assertEqual({row['id'] for row in ledger},
                         set(map(self.segment_of, self.files())))
        self.assertEqual(
            set(), {row['artifact_id'] for row in ledger}
            - {thing.draft['id'] for thing in things})
        self.nothing_reserved()
        self.nothing_to_correct()

    def delete_all(self, things: list[clients.Thing]) -> None:
        """Nothing is left of what is deleted after a fault."""
        for thing in things:
            self.http('DELETE', thing.draft['self'], token=self.member)
        self.assertEqual([], self.ledger())
        self.assertEqual(set(), self.files())
        self.nothing_to_correct()

    def settled(self) -> bool:
        """Whether all that is in the ledger after a purge is in use."""
        self.come_of_age()
        found = self.purge()
        self.assertEqual(0, found['failed'], found)
        return all(row['status'] == 'active' for row in self.ledger())

    def nothing_reserved(self) -> None:
        """No room is held for what will never come."""
        self.assertEqual([], self.select(sa.select(models.reservations)))
        held = models.usage.c.bytes_reserved
        self.assertEqual([], self.select(
            sa.select(models.usage).where(held != 0)))

    @staticmethod
    def segment_of(name: str) -> str:
        """The id of the segment that an object is, or a piece of."""
        match = _OBJECT.match(name)
        return match[1] if match else name
