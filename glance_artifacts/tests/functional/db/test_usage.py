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

"""Counters: exact, whatever comes at once."""

import concurrent.futures
import dataclasses
import threading
import uuid

import sqlalchemy as sa

from glance_artifacts.db import amounts
from glance_artifacts.db import artifacts
from glance_artifacts.db import models
from glance_artifacts.db import usage
from glance_artifacts.db import usage_count
from glance_artifacts.db import usage_rows
from glance_artifacts import exceptions
from glance_artifacts.quota import limits
from glance_artifacts.tests.functional.db import base
from glance_artifacts.tests.unit import factories

CLIENTS, LIMIT = 100, 10
#: Of them at a time: as many connections as the engine has.
WORKERS = 20


class UsageTestCase(base.MigratedTestCase):

    def limit(self, total=None, of_type=None):
        self.limits.now = limits.ProjectLimits(
            amounts.Limit(**total or {}),
            {'samples': amounts.Limit(**of_type or {})})

    def usage(self, project='p'):
        """What the rows of a project say, which must be what is there."""
        with self.database.reader() as conn:
            kept = usage_rows.of(conn, project)
            counted = usage_count.count(conn, project)
        for name in {*kept, *counted} if kept else ():
            self.assertEqual(counted.get(name, amounts.NOTHING),
                             kept.get(name, amounts.NOTHING), name)
        return kept

    def total(self, project='p'):
        return self.usage(project).get(amounts.TOTAL)

    def refused(self, code, call, *args, **kwargs):
        error = self.assertRaises(exceptions.TooLarge, call, *args, **kwargs)
        self.assertEqual(code, error.code)
        return {**error.numbers, 'field': error.field}

    def draft(self, **values):
        return self.create(status='drafted', **values)

    def reserve(self, artifact, count, segment_id=None):
        """Reserve as an upload does; the segment that has it."""
        segment_id = segment_id or self.segment(artifact)
        self.database.write(self._reserve, artifact, segment_id, count)
        return segment_id

    def _reserve(self, conn, artifact, segment_id, count):
        current = artifacts.get(conn, artifact.id, lock=True)
        usage.reserve(conn, current, segment_id, count,
                      self.limits.now.on('samples', artifact.pool))

    def segment(self, artifact):
        """The row of a segment that is being written."""
        segment_id = str(uuid.uuid4())
        with self.database.writer() as conn:
            conn.execute(sa.insert(models.segments).values(
                id=segment_id, artifact_id=artifact.id, field='data',
                key=segment_id, n=1, status='saving', backend='memory',
                created_at=factories.MOMENT))
        return segment_id

    def at_once(self, call, arguments):
        """Call with each argument in parallel; what was refused.

        A deadlock would only cost time, for all is done again; but counting
        is to have none.
        """
        started = threading.Barrier(WORKERS)
        deadlocks = []

        @sa.event.listens_for(self.database.engine, 'handle_error',
                              insert=True)
        def note(context):
            # InnoDB may find one between names that come and such as go,
            # which is before anything is counted
            if ('deadlock' in str(context.original_exception).lower()
                    and not context.statement.startswith((
                        'INSERT INTO gart_artifacts ',
                        'UPDATE gart_artifacts SET '))):
                deadlocks.append(context.statement)

        def one(number, argument):
            if number < WORKERS:
                started.wait(60)
            try:
                call(argument)
            except exceptions.TooLarge as exc:
                return exc
        with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
            done = list(pool.map(one, *zip(*enumerate(arguments))))
        self.assertEqual([], deadlocks)
        return [exc for exc in done if exc is not None]


