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

"""Counters after random operations, failures and kills."""

import concurrent.futures
import dataclasses
import os
import random
import threading
import uuid

import sqlalchemy as sa
from testtools import content

from glance_artifacts.db import models
from glance_artifacts.db import usage_recount
from glance_artifacts import exceptions
from glance_artifacts.tests.functional.db import test_room
from glance_artifacts.tests.unit import factories

SOAK = os.environ.get('GLANCE_ARTIFACTS_SOAK') == '1'
SEED = int(os.environ.get('GLANCE_ARTIFACTS_SEED')
           or random.SystemRandom().randrange(2 ** 32))
OPERATIONS = 1000 if SOAK else 100
THREADS = 4
WHAT = ('make', 'make', 'make', 'delete', 'bring', 'bring', 'bring', 'fail',
        'clear', 'give', 'kill')


class Broken(Exception):
    """What nobody has thought of."""


class TestAnything(test_room.RoomTestCase):
    """Whatever happens, in whatever order: counters say what there is."""

    def setUp(self):
        super().setUp()
        self.addDetail('seed', content.text_content(str(SEED)))
        self.local = threading.local()

    def test_random_operations(self):
        self.limit({'bytes': 300, 'artifacts': 12})
        self.backends.during_put = self.disturb
        with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
            done = sum(pool.map(self.many, range(THREADS)))
        self.assertGreater(done, OPERATIONS // 4)
        self.check()
        for row in self.rows(models.segments):
            if row['status'] == 'saving':
                self.assertTrue(self.expire(row['id']))
        self.check()
        self.assertEqual([], self.rows(models.reservations))
        self.assertEqual([0, 0], [self.total(project).reserved
                                  for project in 'pq'])

    def check(self):
        for project in 'pq':
            self.assertEqual([], self.database.write(
                usage_recount.recount, project, False))
            self.assertLessEqual(self.total(project).bytes, 300)
            self.assertLessEqual(self.total(project).artifacts, 12)

    def many(self, thread):
        """Do many things; how many could be done."""
        self.local.pick = random.Random('%d %d' % (SEED, thread))
        return sum(self.perhaps() for _ in range(OPERATIONS // THREADS))

    def perhaps(self):
        try:
            self.one()
        except (exceptions.ArtifactsError, Broken):
            return False  # others were faster, there is no room, it broke
        return True

    def one(self):
        """Do one thing to some artifact, or make one."""
        pick = self.local.pick
        with self.database.reader() as conn:
            there = sorted(conn.scalars(sa.select(models.artifacts.c.id)
                                        .where(models.artifacts.c.live == 1)))
        what = pick.choice(WHAT)
        if what == 'make' or not there:
            self.draft(name=uuid.uuid4().hex, owner=pick.choice('pq'))
            return
        artifact = self.get(factories.artifact(id=pick.choice(there)))
        if artifact is not None:
            getattr(self, '_' + what)(artifact, pick)

    def _delete(self, artifact, pick):
        self.repository.delete(artifact)

    def _bring(self, artifact, pick, **values):
        data = bytes(pick.randrange(80))
        self.upload(artifact, data, pick.choice(('data', 'extra')),
                    size=pick.choice((len(data), None)), **values)

    def _fail(self, artifact, pick):
        self._bring(artifact, pick, sha256='0' * 64)

    def _clear(self, artifact, pick):
        if artifact.blobs:
            self.repository.delete_blob(artifact, pick.choice(
                list(artifact.blobs.values())))

    def _give(self, artifact, pick):
        self.repository.save(artifact, dataclasses.replace(
            artifact, owner={'p': 'q', 'q': 'p'}[artifact.owner]))

    def _kill(self, artifact, pick):
        segment_id = self.killed(artifact, pick.randrange(50))
        if pick.random() < 0.8:
            self.expire(segment_id)

    def disturb(self):
        """Now and then, while bytes move."""
        chance = self.local.pick.random()
        if chance < 0.1:
            raise Broken()
        if chance < 0.3:
            self.perhaps()
