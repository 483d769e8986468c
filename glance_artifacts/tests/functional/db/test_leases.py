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

import dataclasses
import datetime
import os
import threading
import time

import fixtures
import sqlalchemy as sa

from glance_artifacts.db import blobs
from glance_artifacts.db import clock
from glance_artifacts.db import keeper
from glance_artifacts.db import leases
from glance_artifacts.db import models
from glance_artifacts.tests.functional.db import test_blobs

SECOND = datetime.timedelta(seconds=1)


class LeaseTestCase(test_blobs.LedgerTestCase):

    def lease(self, segment):
        (found,) = [row['lease_until'] for row in self.rows(models.segments)
                    if row['id'] == segment.id]
        return found

    def now(self):
        with self.database.reader() as conn:
            return leases.now(conn)

    def set(self, segment, **values):
        """Change the row of a segment behind everybody's back."""
        self.write(lambda conn: conn.execute(
            sa.update(models.segments)
            .where(models.segments.c.id == segment.id).values(**values)))

    def run_out(self, segment):
        self.write(lambda conn: conn.execute(
            sa.update(models.segments)
            .where(models.segments.c.id == segment.id)
            .values(lease_until=clock.now(conn, -1))))

    def expired(self, after=None, limit=10):
        with self.database.reader() as conn:
            return [segment.id for segment in leases.expired(conn, after,
                                                             limit)]

    def due(self, without=()):
        with self.database.reader() as conn:
            return [segment.id for segment in leases.due(
                conn, leases.now(conn), without, 10)]


class TestClock(LeaseTestCase):

    def test_is_utc_to_the_microsecond(self):
        before = datetime.datetime.now(datetime.timezone.utc)
        found = self.now()
        # the server may stand elsewhere, but in these tests it is here
        self.assertLess(abs(found - before), datetime.timedelta(minutes=1))
        self.assertEqual(datetime.timedelta(0), found.utcoffset())

    def test_from_now_on(self):
        with self.database.reader() as conn:
            for seconds in (0, 60, 0.25, -3600, 86400 * 400):
                now, then = conn.execute(sa.select(
                    clock.now(conn), clock.now(conn, seconds))).one()
                self.assertLess(
                    abs(then - now - seconds * SECOND), SECOND / 20)

    def test_goes_on_within_a_transaction(self):
        with self.database.writer() as conn:
            first = leases.now(conn)
            self.assertGreaterEqual(leases.now(conn), first)
            deadline = time.monotonic() + 10
            while leases.now(conn) == first:
                self.assertLess(time.monotonic(), deadline)

    def test_compares_with_what_is_kept(self):
        self.reserve()
        column = models.segments.c.lease_until
        with self.database.writer() as conn:
            conn.execute(sa.update(models.segments).values(
                lease_until=clock.now(conn, 3600)))
        for moment, expected in ((0, True), (3540, True), (3601, False)):
            with self.database.reader() as conn:
                found = conn.scalar(sa.select(sa.func.count()).where(
                    column > clock.now(conn, moment)))
            self.assertEqual(int(expected), found, moment)


class TestWriters(LeaseTestCase):

    def test_begins_with_the_row(self):
        _, segment = self.reserve()
        left = self.lease(segment) - self.now()
        self.assertTrue(30 * SECOND < left <= 60 * SECOND, left)
        self.assertEqual([], self.expired())

    def test_ends_with_the_upload(self):
        _, segment = self.active()
        self.assertIsNone(self.lease(segment))

    def test_renewed(self):
        _, segment = self.reserve()
        _, other = self.reserve('extra')
        before = self.lease(segment)
        self.write(leases.renew, {segment.id}, 100)
        self.assertGreater(self.lease(segment), before + 30 * SECOND)
        self.assertLess(self.lease(other), before + 30 * SECOND)

    def test_renewed_after_it_has_run_out(self):
        _, segment = self.reserve()
        self.run_out(segment)
        self.assertEqual([segment.id], self.expired())
        self.write(leases.renew, {segment.id}, 60)
        self.assertEqual([], self.expired())
        self.assertFalse(self.write(leases.take, segment.id))

    def test_not_renewed_once_taken(self):
        _, segment = self.reserve()
        self.run_out(segment)
        self.assertTrue(self.write(leases.take, segment.id))
        taken = self.lease(segment)
        self.write(leases.renew, {segment.id}, 60)
        self.assertEqual(taken, self.lease(segment))
        self.assertEqual({segment.id: 'deleted'}, self.statuses())

    def test_writers_of_older_releases(self):
        """They write no lease: a day is theirs."""
        _, segment = self.reserve()
        now = self.now()
        for age, expected in ((23, []), (25, [segment.id])):
            self.set(segment, lease_until=None,
                     created_at=now - datetime.timedelta(hours=age))
            self.assertEqual(expected, self.expired())
            self.assertEqual(bool(expected),
                             self.write(leases.take, segment.id))


