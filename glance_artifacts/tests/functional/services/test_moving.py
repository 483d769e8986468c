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

"""Artifacts move between pools, and nobody who uses them sees it."""

import concurrent.futures
import os

import fixtures

from glance_artifacts.db import models
from glance_artifacts.dev import process
from glance_artifacts.tests.functional.api import base
from glance_artifacts.tests.functional.hostile import base as hostile
from glance_artifacts.tests.functional.hostile import wire
from glance_artifacts.tests.functional.services import moving
from glance_artifacts.tests.functional.services import moving_clients

SMALL, LARGE = (10000, 20) if hostile.SOAK else (1000, 2)
LARGE_SIZE = 24 * moving.MIB, 64 * moving.MIB
KILLS = 10
#: The second mover begins, and is killed, before these kills.
SECOND = 3, 7
JOBS = '4'


class TestLoad(moving.MovingTest):

    def setUp(self):
        super().setUp()
        # what may hang has limits of its own
        self.useFixture(fixtures.Timeout(3600, gentle=True))
        self.clients = self.clients_of(self.project)
        # what is theirs goes back in the end
        self.other_project = base.unique('project')
        self.others = self.clients_of(self.other_project)

    def clients_of(self, project):
        return moving_clients.Clients(
            self.server.address, base.token_for(project),
            '%d %s' % (hostile.SEED, self.id()))

    def test_load(self):
        self.fill()
        worker = self.worker()
        with (self.others.at_work(read=1),
              self.clients.at_work(read=2, put=1, put_old=1, put_parts=1,
                                   delete=1)):
            self.kill_movers()
        self.ended(self.mover(moving.FILES, moving.SWIFT, '--jobs', JOBS))
        self.patiently(lambda: not self.objects(moving.FILES),
                       'the worker deletes the old bytes')
        worker.stop()
        self.assertRegex(worker.tail(), r'\A(\d+ [a-z]+(, |\n|\Z))+\Z')
        self.cleared_up()
        for one in (self.clients, self.others):
            self.check(one, moving.SWIFT)
        self.assertEqual(self.arrived('far'), self.verified())
        self.back()

    def fill(self):
        """Drafts and active ones, with the large ones among them."""
        jobs = [(self.others if number % 20 == 0 else self.clients,
                 None if number % 20 == 1
                 else moving_clients.small(self.random), number % 2 == 0)
                for number in range(SMALL)]
        for number in range(LARGE):
            jobs.insert(SMALL // 5 + number * SMALL // 3 // LARGE, (
                self.clients if number % 2 else self.others,
                moving.some_bytes(self.random,
                                  self.random.randrange(*LARGE_SIZE)), True))
        with concurrent.futures.ThreadPoolExecutor(4) as executor:
            for _ in executor.map(lambda job: job[0].create(*job[1:]), jobs):
                pass

    def worker(self):
        worker = process.Process(
            self.command('worker', '--interval', '1'),
            self.server.state / 'worker.log', os.environ)
        self.addCleanup(worker.stop)
        return worker

    def kill_movers(self):
        """Let one mover after the other begin, and kill it."""
        large = {row['id'] for row in self.noted(
            models.segments.c.size >= LARGE_SIZE[0])}
        begun = set()
        for number, point in enumerate(sorted(self.random.sample(
                range(1, SMALL * 6 // 10), KILLS))):
            if number == SECOND[0]:
                second = self.mover(moving.FILES, moving.SWIFT)
            if number == SECOND[1]:
                second.kill()
            mover = self.mover(moving.FILES, moving.SWIFT, '--jobs', JOBS)
            point = max(point, self.arrived('far') + 1)
            self.patiently(
                lambda: (self.arrived('far') >= point
                         or self.copied_now() & large - begun
                         or mover.status() is not None),
                'it goes on')
            begun |= self.copied_now() & large
            self.assertIsNone(mover.status(), mover.tail())
            mover.kill()
        self.assertTrue(begun, 'none was killed in mid copy')
        self.assertLessEqual({'read', 'put', 'put_old', 'put_parts',
                              'delete'}, set(+self.clients.counts))

    def check(self, clients, pool):
        """Everything is there, and nobody has seen anything else."""
        self.assertEqual([], clients.wrong)
        found = {one['id']: one for page in self.pages(
            'limit=100', token=clients.token) for one in page}
        self.assertEqual({one.shown['id']: {**one.shown, 'pool': pool}
                          for one in clients.known.values()}, found)
        for one in clients.known.values():
            clients.check_etag(one)

    def back(self):
        """Have two movers bring back what others have, each a part of it."""
        movers = [self.mover(moving.SWIFT, moving.FILES, '--jobs', '2',
                             '--owner', self.other_project)
                  for _ in range(2)]
        known = self.others.known.values()
        self.assertEqual(
            sum(len(one.data) for one in known if one.data is not None),
            sum(self.ended(mover)['bytes'] for mover in movers))
        self.hour_over()
        self.cleared_up()
        self.check(self.others, moving.FILES)
        for one in known:
            if one.data is not None:
                self.others.check_whole(one)


class TestOne(moving.MovingTest):

    def large(self, pool, size):
        self.data = bytes(moving.some_bytes(self.random, size * moving.MIB))
        return self.active(data=self.data, pool=pool)

    def move(self, source, target, *args, **kwargs):
        return self.mover(source, target, '--owner', self.project, *args,
                          **kwargs)

    def check_slow_reader(self, source, target):
        artifact = self.large(source, 24)
        (old,) = self.objects(source)
        with wire.Client(self.server.address) as client:
            client.send(wire.head('GET', artifact['self'] + '/data', {
                'Host': self.server.address, 'X-Auth-Token': self.member}))
            found = bytearray()
            while len(found) < 4 * moving.MIB:
                found += client.receive()
            self.ended(self.move(source, target, etc=self.keeping()))
            self.purge()
            self.assertEqual(target, self.show(artifact)['pool'])
            self.assertEqual({old}, self.objects(source))
            while data := client.receive():
                found += data
        self.same_bytes(self.data, wire.Answer(bytes(found)).content)
        self.hour_over()
        self.cleared_up()
        self.assertEqual(set(), self.objects(source))
        self.same_bytes(self.data, self.call(
            'GET', artifact['self'] + '/data').content)
        self.call('DELETE', artifact['self'], 204)

    def test_who_reads_slowly(self):
        self.check_slow_reader(moving.FILES, moving.SWIFT)
        self.check_slow_reader(moving.SWIFT, moving.FILES)

    def check_delete(self, source, target):
        artifact = self.large(source, 8)
        mover = self.move(source, target, '--limit-rate',
                          str(2 * moving.MIB))
        self.patiently(self.copied_now, 'a copy begins')
        self.call('DELETE', artifact['self'], 204)
        numbers = self.ended(mover)
        self.assertEqual((0, 1), (numbers['moved'], numbers['gone']))
        self.hour_over()
        self.cleared_up()
        self.assertEqual([], self.segments(artifact))
        self.assertEqual((set(), set()), (self.objects(source),
                                          self.objects(target)))

    def test_who_deletes_meanwhile(self):
        self.check_delete(moving.FILES, moving.SWIFT)
        self.check_delete(moving.SWIFT, moving.FILES)