class TestArtifacts(UsageTestCase):

    def test_life(self):
        self.assertIsNone(self.total())
        artifact = self.draft()
        self.assertEqual(amounts.Amount(1), self.total())
        self.assertEqual(amounts.Amount(1), self.usage()['samples'])
        artifact = self.repository.save(artifact, dataclasses.replace(
            artifact, description='other'))
        self.assertEqual(amounts.Amount(1), self.total())
        self.repository.delete(artifact)
        self.assertEqual(amounts.NOTHING, self.total())

    def test_limit_in_all(self):
        self.limit({'artifacts': 2})
        self.draft(name='a')
        self.draft(name='b')
        self.assertEqual(
            {'limit': 2, 'used': 2, 'requested': 1, 'field': 'artifacts'},
            self.refused('quota.artifacts', self.draft, name='c'))
        self.assertEqual(2, len(self.rows(models.artifacts)))
        self.assert_index_is_exact()
        self.draft(name='a', owner='q')

    def test_limit_of_a_type(self):
        self.limit(of_type={'artifacts': 1})
        self.draft(name='a')
        self.assertEqual('types.samples.artifacts', self.refused(
            'quota.artifacts', self.draft, name='b')['field'])
        self.assertEqual(amounts.Amount(1), self.total())

    def test_no_room_from_the_first(self):
        for total, of_type in (({'artifacts': 0}, {}), ({}, {'artifacts': 0})):
            self.limit(total, of_type)
            found = self.refused('quota.artifacts', self.draft)
            self.assertEqual((0, 0, 1), (found['limit'], found['used'],
                                         found['requested']))
            self.assertIsNone(self.total())

    def test_a_duplicate_is_not_counted(self):
        self.draft()
        self.assertRaises(exceptions.Duplicate, self.draft)
        self.assertEqual(amounts.Amount(1), self.total())

    def test_a_lowered_limit_refuses_what_is_new_only(self):
        made = [self.draft(name=name) for name in 'abc']
        self.limit({'artifacts': 1, 'bytes': 0}, {'artifacts': 1})
        self.repository.save(made[0], dataclasses.replace(
            made[0], description='x'))
        self.repository.delete(made[1])
        self.refused('quota.artifacts', self.draft, name='d')
        self.repository.delete(made[2])
        self.refused('quota.artifacts', self.draft, name='d')
        self.assertEqual(amounts.Amount(1), self.total())

    def test_another_owner(self):
        artifact = self.draft()
        self.draft(name='theirs', owner='q')
        moved = self.repository.save(artifact, dataclasses.replace(
            artifact, owner='q'))
        self.assertEqual([amounts.NOTHING, amounts.Amount(2)],
                         [self.total('p'), self.total('q')])
        self.limit({'artifacts': 0})
        self.assertEqual(
            {'limit': 0, 'used': 0, 'requested': 1, 'field': 'artifacts'},
            self.refused('quota.artifacts', self.repository.save, moved,
                         dataclasses.replace(moved, owner='p')))
        self.assertEqual([amounts.NOTHING, amounts.Amount(2)],
                         [self.total('p'), self.total('q')])

    def test_parallel(self):
        for total, of_type in (({'artifacts': LIMIT}, {}),
                               ({}, {'artifacts': LIMIT + 1})):
            self.clear()
            self.limit(total, of_type)
            refused = self.at_once(lambda n: self.draft(name='n%d' % n),
                                   range(CLIENTS))
            most = LIMIT + bool(of_type)
            self.assertEqual(CLIENTS - most, len(refused))
            self.assertEqual(most, len(self.rows(models.artifacts)))
            self.assertEqual(amounts.Amount(most), self.total())

    def test_parallel_with_deletions_and_new_owners(self):
        """As many as there are, and nobody waits for ever."""
        made = [self.draft(name='n%d' % n, owner='pq'[n % 2])
                for n in range(40)]
        self.limit({'artifacts': 25})

        def change(artifact):
            number = made.index(artifact)
            if number % 4 < 2:
                self.repository.save(artifact, dataclasses.replace(
                    artifact, owner={'p': 'q', 'q': 'p'}[artifact.owner]))
            elif number % 4 == 2:
                self.repository.delete(artifact)
            else:
                self.draft(name='new %d' % number)
        self.at_once(change, made)
        counted = self.total('p') + self.total('q')
        self.assertEqual(counted.artifacts, len(
            [row for row in self.rows(models.artifacts) if row['live']]))
        for project in 'pq':
            self.assertLessEqual(self.total(project).artifacts, 25)


