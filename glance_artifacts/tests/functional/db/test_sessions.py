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

"""Upload sessions, where something comes between."""

import hashlib
import io

import fixtures
import sqlalchemy as sa

from glance_artifacts.api import views
from glance_artifacts.db import amounts
from glance_artifacts.db import clock
from glance_artifacts.db import models
from glance_artifacts.db import usage
from glance_artifacts.db import usage_recount
from glance_artifacts import exceptions
from glance_artifacts.quota import limits
from glance_artifacts.repository import bodies
from glance_artifacts.repository import moving
from glance_artifacts.repository import part_sizes
from glance_artifacts.repository import purge
from glance_artifacts.repository import sessions
from glance_artifacts.store import pools
from glance_artifacts.tests.functional.db import base

PARTS = [b'five!', b'bytes', b'end']


class SessionsTestCase(base.MigratedTestCase):

    pool = pools.Pool('general', ('memory',), segment_size=5)

    def setUp(self):
        super().setUp()
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.repository.part_sizes.SMALLEST', 5))
        self.artifact = self.create(status='drafted')
        self.sessions = self.repository.sessions
        self.session = self.begin()

    def place(self):
        type_class = self.types[0]
        return bodies.Place(
            type_class, type_class.fields['data'], '',
            views.artifact(self.artifact, type_class, internal=True))

    def begin(self):
        return self.sessions.begin(self.artifact, self.place(),
                                   sessions.Wanted('text/plain'))

    def put(self, n, data=None, size=None):
        data = PARTS[n - 1] if data is None else data
        return self.sessions.put(
            self.artifact, self.session, n, moving.Stream(
                io.BytesIO(data), 'data', 5, part_sizes.too_large, size))

    def put_all(self):
        for n in (2, 1, 3):
            self.put(n)

    def complete(self):
        return self.sessions.complete(self.artifact, self.session,
                                      self.place(), None)

    def blob(self):
        return self.get(self.artifact).blob('data')

    def usage(self):
        with self.database.reader() as conn:
            return usage.of(conn, self.artifact.owner)[amounts.TOTAL]

    def exact(self, used, reserved):
        """What is counted, and that it is what there is."""
        found = self.usage()
        self.assertEqual((used, reserved), (found.used, found.reserved))
        self.assertEqual([], self.database.write(
            usage_recount.recount, self.artifact.owner, False))

    def assert_nothing_stays(self):
        self.assertIsNone(self.blob())
        self.assertEqual([], self.rows(models.segments))
        self.assertEqual([], self.rows(models.sessions))
        self.assertEqual([], self.rows(models.reservations))
        self.assertEqual({}, self.backends.objects)
        self.exact(0, 0)


class TestComplete(SessionsTestCase):

    def inspecting(self, meanwhile):
        """Have something happen while the type looks."""
        def inspect(type_class, view):
            with view.open() as file:
                self.seen = file.read()
            meanwhile()
            return {}

        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.types.hooks.inspect', inspect))

    def test_the_type_sees_one_file(self):
        self.put_all()
        self.inspecting(lambda: None)
        blob = self.complete()
        self.assertEqual(b''.join(PARTS), self.seen)
        self.assertEqual((13, 3, None, None), (
            blob.size, blob.segments, blob.sha256, blob.md5))
        self.assertEqual(hashlib.sha256(b''.join(
            hashlib.sha256(part).digest() for part in PARTS)).hexdigest(),
            blob.tree_sha256)
        self.assertEqual(blob, self.blob())
        self.exact(13, 0)
        self.assertEqual([], self.rows(models.reservations))

    def test_another_part_meanwhile(self):
        self.put_all()
        self.inspecting(lambda: self.put(3, b'fin'))
        error = self.assertRaises(exceptions.Conflict, self.complete)
        self.assertEqual('artifact.upload.changed', error.code)
        self.exact(0, 13)
        self.inspecting(lambda: None)
        self.complete()
        self.assertEqual(b'five!bytesfin', self.bytes_of(
            self.artifact, self.blob(), 0, 13))

    def test_the_same_part_meanwhile(self):
        self.put_all()
        self.inspecting(lambda: self.put(3))
        self.complete()
        self.assertEqual(3, len(self.backends.objects))
        self.exact(13, 0)

    def test_by_two_at_once(self):
        self.put_all()
        first = []

        def other():
            self.inspecting(lambda: None)
            first.append(self.complete())

        self.inspecting(other)
        self.assertEqual(first, [self.complete()])
        self.exact(13, 0)

    def test_cancelled_meanwhile(self):
        self.put_all()
        self.inspecting(lambda: self.sessions.abort(self.session))
        self.assertRaises(exceptions.NotFound, self.complete)
        self.assert_nothing_stays()

    def test_refused_while_another_part_comes(self):
        self.put_all()

        def meanwhile():
            self.put(3, b'fin')
            raise exceptions.RejectedByType('no')

        self.inspecting(meanwhile)
        self.assertRaises(exceptions.RejectedByType, self.complete)
        # what was looked at is not what is there now
        self.assertEqual('saving', self.blob().status)
        self.inspecting(lambda: None)
        self.complete()

    def test_refused(self):
        self.put_all()

        def refuse():
            raise exceptions.RejectedByType('no')

        self.inspecting(refuse)
        self.assertRaises(exceptions.RejectedByType, self.complete)
        self.assert_nothing_stays()

    def test_a_store_that_fails_meanwhile(self):
        self.put_all()
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.types.hooks.has', lambda *args: True))
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.types.hooks._run', self.look))
        self.backends.failing = {'read'}
        self.assertRaises(exceptions.Unavailable, self.complete)
        self.exact(0, 13)
        self.backends.failing = set()
        self.complete()
        self.exact(13, 0)

    @staticmethod
    def look(cls, hook, view):
        try:
            return view.open().read() and None, None
        except Exception as exc:
            return None, exc


