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

"""Object stores that refuse, break off, hang, and lose what they had."""

import concurrent.futures
import os

import fixtures
import requests
import urllib3

from glance_artifacts.dev import swift as dev_swift
from glance_artifacts.tests.functional.faults import base
from glance_artifacts.tests.functional.faults import clients
from glance_artifacts.tests.functional.faults import line
from glance_artifacts.tests.functional.hostile import base as hostile
from glance_artifacts.tests.functional.services import test_object_stores
from glance_artifacts.tests.functional.store import test_uploads

MIB = 1024 * 1024
#: Seconds that the client of S3 waits for a store.
PATIENCE = 60


class OnLine(test_object_stores.OnStore):
    """A store at the end of a line in the hands of the test."""

    segment_size = MIB

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.addClassCleanup(cls.line.close)

    @classmethod
    def connect(cls):
        """Lay the line; its address."""
        cls.line = line.Line(cls.swift.server.url.partition('://')[2])
        return cls.line.address

    def setUp(self):
        super().setUp()
        self.addCleanup(self.line.mend)

    def try_uploads(self, number):
        """Several at once, one in each way."""
        those = [self.client(one) for one in range(number)]
        things = [one.make(way=clients.WAYS[number % 3])
                  for number, one in enumerate(those)]
        with concurrent.futures.ThreadPoolExecutor(number) as pool:
            list(pool.map(lambda one, thing: one.upload(thing), those,
                          things))
        return things

    def check_cleared(self, things):
        """The store is there again, and so is all that was acknowledged."""
        self.line.mend()
        self.check_all(things)
        for thing in things:
            if self.show(thing.draft)['data'] is None:
                self.upload(thing.draft, thing.data)
                self.same_bytes(thing.data, self.call(
                    'GET', thing.path).content)
        self.delete_all(things)

    def check_it_hangs(self):
        """An upload in mid body is ended; images go on meanwhile."""
        client = self.client()
        thing = client.make(most=MIB, way='length')
        upload = test_uploads.Upload(self, thing.draft, len(thing.data))
        upload.socket.settimeout(2 * PATIENCE)
        half = len(thing.data) // 2
        upload.send(thing.data[:half])
        self.eventually(lambda: self.segments(thing.draft) != [],
                        'the upload begins')
        self.line.hold()
        self.call('GET', '/images')
        upload.send(thing.data[half:])
        self.assertEqual(503, upload.finish())
        self.assertIsNone(self.show(thing.draft)['data'])
        self.check_cleared(client.things)


class StoreFaults(OnLine):
    """What is asked of every kind."""

    def test_it_refuses(self):
        self.line.refuse()
        things = self.try_uploads(3)
        self.assertEqual({clients.MAYBE, clients.NO},
                         {thing.stored for thing in things})
        self.check_cleared(things)

    def test_it_breaks_off_uploads(self):
        things = []
        for _ in hostile.times(50):
            self.line.up = self.random.randrange(3 * MIB)
            client = self.client(len(things))
            client.upload(client.make())
            self.line.mend()
            things.extend(client.things)
        self.check_cleared(things)

    def test_it_breaks_off_downloads(self):
        """The client gets less than it was promised, and nothing else."""
        data = os.urandom(3 * MIB)
        artifact = self.active(data=data)
        for headers in ({}, {'Range': 'bytes=1000-'}):
            expected = data[1000:] if headers else data
            self.line.down = self.random.randrange(MIB + MIB // 2, 2 * MIB)
            answer = self.call('GET', artifact['self'] + '/data',
                               206 if headers else 200, stream=True,
                               headers=headers)
            self.assertEqual(str(len(expected)),
                             answer.headers['Content-Length'])
            found = bytearray()
            self.assertRaises(
                (urllib3.exceptions.ProtocolError,
                 requests.exceptions.ConnectionError),
                lambda: [found.extend(piece) for piece in
                         answer.raw.stream(65536)])
            self.assertLess(len(found), len(expected))
            self.same_bytes(expected[:len(found)], bytes(found))
            self.line.mend()
        self.same_bytes(data, self.call(
            'GET', artifact['self'] + '/data').content)
        self.call('DELETE', artifact['self'], 204)

    def test_a_range_at_the_end_of_an_object(self):
        """Nothing that comes before it is sent."""
        data = os.urandom(MIB)
        artifact = self.active(data=data)
        for length in (1, 100_000):
            self.line.down = MIB // 2
            self.same_bytes(data[-length:], self.call(
                'GET', artifact['self'] + '/data', 206, headers={
                    'Range': 'bytes=-%d' % length}).content)
            self.line.mend()
        self.call('DELETE', artifact['self'], 204)

    def test_it_has_lost_an_object(self):
        data = os.urandom(MIB + 1000)
        artifact = self.active(data=data)
        (name,) = [name for name in self.files() if name.endswith(
            self.segments(artifact)[0]['id'])]
        self.swift.account.delete_object(self.containers[0], name)
        path = artifact['self'] + '/data'
        for headers in ({}, {'Range': 'bytes=5-9'}):
            before = self.server.log.stat().st_size
            self.refused(503, 'store.object_missing', 'GET', path,
                         headers=headers)
            with self.server.log.open('rb') as log:
                log.seek(before)
                self.assertIn(b'Store far failed: NotFound', log.read())
        self.call('DELETE', artifact['self'], 204)
        self.assertEqual([], self.ledger())


class OnSwift(OnLine):

    kind = 'swift'
    containers = (dev_swift.CONTAINER,)

    @classmethod
    def options(cls):
        url = cls.swift.account.get_auth()[0]
        return {**cls.swift.server.options('far'),
                'swift_store_endpoint': url.replace(
                    cls.swift.server.url, 'http://' + cls.connect())}


class TestSwift(OnSwift, StoreFaults, base.FaultTest):
    """With the patience that a slow disk may want."""


class TestSwiftThatHangs(OnSwift, base.FaultTest):

    artifacts = {'store_timeout': '3'}

    def test_it_hangs(self):
        self.check_it_hangs()


class TestS3(StoreFaults, base.FaultTest):

    kind = 's3'
    containers = (dev_swift.BUCKET,)

    @classmethod
    def setUpClass(cls):
        once = fixtures.EnvironmentVariable('AWS_MAX_ATTEMPTS', '1')
        once.setUp()
        cls.addClassCleanup(once.cleanUp)
        super().setUpClass()

    @classmethod
    def options(cls):
        return {**cls.swift.server.s3_options(),
                's3_store_host': 'http://' + cls.connect()}

    def test_it_hangs(self):
        if not hostile.SOAK:
            self.skipTest('takes a minute, which no option makes shorter')
        self.check_it_hangs()
