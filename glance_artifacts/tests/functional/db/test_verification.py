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

"""Bytes and rows that are not what they were."""

import collections
import dataclasses
import datetime
import hashlib
import uuid

import fixtures
import sqlalchemy as sa

from glance_artifacts.db import models
from glance_artifacts import exceptions
from glance_artifacts.repository import verification
from glance_artifacts.tests.functional.db import base
from glance_artifacts.tests.functional.db import test_sessions
from glance_artifacts.tests.functional.db import test_uploads
from glance_artifacts.tests.unit import factories

DATA = test_uploads.DATA


class Verifying:
    """What tests of verification share.

    :ivar took: bytes that were read, piece by piece
    """

    def verification(self, **values):
        return verification.Verification(self.database, self.backends,
                                         **values)

    def outcomes(self, after=None, **values):
        self.took = []
        return list(self.verification(**values).run(after, self.took.append))

    def kinds(self, *args, **values):
        return [one.kind for one in self.outcomes(*args, **values)]

    def wrong(self):
        """Kind and words of all that is wrong."""
        return [(one.kind, one.problem) for one in self.outcomes()
                if one.problem]

    def change(self, table, *where, **values):
        with self.database.writer() as conn:
            changed = conn.execute(sa.update(table).where(*where)
                                   .values(**values)).rowcount
        self.assertGreater(changed, 0)

    def meanwhile(self, act):
        """Do something the next time that a store is asked."""
        whole = self.backends.whole

        def asked(backend, location):
            self.backends.whole = whole
            act()
            return whole(backend, location)

        self.backends.whole = asked


class VerificationTest(Verifying, test_uploads.UploadTestCase):

    def setUp(self):
        super().setUp()
        self.upload()
        (self.location,) = self.backends.objects
        self.count = 1

    def another(self, **values):
        """One more artifact with a blob, behind those that there are."""
        self.artifact = self.create(
            status='drafted', name='another-%d' % self.count,
            created_at=factories.MOMENT + datetime.timedelta(
                seconds=self.count), **values)
        self.count += 1
        self.upload()
        return self.artifact


class TestBytes(VerificationTest):

    def test_all_is_well(self):
        self.upload('extra', data=b'')
        one, other = self.outcomes()
        self.assertEqual(
            ('verified', (self.artifact.id, 'data', '', 1), 'samples',
             'memory', len(DATA), None), dataclasses.astuple(one))
        self.assertEqual(('extra', 0), (other.position[1], other.size))
        self.assertEqual([1] * len(DATA), self.took)
        self.assertEqual(len(DATA), self.verification().total())

    def test_a_byte_that_differs(self):
        self.backends.objects[self.location] = b'Hello world'
        self.assertEqual([('corrupt', 'Its sha256 is %s, not %s.' % (
            hashlib.sha256(b'Hello world').hexdigest(),
            test_uploads.SHA256))], self.wrong())

    def test_too_few_bytes(self):
        for count in (10, 0):
            self.backends.objects[self.location] = DATA[:count]
            self.assertEqual(
                [('truncated', 'It has %d of 11 bytes.' % count)],
                self.wrong())

    def test_too_many_bytes(self):
        self.backends.objects[self.location] = DATA + DATA
        self.assertEqual([('corrupt', 'It has more than 11 bytes.')],
                         self.wrong())
        self.assertEqual(len(DATA) + 1, len(self.took))

    def test_none_at_all(self):
        del self.backends.objects[self.location]
        self.assertEqual([('missing', 'The store does not have it.')],
                         self.wrong())

    def test_changes_nothing(self):
        self.backends.objects[self.location] = b'x'
        before = [self.rows(table)
                  for table in models.METADATA.tables.values()]
        self.wrong()
        self.assertEqual(before, [self.rows(table) for table
                                  in models.METADATA.tables.values()])


