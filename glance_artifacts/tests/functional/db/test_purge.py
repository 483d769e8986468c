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

import collections
import datetime
import threading
import uuid

import fixtures
import sqlalchemy as sa

from glance_artifacts.db import blobs
from glance_artifacts.db import clock
from glance_artifacts.db import ids
from glance_artifacts.db import leases
from glance_artifacts.db import migration
from glance_artifacts.db import models
from glance_artifacts import exceptions
from glance_artifacts.repository import moving
from glance_artifacts.repository import purge
from glance_artifacts.tests.functional.db import test_uploads


class PurgeTestCase(test_uploads.UploadTestCase):

    def purge(self, older_than=0, dry=False):
        return purge.Purge(self.database, self.backends, self.places,
                           older_than, dry)

    def settle(self, **options):
        return list(self.purge(**options).settle())

    def counted(self, outcomes):
        """How many of each kind; none of them a problem."""
        outcomes = list(outcomes)
        self.assertEqual([], [one for one in outcomes if one.problem])
        return dict(collections.Counter(one.kind for one in outcomes))

    def name(self, segment_id):
        with self.database.reader() as conn:
            return migration.prefix(conn) + segment_id

    def put(self, name, age=0):
        """An object that no row tells of."""
        location = 'memory://memory/' + name
        self.backends.objects[location] = b'bytes'
        self.backends.ages[location] = age
        return location

    def killed(self, field='data', run_out=True, arrived=True):
        """What a process leaves that is killed in mid upload."""
        before = {row['id'] for row in self.rows(models.segments)}

        def kill():
            raise SystemExit()

        self.backends.during_put = kill
        undo, kept = (lambda *args: None), moving.undo
        moving.undo = undo
        self.assertRaises(SystemExit, self.upload, field)
        moving.undo = kept
        self.backends.during_put = lambda: None
        (segment_id,) = {row['id'] for row in self.rows(models.segments)
                         } - before
        if arrived:
            self.put(self.name(segment_id))
        if run_out:
            self.run_out(segment_id)
        return segment_id

    def run_out(self, *segment_ids):
        with self.database.writer() as conn:
            conn.execute(
                sa.update(models.segments)
                .where(models.segments.c.id.in_(segment_ids))
                .values(lease_until=clock.now(conn, -1)))

    def ledger(self):
        return {row['id']: row['status']
                for row in self.rows(models.segments)}

    def deleted(self):
        """A segment of a deleted blob that its store has kept."""
        self.upload()
        (location,) = self.backends.objects
        self.backends.failing = {'delete'}
        current = self.get(self.artifact)
        self.repository.delete_blob(current, current.blob('data'))
        self.backends.failing = set()
        return location


