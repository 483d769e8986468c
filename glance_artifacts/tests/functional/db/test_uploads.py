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
import hashlib
import io
import logging
import time

import fixtures
import sqlalchemy as sa

from glance_artifacts.api import views
from glance_artifacts.db import clock
from glance_artifacts.db import leases
from glance_artifacts.db import listing
from glance_artifacts.db import migration
from glance_artifacts.db import models
from glance_artifacts.db import postings
from glance_artifacts import exceptions
from glance_artifacts.repository import base as repository_base
from glance_artifacts.repository import bodies
from glance_artifacts.store import health
from glance_artifacts.store import pools
from glance_artifacts.tests.functional.db import base
from glance_artifacts.tests.unit import factories
from glance_artifacts import types
from glance_artifacts.types import hooks

DATA = b'hello world'
SHA256 = hashlib.sha256(DATA).hexdigest()


class UploadTestCase(base.MigratedTestCase):

    def setUp(self):
        super().setUp()
        self.logs = self.useFixture(fixtures.FakeLogger(level=logging.DEBUG))
        self.artifact = self.create(status='drafted')

    def upload(self, field='data', data=DATA, key='', **values):
        type_class = self.types[0]
        return self.repository.upload(self.artifact, bodies.Upload(
            type_class=type_class, field=type_class.fields[field], key=key,
            shown=views.artifact(self.artifact, type_class, internal=True),
            body=io.BytesIO(data), content_type='text/plain', **values))

    def kept(self):
        return self.get(self.artifact).blobs

    def assert_nothing_stays(self):
        self.assertEqual({}, self.kept())
        self.assertEqual([], self.rows(models.segments))
        self.assertEqual({}, self.backends.objects)

    def assert_refused(self, kind, *args, **kwargs):
        error = self.assertRaises(kind, self.upload, *args, **kwargs)
        self.assert_nothing_stays()
        return error


class TestUpload(UploadTestCase):

    def test_what_is_shown_and_where_it_is(self):
        for size in (len(DATA), None):
            field = 'extra' if size is None else 'data'
            blob = self.upload(field, size=size)
            self.assertEqual(
                ('active', len(DATA), SHA256, 1, 'text/plain', False),
                (blob.status, blob.size, blob.sha256, blob.segments,
                 blob.content_type, blob.external))
            self.assertEqual(blob, self.kept()[field, ''])
        self.assertEqual([DATA, DATA], list(self.backends.objects.values()))
        self.assertEqual(sorted(self.backends.objects),
                         sorted(self.backends.synced))

    def test_names_of_objects(self):
        self.upload()
        with self.database.reader() as conn:
            deployment = migration.deployment_id(conn)
        (row,) = self.rows(models.segments)
        (location,) = self.backends.objects
        self.assertEqual('memory://memory/gart-%s-%s'
                         % (deployment, row['id']), location)

    def test_nothing_at_all(self):
        blob = self.upload(data=b'', size=0)
        self.assertEqual((0, hashlib.sha256().hexdigest()),
                         (blob.size, blob.sha256))

    def test_raises_the_revision_and_nothing_more(self):
        self.upload()
        after = self.get(self.artifact)
        self.assertGreater(after.revision, self.artifact.revision)
        self.assertGreater(after.updated_at, self.artifact.updated_at)
        self.assertEqual(self.artifact.document(), after.document())
        self.assert_index_is_exact()

    def test_never_loses_to_a_change_of_the_artifact(self):
        def tag():
            current = self.get(self.artifact)
            self.repository.save(current, dataclasses.replace(
                current, tags=['meanwhile']))
        self.backends.during_put = tag
        self.upload()
        self.assertEqual(['meanwhile'], self.get(self.artifact).tags)
        self.assertIn(('data', ''), self.kept())
        self.assert_index_is_exact()

    def test_is_seen_while_it_runs(self):
        seen = []
        self.backends.during_put = lambda: seen.extend(
            blob.status for blob in self.kept().values())
        self.upload()
        self.assertEqual(['saving'], seen)