class TestFirstCount(UsageTestCase):
    """A project that had artifacts before there were counters."""

    def setUp(self):
        super().setUp()
        self.made = [self.draft(name=name) for name in 'abc']
        self.repository.delete(self.made.pop())
        self.forget()

    def forget(self):
        with self.database.writer() as conn:
            conn.execute(sa.delete(models.usage))

    def test_what_is_told(self):
        with self.database.reader() as conn:
            self.assertEqual({'': amounts.Amount(2),
                              'samples': amounts.Amount(2),
                              'pool:general': amounts.Amount(2)},
                             usage.of(conn, 'p'))
            self.assertEqual({'': amounts.NOTHING}, usage.of(conn, 'q'))
        self.assertEqual([], self.rows(models.usage))

    def test_whatever_comes_first(self):
        for first, count in (
                (lambda: self.draft(name='new'), 3),
                (lambda: self.repository.delete(self.made[0]), 2),
                (lambda: self.repository.save(
                    self.made[1], dataclasses.replace(
                        self.made[1], owner='q')), 1)):
            self.forget()
            first()
            self.assertEqual(amounts.Amount(count), self.total())

    def test_limits_hold(self):
        self.limit({'artifacts': 2})
        self.assertEqual(2, self.refused('quota.artifacts', self.draft,
                                         name='new')['used'])
        self.limit(of_type={'artifacts': 2})
        self.assertEqual(2, self.refused('quota.artifacts', self.draft,
                                         name='new')['used'])
        self.limit({'artifacts': 3}, {'artifacts': 3})
        self.draft(name='new')
        self.assertEqual(amounts.Amount(3), self.total())

    def test_all_come_first(self):
        self.limit({'artifacts': LIMIT})

        def change(number):
            if number < 2:
                self.repository.delete(self.made[number])
            else:
                self.draft(name='n%d' % number)
        self.at_once(change, range(CLIENTS))
        # what is deleted last makes room that nobody asks for any more
        self.assertIn(self.total().artifacts, range(LIMIT - 2, LIMIT + 1))


class TestPools(UsageTestCase):

    def setUp(self):
        super().setUp()
        self.one = self.draft(name='a')
        self.two = self.draft(name='b', pool='other')

    def in_pool(self, name='general', project='p'):
        return self.usage(project).get(amounts.pool(name))

    def limit_pool(self, **limit):
        self.limits.now = limits.ProjectLimits(
            pools={'general': amounts.Limit(**limit)})

    def test_life(self):
        for name in ('general', 'other'):
            self.assertEqual(amounts.Amount(1), self.in_pool(name))
        self.repository.delete(self.two)
        self.assertEqual([amounts.Amount(1), amounts.NOTHING], [
            self.in_pool(name) for name in ('general', 'other')])
        held = self.reserve(self.one, 8)
        self.assertEqual(amounts.Amount(1, 0, 8), self.in_pool())
        self.database.write(usage.release, held)
        self.assertEqual(amounts.Amount(1), self.in_pool())

    def test_limits(self):
        self.limit_pool(artifacts=1, bytes=5)
        self.assertEqual(
            {'limit': 1, 'used': 1, 'requested': 1,
             'field': 'pools.general.artifacts'},
            self.refused('quota.artifacts', self.draft, name='c'))
        self.draft(name='c', pool='other')
        self.assertEqual('pools.general.bytes', self.refused(
            'quota.bytes', self.reserve, self.one, 6)['field'])
        self.reserve(self.one, 5)
        self.reserve(self.two, 6)

    def test_another_owner(self):
        self.limit_pool(artifacts=0)
        self.refused('quota.artifacts', self.repository.save, self.one,
                     dataclasses.replace(self.one, owner='q'))
        self.repository.save(self.two, dataclasses.replace(self.two,
                                                           owner='q'))
        self.assertEqual(amounts.NOTHING, self.in_pool('other'))
        self.assertEqual(amounts.Amount(1), self.in_pool('other', 'q'))

    def forget(self):
        """What a release left that did not count by pool."""
        with self.database.writer() as conn:
            conn.execute(sa.delete(models.usage).where(
                models.usage.c.type_name.like('pool:%')))

    def test_older_than_the_rows_of_pools(self):
        self.draft(name='c')
        self.forget()
        with self.database.reader() as conn:
            self.assertEqual(amounts.Amount(2),
                             usage.of(conn, 'p')['pool:general'])
        self.limit_pool(artifacts=2)
        self.assertEqual(2, self.refused('quota.artifacts', self.draft,
                                         name='d')['used'])
        self.draft(name='d', pool='other')
        self.assertEqual([amounts.Amount(2)] * 2, [
            self.in_pool(name) for name in ('general', 'other')])
        self.forget()
        self.repository.delete(self.one)
        self.assertEqual(amounts.Amount(1), self.in_pool())

    def test_parallel(self):
        self.limit_pool(artifacts=LIMIT)
        self.forget()
        refused = self.at_once(lambda n: self.draft(name='n%d' % n),
                               range(CLIENTS))
        self.assertEqual(CLIENTS - LIMIT + 1, len(refused))
        self.assertEqual(amounts.Amount(LIMIT), self.in_pool())


