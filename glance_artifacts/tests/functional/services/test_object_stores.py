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

"""Bytes in Swift, by its own API and by that of S3."""

from __future__ import annotations

import io
import json
import os
import pathlib
import subprocess
import uuid

import boto3
from botocore import config as boto_config
import fixtures

from glance_artifacts.cmd import configuration
from glance_artifacts.dev import ini
from glance_artifacts.dev import swift as dev_swift
from glance_artifacts import exceptions
from glance_artifacts.store import reader
from glance_artifacts.store import standalone
from glance_artifacts.tests.functional.api import base as api_base
from glance_artifacts.tests.functional.services import swift
from glance_artifacts.tests.functional.store import test_purge
from glance_artifacts.tests.functional.store import test_uploads

MIB = 1024 * 1024


class OnStore:
    """A glance-api whose default store is in Swift.

    :cvar kind: of the store's driver
    :cvar containers: where its objects are, first of all
    :cvar segment_size: of its one pool
    :cvar artifacts: more options of ours
    """

    segment_size = 64 * MIB
    artifacts = {}

    @classmethod
    def setUpClass(cls):
        cls.swift = swift.shared()
        cls.store = cls.options()
        cls.server_options = {'processes': 1, 'extra': {
            'DEFAULT': {'enabled_backends': 'local:file, far:' + cls.kind},
            'glance_store': {'default_backend': 'far'},
            'artifacts': {'lease_time': str(test_purge.LEASE),
                          **cls.artifacts},
            'artifact_pool:general': {'segment_size': str(cls.segment_size)},
            'far': cls.store}}
        super().setUpClass()

    def files(self):
        return set().union(*map(self.swift.names, self.containers))