class TestRefused(UploadTestCase):

    def test_another_digest(self):
        error = self.assert_refused(exceptions.DigestMismatch,
                                    sha256='0' * 64)
        self.assertIn(SHA256, error.detail)
        self.upload(sha256=SHA256)

    def test_too_large(self):
        limit = factories.Sample.fields['data'].max_size
        for size in (None, limit + 1):
            self.assert_refused(exceptions.TooLarge, data=b'x' * (limit + 1),
                                size=size)
        self.upload(data=b'x' * limit)

    def test_too_short(self):
        error = self.assert_refused(exceptions.BadRequest,
                                    size=len(DATA) + 1)
        self.assertEqual('request.truncated', error.code)

    def test_there_already(self):
        blob = self.upload()
        self.assertRaises(exceptions.BlobExists, self.upload)
        self.assertEqual({('data', ''): blob}, self.kept())
        self.assertEqual(1, len(self.backends.objects))

    def test_under_way(self):
        def again():
            self.backends.during_put = lambda: None
            self.assertRaises(exceptions.BlobSaving, self.upload)
            self.upload('extra')
        self.backends.during_put = again
        self.upload()
        self.assertEqual({('data', ''), ('extra', '')}, set(self.kept()))
        self.assertEqual(2, len(self.backends.objects))

    def test_no_draft_any_more(self):
        self.artifact = self.create(name='active')
        self.assert_refused(exceptions.Immutable)

    def test_deleted(self):
        self.repository.delete(self.artifact)
        self.assertRaises(exceptions.NotFound, self.upload)
        self.assertEqual([], self.rows(models.segments))


class TestFaults(UploadTestCase):
    """Whatever fails leaves neither bytes nor row."""

    def test_the_store(self):
        for verb in ('put', 'sync'):
            self.backends.failing = {verb}
            self.assert_refused(exceptions.Unavailable)
        self.backends.failing = set()
        self.upload()

    def test_anything(self):
        for error in (KeyError('x'), MemoryError(), SystemExit(1)):
            def fail():
                raise error
            self.backends.during_put = fail
            self.assert_refused(type(error))

    def test_the_blob_is_deleted_meanwhile(self):
        def cancel():
            current = self.get(self.artifact)
            self.repository.delete_blob(current, current.blob('data'))
        self.backends.during_put = cancel
        error = self.assert_refused(exceptions.Conflict)
        self.assertEqual('artifact.blob.cancelled', error.code)

    def test_and_another_upload_has_begun(self):
        def overtake():
            self.backends.during_put = lambda: None
            current = self.get(self.artifact)
            self.repository.delete_blob(current, current.blob('data'))
            self.upload(data=b'second')
        self.backends.during_put = overtake
        self.assertRaises(exceptions.Conflict, self.upload)
        self.assertEqual([b'second'], list(self.backends.objects.values()))
        (row,) = self.rows(models.segments)
        self.assertEqual('active', row['status'])
        self.assertEqual(6, self.kept()['data', ''].size)

    def test_the_artifact_is_deleted_meanwhile(self):
        self.backends.during_put = lambda: self.repository.delete(
            self.get(self.artifact))
        self.assertRaises(exceptions.NotFound, self.upload)
        self.assertEqual([], self.rows(models.segments))
        self.assertEqual({}, self.backends.objects)
        self.assertEqual([], self.rows(models.index))

    def test_a_store_that_keeps_what_it_should_delete(self):
        self.backends.failing = {'sync', 'delete'}
        self.assertRaises(exceptions.Unavailable, self.upload)
        # the place is free again; the ledger knows of the bytes
        self.assertEqual({}, self.kept())
        (row,) = self.rows(models.segments)
        (location,) = self.backends.objects
        self.assertEqual(('deleted', location),
                         (row['status'], row['location']))
        self.assertIn(row['id'], self.logs.output)
        self.assertNotIn('memory://', self.logs.output)
        self.backends.failing = set()
        self.upload()

    def test_the_word_of_the_commit_is_lost(self):
        # the database did what it was told: the bytes stay
        write = self.database.write

        def lose(work, *args):
            result = write(work, *args)
            if work.__name__ == 'fill':
                raise KeyError('lost')
            return result

        self.database.write = lose
        self.assertRaises(KeyError, self.upload)
        self.assertEqual('active', self.kept()['data', ''].status)
        self.assertEqual([DATA], list(self.backends.objects.values()))


