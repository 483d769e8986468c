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
import uuid

from oslo_db import exception as db_exc

from glance_artifacts.db import blobs
from glance_artifacts.db import models
from glance_artifacts.db import records
from glance_artifacts.db import sessions
from glance_artifacts.tests.functional.db import base
from glance_artifacts.tests.unit import factories


class LedgerTestCase(base.MigratedTestCase):

    def setUp(self):
        super().setUp()
        self.artifact = self.create(status='drafted')

    def pair(self, field='data', key='', artifact=None, **values):
        """A blob that is being written and the segment of its bytes."""
        segment_id = str(uuid.uuid4())
        blob = records.Blob(field=field, key=key, status='saving',
                            upload=segment_id, content_type='text/plain')
        segment = records.Segment(
            id=segment_id, artifact_id=(artifact or self.artifact).id,
            field=field, key=key, status='saving', backend='memory',
            created_at=factories.MOMENT, **{'n': 1, **values})
        return blob, segment

    def reserve(self, *args, **kwargs):
        blob, segment = self.pair(*args, **kwargs)
        self.write(blobs.take, segment.artifact_id, blob)
        self.write(blobs.reserve, segment)
        return blob, segment

    def active(self, *args, **kwargs):
        blob, segment = self.reserve(*args, **kwargs)
        blob = dataclasses.replace(
            blob, status='active', size=3, sha256='ab' * 32, md5='cd' * 16,
            segments=1)
        segment = dataclasses.replace(
            segment, status='active', size=3, sha256='ab' * 32,
            location='memory://%s' % segment.id)
        self.assertTrue(self.write(blobs.activate, segment.artifact_id,
                                   blob))
        self.write(blobs.activate_segment, segment)
        return blob, segment

    def write(self, function, *args):
        with self.database.writer() as conn:
            return function(conn, *args)

    def statuses(self):
        return {row['id']: row['status']
                for row in self.rows(models.segments)}

    def kept(self):
        """The blobs of the artifact now."""
        return list(self.get(self.artifact).blobs.values())


class TestReserve(LedgerTestCase):

    def test_one_place_for_one_writer(self):
        blob, segment = self.reserve()
        self.assertEqual([blob], self.kept())
        self.assertEqual({segment.id: 'saving'}, self.statuses())
        self.assertRaises(db_exc.DBDuplicateEntry, self.reserve)
        self.assertEqual({segment.id: 'saving'}, self.statuses())

    def test_places_side_by_side(self):
        pairs = [self.reserve(*place) for place in (
            ('data',), ('extra',), ('data', 'a'), ('data', 'A'),
            ('data', 'a '), ('data', '\U0001f600'))]
        self.assertCountEqual([blob for blob, _ in pairs], self.kept())


class TestActivate(LedgerTestCase):

    def test_shows_the_bytes(self):
        blob, segment = self.active()
        self.assertEqual([blob], self.kept())
        with self.database.reader() as conn:
            self.assertEqual([segment], blobs.segments(
                conn, self.artifact.id, blob))

    def test_only_of_the_writer_who_has_the_place(self):
        blob, _ = self.reserve()
        other, _ = self.pair()
        self.assertFalse(self.write(blobs.activate, self.artifact.id, other))
        self.assertEqual([blob], self.kept())

    def test_only_once(self):
        blob, _ = self.active()
        self.assertFalse(self.write(blobs.activate, self.artifact.id, blob))

    def test_not_when_withdrawn(self):
        blob, _ = self.reserve()
        self.assertTrue(self.write(blobs.withdraw, self.artifact.id, blob))
        self.assertFalse(self.write(blobs.activate, self.artifact.id, blob))
        self.assertEqual([], self.kept())

    def test_bytes_on_their_way_are_no_segments(self):
        blob, _ = self.reserve()
        with self.database.reader() as conn:
            self.assertEqual([], blobs.segments(conn, self.artifact.id,
                                                blob))


