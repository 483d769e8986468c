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

"""Uploads that are cut into several objects."""

import hashlib

import fixtures
import sqlalchemy as sa

from glance_artifacts.db import blobs
from glance_artifacts.db import clock
from glance_artifacts.db import models
from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts.repository import purge
from glance_artifacts.store import pools
from glance_artifacts.tests.functional.db import test_uploads

DATA, SHA256 = test_uploads.DATA, test_uploads.SHA256


class TestCut(test_uploads.UploadTestCase):
    """In stores that cannot seek."""

    pool = pools.Pool('general', ('memory', 'other'), segment_size=4)

    def setUp(self):
        super().setUp()
        self.backends.seeking = False

    def objects(self):
        with self.database.reader() as conn:
            segments = blobs.segments(conn, self.artifact.id,
                                      self.kept()['data', ''])
        self.assertEqual(len(segments), len(self.backends.objects))
        return [self.backends.objects[segment.location]
                for segment in segments]

    def test_pieces(self):
        for size in (None, len(DATA)):
            blob = self.upload(size=size)
            self.assertEqual([b'hell', b'o wo', b'rld'], self.objects())
            self.assertEqual((3, len(DATA), SHA256, None, None), (
                blob.segments, blob.size, blob.sha256, blob.md5,
                blob.tree_sha256))
            self.assertEqual(set(self.backends.objects),
                             set(self.backends.synced[-3:]))
            self.assertEqual(DATA[3:9],
                             self.bytes_of(self.artifact, blob, 3, 6))
            self.repository.delete_blob(self.get(self.artifact), blob)
            self.assert_nothing_stays()

    def test_what_fits(self):
        for data in (b'', b'1', b'1234'):
            for size in (None, len(data)):
                blob = self.upload(data=data, size=size)
                self.assertEqual((1, hashlib.sha256(data).hexdigest()),
                                 (blob.segments, blob.sha256))
                self.assertEqual([data], self.objects())
                self.repository.delete_blob(self.get(self.artifact), blob)

    def test_stores_that_seek_keep_it_whole(self):
        self.backends.seeking = True
        self.assertEqual(1, self.upload().segments)

    def test_digest(self):
        self.upload(sha256=SHA256)
        self.repository.delete_blob(self.get(self.artifact),
                                    self.kept()['data', ''])
        self.assert_refused(exceptions.DigestMismatch, sha256='0' * 64)

    def test_a_store_that_fails_at_a_later_piece(self):
        def fail():
            if len(self.backends.objects) == 2:
                raise exceptions.Unavailable('no')

        self.backends.during_put = fail
        self.assert_refused(exceptions.Unavailable)

    def test_a_first_store_that_is_down(self):
        self.backends.failing = {'memory'}
        self.upload()
        self.assertEqual({'other'}, {row['backend'] for row in
                                     self.rows(models.segments)})

    def test_the_lease_of_the_first_is_lost(self):
        def lose():
            self.backends.during_put = lambda: None
            (segment,) = self.rows(models.segments)
            with self.database.writer() as conn:
                conn.execute(sa.update(models.segments).values(
                    lease_until=clock.now(conn, -1)))
            with self.database.writer() as conn:
                self.assertTrue(self.places.expire(
                    conn, records.Segment(**segment)))

        self.backends.during_put = lose
        error = self.assertRaises(exceptions.Unavailable, self.upload)
        self.assertEqual('artifact.blob.lease_lost', error.code)
        self.assertEqual({}, self.kept())
        self.assertEqual({}, self.backends.objects)

    def test_a_process_that_dies_at_a_later_piece(self):
        def die():
            if len(self.backends.objects) == 2:
                raise SystemExit()

        self.backends.during_put = die
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.repository.moving.undo',
            lambda *args: None))
        self.assertRaises(SystemExit, self.upload)
        self.backends.during_put = lambda: None
        self.assertEqual(3, len(self.rows(models.segments)))
        with self.database.writer() as conn:
            conn.execute(sa.update(models.segments).values(
                lease_until=clock.now(conn, -1)))
        done = purge.Purge(self.database, self.backends, self.places, 0)
        self.assertEqual([None], list({one.problem for one in done.settle()}))
        self.assert_nothing_stays()