class TestUploads(PurgeTestCase):

    def test_nobody_works_on(self):
        for arrived in (True, False):
            self.killed(arrived=arrived)
            before = self.get(self.artifact)
            self.assertEqual('saving', before.blob('data').status)
            self.assertEqual({'uploads': 1, 'objects': 1},
                             self.counted(self.settle()))
            self.assert_nothing_stays()
            after = self.get(self.artifact)
            self.assertGreater(after.revision, before.revision)
            self.assertGreater(after.updated_at, before.updated_at)
            self.assert_index_is_exact()
            self.assertEqual([], self.settle())
        self.upload()

    def test_that_arrived_in_pieces(self):
        self.put(self.name(self.killed()) + '-00001')
        self.assertEqual({'uploads': 1, 'objects': 1},
                         self.counted(self.settle()))
        self.assert_nothing_stays()

    def test_somebody_works_on(self):
        segment_id = self.killed(run_out=False)
        self.assertEqual([], self.settle())
        self.assertEqual({segment_id: 'saving'}, self.ledger())
        self.assertEqual('saving', self.kept()['data', ''].status)
        self.assertEqual(1, len(self.backends.objects))

    def test_renewed_at_the_last_moment(self):
        segment_id = self.killed()
        with self.database.reader() as conn:
            (segment,) = leases.expired(conn, None, 10)
        with self.database.writer() as conn:
            leases.renew(conn, [segment_id], 60)
        self.assertFalse(self.database.write(self.places.expire, segment))
        self.assertEqual('saving', self.kept()['data', ''].status)

    def test_another_upload_has_taken_the_place(self):
        self.killed()
        current = self.get(self.artifact)
        self.repository.delete_blob(current, current.blob('data'))
        blob = self.upload(data=b'second')
        revision = self.get(self.artifact).revision
        self.assertEqual({'uploads': 1, 'objects': 1},
                         self.counted(self.settle()))
        self.assertEqual({('data', ''): blob}, self.kept())
        self.assertEqual([b'second'], list(self.backends.objects.values()))
        self.assertEqual(revision, self.get(self.artifact).revision)

    def test_the_artifact_is_gone(self):
        self.killed()
        self.repository.delete(self.get(self.artifact))
        self.assertEqual({'uploads': 1, 'objects': 1},
                         self.counted(self.settle()))
        self.assertEqual({}, self.ledger())
        self.assertEqual({}, self.backends.objects)
        self.assertEqual([], self.rows(models.index))

    def test_many(self):
        for key in range(3):
            self.killed('data')
            current = self.get(self.artifact)
            self.repository.delete_blob(current, current.blob('data'))
        with self.batches_of(2):
            self.assertEqual({'uploads': 3, 'objects': 3},
                             self.counted(self.settle()))
        self.assertEqual({}, self.backends.objects)

    def batches_of(self, number):
        return fixtures.MonkeyPatch(
            'glance_artifacts.repository.purge._BATCH', number)

    def test_one_that_fails_keeps_no_other(self):
        first = self.killed()
        self.killed('extra')
        expire = self.places.expire

        def fail(conn, segment):
            if segment.id == first:
                raise exceptions.NotFound('no such type')
            return expire(conn, segment)

        self.places.expire = fail
        outcomes = self.settle()
        self.assertEqual(
            [purge.Outcome('uploads', first, 'no such type')],
            [one for one in outcomes if one.problem])
        self.assertEqual({first: 'saving'}, self.ledger())

    def test_a_store_that_cannot_be_searched(self):
        segment_id = self.killed()
        self.backends.searched = False
        for expected in ({'uploads': 1, 'left': 1}, {'left': 1}):
            self.assertEqual(expected, self.counted(self.settle()))
        self.assertEqual({}, self.kept())
        self.assertEqual({segment_id: 'deleted'}, self.ledger())