class TestStores(UploadTestCase):
    """A store that does not take the bytes."""

    pool = pools.Pool('general', ('first', 'second'))

    def assert_stored(self, *stores, **values):
        self.upload(**values)
        found = [row['backend'] for row in self.rows(models.segments)]
        self.assertEqual(sorted(stores), sorted(found))
        self.assertEqual(sorted(stores), sorted(
            location.split('/')[2] for location in self.backends.objects))

    def test_the_first(self):
        self.assert_stored('first')

    def test_the_next_one(self):
        self.backends.failing = {'first'}
        for size in (len(DATA), None):
            self.assert_stored(*['second'] * (1 + (size is None)),
                               field='data' if size else 'extra', size=size)
        self.assertEqual({DATA}, set(self.backends.objects.values()))

    def test_one_that_failed_is_tried_last_for_a_while(self):
        now = self.useFixture(fixtures.MockPatch(
            'glance_artifacts.store.health.time.monotonic',
            return_value=0.0)).mock
        self.backends.failing = {'first'}
        self.upload('extra')
        self.backends.failing = set()
        self.assert_stored('second', 'second')
        now.return_value = health.SECONDS
        self.artifact = self.create(name='another', status='drafted')
        self.assert_stored('second', 'second', 'first')

    def test_none(self):
        self.backends.failing = {'first', 'second'}
        error = self.assert_refused(exceptions.Unavailable)
        self.assertIn('Retry-After', error.headers)

    def test_one_that_fails_when_it_has_read(self):
        self.backends.failing = {'put'}
        self.assert_refused(exceptions.Unavailable)
        self.backends.failing = set()
        self.assert_stored('second')

    def test_the_client_is_at_fault(self):
        self.assert_refused(exceptions.BadRequest, size=len(DATA) + 1)
        self.assert_stored('first')

    def test_the_lease_is_lost_meanwhile(self):
        put = self.backends.put

        def lose(backend, *args):
            with self.database.writer() as conn:
                conn.execute(sa.update(models.segments).values(
                    status='deleted'))
            return put(backend, *args)

        self.backends.failing = {'first'}
        self.backends.put = lose
        error = self.assert_refused(exceptions.Unavailable)
        self.assertEqual('artifact.blob.lease_lost', error.code)

    def test_only_the_first(self):
        self.pool = dataclasses.replace(self.pool, fallback=False)
        self.repository = self.new_repository()
        self.backends.failing = {'first'}
        for _ in range(2):
            self.assert_refused(exceptions.Unavailable)
        self.backends.failing = set()
        self.assert_stored('first')

    def test_a_pool_that_is_configured_no_more(self):
        self.artifact = self.create(name='another', status='drafted',
                                    pool='gone')
        error = self.assert_refused(exceptions.Unavailable)
        self.assertEqual('pool.unknown', error.code)


