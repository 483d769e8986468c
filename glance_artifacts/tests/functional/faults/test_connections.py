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

"""Connections that break in mid upload, at any byte and in either way."""

import concurrent.futures

from glance_artifacts.tests.functional.faults import base
from glance_artifacts.tests.functional.faults import clients
from glance_artifacts.tests.functional.hostile import base as hostile


class TestConnections(base.FaultTest):

    def test_that_break(self):
        """200 of them in the soak, among others that do not break."""
        uploaders = [self.client(number) for number in hostile.times(200)]
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(self.try_upload, uploaders))
        things = [thing for client in uploaders for thing in client.things]
        self.assertLess(0, sum(thing.stored == clients.YES
                               for thing in things))
        self.check_all(things)
        self.check_usable(next(thing for thing in things
                               if thing.stored == clients.NO))
        self.delete_all(things)

    def try_upload(self, client):
        """One that breaks; of some it is tried again, another goes well."""
        thing = client.make()
        if thing.way == 'part':
            path = client.begin(thing)
            if path is not None:
                client.break_off(thing, path.removeprefix(
                    thing.draft['self'] + '/') + '/parts/1')
                if client.random.random() < 0.5:
                    client.complete(thing, path)
        else:
            client.break_off(thing)
        if client.random.random() < 0.3:
            client.upload(client.make())

    def check_usable(self, thing):
        """A draft whose upload broke off is as it was before."""
        self.upload(thing.draft, thing.data)
        self.act(thing.draft, 'activate')
        self.same_bytes(thing.data, self.call('GET', thing.path).content)