class TestTaking(LeaseTestCase):

    def test_what_has_run_out_and_only_once(self):
        _, segment = self.reserve()
        self.assertFalse(self.write(leases.take, segment.id))
        self.run_out(segment)
        self.assertTrue(self.write(leases.take, segment.id))
        self.assertFalse(self.write(leases.take, segment.id))
        self.assertEqual([segment.id], self.due())

    def test_nothing_that_is_active_or_gone(self):
        _, segment = self.active()
        self.run_out(segment)
        self.assertEqual([], self.expired())
        self.assertFalse(self.write(leases.take, segment.id))
        self.write(blobs.forget, segment)
        self.assertFalse(self.write(leases.take, segment.id))

    def test_page_by_page(self):
        made = []
        for key in 'abcde':
            made.append(self.reserve('data', key)[1])
            self.run_out(made[-1])
        found = self.expired(limit=2)
        while more := self.expired(found[-1], limit=2):
            found += more
        self.assertEqual(sorted(segment.id for segment in made), found)

    def test_only_one_of_many(self):
        _, segment = self.reserve()
        self.run_out(segment)
        results, ready = [], threading.Barrier(4)

        def take():
            ready.wait()
            results.append(self.database.write(leases.take, segment.id))

        threads = [threading.Thread(target=take) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([False, False, False, True], sorted(results))


class TestDeleting(LeaseTestCase):

    def removed(self, delay):
        blob, segment = self.active()
        self.write(blobs.remove, self.artifact.id, blob, delay)
        return segment

    def test_not_before_its_time(self):
        segment = self.removed(60)
        self.assertEqual([], self.due())
        self.assertFalse(self.write(leases.claim, segment.id, self.now(), 60))
        self.run_out(segment)
        self.assertEqual([segment.id], self.due())

    def test_by_one_at_a_time(self):
        segment = self.removed(0)
        moment = self.now()
        self.assertTrue(self.write(leases.claim, segment.id, moment, 60))
        self.assertFalse(self.write(leases.claim, segment.id, self.now(), 60))
        self.assertEqual([], self.due())

    def test_again_after_a_failure(self):
        """But not in the same round."""
        segment = self.removed(0)
        moment = self.now()
        self.write(leases.claim, segment.id, moment, 60)
        self.write(leases.release, segment.id)
        self.assertEqual([segment.id], self.due())

    def test_stores_that_are_left_out(self):
        segment = self.removed(0)
        self.assertEqual([], self.due(without=['memory']))
        self.assertEqual([segment.id], self.due(without=['other']))

    def test_marked_by_older_releases(self):
        segment = self.removed(60)
        self.set(segment, lease_until=None)
        self.assertEqual([segment.id], self.due())

    def test_count(self):
        self.removed(0)
        _, segment = self.reserve()
        self.reserve('extra')
        self.run_out(segment)
        with self.database.reader() as conn:
            self.assertEqual((1, 1), leases.count(conn))

    def test_a_writer_who_comes_back(self):
        """What purge has forgotten is noted again with its place."""
        blob, segment = self.reserve()
        self.run_out(segment)
        self.write(leases.take, segment.id)
        (taken,) = self.due_segments()
        back = dataclasses.replace(segment, location='memory://a')
        self.assertTrue(self.write(blobs.condemn, back))
        # purge has found nothing, but there is something now
        self.write(blobs.forget, taken)
        self.assertEqual({segment.id: 'deleted'}, self.statuses())
        self.write(blobs.forget, back)
        self.assertEqual({}, self.statuses())
        self.assertTrue(self.write(blobs.condemn, back))
        self.assertEqual({segment.id: 'deleted'}, self.statuses())

    def due_segments(self):
        with self.database.reader() as conn:
            return leases.due(conn, leases.now(conn), (), 10)


class TestKeeper(LeaseTestCase):

    def setUp(self):
        super().setUp()
        self.logs = self.useFixture(fixtures.FakeLogger())
        self.keeper = keeper.Keeper(self.database, 0.3)

    def eventually(self, condition):
        deadline = time.monotonic() + 20
        while not condition():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)

    def renewed(self, segment):
        before = self.lease(segment)
        self.eventually(lambda: self.lease(segment) != before)

    def running(self):
        return [thread for thread in threading.enumerate()
                if thread is self.keeper._thread]

    def test_several_by_one_thread(self):
        self.assertEqual([], self.running())
        one, other = self.reserve()[1], self.reserve('extra')[1]
        with self.keeper.holding(one.id):
            with self.keeper.holding(other.id):
                self.renewed(one)
                self.renewed(other)
                (thread,) = self.running()
            self.renewed(one)
            self.assertEqual([thread], self.running())
        thread.join(20)
        self.assertFalse(thread.is_alive())
        last = self.lease(one)
        with self.keeper.holding(other.id):
            self.renewed(other)
        self.assertEqual(last, self.lease(one))

    def test_ends_with_a_failed_upload(self):
        _, segment = self.reserve()
        try:
            with self.keeper.holding(segment.id):
                (thread,) = self.running()
                raise KeyError()
        except KeyError:
            pass
        thread.join(20)
        self.assertFalse(thread.is_alive())

    def test_goes_on_when_the_database_does_not(self):
        _, segment = self.reserve()
        write, failing = self.database.write, threading.Event()

        def fail(*args):
            failing.set()
            raise KeyError('memory://secret')

        with self.keeper.holding(segment.id):
            self.database.write = fail
            self.assertTrue(failing.wait(20))
            self.database.write = write
            self.renewed(segment)
        self.assertIn('KeyError', self.logs.output)
        self.assertNotIn('memory://', self.logs.output)

    def test_in_a_process_that_was_forked(self):
        """The thread of the parent is not there, and not missed."""
        _, segment = self.reserve()
        with self.keeper.holding(segment.id):
            (thread,) = self.running()
        thread.join(20)
        # as a child finds it
        self.keeper._thread, self.keeper._pid = thread, os.getpid() - 1
        self.keeper._held.add(segment.id)
        _, other = self.reserve('extra')
        last = self.lease(segment)
        with self.keeper.holding(other.id):
            self.renewed(other)
        self.assertEqual(last, self.lease(segment))