class StoreTests(OnStore):
    """What is asked of every kind.

    :cvar piece: bytes from which on objects are sent in pieces of that size
    :cvar elsewhere: options that name another container
    :cvar wrong: options that let nobody in
    """

    def put(self, name):
        self.swift.account.put_container(self.containers[0])
        self.swift.account.put_object(self.containers[0], name, b'bytes')

    def stores(self, **options):
        """The stores as a command has them, with other options for one."""
        path = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        text = (self.server.state / 'etc' / 'glance-api.conf').read_text()
        for name, value in options.items():
            text = ini.set_option(text, 'far', name, value)
        (path / 'glance-api.conf').write_text(text)
        return standalone.Standalone(configuration.load(str(path)))

    def test_by_location(self):
        """As what waited for its deletion is deleted."""
        stores, name = self.stores(), 'gart-%s-%s' % ('2' * 12, uuid.uuid4())
        location = stores.put('far', name, reader.Reader(
            io.BytesIO(b'some bytes'), 10, 10), 10).location
        self.assertEqual(b'me', b''.join(
            stores.read('far', location, 2, 2)))
        for _ in range(2):
            stores.delete('far', location)
            self.assertEqual([], stores.find('far', name))

    def test_before_anything_is_stored(self):
        stores = self.stores(**self.elsewhere)
        self.assertEqual([], list(stores.listed('far', 'gart-')))
        self.assertEqual([], stores.find('far', 'gart-'))

    def test_a_store_that_does_not_answer(self):
        stores = self.stores(**self.wrong)
        error = self.assertRaises(exceptions.Unavailable, list,
                                  stores.listed('far', 'gart-'))
        self.assertEqual('The store does not answer now.', error.detail)
        self.assertRaises(exceptions.Unavailable, stores.find, 'far', 'gart-')

    def verify(self, artifact):
        """Exit code and numbers of the command, less those that are 0."""
        done = subprocess.run(
            self.command('verify', '--json', '--id', artifact['id']),
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=120)
        self.assertNotIn('gart-', done.stdout + done.stderr)
        numbers = json.loads(done.stdout.splitlines()[-1])
        return done.returncode, {kind: number for kind, number
                                 in numbers.items() if number}

    def test_verified(self):
        for length in (0, 2 * self.piece + 1):
            artifact = self.active(data=os.urandom(length))
            code, numbers = self.verify(artifact)
            self.assertEqual((0, 1, length), (
                code, numbers['verified'], numbers.get('bytes', 0)))
            self.call('DELETE', artifact['self'], 204)
        artifact = self.active(data=b'some bytes')
        (segment,) = self.segments(artifact)
        (name,) = [name for name in self.files()
                   if name.endswith(segment['id'])]
        for data, kind in ((b'sOme bytes', 'corrupt'), (b'some', 'truncated'),
                           (b'', 'truncated')):
            self.swift.account.put_object(self.containers[0], name, data)
            self.assertEqual((1, {kind: 1}), self.verify(artifact))
        self.swift.account.delete_object(self.containers[0], name)
        self.assertEqual((1, {'missing': 1}), self.verify(artifact))
        self.call('DELETE', artifact['self'], 204)

    def strangers(self):
        names = {'gart-%s-%s' % ('0' * 12, uuid.uuid4()), 'gart-',
                 'gart-x-%s' % uuid.uuid4()}
        for name in names:
            self.put(name)
            self.addCleanup(self.swift.account.delete_object,
                            self.containers[0], name)
        return names

    def check_bytes(self, data, body):
        """All of it, any part of it, and nothing when it was deleted."""
        draft, before = self.create(), self.files()
        self.upload(draft, body)
        artifact = self.act(draft, 'activate').json()
        path, last = artifact['self'] + '/data', len(data) - 1
        self.same_bytes(data, self.call('GET', path).content)
        for begin, end in data and ((0, 0), (5, 70000), (last - 9, last)):
            part = self.call('GET', path, 206, headers={
                'Range': 'bytes=%d-%d' % (begin, end)})
            self.same_bytes(data[begin:end + 1], part.content)
        self.call('DELETE', artifact['self'], 204)
        self.assertEqual(before, self.files())
        self.assertEqual([], self.ledger())

    def test_bytes(self):
        for length in (0, 100_000, 2 * self.piece, 2 * self.piece + 1):
            data = os.urandom(length)
            for body in (data, iter([data[:1000], data[1000:]])):
                self.check_bytes(data, body)

    def test_what_no_row_tells_of(self):
        kept = self.active(data=b'kept')
        image, strangers = self.image(b'an image'), self.strangers()
        before = self.files()
        (segment,) = self.segments(kept)
        (name,) = [name for name in before if name.endswith(segment['id'])]
        self.plant(name.replace(segment['id'], str(uuid.uuid4())))
        self.assertEqual(0, self.purge('--older-than', '3600')['orphans'])
        self.assertEqual(2, self.purge('--dry-run')['orphans'])
        self.assertLess(before, self.files())
        self.check_purge(orphans=2)
        self.assertEqual(before, self.files())
        self.assertLess(strangers, before)
        self.assertEqual(b'an image', self.call('GET', image).content)
        self.assertEqual(b'kept', self.call(
            'GET', kept['self'] + '/data').content)
        self.call('DELETE', kept['self'], 204)

    def check_purge(self, **expected):
        """Purge does this and nothing else; rows of artifacts may go."""
        found = self.purge()
        del found['artifacts'], found['dry_run']
        self.assertEqual({**dict.fromkeys(found, 0), **expected}, found)

    def check_killed(self, length, sent):
        """What has arrived when the server is killed in mid upload.

        :param length: the Content-Length; None to send chunks
        :param sent: bytes, of which two objects tell
        """
        kept, draft = self.active(data=b'kept'), self.create()
        before = self.files()
        upload = test_uploads.Upload(self, draft, length)
        upload.send(os.urandom(sent))
        self.eventually(lambda: len(self.files() - before) == 2,
                        'some of it arrives')
        self.kill()
        self.assertEqual('saving', self.show(draft)['data']['status'])
        self.eventually(self.expired, 'the lease runs out')
        self.check_purge(uploads=1, objects=1)
        self.assertEqual(before, self.files())
        self.nothing_to_correct()
        self.upload(draft, b'again')
        self.act(draft, 'activate')
        self.assertEqual(b'again', self.call(
            'GET', draft['self'] + '/data').content)
        for artifact in (draft, kept):
            self.call('DELETE', artifact['self'], 204)


class CutTests(OnStore):
    """What is asked of uploads that become several objects."""

    segment_size = MIB

    def test_in_one_request(self):
        data = os.urandom(2 * MIB + 12345)
        for body in (data, iter([data[:MIB], data[MIB:]])):
            before, draft = self.files(), self.create()
            blob = self.upload(draft, body).json()
            self.assertEqual((3, len(data), api_base.sha256(data)), (
                blob['segments'], blob['size'], blob['sha256']))
            artifact = self.act(draft, 'activate').json()
            self.same_bytes(data, self.call(
                'GET', artifact['self'] + '/data').content)
            self.call('DELETE', artifact['self'], 204)
            self.assertEqual(before, self.files())
            self.assertEqual([], self.ledger())

    def test_in_parts(self):
        size = 5 * MIB
        data = os.urandom(size + 12345)
        before, draft = self.files(), self.create()
        session = self.call('POST', draft['self'] + '/uploads', 201, json={
            'blob': 'data', 'part_size': size}).json()
        path = '%s/uploads/%s' % (draft['self'], session['id'])
        self.call('PUT', path + '/parts/2', data=iter([data[size:]]))
        self.call('PUT', path + '/parts/1', data=data[:size])
        blob = self.call('POST', path + '/complete', 201).json()
        self.assertEqual((2, len(data)), (blob['segments'], blob['size']))
        self.same_bytes(data, self.call(
            'GET', draft['self'] + '/data').content)
        self.call('DELETE', draft['self'], 204)
        self.assertEqual(before, self.files())