class TestLeases(UploadTestCase):
    """What becomes of a writer that was out of touch."""

    lease = 0.3

    def taken(self, forget=False):
        """Purge takes the lease while the bytes are on their way."""
        (row,) = self.rows(models.segments)
        with self.database.writer() as conn:
            conn.execute(sa.update(models.segments).values(
                lease_until=clock.now(conn, -1)))
            (segment,) = leases.expired(conn, None, 10)
            self.assertTrue(self.places.expire(conn, segment))
            if forget:
                conn.execute(sa.delete(models.segments))
        self.assertEqual({}, self.kept())

    def test_lost(self):
        for forget in (False, True):
            self.backends.during_put = lambda: self.taken(forget)
            before = self.get(self.artifact).revision
            error = self.assert_refused(exceptions.Unavailable)
            self.assertEqual(
                (503, 'artifact.blob.lease_lost'), (error.status, error.code))
            self.assertIn('Retry-After', error.headers)
            self.assertEqual(before + 2, self.get(self.artifact).revision)
            self.assert_index_is_exact()
        self.backends.during_put = lambda: None
        self.upload()

    def test_lost_and_another_upload_has_begun(self):
        def overtake():
            self.backends.during_put = lambda: None
            self.taken()
            self.upload(data=b'second')
        self.backends.during_put = overtake
        error = self.assertRaises(exceptions.Unavailable, self.upload)
        self.assertEqual('artifact.blob.lease_lost', error.code)
        self.assertEqual([b'second'], list(self.backends.objects.values()))
        (row,) = self.rows(models.segments)
        self.assertEqual('active', row['status'])

    def test_lost_and_the_store_keeps_the_bytes(self):
        for forget in (False, True):
            self.backends.failing = {'delete'}
            self.backends.during_put = lambda: self.taken(forget)
            self.assertRaises(exceptions.Unavailable, self.upload)
            (row,) = self.rows(models.segments)
            (location,) = self.backends.objects
            self.assertEqual(('deleted', location),
                             (row['status'], row['location']))
            self.backends.objects.clear()
            with self.database.writer() as conn:
                conn.execute(sa.delete(models.segments))

    def test_lost_and_the_artifact_is_deleted(self):
        def both():
            self.taken()
            self.repository.delete(self.get(self.artifact))
        self.backends.during_put = both
        self.assertRaises(exceptions.NotFound, self.upload)
        self.assertEqual([], self.rows(models.segments))
        self.assertEqual({}, self.backends.objects)

    def test_run_out_and_not_taken(self):
        def run_out():
            with self.database.writer() as conn:
                conn.execute(sa.update(models.segments).values(
                    lease_until=clock.now(conn, -1)))
        self.backends.during_put = run_out
        self.assertEqual('active', self.upload().status)

    def test_renewed_while_the_store_takes_its_time(self):
        def wait():
            (first,) = self.rows(models.segments)
            deadline = time.monotonic() + 20
            while (self.rows(models.segments)[0]['lease_until']
                   <= first['lease_until']):
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.01)
        self.backends.during_put = wait
        self.upload()


class Older(types.ArtifactType):
    """A type as it was."""

    type_name, type_version = 'moving_types', '1.0'

    word = types.String('', filterable=True)
    seen = types.String('', computed=True, filterable=True)
    size = types.Integer('', computed=True, filterable=True)
    gone = types.Integer('', computed=True, filterable=True)
    data = types.Blob('', max_size=1000)

    def inspect(self, blob):
        return {'seen': 'by %s' % self.type_version, 'size': blob.size,
                'gone': 1}


class Newer(Older):
    """A type as it is."""

    type_version = '2.0'
    words = types.List('', of=types.String(), filterable=True)
    size = types.String('', computed=True, filterable=True)
    gone = types.Integer('', filterable=True)

    def upgrade(self, document, from_version):
        return {**document, 'words': [document['word']], 'gone': None}


class TestUpgradedMeanwhile(UploadTestCase):
    """The type of the draft has another version than the upload knows."""

    types = (Older, Newer)

    def create(self, **values):
        return self.repository.create(factories.artifact(
            type_name='moving_types', type_version='1.0', status='drafted',
            fields={'word': 'w', 'seen': None, 'size': None, 'gone': None}))

    def upgrade(self):
        old = self.get(self.artifact)
        self.repository.save(old, dataclasses.replace(
            old, type_version='2.0', fields=hooks.upgrade(
                Newer, {name: old.fields[name] for name in Older.values()},
                '1.0')))

    def listed(self, key, kind, value):
        with self.database.reader() as conn:
            walk = listing.Walk(('moving_types',), (postings.ADMIN,), key,
                                descending=False)
            return [found for _, found in listing.step(
                conn, [walk.only(postings.encode(kind, value))], None, 10)]

    def check(self, seen):
        record = self.get(self.artifact)
        self.assertEqual('2.0', record.type_version)
        self.assertEqual([record.id], self.listed('words', 'string', 'w'))
        self.assertEqual([record.id], self.listed('type_version', 'string',
                                                  '2.0'))
        self.assertEqual(
            {'words': ['w'], 'seen': seen, 'gone': None, 'size': None},
            {name: record.fields[name]
             for name in ('words', 'seen', 'gone', 'size')})
        self.assertEqual([record.id] if seen else [],
                         self.listed('seen', 'string', 'by 1.0'))

    def test_active(self):
        self.backends.during_put = self.upgrade
        self.upload()
        self.check('by 1.0')
        self.assertIn('gone, size', self.logs.output)

    def test_failed(self):
        self.backends.during_put = self.upgrade
        self.backends.failing = {'sync'}
        self.assertRaises(exceptions.Unavailable, self.upload)
        self.assertEqual({}, self.kept())
        self.check(None)

    def test_before_it_begins(self):
        self.upgrade()
        self.upload()
        self.check('by 1.0')


