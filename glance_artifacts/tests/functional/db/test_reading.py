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

"""Segments that move, and go, while they are read."""

import uuid

import sqlalchemy as sa

from glance_artifacts.db import models
from glance_artifacts import exceptions
from glance_artifacts.repository import reading
from glance_artifacts.store import pools
from glance_artifacts.tests.functional.db import test_uploads

DATA = test_uploads.DATA
ROWS = models.segments.c


class TestReading(test_uploads.UploadTestCase):

    pool = pools.Pool('general', ('memory', 'other'), segment_size=4)

    def setUp(self):
        super().setUp()
        self.backends.seeking = False
        self.blob = self.upload()
        self.begun = self.repository.read(self.artifact, self.blob, 1, 9)

    def row(self, n):
        return next(row for row in self.rows(models.segments)
                    if row['n'] == n)

    def move(self, n):
        """Another row with another object; that of the old one is gone."""
        old = self.row(n)
        location = 'memory://other/moved-%d' % n
        self.backends.objects[location] = self.backends.objects.pop(
            old['location'])
        with self.database.writer() as conn:
            conn.execute(sa.update(models.segments)
                         .where(ROWS.id == old['id'])
                         .values(status='deleted'))
            conn.execute(sa.insert(models.segments).values(
                {**old, 'id': str(uuid.uuid4()), 'backend': 'other',
                 'location': location}))

    def lose(self, n):
        del self.backends.objects[self.row(n)['location']]

    def all(self):
        return b''.join(reading.chunks(self.begun))

    def assert_missing(self):
        error = self.assertRaises(exceptions.Unavailable, self.all)
        self.assertEqual('store.object_missing', error.code)

    def test_moved(self):
        for n in (1, 2, 3):
            self.move(n)
        self.assertEqual(DATA[1:10], self.all())

    def test_moved_while_another_is_read(self):
        found = reading.chunks(self.begun)
        self.assertEqual(DATA[1:4], next(found))
        self.move(2)
        self.assertEqual([DATA[4:8], DATA[8:10]], list(found))

    def test_rows_are_read_again_only_then(self):
        with self.statements() as seen:
            self.all()
        self.assertEqual([], seen)
        self.begun = self.repository.read(self.artifact, self.blob, 1, 9)
        self.move(3)
        with self.statements() as seen:
            self.all()
        self.assertEqual(1, len(seen))

    def test_moved_and_gone_there_as_well(self):
        self.move(2)
        self.backends.objects.clear()
        self.assert_missing()

    def test_gone(self):
        found = reading.chunks(self.begun)
        next(found)
        self.lose(2)
        self.assertRaises(exceptions.Unavailable, list, found)

    def test_none_of_it_is_there(self):
        self.lose(1)
        self.assert_missing()

    def test_the_bytes_of_another_upload(self):
        """Never, though they are at the same place."""
        self.repository.delete_blob(self.get(self.artifact), self.blob)
        self.upload(data=DATA.upper())
        self.assert_missing()

    def test_of_a_blob_that_was_replaced_before(self):
        """What was read of it last is not what is there by now."""
        artifact = self.get(self.artifact)
        self.repository.delete_blob(artifact, artifact.blob('data'))
        self.upload(data=b'others')
        self.begun = self.repository.read(self.artifact, self.blob, 0, 4)
        self.assert_missing()

    def test_another_fault_is_none_of_its_business(self):
        self.move(1)
        self.backends.failing = {'read'}
        with self.statements() as seen:
            error = self.assertRaises(exceptions.Unavailable, self.all)
        self.assertEqual(('store.unavailable', []), (error.code, seen))