class TestDeletions(PurgeTestCase):

    def test_what_a_store_had_kept(self):
        location = self.deleted()
        self.assertEqual({location}, set(self.backends.objects))
        self.assertEqual({'objects': 1}, self.counted(self.settle()))
        self.assertEqual({}, self.backends.objects)
        self.assertEqual({}, self.ledger())

    def test_a_store_that_still_does(self):
        location = self.deleted()
        self.backends.failing = {'delete'}
        for _ in range(2):
            (outcome,) = self.settle()
            self.assertIn('memory: The store does not answer',
                          outcome.problem)
            self.assertEqual({location}, set(self.backends.objects))
        self.backends.failing = set()
        self.assertEqual({'objects': 1}, self.counted(self.settle()))
        self.assertEqual({}, self.ledger())

    def test_a_store_that_fails_on_and_on_is_left_alone(self):
        location = self.deleted()
        (row,) = self.rows(models.segments)
        with self.database.writer() as conn:
            for _ in range(30):
                conn.execute(sa.insert(models.segments).values(
                    {**row, 'id': str(uuid.uuid4())}))
        self.backends.failing = {'delete'}
        self.assertEqual(10, len(self.settle()))
        self.backends.failing = set()
        self.assertEqual({'objects': 31}, self.counted(self.settle()))
        self.assertNotIn(location, self.backends.objects)

    def test_stores_that_others_see_to(self):
        location, name = self.deleted(), self.name(str(uuid.uuid4()))
        orphan = self.put(name)
        self.backends.far = frozenset(['memory'])
        work = self.purge()
        self.assertEqual(0, work.count()['objects'])
        self.assertEqual([], [*work.settle(), *work.sweep()])
        self.assertEqual({location, orphan}, set(self.backends.objects))
        self.backends.far = frozenset()
        self.assertEqual(1, work.count()['objects'])
        self.assertEqual({'objects': 1, 'orphans': 1}, self.counted(
            [*work.settle(), *work.sweep()]))
        self.assertEqual({}, self.backends.objects)

    def test_those_in_other_hands_or_not_due(self):
        self.repository = self.new_repository(delay=100)
        self.upload()
        self.repository.delete(self.get(self.artifact))
        self.assertEqual([], self.settle())
        self.assertEqual(1, len(self.backends.objects))
        self.run_out(*self.ledger())
        self.assertEqual({'objects': 1}, self.counted(self.settle()))
        self.assertEqual({}, self.backends.objects)

    def test_nothing_that_is_there(self):
        self.upload()
        self.upload('extra')
        self.assertEqual([], self.settle())
        self.assertEqual({'seen': 2}, self.counted(self.purge().sweep()))
        self.assertEqual(2, len(self.backends.objects))

    def test_by_many_at_once(self):
        """Each object is deleted once, and no upload ended twice."""
        for _ in range(8):
            self.killed()
            current = self.get(self.artifact)
            self.repository.delete_blob(current, current.blob('data'))
        found, ready = [], threading.Barrier(4)

        def work():
            ready.wait()
            found.extend(self.settle())

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual({'uploads': 8, 'objects': 8}, self.counted(found))
        self.assertEqual(({}, {}), (self.ledger(), self.backends.objects))


class TestSweep(PurgeTestCase):

    def sweep(self, **options):
        return list(self.purge(**options).sweep())

    def test_what_no_row_tells_of(self):
        self.upload()
        kept = set(self.backends.objects)
        self.put(self.name(str(uuid.uuid4())))
        self.assertEqual({'seen': 1, 'orphans': 1},
                         self.counted(self.sweep()))
        self.assertEqual(kept, set(self.backends.objects))

    def test_what_is_young(self):
        young = self.put(self.name(str(uuid.uuid4())), 99)
        self.put(self.name(str(uuid.uuid4())), 100)
        self.assertEqual({'seen': 1, 'orphans': 1},
                         self.counted(self.sweep(older_than=100)))
        self.assertEqual([young], list(self.backends.objects))

    def test_whatever_the_state_of_the_row(self):
        self.killed(run_out=False)
        self.upload('extra')
        self.assertEqual({'seen': 2}, self.counted(self.sweep()))
        with self.database.writer() as conn:
            conn.execute(sa.update(models.segments).values(status='deleted'))
        self.assertEqual({'seen': 2}, self.counted(self.sweep()))

    def test_names_of_others(self):
        one = str(uuid.uuid4())
        ours = self.name('')
        for name in (one, 'gart-000000000000-' + one, ours, ours + 'x' + one,
                     ours + one + '.part', ours + one + '-0001',
                     ours + one + '-00001-', ours + one.upper(),
                     ours + one[:-1], 'x' + ours + one):
            self.put(name)
        before = set(self.backends.objects)
        self.assertEqual({}, self.counted(self.sweep()))
        self.assertEqual(before, set(self.backends.objects))

    def test_pieces(self):
        """Of what a store does not keep as one, each by itself."""
        self.upload()
        (segment_id,) = self.ledger()
        kept = {self.put(self.name(segment_id) + '-00001'),
                *self.backends.objects}
        orphan = self.name(str(uuid.uuid4()))
        for name in (orphan, orphan + '-00001', orphan + '-123456'):
            self.put(name)
        self.assertEqual({'seen': 2, 'orphans': 3},
                         self.counted(self.sweep()))
        self.assertEqual(kept, set(self.backends.objects))

    def test_the_row_is_looked_for_once_more(self):
        """Right before the object would go."""
        location = self.put(self.name(str(uuid.uuid4())))
        known = []

        def late(conn, segment_ids):
            known.append(segment_ids)
            return set(segment_ids) if len(known) > 1 else set()

        self.useFixture(fixtures.MockPatchObject(blobs, 'known', late))
        self.assertEqual({'seen': 1}, self.counted(self.sweep()))
        self.assertEqual([location], list(self.backends.objects))

    def test_many(self):
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.repository.purge._NAMES', 2))
        for _ in range(5):
            self.put(self.name(str(uuid.uuid4())))
        self.assertEqual({'orphans': 5}, self.counted(self.sweep()))

    def test_dry(self):
        self.put(self.name(str(uuid.uuid4())))
        self.assertEqual({'orphans': 1}, self.counted(self.sweep(dry=True)))
        self.assertEqual(1, len(self.backends.objects))

    def test_a_store_that_fails(self):
        self.put(self.name(str(uuid.uuid4())))
        for verb in ('listed', 'delete'):
            self.backends.failing = {verb}
            (outcome,) = self.sweep()
            self.assertIn('does not answer', outcome.problem)
            self.assertEqual(1, len(self.backends.objects))


