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

"""Bytes: reserved before they move, charged when they are there."""

import dataclasses
import io
import uuid

import fixtures
import sqlalchemy as sa

from glance_artifacts.api import views
from glance_artifacts.db import amounts
from glance_artifacts.db import ids
from glance_artifacts.db import models
from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts.repository import bodies
from glance_artifacts.repository import room
from glance_artifacts.tests.functional.db import test_usage
from glance_artifacts.tests.unit import factories

AHEAD, STEP = 64, 256


class RoomTestCase(test_usage.UsageTestCase):

    def upload(self, artifact, data, field='data', body=None, **values):
        type_class = self.types[0]
        return self.repository.upload(artifact, bodies.Upload(
            type_class=type_class, field=type_class.fields[field], key='',
            shown=views.artifact(artifact, type_class, internal=True),
            body=body or io.BytesIO(data), content_type='text/plain',
            **values))

    def kept(self, artifact):
        """The artifact as it is now."""
        found = self.get(artifact)
        self.assertIsNotNone(found)
        return found

    def killed(self, artifact, count):
        """Do what a writer does who is killed; the segment it leaves."""
        segment_id = str(uuid.uuid4())
        blob = records.Blob(field='data', key='', status='saving',
                            upload=segment_id, content_type='text/plain')
        segment = records.Segment(
            id=segment_id, artifact_id=artifact.id, field='data', key='',
            n=1, status='saving', created_at=ids.now(), backend='memory')
        self.database.write(
            self.places.reserve, bodies.Upload(
                type_class=self.types[0],
                field=self.types[0].fields['data'], key='',
                shown={}, body=None, content_type='text/plain', size=count),
            blob, segment, artifact,
            self.limits.now.on('samples', 'general'))
        return segment_id

    def expire(self, segment_id):
        """Let the lease run out, and purge."""
        table = models.segments
        with self.database.writer() as conn:
            conn.execute(sa.update(table).where(table.c.id == segment_id)
                         .values(lease_until=factories.MOMENT.replace(
                             year=2000)))
            row = conn.execute(sa.select(table).where(
                table.c.id == segment_id)).mappings().one()
        return self.database.write(self.places.expire,
                                   records.Segment(**row))


