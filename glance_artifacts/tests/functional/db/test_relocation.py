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

"""Artifacts on their way to another pool, where something comes between."""

import dataclasses
import io
import threading

import fixtures
import sqlalchemy as sa

from glance_artifacts.api import views
from glance_artifacts.db import amounts
from glance_artifacts.db import clock
from glance_artifacts.db import copies
from glance_artifacts.db import inventory
from glance_artifacts.db import keeper
from glance_artifacts.db import leases
from glance_artifacts.db import models
from glance_artifacts.db import moves
from glance_artifacts.db import usage
from glance_artifacts.db import usage_recount
from glance_artifacts import exceptions
from glance_artifacts.quota import limits
from glance_artifacts.repository import bodies
from glance_artifacts.repository import conditions
from glance_artifacts.repository import move_queue
from glance_artifacts.repository import moving
from glance_artifacts.repository import purge
from glance_artifacts.repository import reading
from glance_artifacts.repository import relocation
from glance_artifacts.repository import sessions
from glance_artifacts.repository import type_versions
from glance_artifacts.store import pools
from glance_artifacts.store import reader
from glance_artifacts.tests.functional.db import base
from glance_artifacts.types import registry

DATA = b'some bytes'
TARGET = pools.Pool('target', ('near', 'far'))


class RelocationTestCase(base.MigratedTestCase):

    pool = pools.Pool('general', ('memory',), segment_size=4)
    delay = 0.0

    def setUp(self):
        super().setUp()
        types = type_versions.TypeVersions(self.database,
                                           registry.Registry(self.types))
        self.relocation = relocation.Relocation(
            self.database, self.backends, types,
            keeper.Keeper(self.database, self.lease), self.delay)
        self.read = []
        self.artifact = self.create(status='drafted')

    def upload(self, field='data', data=DATA, size=None):
        """Upload; of a store that cannot seek in segments of 4 bytes."""
        artifact, type_class = self.get(self.artifact), self.types[0]
        return self.repository.upload(artifact, bodies.Upload(
            type_class=type_class, field=type_class.fields[field], key='',
            shown=views.artifact(artifact, type_class, internal=True),
            body=io.BytesIO(data), content_type='text/plain',
            size=len(data) if size is None else size))

    def move(self, pool=TARGET, took=None):
        return self.relocation.run(self.artifact.id, pool,
                                   took or self.read.append)

    def meanwhile(self, act, *args):
        """Have something happen once, while a copy is written."""
        def once():
            self.backends.during_put = lambda: None
            act(*args)
        self.backends.during_put = once

    def leave(self, seconds, status='copied'):
        """Say when the leases of segments run out."""
        with self.database.writer() as conn:
            conn.execute(sa.update(models.segments).where(
                models.segments.c.status == status).values(
                lease_until=clock.now(conn, seconds)))

    def run_out(self):
        """End the leases of those who write."""
        self.leave(-1, 'saving')

    def stores(self):
        """Where the bytes are that count."""
        return {row['backend'] for row in self.rows(models.segments)
                if row['status'] in ('active', 'part')}

    def copied(self):
        """Where copies wait for others."""
        return [row['backend'] for row in self.rows(models.segments)
                if row['status'] == 'copied']

    def content(self, field='data'):
        artifact = self.get(self.artifact)
        blob = artifact.blob(field)
        return b''.join(reading.chunks(self.repository.read(
            artifact, blob, 0, blob.size)))

    def purge(self):
        done = purge.Purge(self.database, self.backends,
                           self.places, 0)
        self.assertEqual({None}, {one.problem for one in done.settle()}
                         | {None})

    def pool_counts(self):
        with self.database.reader() as conn:
            found = usage.of(conn, self.artifact.owner)
        return {name.removeprefix(amounts.POOL):
                (one.artifacts, one.used, one.reserved)
                for name, one in found.items()
                if name.startswith(amounts.POOL) and one != amounts.NOTHING}

    def assert_exact(self):
        """What is counted, noted and kept is what there is, and no more."""
        self.assertEqual([], self.database.write(
            usage_recount.recount, self.artifact.owner, False))
        self.assertEqual(
            {row['location'] for row in self.rows(models.segments)},
            set(self.backends.objects))
        self.assertEqual([], [row for row in self.rows(models.segments)
                              if row['copy_of'] is not None])
        self.assert_index_is_exact()

    def assert_moved(self, *read):
        self.assertEqual('target', self.get(self.artifact).pool)
        self.assertEqual({'near'}, self.stores())
        self.purge()
        self.assertEqual(list(read or [DATA]), [self.content()])
        self.assertEqual({'near'}, {row['backend'] for row in
                                    self.rows(models.segments)})
        self.assert_exact()