class TestMeanwhile(VerificationTest):
    """Services go on."""

    def test_deleted(self):
        self.meanwhile(lambda: self.repository.delete(
            self.get(self.artifact)))
        self.assertEqual(['gone'], self.kinds())
        self.assertEqual([], self.kinds())

    def test_deleted_and_uploaded_again(self):
        def again():
            current = self.get(self.artifact)
            self.repository.delete_blob(current, current.blob('data'))
            self.upload(data=b'others')

        self.meanwhile(again)
        self.assertEqual(['gone'], self.kinds())
        self.assertEqual(['verified'], self.kinds())

    def test_moved(self):
        def move():
            data = self.backends.objects.pop(self.location)
            self.backends.objects['memory://memory/elsewhere'] = data
            self.change(models.segments,
                        location='memory://memory/elsewhere')

        self.meanwhile(move)
        self.assertEqual(['verified'], self.kinds())

    def test_moved_to_another_row(self):
        """Other id, other store; purge deletes the bytes later."""
        def move():
            data = self.backends.objects.pop(self.location)
            self.backends.objects['memory://other/elsewhere'] = data
            self.change(models.segments, id=str(uuid.uuid4()), backend='other',
                        location='memory://other/elsewhere')

        self.meanwhile(move)
        (one,) = self.outcomes()
        self.assertEqual('verified', one.kind)

    def test_an_upload_under_way(self):
        seen = []
        self.backends.during_put = lambda: seen.extend(self.kinds())
        self.upload('extra')
        self.assertEqual(['verified'], seen)


class TestRows(VerificationTest):
    """Of the blob and of its segment."""

    def test_what_does_not_fit(self):
        for values, words in (
                ({'size': 12}, 'It has 12 bytes, and its segments 11.'),
                ({'segments': 2}, 'It has 2 segments, and rows of 1.'),
                ({'sha256': '0' * 64},
                 'Its sha256 is not that of its segment.'),
                ({'tree_sha256': '0' * 64},
                 'Its tree_sha256 is not that of its segments.')):
            (before,) = self.rows(models.blobs)
            self.change(models.blobs, **values)
            rows, segment = self.outcomes()
            self.assertEqual(
                ('rows', (self.artifact.id, 'data', '', 0), 'samples', None,
                 0, words), dataclasses.astuple(rows))
            self.assertEqual('verified', segment.kind)
            self.change(models.blobs, **{name: before[name]
                                         for name in values})
        self.assertEqual([], self.wrong())

    def test_no_segment_at_all(self):
        with self.database.writer() as conn:
            conn.execute(sa.delete(models.segments))
        self.assertEqual([('rows', 'It has 1 segments, and rows of 0.')],
                         self.wrong())

    def test_deleted_while_rows_are_read(self):
        work = self.verification()
        outcomes = work.run(None, lambda count: None)
        self.upload('extra')
        self.assertEqual('verified', next(outcomes).kind)
        # its blobs are known by now
        current = self.get(self.artifact)
        self.repository.delete_blob(current, current.blob('extra'))
        self.assertEqual([], list(outcomes))


class TestStores(VerificationTest):

    def setUp(self):
        super().setUp()
        for _ in range(verification._ENOUGH + 1):
            self.another()
        self.change(models.segments, models.segments.c.artifact_id
                    == self.another().id, backend='other')

    def problems(self):
        """Of outcomes: kinds, and how many were told of; the last words."""
        outcomes = self.outcomes()
        told = [one.problem for one in outcomes if one.problem]
        return (collections.Counter(one.kind for one in outcomes),
                len(told), told[-1])

    def test_that_does_not_answer(self):
        self.backends.failing = {'memory'}
        self.assertEqual(
            ({'unread': 12, 'verified': 1}, 10,
             'The store does not answer now. What else is in this store is'
             ' left out.'), self.problems())

    def test_that_fails_now_and_then(self):
        whole, asked = self.backends.whole, []

        def sometimes(backend, location):
            asked.append(location)
            if len(asked) % 9:
                raise exceptions.Unavailable('Not now.')
            return whole(backend, location)

        self.backends.whole = sometimes
        self.assertEqual(({'unread': 12, 'verified': 1}, 12, 'Not now.'),
                         self.problems())

    def test_that_is_not_configured(self):
        def unknown(backend, location):
            raise exceptions.Misconfigured('no such store', option='[x]',
                                           remedy='name it')

        self.backends.whole = unknown
        kinds, told, _ = self.problems()
        # once for each store
        self.assertEqual(({'unread': 13}, 2), (kinds, told))

    def test_missing_is_an_answer(self):
        self.backends.objects.clear()
        self.assertEqual(({'missing': 13}, 13), self.problems()[:2])