class TestUploads(RoomTestCase):

    def setUp(self):
        super().setUp()
        self.artifact = self.draft()

    def test_life(self):
        for size in (11, None):
            artifact = self.draft(name='n%s' % size)
            self.backends.during_put = lambda: self.assertEqual(
                11, self.total().reserved)
            self.upload(artifact, b'hello world', size=size)
            self.backends.during_put = lambda: None
            self.assertEqual(amounts.Amount(2, 11), self.total())
            self.assertEqual([], self.rows(models.reservations))
            current = self.kept(artifact)
            self.repository.delete_blob(current, current.blob('data'))
            self.assertEqual(amounts.Amount(2), self.total())
            self.upload(artifact, b'hello', size=size and 5)
            self.repository.delete(self.kept(artifact))
            self.assertEqual(amounts.Amount(1), self.total())

    def test_nothing_at_all(self):
        self.limit({'bytes': 0})
        self.upload(self.artifact, b'', size=0)
        self.upload(self.artifact, b'', 'extra')
        self.assertEqual(amounts.Amount(1), self.total())

    def test_announced_and_refused_before_a_byte_is_read(self):
        self.limit({'bytes': 10})

        class Unread:
            def read(self, size=-1):
                raise AssertionError('it was read')
        found = self.refused('quota.bytes', self.upload, self.artifact, b'',
                             body=Unread(), size=11)
        self.assertEqual({'limit': 10, 'used': 0, 'requested': 11,
                          'field': 'bytes'}, found)
        self.assertEqual({}, self.kept(self.artifact).blobs)
        self.assertEqual([], self.rows(models.segments))

    def test_to_the_last_byte(self):
        self.limit({'bytes': 11})
        for size in (11, None):
            self.upload(self.artifact, b'hello world', size=size)
            self.refused('quota.bytes', self.upload, self.artifact, b'x',
                         'extra', size=size and 1)
            current = self.kept(self.artifact)
            self.repository.delete_blob(current, current.blob('data'))

    def small_steps(self):
        for name, value in (('AHEAD', AHEAD), ('STEP', STEP), ('_BLOCK', 8)):
            self.useFixture(fixtures.MockPatchObject(room, name, value))

    def test_a_long_one_of_unknown_length(self):
        self.small_steps()
        for size, reserved in ((AHEAD - 1, AHEAD - 1), (AHEAD, STEP),
                               (STEP, STEP), (STEP + 5, 2 * STEP)):
            seen = []
            self.backends.during_put = lambda: seen.append(
                self.total().reserved)
            artifact = self.draft(name='n%d' % size)
            before = self.total()
            self.upload(artifact, bytes(size))
            self.assertEqual([reserved], seen)
            self.assertEqual(amounts.Amount(0, size), self.total() - before)
            self.assertEqual(size, len(list(
                self.backends.objects.values())[-1]))

    def test_a_long_one_takes_what_is_left(self):
        self.small_steps()
        data = bytes(AHEAD + 5)
        self.limit({'bytes': len(data)})
        self.upload(self.artifact, data)
        self.assertEqual(len(data), self.total().used)
        current = self.kept(self.artifact)
        self.repository.delete_blob(current, current.blob('data'))
        self.limit({'bytes': len(data) - 1})
        found = self.refused('quota.bytes', self.upload, self.artifact, data)
        self.assertEqual(len(data) - 1, found['limit'])
        self.assertEqual(amounts.Amount(1), self.total())
        self.assertEqual({}, self.backends.objects)

    def test_a_failed_one_is_not_charged(self):
        for size in (11, None):
            for values in ({'sha256': '0' * 64}, {}):
                self.backends.failing = set() if values else {'put'}
                self.assertRaises(exceptions.ArtifactsError, self.upload,
                                  self.artifact, b'hello world', size=size,
                                  **values)
                self.assertEqual(amounts.Amount(1), self.total())
                self.assertEqual([], self.rows(models.reservations))

    def test_deleted_meanwhile(self):
        for size in (11, None):
            artifact = self.draft(name='n%s' % size)

            def delete():
                self.repository.delete(self.kept(artifact))
                self.assertEqual(amounts.Amount(1), self.total())
            self.backends.during_put = delete
            self.assertRaises(exceptions.NotFound, self.upload, artifact,
                              b'hello world', size=size)
            self.assertEqual(amounts.Amount(1), self.total())

    def test_cancelled_meanwhile(self):
        def cancel():
            current = self.kept(self.artifact)
            self.repository.delete_blob(current, current.blob('data'))
            # the bytes may still move: their room is not given away
            self.assertEqual(11, self.total().reserved)
        self.backends.during_put = cancel
        self.assertRaises(exceptions.Conflict, self.upload, self.artifact,
                          b'hello world', size=11)
        self.assertEqual(amounts.Amount(1), self.total())

    def test_given_away_meanwhile(self):
        def give():
            self.backends.during_put = lambda: None
            current = self.kept(self.artifact)
            self.repository.save(current, dataclasses.replace(current,
                                                              owner='q'))
        self.backends.during_put = give
        self.upload(self.artifact, b'hello world', size=11)
        self.assertEqual([amounts.NOTHING, amounts.Amount(1, 11)],
                         [self.total('p'), self.total('q')])

    def test_given_away_as_bytes_come(self):
        test = self

        class Body(io.BytesIO):
            given = False

            def read(self, size=-1):
                if self.tell() and not self.given:
                    self.given = True
                    current = test.kept(test.artifact)
                    test.repository.save(current, dataclasses.replace(
                        current, owner='q'))
                return super().read(size)
        self.upload(self.artifact, b'', body=Body(b'hello world'))
        self.assertEqual([amounts.NOTHING, amounts.Amount(1, 11)],
                         [self.total('p'), self.total('q')])

    def test_purged(self):
        """What a killed writer had reserved goes with its lease."""
        segment_id = self.killed(self.artifact, 7)
        self.assertEqual(7, self.total().reserved)
        self.assertTrue(self.expire(segment_id))
        self.assertEqual(amounts.Amount(1), self.total())
        self.assertEqual({}, self.kept(self.artifact).blobs)

    def test_purged_while_it_only_slept(self):
        def purge():
            (row,) = self.rows(models.segments)
            self.assertTrue(self.expire(row['id']))
        self.backends.during_put = purge
        for size in (11, None):
            error = self.assertRaises(
                exceptions.Unavailable, self.upload, self.artifact,
                b'hello world', size=size)
            self.assertEqual('artifact.blob.lease_lost', error.code)
            self.assertEqual(amounts.Amount(1), self.total())
            self.assertEqual([], self.rows(models.reservations))

    def test_parallel(self):
        for size in (7, None):
            drafts = [self.draft(name='%s %d' % (size, n))
                      for n in range(test_usage.CLIENTS)]
            there = self.total().used
            self.limit({'bytes': there + 7 * test_usage.LIMIT})
            refused = self.at_once(
                lambda one: self.upload(one, b'7 bytes', size=size), drafts)
            self.assertEqual(test_usage.CLIENTS - test_usage.LIMIT,
                             len(refused))
            self.assertEqual(amounts.Amount(
                len(self.rows(models.artifacts)),
                there + 7 * test_usage.LIMIT), self.total())
            self.assertEqual({'quota.bytes'}, {exc.code for exc in refused})