class TestMove(RelocationTestCase):

    def test_one_segment(self):
        blob = self.upload()
        before = self.get(self.artifact)
        self.assertEqual(relocation.MOVED, self.move())
        after = self.get(self.artifact)
        self.assertEqual(blob, after.blob('data'))
        self.assertEqual(before.updated_at, after.updated_at)
        self.assertEqual(before.revision + 1, after.revision)
        self.assertEqual(len(DATA), sum(self.read))
        self.assertEqual({'target': (1, len(DATA), 0)}, self.pool_counts())
        self.assertEqual(2, len(self.backends.objects))
        self.assert_moved()

    def test_several_segments(self):
        self.backends.seeking = False
        blob = self.upload()
        self.assertEqual(3, blob.segments)
        self.upload('extra', b'more')
        self.assertEqual(relocation.MOVED, self.move())
        self.assertEqual(b'more', self.content('extra'))
        self.assert_moved()

    def test_many_segments(self):
        """What takes the lock for long takes few statements."""
        self.backends.seeking = False
        data = bytes(range(40))
        self.upload(data=data)
        with self.statements() as seen:
            self.assertEqual(relocation.MOVED, self.move())
        self.assert_moved(data)
        copied = 10
        changes = [one for one in seen if 'UPDATE gart_segments' in one]
        self.assertLessEqual(len(changes), copied + 3)

    def test_in_batches(self):
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.db.copies._BATCH', 2))
        self.backends.seeking = False
        data = bytes(range(20))
        self.upload(data=data)
        self.assertEqual(relocation.MOVED, self.move())
        self.assert_moved(data)

    def test_the_copies_are_synced(self):
        self.upload()
        self.backends.synced.clear()
        self.move()
        (row,) = [row for row in self.rows(models.segments)
                  if row['status'] == 'active']
        self.assertEqual([row['location']], self.backends.synced)

    def test_nothing_to_copy(self):
        self.assertEqual(relocation.MOVED, self.move())
        self.assertEqual('target', self.get(self.artifact).pool)
        self.assertEqual({'target': (1, 0, 0)}, self.pool_counts())
        self.assertEqual(relocation.MOVED, self.move())
        self.assertEqual(self.artifact.revision + 1,
                         self.get(self.artifact).revision)

    def test_only_what_is_elsewhere(self):
        self.upload()
        both = pools.Pool('target', ('memory', 'near'))
        self.assertEqual(relocation.MOVED, self.move(both))
        self.assertEqual([], self.read)
        self.assertEqual('target', self.get(self.artifact).pool)
        self.assertEqual({'memory'}, self.stores())
        self.assert_exact()

    def test_there_and_back(self):
        self.upload()
        self.move()
        self.purge()
        self.move(self.pool)
        self.assertEqual('general', self.get(self.artifact).pool)
        self.assertEqual({'general': (1, len(DATA), 0)}, self.pool_counts())
        self.purge()
        self.assertEqual(DATA, self.content())
        self.assert_exact()

    def test_the_old_bytes_wait(self):
        self.relocation = relocation.Relocation(
            self.database, self.backends, self.relocation._types,
            keeper.Keeper(self.database, self.lease), 3600)
        self.upload()
        artifact = self.get(self.artifact)
        begun = self.repository.read(artifact, artifact.blob('data'), 0,
                                     len(DATA))
        self.move()
        self.purge()
        self.assertEqual(DATA, b''.join(reading.chunks(begun)))
        self.assertEqual(2, len(self.backends.objects))

    def test_counters_of_a_project_that_has_none_yet(self):
        self.upload()
        with self.database.writer() as conn:
            conn.execute(sa.delete(models.usage))
        self.move()
        self.assertEqual({'target': (1, len(DATA), 0)}, self.pool_counts())
        self.assert_exact()

    def test_others_stay_counted(self):
        other = self.create(name='other', status='drafted')
        self.upload()
        self.move()
        self.assertEqual({'general': (1, 0, 0), 'target': (1, len(DATA), 0)},
                         self.pool_counts())
        self.artifact = other
        self.move()
        self.assertEqual({'target': (2, len(DATA), 0)}, self.pool_counts())
        self.assert_exact()