class TestParts(SessionsTestCase):

    def test_cancelled_meanwhile(self):
        self.put(1)
        self.backends.during_put = lambda: self.sessions.abort(self.session)
        self.assertRaises(exceptions.NotFound, self.put, 2)
        self.assert_nothing_stays()

    def test_a_new_session_meanwhile(self):
        def another():
            self.sessions.abort(self.session)
            self.begin()

        self.backends.during_put = another
        self.assertRaises(exceptions.NotFound, self.put, 1)
        self.assertEqual([], self.rows(models.segments))
        self.assertEqual('saving', self.blob().status)
        self.exact(0, 0)

    def test_completed_meanwhile(self):
        self.put_all()

        def complete():
            self.backends.during_put = lambda: None
            self.complete()

        self.backends.during_put = complete
        error = self.assertRaises(exceptions.Conflict, self.put, 1, b'other')
        self.assertEqual('artifact.upload.complete', error.code)
        self.assertEqual(3, len(self.backends.objects))
        self.exact(13, 0)

    def test_the_artifact_is_deleted_meanwhile(self):
        self.put(1)
        self.backends.during_put = lambda: self.repository.delete(
            self.get(self.artifact))
        self.assertRaises(exceptions.NotFound, self.put, 2)
        self.assertEqual({}, self.backends.objects)
        self.assertEqual([], self.rows(models.segments))
        self.assertEqual([], self.rows(models.sessions))
        self.exact(0, 0)

    def test_a_store_that_fails(self):
        self.put(1)
        self.backends.failing = {'put'}
        self.assertRaises(exceptions.Unavailable, self.put, 2)
        self.backends.failing = set()
        self.exact(0, 5)
        self.assertEqual(1, len(self.rows(models.segments)))
        self.put(2)

    def test_a_store_that_keeps_what_was_replaced(self):
        self.put(1)
        self.backends.failing = {'delete'}
        self.put(1, b'other')
        self.backends.failing = set()
        self.assertEqual(
            ['deleted', 'part'],
            sorted(row['status'] for row in self.rows(models.segments)))
        self.exact(0, 5)

    def test_of_two_at_once_the_last_stays(self):
        def other():
            self.backends.during_put = lambda: None
            self.put(1, b'first')

        self.backends.during_put = other
        self.put(1, b'last')
        (kept,) = self.sessions.parts(self.session)
        self.assertEqual(4, kept.size)
        self.assertEqual([b'last'], list(self.backends.objects.values()))
        self.exact(0, 4)

    def test_no_room(self):
        self.put(1, size=5)
        self.limits.now = limits.ProjectLimits(
            total=amounts.Limit(bytes=9))
        error = self.assertRaises(exceptions.TooLarge, self.put, 2, size=5)
        self.assertEqual('quota.bytes', error.code)
        self.exact(0, 5)

    def test_the_word_of_the_commit_is_lost(self):
        write = self.database.write

        def lose(work, *args):
            result = write(work, *args)
            if work.__name__ == 'arrive':
                raise KeyError('lost')
            return result

        self.database.write = lose
        self.assertRaises(KeyError, self.put, 1)
        self.database.write = write
        (kept,) = self.sessions.parts(self.session)
        self.assertIn(kept.location, self.backends.objects)


class TestExpiry(SessionsTestCase):

    def purge(self):
        found = purge.Purge(self.database, self.backends, self.places, 0)
        return [(one.kind, one.problem) for one in found.settle()]

    def age(self, seconds=1):
        with self.database.writer() as conn:
            conn.execute(sa.update(models.sessions).values(
                expires_at=clock.now(conn, -seconds)))

    def test_not_before_its_time(self):
        self.put(1)
        self.assertEqual([], self.purge())
        self.assertEqual(5, self.blob() and self.usage().reserved)

    def test_when_its_time_is_over(self):
        self.put_all()
        self.age()
        self.assertEqual([(purge.SESSIONS, None)]
                         + 3 * [(purge.OBJECTS, None)], self.purge())
        self.assert_nothing_stays()
        self.assertRaises(exceptions.NotFound, self.put, 1)

    def test_one_that_is_complete(self):
        self.put_all()
        self.complete()
        self.age()
        self.assertEqual([(purge.SESSIONS, None)], self.purge())
        self.assertEqual('active', self.blob().status)
        self.assertEqual([], self.rows(models.sessions))
        self.exact(13, 0)

    def test_a_part_prolongs_it(self):
        self.age()
        self.put(1)
        self.assertEqual([], self.purge())

    def test_prolonged_at_the_last_moment(self):
        self.age()
        found = purge.Purge(self.database, self.backends, self.places, 0)
        read = found._read

        def then_a_part(function, *args):
            result = read(function, *args)
            if function.__name__ == 'expired' and result:
                self.put(1)
            return result

        found._read = then_a_part
        self.assertEqual([], list(found.settle()))
        self.assertEqual('saving', self.blob().status)

    def test_it_is_counted(self):
        self.age()
        found = purge.Purge(self.database, self.backends, self.places, 0)
        self.assertEqual(1, found.count()[purge.SESSIONS])
