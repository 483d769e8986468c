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

import gc

import threading

import fixtures
from oslotest import base

from glance_artifacts import exceptions
from glance_artifacts.store import bulkhead
from glance_artifacts.store import pools


class TestEnter(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        # those that are there are long ones
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.store.bulkhead.LONG', 0.0))
        self.found = bulkhead.Bulkhead({'a': 1, 'b': 2}, 3)

    def refused(self, pool):
        error = self.assertRaises(exceptions.Busy, self.found.enter, pool)
        self.assertEqual((503, 'pool.busy'), (error.status, error.code))
        self.assertIn('Retry-After', error.headers)

    def test_as_many_as_a_pool_lets_in(self):
        one = self.found.enter('a')
        self.refused('a')
        two, three = self.found.enter('b'), self.found.enter('b')
        self.refused('b')
        for transfer in (one, two):
            transfer.close()
            transfer.close()
        with self.found.enter('a'):
            self.refused('a')
        self.assertEqual({'a': bulkhead.Counts(0, 2),
                          'b': bulkhead.Counts(1, 1)}, self.found.counts())
        three.close()

    def test_all_together(self):
        kept = [self.found.enter('images') for _ in range(3)]
        for pool in ('images', 'a'):
            self.refused(pool)
        kept.pop().close()
        self.found.enter('a').close()

    def test_one_that_nobody_closes(self):
        self.found.enter('a')
        gc.collect()
        self.found.enter('a').close()

    def test_one_that_takes_no_place(self):
        bulkhead.FREE.close()
        self.assertEqual({}, self.found.counts())


class TestWait(base.BaseTestCase):
    """Many that are short."""

    def setUp(self):
        super().setUp()
        self.patience(60.0)
        self.found = bulkhead.Bulkhead({'a': 1, 'b': 2}, 3)

    def patience(self, seconds):
        for name in ('PATIENCE', 'LONG'):
            self.useFixture(fixtures.MonkeyPatch(
                'glance_artifacts.store.bulkhead.%s' % name, seconds))

    def waiting(self, pool):
        """A thread that waits for a place."""
        def wait():
            self.found.enter(pool).close()
        thread = threading.Thread(target=wait, daemon=True)
        before = self.found._waiting
        thread.start()
        while self.found._waiting == before:
            self.assertTrue(thread.is_alive())
        return thread

    def ends(self, thread):
        thread.join(60)
        self.assertFalse(thread.is_alive())

    def test_for_a_place(self):
        transfer = self.found.enter('a')
        thread = self.waiting('a')
        transfer.close()
        self.ends(thread)
        self.assertEqual({}, self.found.counts())

    def test_only_one_on_the_last_thread(self):
        kept = [self.found.enter('images') for _ in range(3)]
        thread = self.waiting('a')
        self.assertRaises(exceptions.Busy, self.found.enter, 'b')
        kept.pop().close()
        self.ends(thread)

    def test_others_have_gone_but_not_of_this_pool(self):
        one, two = self.found.enter('a'), self.found.enter('b')
        thread = self.waiting('a')
        two.close()
        self.assertTrue(thread.is_alive())
        one.close()
        self.ends(thread)

    def test_not_for_ever(self):
        self.patience(0.001)
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.store.bulkhead.LONG', 60.0))
        transfer = self.found.enter('a')
        self.assertRaises(exceptions.Busy, self.found.enter, 'a')
        transfer.close()
        self.found.enter('a').close()


class TestOf(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.store.bulkhead.LONG', 0.0))

    def made(self, threads, **limits):
        return bulkhead.Bulkhead.of(pools.Pools([
            pools.Pool(name, ('s',), max_transfers=limit)
            for name, limit in limits.items()]), threads)

    def room(self, found, *names):
        """How many transfers of these pools go at a time."""
        kept = []
        for name in names:
            try:
                while True:
                    kept.append(found.enter(name))
            except exceptions.Busy:
                pass
        return len(kept)

    def test_the_last_thread_is_for_images(self):
        for threads, room in ((1, 1), (2, 1), (4, 3), (16, 15), (None, 3)):
            found = self.made(threads, a=None, b=None)
            self.assertEqual(room, self.room(found, 'a', 'b', 'images'))

    def test_limits(self):
        found = self.made(4, a=1, b=None)
        self.assertEqual(1, self.room(found, 'a'))
        self.assertEqual(3, self.room(self.made(4, a=1, b=1, c=None),
                                      'a', 'b', 'c'))
        self.assertEqual(2, self.room(self.made(4, a=1, b=1), 'a', 'b'))

    def test_as_many_as_threads(self):
        for threads, limit in ((4, 4), (1, 2), (2, 7)):
            error = self.assertRaises(exceptions.Misconfigured, self.made,
                                      threads, a=None, b=limit)
            for word in ('[artifact_pool:b]/max_transfers = %d' % limit,
                         '%d threads' % threads, 'Remedy: '):
                self.assertIn(word, error.detail)

    def test_a_server_that_does_not_tell(self):
        self.assertEqual(20, self.room(self.made(None, a=20), 'a'))