class TestRemains(PurgeTestCase):

    def forget(self, **options):
        return self.counted(self.purge(**options).forget())

    def test_of_deleted_artifacts(self):
        other = self.create(name='other')
        self.repository.delete(self.get(self.artifact))
        self.assertEqual({}, self.forget(older_than=100))
        self.assertEqual(2, len(self.rows(models.artifacts)))
        self.assertEqual({'artifacts': 1}, self.forget())
        (row,) = self.rows(models.artifacts)
        self.assertEqual(other.id, row['id'])

    def test_old_enough(self):
        self.repository.delete(self.get(self.artifact))
        with self.database.writer() as conn:
            conn.execute(sa.update(models.artifacts).values(
                updated_at=ids.now() - datetime.timedelta(seconds=200)))
        self.assertEqual({}, self.forget(older_than=300))
        self.assertEqual({'artifacts': 1}, self.forget(older_than=100))

    def test_not_while_there_are_bytes(self):
        self.deleted()
        self.backends.failing = {'delete'}
        self.repository.delete(self.get(self.artifact))
        self.assertEqual({}, self.forget())
        self.backends.failing = set()
        self.settle()
        self.assertEqual({'artifacts': 1}, self.forget())

    def test_many(self):
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.repository.purge._NAMES', 2))
        for number in range(5):
            self.repository.delete(self.create(name='n%d' % number))
        self.assertEqual({'artifacts': 5}, self.forget())
        self.assertEqual([self.artifact.id], [
            row['id'] for row in self.rows(models.artifacts)])


class TestCount(PurgeTestCase):

    def test_what_there_is_to_do(self):
        nothing = {'uploads': 0, 'sessions': 0, 'objects': 0, 'artifacts': 0,
                   'seen': 0}
        self.assertEqual(nothing, dict(self.purge().count()))
        self.deleted()
        self.upload('extra')
        self.killed()
        other = self.create(name='other')
        self.repository.delete(other)
        self.assertEqual({**nothing, 'uploads': 1, 'objects': 2,
                          'artifacts': 1, 'seen': 3},
                         dict(self.purge().count()))
        self.assertEqual(
            {'uploads': 1, 'objects': 2}, self.counted(self.settle()))
        self.assertEqual({**nothing, 'artifacts': 1, 'seen': 1},
                         dict(self.purge().count()))