class TestWithdraw(LedgerTestCase):

    def test_once(self):
        blob, _ = self.reserve()
        self.assertTrue(self.write(blobs.withdraw, self.artifact.id, blob))
        self.assertFalse(self.write(blobs.withdraw, self.artifact.id, blob))

    def test_not_the_place_of_another(self):
        blob, _ = self.reserve()
        other, _ = self.pair()
        self.assertFalse(self.write(blobs.withdraw, self.artifact.id, other))
        self.assertEqual([blob], self.kept())

    def test_not_what_is_active(self):
        blob, _ = self.active()
        self.assertFalse(self.write(blobs.withdraw, self.artifact.id, blob))
        self.assertEqual([blob], self.kept())


class TestRemove(LedgerTestCase):

    def test_one(self):
        blob, segment = self.active()
        other, other_segment = self.active('extra')
        self.assertEqual([segment], self.write(
            blobs.remove, self.artifact.id, blob))
        self.assertEqual([other], self.kept())
        self.assertEqual({segment.id: 'deleted',
                          other_segment.id: 'active'}, self.statuses())

    def test_one_key_of_several(self):
        pairs = [self.active('data', key) for key in ('', 'a', 'a/b')]
        self.assertEqual([pairs[1][1]], self.write(
            blobs.remove, self.artifact.id, pairs[1][0]))
        self.assertCountEqual([pairs[0][0], pairs[2][0]], self.kept())

    def test_all(self):
        pairs = [self.active('data', key) for key in 'ab']
        elsewhere = self.create(name='other')
        _, others = self.active(artifact=elsewhere)
        doomed = self.write(blobs.remove, self.artifact.id)
        self.assertCountEqual([segment for _, segment in pairs], doomed)
        self.assertEqual([], self.kept())
        self.assertEqual('active', self.statuses()[others.id])

    def test_what_is_being_written_is_left_to_its_writer(self):
        blob, segment = self.reserve()
        self.assertEqual([], self.write(blobs.remove, self.artifact.id,
                                        blob))
        self.assertEqual([], self.kept())
        self.assertEqual({segment.id: 'saving'}, self.statuses())
        self.assertFalse(self.write(blobs.activate, self.artifact.id, blob))

    def test_segments_come_in_order(self):
        blob, first = self.active(n=3)
        more = [self.pair(n=n)[1] for n in (2, 10, 1)]
        for segment in more:
            self.write(lambda conn, one: conn.execute(
                models.segments.insert().values(
                    **dataclasses.asdict(one))), segment)
            self.write(blobs.activate_segment, segment)
        with self.database.reader() as conn:
            self.assertEqual([1, 2, 3, 10], [
                segment.n for segment in blobs.segments(
                    conn, self.artifact.id, blob)])

    def test_again(self):
        blob, _ = self.active()
        self.write(blobs.remove, self.artifact.id, blob)
        self.assertEqual([], self.write(blobs.remove, self.artifact.id,
                                        blob))


class TestCondemn(LedgerTestCase):

    def test_what_is_not_active(self):
        _, segment = self.reserve()
        for location in ('memory://a', None):
            self.assertTrue(self.write(blobs.condemn, dataclasses.replace(
                segment, location=location)))
            (row,) = self.rows(models.segments)
            self.assertEqual(('deleted', location),
                             (row['status'], row['location']))

    def test_what_is_active_stays(self):
        blob, segment = self.active()
        self.assertFalse(self.write(blobs.condemn, segment))
        self.assertEqual({segment.id: 'active'}, self.statuses())
        self.assertEqual([blob], self.kept())


class TestForget(LedgerTestCase):

    def test_one_line_of_the_ledger(self):
        _, segment = self.active()
        _, other = self.active('extra')
        self.write(sessions.drop, segment)
        for _ in range(2):
            self.write(blobs.forget, segment)
            self.assertEqual({other.id: 'active'}, self.statuses())

    def test_not_what_is_shown(self):
        _, segment = self.active()
        self.write(blobs.forget, segment)
        self.assertEqual({segment.id: 'active'}, self.statuses())