class TestChoice(VerificationTest):

    def test_by_what_artifacts_are(self):
        first = self.artifact
        other = self.another()
        self.change(models.artifacts, models.artifacts.c.id == other.id,
                    pool='critical', type_name='others')
        for values, artifact in (
                ({'id': first.id}, first), ({'pool': 'critical'}, other),
                ({'type_name': 'others'}, other),
                ({'pool': 'general', 'type_name': 'samples'}, first)):
            (outcome,) = self.outcomes(**values)
            self.assertEqual(artifact.id, outcome.position[0])
            self.assertEqual(len(DATA), self.verification(**values).total())
        self.assertEqual([], self.outcomes(id=first.id, pool='critical'))


class TestGoingOn(VerificationTest):

    def test_from_each_place(self):
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.repository.verification._BATCH', 2))
        self.upload('extra')
        for _ in range(4):
            self.another()
        whole = self.outcomes()
        self.assertEqual(6, len(whole))
        for count, outcome in enumerate(whole, 1):
            self.assertEqual(whole[count:], self.outcomes(outcome.position))

    def test_from_what_is_gone(self):
        first, second = self.artifact, self.another()
        (one, other) = self.outcomes()
        self.repository.delete(self.get(first))
        self.assertEqual([other], self.outcomes(one.position))
        self.repository.delete(self.get(second))
        self.assertEqual([], self.outcomes(one.position))

    def test_within_one_artifact(self):
        self.upload('extra')
        one, other = self.outcomes(id=self.artifact.id)
        self.assertEqual([other], self.outcomes(one.position,
                                                id=self.artifact.id))
        self.assertEqual([], self.outcomes(other.position,
                                           id=self.artifact.id))


class TestParts(Verifying, test_sessions.SessionsTestCase):

    def setUp(self):
        super().setUp()
        self.put_all()

    def test_that_are_no_blob_yet(self):
        self.assertEqual([], self.outcomes())

    def test_each_of_them(self):
        self.complete()
        found = self.outcomes()
        self.assertEqual([('verified', n) for n in (1, 2, 3)],
                         [(one.kind, one.position[3]) for one in found])
        for done in (1, 2, 3):
            self.assertEqual(found[done:],
                             self.outcomes(found[done - 1].position))

    def test_rows_are_looked_at_once(self):
        self.complete()
        self.change(models.blobs, tree_sha256='0' * 64)
        found = self.outcomes()
        self.assertEqual(['rows'] + ['verified'] * 3,
                         [one.kind for one in found])
        self.assertEqual(found[1:], self.outcomes(found[0].position))

    def test_one_that_is_gone(self):
        self.complete()
        with self.database.writer() as conn:
            conn.execute(sa.delete(models.segments).where(
                models.segments.c.n == 2))
        self.assertEqual([('rows', 'It has 3 segments, and rows of 2.')],
                         self.wrong())


class TestNothing(Verifying, base.MigratedTestCase):

    def test_no_artifact_and_no_blob(self):
        self.assertEqual([], self.outcomes())
        self.create()
        self.assertEqual([], self.outcomes())
        self.assertEqual(0, self.verification().total())