class TestBytes(UploadTestCase):

    def _read(self, offset, length):
        artifact = self.get(self.artifact)
        return self.bytes_of(artifact, artifact.blob('data'), offset,
                             length)

    def test_reading(self):
        self.upload()
        for offset, length in ((0, 11), (0, 1), (10, 1), (3, 5)):
            self.assertEqual(DATA[offset:offset + length],
                             self._read(offset, length))

    def test_deleting_a_blob(self):
        self.upload()
        self.upload('extra')
        current = self.get(self.artifact)
        self.repository.delete_blob(current, current.blob('data'))
        self.assertEqual({('extra', '')}, set(self.kept()))
        self.assertEqual(1, len(self.backends.objects))
        self.assertEqual(1, len(self.rows(models.segments)))
        self.assertGreater(self.get(self.artifact).revision,
                           current.revision)
        self.upload()

    def test_only_of_a_draft(self):
        self.upload()
        current = self.get(self.artifact)
        active = self.repository.save(current, dataclasses.replace(
            current, status='active'))
        self.assertRaises(exceptions.Immutable, self.repository.delete_blob,
                          active, active.blob('data'))
        self.assertEqual(1, len(self.backends.objects))

    def test_only_of_what_the_caller_has_read(self):
        self.upload()
        self.assertRaises(repository_base.Stale, self.repository.delete_blob,
                          self.artifact, factories.blob())

    def test_deleting_the_artifact(self):
        self.upload()
        self.upload('extra')
        self.repository.delete(self.get(self.artifact))
        self.assertEqual({}, self.backends.objects)
        for table in (models.segments, models.blobs, models.index):
            self.assertEqual([], self.rows(table))

    def test_what_a_store_keeps_stays_in_the_ledger(self):
        self.upload()
        self.backends.failing = {'delete'}
        self.repository.delete(self.get(self.artifact))
        (row,) = self.rows(models.segments)
        self.assertEqual('deleted', row['status'])
        self.assertIn(row['id'], self.logs.output)
        self.assertEqual([], self.rows(models.blobs))
        with self.database.reader() as conn:
            self.assertEqual((0, 1), leases.count(conn))

    def test_a_database_that_fails_then_is_no_error(self):
        self.upload()
        write = self.database.write

        def fail(work, *args):
            if work.__name__ == 'forget':
                raise KeyError('memory://secret')
            return write(work, *args)

        self.database.write = fail
        self.repository.delete(self.get(self.artifact))
        self.assertEqual({}, self.backends.objects)
        self.assertEqual(['deleted'], [
            row['status'] for row in self.rows(models.segments)])
        self.assertNotIn('memory://', self.logs.output)

    def test_delayed(self):
        self.repository = self.new_repository(delay=100)
        self.upload()
        self.upload('extra')
        current = self.get(self.artifact)
        self.repository.delete_blob(current, current.blob('data'))
        self.assertEqual({('extra', '')}, set(self.kept()))
        self.repository.delete(self.get(self.artifact))
        self.assertEqual(2, len(self.backends.objects))
        with self.database.reader() as conn:
            now = leases.now(conn)
        for row in self.rows(models.segments):
            self.assertEqual('deleted', row['status'])
            left = (row['lease_until'] - now).total_seconds()
            self.assertTrue(50 < left <= 100, left)

    def test_no_location_in_any_log(self):
        self.upload()
        self.repository.delete(self.get(self.artifact))
        self.assertNotIn('memory://', self.logs.output)