class TestReservations(UsageTestCase):

    def setUp(self):
        super().setUp()
        self.artifact = self.draft()

    def release(self, segment_id):
        self.database.write(usage.release, segment_id)

    def test_reserved_and_released(self):
        one, two = (self.reserve(self.artifact, count) for count in (10, 5))
        self.reserve(self.artifact, 7, one)
        self.assertEqual(amounts.Amount(1, 0, 22), self.total())
        self.assertEqual(amounts.Amount(1, 0, 22), self.usage()['samples'])
        for segment_id in (one, one):
            self.release(segment_id)
            self.assertEqual(amounts.Amount(1, 0, 5), self.total())
        self.release(two)
        self.assertEqual(amounts.Amount(1), self.total())
        self.assertEqual([], self.rows(models.reservations))

    def test_limits(self):
        for total, of_type, field in (
                ({'bytes': 10}, {}, 'bytes'),
                ({}, {'bytes': 10}, 'types.samples.bytes')):
            self.limit(total, of_type)
            held = self.reserve(self.artifact, 8)
            self.assertEqual(
                {'limit': 10, 'used': 8, 'requested': 3, 'field': field},
                self.refused('quota.bytes', self.reserve, self.artifact, 3,
                             held))
            self.assertEqual(8, self.total().reserved)
            self.reserve(self.artifact, 2, held)
            self.reserve(self.artifact, 0)
            self.release(held)

    def test_deleted_with_the_artifact(self):
        held = self.reserve(self.artifact, 8)
        self.repository.delete(self.artifact)
        self.assertEqual(amounts.NOTHING, self.total())
        self.release(held)
        self.assertEqual(amounts.NOTHING, self.total())

    def test_goes_with_the_artifact(self):
        held = self.reserve(self.artifact, 8)
        self.limit({'bytes': 7})
        new = dataclasses.replace(self.artifact, owner='q')
        self.refused('quota.bytes', self.repository.save, self.artifact, new)
        self.limit({'bytes': 8})
        self.repository.save(self.artifact, new)
        self.assertEqual([amounts.NOTHING, amounts.Amount(1, 0, 8)],
                         [self.total('p'), self.total('q')])
        self.release(held)
        self.assertEqual(amounts.Amount(1), self.total('q'))

    def test_parallel(self):
        artifacts_ = [self.draft(name='n%d' % n) for n in range(CLIENTS)]
        for total, of_type in (({'bytes': LIMIT * 3}, {}),
                               ({}, {'bytes': LIMIT * 3 + 2})):
            self.limit(total, of_type)
            refused = self.at_once(lambda one: self.reserve(one, 3),
                                   artifacts_)
            self.assertEqual(CLIENTS - LIMIT, len(refused))
            self.assertEqual(LIMIT * 3, self.total().reserved)
            for row in self.rows(models.reservations):
                self.release(row['segment_id'])
            self.assertEqual(0, self.total().reserved)