class TestSwiftCut(CutTests, test_purge.PurgeTest):

    kind = 'swift'
    containers = (dev_swift.CONTAINER,)

    @classmethod
    def options(cls):
        return cls.swift.server.options('far')


class TestS3Cut(CutTests, test_purge.PurgeTest):

    kind = 's3'
    containers = (dev_swift.BUCKET, dev_swift.BUCKET + '+segments')

    @classmethod
    def options(cls):
        return cls.swift.server.s3_options()


class TestSwift(StoreTests, test_purge.PurgeTest):

    kind = 'swift'
    containers = (dev_swift.CONTAINER,)
    piece = 1000 * 1024  # as its driver understands a megabyte
    elsewhere = {'swift_store_container': 'elsewhere'}
    wrong = {'swift_store_region': 'nowhere'}

    @classmethod
    def options(cls):
        """The section of the store."""
        return {**cls.swift.server.options('far'),
                'swift_store_large_object_size': '1',
                'swift_store_large_object_chunk_size': '1'}

    def plant(self, name):
        """Put two things there that no row tells of."""
        self.put(name)
        self.put(name + '-00001')

    def test_killed_in_mid_upload(self):
        self.check_killed(None, 2 * MIB + MIB // 2)

    def test_page_by_page(self):
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.store.swift._PAGE', 2))
        names = ['page-%d' % number for number in range(5)]
        for name in names:
            self.put(name)
        stores = self.stores()
        found = list(stores.listed('far', 'page-'))
        self.assertEqual(names, [one.name for one in found])
        for one in found * 2:
            stores.discard('far', one)
        self.assertEqual([], list(stores.listed('far', 'page-')))

    def test_many_containers(self):
        stores = self.stores(swift_store_multiple_containers_seed='20')
        names = {'gart-%s-%s' % ('1' * 12, uuid.uuid4()) for _ in range(2)}
        for name in names:
            stores.put('far', name, reader.Reader(io.BytesIO(b'x'), 1, 1), 1)
        self.assertEqual(names, {one.name for one in stores.listed(
            'far', 'gart-%s-' % ('1' * 12))})
        for name in names:
            (one,) = stores.find('far', name)
            stores.discard('far', one)
            self.assertEqual([], stores.find('far', name))


class TestS3(StoreTests, test_purge.PurgeTest):

    kind = 's3'
    # where Swift keeps the parts of uploads, and a mark of each
    containers = (dev_swift.BUCKET, dev_swift.BUCKET + '+segments')
    piece = 5 * MIB
    elsewhere = {'s3_store_bucket': 'elsewhere'}
    wrong = {'s3_store_secret_key': 'wrong'}

    @classmethod
    def options(cls):
        return {**cls.swift.server.s3_options(),
                's3_store_large_object_size': '5',
                's3_store_large_object_chunk_size': '5'}

    def setUp(self):
        super().setUp()
        self.client = boto3.client(
            's3', endpoint_url=self.store['s3_store_host'],
            aws_access_key_id=self.store['s3_store_access_key'],
            aws_secret_access_key=self.store['s3_store_secret_key'],
            region_name=self.store['s3_store_region_name'],
            config=boto_config.Config(s3={'addressing_style': 'path'}))
        self.addCleanup(self.client.close)

    def begin(self, name):
        """Begin an upload in parts; its id."""
        return self.client.create_multipart_upload(
            Bucket=dev_swift.BUCKET, Key=name)['UploadId']

    def plant(self, name):
        self.put(name)
        self.begin(name)

    def strangers(self):
        name = 'gart-%s-%s' % ('0' * 12, uuid.uuid4())
        upload = self.begin(name)
        self.addCleanup(
            self.client.abort_multipart_upload, Bucket=dev_swift.BUCKET,
            Key=name, UploadId=upload)
        return super().strangers() | {'%s/%s' % (name, upload)}

    def test_killed_in_mid_upload(self):
        self.check_killed(12 * MIB, 7 * MIB)