class TestBetween(RelocationTestCase):

    def test_a_delete_wins(self):
        self.upload()
        self.meanwhile(lambda: self.repository.delete(
            self.get(self.artifact)))
        self.assertEqual(relocation.GONE, self.move())
        self.purge()
        self.assertEqual([], self.rows(models.segments))
        self.assertEqual({}, self.backends.objects)
        self.assertEqual({}, self.pool_counts())

    def test_a_delete_that_the_copy_finds(self):
        self.upload()
        reads = []

        def delete(count):
            if not reads:
                self.repository.delete(self.get(self.artifact))
                self.backends.failing.add('whole')
            reads.append(count)
        self.assertEqual(relocation.GONE, self.move(took=delete))
        self.backends.failing.clear()
        self.purge()
        self.assertEqual({}, self.backends.objects)

    def test_a_blob_that_is_deleted_and_uploaded_anew(self):
        self.upload()

        def replace():
            artifact = self.get(self.artifact)
            self.repository.delete_blob(artifact, artifact.blob('data'))
            self.upload(data=b'others')
        self.meanwhile(replace)
        self.assertEqual(relocation.BUSY, self.move())
        self.assertEqual('general', self.get(self.artifact).pool)
        self.assertEqual(relocation.MOVED, self.move())
        self.assert_moved(b'others')

    def test_a_change_of_the_artifact(self):
        self.upload()

        def tag():
            current = self.get(self.artifact)
            self.repository.save(current, dataclasses.replace(
                current, tags=['meanwhile']))
        self.meanwhile(tag)
        self.assertEqual(relocation.MOVED, self.move())
        self.assertEqual(['meanwhile'], self.get(self.artifact).tags)
        self.assert_moved()

    def test_an_upload_that_runs_is_waited_for(self):
        found = []
        self.meanwhile(lambda: found.append(self.move()))
        self.upload()
        self.assertEqual([relocation.BUSY], found)
        self.assertEqual('general', self.get(self.artifact).pool)
        self.assertEqual(relocation.MOVED, self.move())
        self.assert_moved()

    def test_an_upload_that_died_is_not(self):
        def die():
            raise SystemExit()
        self.backends.during_put = die
        with fixtures.MonkeyPatch(
                'glance_artifacts.repository.moving.undo',
                lambda *args: None):
            self.assertRaises(SystemExit, self.upload)
        self.backends.during_put = lambda: None
        self.assertEqual(relocation.BUSY, self.move())
        self.run_out()
        self.assertEqual(relocation.MOVED, self.move())
        self.purge()
        self.assert_exact()

    def test_an_upload_that_begins_is_told(self):
        """It has read which pool that is before the artifact moved."""
        of = self.limits.of

        def moved(project):
            self.limits.of = of
            self.move()
            return of(project)
        self.limits.of = moved
        self.assertRaises(conditions.Moved, self.upload)
        self.assertEqual([], self.rows(models.segments))
        self.repository._mover._pools = pools.Pools([self.pool, TARGET])
        self.upload()
        self.assert_moved()

    def test_an_upload_in_a_store_that_both_pools_have(self):
        """It may go on in one that only the old pool has."""
        both = pools.Pool('target', ('memory', 'near'))
        found = []
        self.meanwhile(lambda: found.append(self.move(both)))
        self.upload()
        self.assertEqual([relocation.BUSY], found)
        self.assertEqual(relocation.MOVED, self.move(both))

    def test_a_mover_to_a_third_pool(self):
        self.upload()
        third, found = pools.Pool('third', ('away',)), []
        self.meanwhile(lambda: found.append(self.move(third)))
        self.assertEqual(relocation.MOVED, self.move())
        self.assertEqual([relocation.BUSY], found)

    def test_a_mover_to_a_third_pool_that_copies_from_here(self):
        """What it copies is about to leave again."""
        self.upload()
        self.move()
        third, found = pools.Pool('third', ('away',)), []
        self.meanwhile(lambda: found.append(self.move()))
        self.assertEqual(relocation.MOVED, self.move(third))
        self.assertEqual([relocation.BUSY], found)

    def test_another_mover(self):
        self.upload()
        found = []
        self.meanwhile(lambda: found.append(self.move()))
        self.assertEqual(relocation.MOVED, self.move())
        self.assertEqual([relocation.BUSY], found)
        self.assertEqual(len(DATA), sum(self.read))
        self.assert_moved()

    def test_many_movers(self):
        self.backends.seeking = False
        self.upload(data=b'x' * 40)
        results = []
        threads = [threading.Thread(target=lambda: results.append(
            self.move())) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(5, len(results))
        self.assertEqual(relocation.MOVED, self.move())
        self.assertEqual(40, sum(self.read))
        self.assert_moved(b'x' * 40)


class TestAllAtOnce(RelocationTestCase):
    """Copies wait for those of the rest of their artifact."""

    def setUp(self):
        super().setUp()
        self.backends.seeking = False
        self.upload()
        self.last = max((row for row in self.rows(models.segments)),
                        key=lambda row: row['n'])['location']

    def half(self, pool=TARGET):
        """Move as far as to the last segment, whose object is away."""
        data = self.backends.objects.pop(self.last)
        self.assertRaises(exceptions.Unavailable, self.move, pool)
        self.backends.objects[self.last] = data

    def test_nothing_shows_before(self):
        seen = []
        self.backends.during_put = lambda: seen.append(
            (self.stores(), self.get(self.artifact).pool, self.content()))
        self.assertEqual(relocation.MOVED, self.move())
        self.assertEqual([({'memory'}, 'general', DATA)] * 3, seen)
        self.assert_moved()

    def test_another_run_goes_on(self):
        self.half()
        self.assertEqual(['near'] * 2, self.copied())
        self.assertEqual({'memory'}, self.stores())
        with self.database.reader() as conn:
            self.assertEqual(2, inventory.volume(
                conn, TARGET.stores, id=self.artifact.id))
        self.purge()
        self.assertEqual(relocation.MOVED, self.move())
        self.assertEqual(len(DATA), sum(self.read))
        self.assert_moved()

    def left(self):
        """The seconds that the first copy may go on waiting."""
        first = min(row['lease_until'] for row in self.rows(models.segments)
                    if row['status'] == 'copied')
        with self.database.reader() as conn:
            return (first - leases.now(conn)).total_seconds()

    def test_a_run_that_fails_has_them_wait_for_longer(self):
        self.half()
        self.leave(copies.SECONDS / 3)
        self.half()
        self.assertGreater(self.left(), copies.SECONDS - 600)

    def test_a_run_that_takes_long_has_them_wait_for_longer(self):
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.repository.relocation._HOUR', 0.0))
        seen = []

        def look():
            if self.copied():
                seen.append(self.left())
                self.leave(copies.SECONDS / 3)
        self.backends.during_put = look
        self.assertEqual(relocation.MOVED, self.move())
        self.assertEqual(2, len(seen))
        self.assertGreater(min(seen), copies.SECONDS - 600)

    def test_an_upload_that_is_waited_for_has_them_wait_for_longer(self):
        self.half()
        self.leave(copies.SECONDS / 3)
        self.meanwhile(lambda: self.assertEqual(relocation.BUSY, self.move()))
        self.upload('extra', b'more')
        self.assertEqual(['near'] * 3, self.copied())
        self.assertGreater(self.left(), copies.SECONDS - 600)

    def test_fresh_ones_are_left_alone(self):
        self.half()
        self.leave(copies.SECONDS * 2 / 3)
        with self.statements() as seen:
            self.half()
        self.assertEqual([], [one for one in seen if 'UPDATE' in one and
                              'copied' in one and 'gart_segments' in one])

    def test_one_that_is_overruled_leaves_them_alone(self):
        self.half()
        with self.database.writer() as conn:
            moves.put(conn, self.artifact.id, 'target')
        before, read = self.copied(), sum(self.read)
        self.assertEqual(relocation.OVERRULED,
                         self.move(pools.Pool('third', ('away',))))
        self.assertEqual((before, read), (self.copied(), sum(self.read)))

    def test_one_that_is_overruled_meanwhile_stops(self):
        def ask():
            with self.database.writer() as conn:
                moves.put(conn, self.artifact.id, 'general')
        self.meanwhile(ask)
        self.assertEqual(relocation.OVERRULED, self.move())
        self.assertEqual(['near'], self.copied())

    def test_one_that_is_called_off_by_another_worker(self):
        self.assertEqual(relocation.OVERRULED, self.relocation.run(
            self.artifact.id, TARGET, self.read.append, asked=True))
        self.assertEqual(([], []), (self.copied(), self.read))

    def test_another_mover_drops_them_while_they_are_put_in_place(self):
        """It waits, and finds that nothing is to be dropped any more."""
        third, others = pools.Pool('third', ('away',)), []
        pairs = copies._pairs

        def meanwhile(*args):
            found = pairs(*args)
            if found and not others:
                others.append(threading.Thread(
                    target=self.relocation.run, args=(
                        self.artifact.id, third, lambda count: None)))
                others[0].start()
                # it is over before, if it does not wait
                others[0].join(1)
                self.purge()
            return found
        with fixtures.MonkeyPatch('glance_artifacts.db.copies._pairs',
                                  meanwhile):
            self.assertEqual(relocation.MOVED, self.move())
        others[0].join()
        self.purge()
        self.assertEqual(DATA, self.content())
        self.assertEqual(relocation.MOVED, self.move())
        self.purge()
        self.assertEqual(DATA, self.content())
        self.assert_exact()

    def test_not_for_ever(self):
        self.half()
        self.leave(-1)
        self.purge()
        self.assertEqual([], self.copied())
        self.assertEqual(DATA, self.content())
        self.assert_exact()
        self.assertEqual(relocation.MOVED, self.move())
        self.assert_moved()

    def test_the_artifact_is_deleted(self):
        self.half()
        self.repository.delete(self.get(self.artifact))
        self.assertEqual({}, self.backends.objects)
        self.assertEqual([], self.rows(models.segments))

    def test_the_blob_is_deleted(self):
        self.half()
        artifact = self.get(self.artifact)
        self.repository.delete_blob(artifact, artifact.blob('data'))
        self.assertEqual({}, self.backends.objects)
        self.assertEqual(relocation.MOVED, self.move())
        self.assert_exact()

    def test_another_pool_is_asked_for(self):
        self.half(pools.Pool('third', ('away',)))
        self.assertEqual(['away'] * 2, self.copied())
        self.assertEqual(relocation.MOVED, self.move())
        self.assert_moved()

    def test_it_is_called_off(self):
        self.half()
        self.assertEqual(relocation.MOVED, self.move(self.pool))
        self.purge()
        self.assertEqual({'memory'}, self.stores())
        self.assert_exact()

    def test_killed_between(self):
        def die():
            raise SystemExit()
        self.backends.during_put = lambda: setattr(
            self.backends, 'during_put', die)
        with fixtures.MonkeyPatch(
                'glance_artifacts.repository.moving.undo',
                lambda *args: None):
            self.assertRaises(SystemExit, self.move)
        self.backends.during_put = lambda: None
        self.assertEqual(['near'], self.copied())
        self.run_out()
        self.assertEqual(relocation.MOVED, self.move())
        self.assertEqual(len(DATA) + 4, sum(self.read))
        self.assert_moved()


class TestParts(RelocationTestCase):

    def setUp(self):
        super().setUp()
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.repository.part_sizes.SMALLEST', 4))
        type_class = self.types[0]
        self.place = bodies.Place(
            type_class, type_class.fields['data'], '', views.artifact(
                self.artifact, type_class, internal=True))
        self.session = self.repository.sessions.begin(
            self.artifact, self.place, sessions.Wanted('text/plain'))

    def put(self, n, data):
        return self.repository.sessions.put(
            self.get(self.artifact), self.session, n, moving.Stream(
                io.BytesIO(data), 'data', 4, reader.too_large, len(data)))

    def complete(self):
        return self.repository.sessions.complete(
            self.artifact, self.session, self.place, None)

    def test_before_it_is_complete(self):
        for n in (1, 2):
            self.put(n, b'four')
        self.assertEqual(relocation.MOVED, self.move())
        self.assertEqual({'target': (1, 0, 8)}, self.pool_counts())
        self.complete()
        self.assertEqual({'target': (1, 8, 0)}, self.pool_counts())
        self.assert_moved(b'fourfour')

    def test_while_it_is_completed(self):
        self.put(1, b'four')

        def inspect(type_class, view):
            self.assertEqual(relocation.MOVED, self.move())
            with view.open() as file:
                return {} if file.read() else None
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.types.hooks.inspect', inspect))
        self.complete()
        self.assert_moved(b'four')

    def test_completed_while_a_part_is_copied(self):
        self.put(1, b'four')
        self.meanwhile(self.complete)
        self.assertEqual(relocation.MOVED, self.move())
        self.assertEqual({'target': (1, 4, 0)}, self.pool_counts())
        self.assert_moved(b'four')

    def test_replaced_while_it_is_copied(self):
        self.put(1, b'four')
        self.meanwhile(self.put, 1, b'more')
        self.assertEqual(relocation.BUSY, self.move())
        self.assertEqual(relocation.MOVED, self.move())
        self.complete()
        self.assert_moved(b'more')

    def test_replaced_when_it_was_copied(self):
        for n in (1, 2):
            self.put(n, b'four')
        last = max(self.rows(models.segments),
                   key=lambda row: row['n'])['location']
        for data in (b'more', b'less'):
            lost = self.backends.objects.pop(last)
            self.assertRaises(exceptions.Unavailable, self.move)
            self.backends.objects[last] = lost
            self.assertEqual(['near'], self.copied())
            self.put(1, data)
            self.assertEqual([], self.copied())
        self.purge()
        self.assertEqual(2, len(self.backends.objects))
        self.assertEqual(relocation.MOVED, self.move())
        self.complete()
        self.assert_moved(b'lessfour')


class TestFailures(RelocationTestCase):

    def setUp(self):
        super().setUp()
        self.backends.seeking = False
        self.upload()

    def first(self):
        """Where the first of its segments is."""
        return next(row['location'] for row in self.rows(models.segments)
                    if row['n'] == 1)

    def assert_whole(self):
        self.assertEqual('general', self.get(self.artifact).pool)
        self.purge()
        self.assertEqual(DATA, self.content())
        self.assert_exact()

    def test_a_store_that_is_down_is_passed_over(self):
        self.backends.failing.add('near')
        self.assertEqual(relocation.MOVED, self.move())
        self.assertEqual({'far'}, self.stores())

    def test_not_without_fallback(self):
        self.backends.failing.add('near')
        self.assertRaises(exceptions.Unavailable, self.move,
                          dataclasses.replace(TARGET, fallback=False))
        self.assert_whole()

    def test_a_store_that_does_not_sync_is_passed_over(self):
        sync = self.backends.sync

        def failing(backend, location):
            if backend == 'near':
                raise exceptions.Unavailable('The disk is gone.')
            sync(backend, location)
        self.backends.sync = failing
        self.assertEqual(relocation.MOVED, self.move())
        self.assertEqual({'far'}, self.stores())
        self.purge()
        self.assert_exact()

    def test_none_takes_them(self):
        self.backends.failing = {'near', 'far'}
        error = self.assertRaises(exceptions.Unavailable, self.move)
        self.assertEqual('Store far: The store does not answer now.',
                         error.detail)
        self.backends.failing.clear()
        self.assert_whole()
        self.move()
        self.assertEqual(DATA, self.content())

    def test_the_source_does_not_answer(self):
        self.backends.failing.add('memory')
        self.assertRaises(exceptions.Unavailable, self.move)
        self.backends.failing.clear()
        self.assert_whole()

    def test_an_object_that_is_missing(self):
        location = self.first()
        data = self.backends.objects.pop(location)
        error = self.assertRaises(exceptions.Unavailable, self.move)
        self.assertEqual('store.object_missing', error.code)
        self.assertIn('in store memory: It is gone.', error.detail)
        self.backends.objects[location] = data
        self.assertEqual(relocation.MOVED, self.move())
        self.assert_moved()

    def test_bytes_that_have_rotted(self):
        location = self.first()
        data = self.backends.objects[location]
        self.backends.objects[location] = b'x' * len(data)
        self.assertRaises(exceptions.DigestMismatch, self.move)
        self.backends.objects[location] = data
        self.assert_whole()

    def test_bytes_that_are_too_few(self):
        location = self.first()
        data = self.backends.objects[location]
        for other, words in ((data[:-1], 'has 3 bytes, not 4'),
                             (data + b'x', 'has at least 5 bytes, not 4')):
            self.backends.objects[location] = other
            error = self.assertRaises(exceptions.DigestMismatch, self.move)
            self.assertIn('in store memory ' + words, error.detail)
        self.backends.objects[location] = data
        self.assert_whole()

    def test_stopped(self):
        def stop(count):
            raise relocation.Stopped
        self.assertRaises(relocation.Stopped, self.move, TARGET, stop)
        self.assert_whole()

    def test_killed(self):
        def die():
            raise SystemExit()
        for _ in range(2):
            self.backends.during_put = die
            with fixtures.MonkeyPatch(
                    'glance_artifacts.repository.moving.undo',
                    lambda *args: None):
                self.assertRaises(SystemExit, self.move)
            self.backends.during_put = lambda: None
            # somebody may still be at work on it
            self.assertEqual(relocation.BUSY, self.move())
            self.run_out()
        self.assertEqual(relocation.MOVED, self.move())
        self.assert_moved()

    def test_a_lease_that_was_taken(self):
        def take():
            self.run_out()
            self.purge()
        self.meanwhile(take)
        self.assertEqual(relocation.BUSY, self.move())
        self.assertEqual(relocation.MOVED, self.move())
        self.assert_moved()


class TestQueue(RelocationTestCase):

    def setUp(self):
        super().setUp()
        self.upload()
        self.queue = move_queue.MoveQueue(
            self.database, pools.Pools([self.pool, TARGET]), self.relocation)

    def ask(self, pool='target'):
        self.repository.move(self.get(self.artifact), pool)

    def queued(self):
        return [row['pool'] for row in self.rows(models.moves)]

    def run_queue(self):
        return [one.problem for one in self.queue.run(self.read.append)]

    def test_is_made(self):
        before = self.get(self.artifact)
        self.ask()
        self.assertEqual(before, self.get(self.artifact))
        self.assertEqual([None], self.run_queue())
        self.assertEqual([], self.queued())
        self.assertEqual([], self.run_queue())
        self.assert_moved()

    def test_the_last_word_counts(self):
        self.ask()
        self.ask('elsewhere')
        self.ask()
        self.assertEqual(['target'], self.queued())

    def test_is_called_off(self):
        self.ask()
        self.ask('general')
        self.assertEqual([None], self.run_queue())
        self.assertEqual([], self.queued())
        self.assertEqual('general', self.get(self.artifact).pool)
        self.assertEqual([], self.read)

    def test_is_called_off_while_it_is_made(self):
        """What has been copied by then was in vain."""
        self.ask()
        self.meanwhile(self.ask, 'general')
        self.assertEqual([None], self.run_queue())
        self.assertEqual(['near'], self.copied())
        self.assertEqual([None], self.run_queue())
        self.assertEqual(([], []), (self.copied(), self.queued()))
        self.assertEqual({'memory'}, self.stores())
        self.assertEqual('general', self.get(self.artifact).pool)
        self.purge()
        self.assert_exact()

    def test_of_a_revision_that_is_overtaken(self):
        before = self.get(self.artifact)
        self.upload('extra')
        self.repository.move(before, 'target')
        self.assertEqual(['target'], self.queued())

    def test_of_what_is_gone(self):
        self.ask()
        self.repository.delete(self.get(self.artifact))
        self.assertEqual([], self.queued())

    def test_of_what_is_busy_stays(self):
        self.artifact = self.create(name='other', status='drafted')
        self.ask()
        self.meanwhile(lambda: self.assertEqual([None], self.run_queue()))
        self.upload()
        self.assertEqual(['target'], self.queued())
        self.assertEqual([None], self.run_queue())

    def test_of_stores_of_other_services_stays(self):
        """What has their names here may be another disk."""
        self.ask()
        for far in ('near', 'far', 'memory'):
            self.backends.far = frozenset([far])
            self.assertEqual(relocation.FAR, self.move())
            self.assertEqual([None], self.run_queue())
            self.assertEqual(['target'], self.queued())
            self.assertEqual({'memory'}, self.stores())
        self.assertEqual([], self.read)
        self.backends.far = frozenset(['others'])
        self.assertEqual([None], self.run_queue())
        self.assert_moved()

    def test_that_fails_stays(self):
        self.ask()
        self.backends.failing = {'near', 'far'}
        (problem,) = self.run_queue()
        self.assertIn(self.artifact.id + ' to pool target: Store far: ',
                      problem)
        self.assertEqual(['target'], self.queued())

    def test_pools_that_fail_wait(self):
        for number in range(12):
            self.artifact = self.create(name=str(number), status='drafted')
            self.upload()
            self.ask()
        self.backends.failing = {'near', 'far'}
        self.assertEqual(10, len(self.run_queue()))
        self.backends.failing.clear()
        self.assertEqual([None] * 12, self.run_queue())

    def test_to_a_pool_that_was_taken_away(self):
        self.ask('elsewhere')
        (problem,) = self.run_queue()
        self.assertIn('is not configured', problem)

    def test_one_that_is_asked_for_meanwhile(self):
        self.ask()
        self.meanwhile(lambda: self.ask('elsewhere'))
        self.assertEqual([None], self.run_queue()[:1])
        self.assertEqual(['elsewhere'], self.queued())

    def test_no_room(self):
        for limit in (amounts.Limit(artifacts=0), amounts.Limit(bytes=9)):
            self.limits.now = limits.ProjectLimits(pools={'target': limit})
            self.assertRaises(exceptions.TooLarge, self.ask)
            self.assertEqual([], self.queued())
        self.limits.now = limits.ProjectLimits(
            pools={'target': amounts.Limit(1, 10)})
        self.ask()

    def test_many(self):
        with self.database.writer() as conn:
            for number in range(250):
                moves.put(conn, '%08d-0000-7000-8000-000000000000' % number,
                          'target')
        self.ask()
        self.assertEqual([None] * 251, self.run_queue())
        self.assertEqual([], self.queued())
