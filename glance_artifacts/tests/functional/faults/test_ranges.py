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

"""Random ranges are the slice, wherever the bytes are.

There are 2,000 on each kind of store, and a tenth where it is no soak: in
stores that cannot seek each takes most of a second.
"""

import concurrent.futures
import functools
import http.server
import threading

import sqlalchemy as sa

from glance_artifacts.db import models
from glance_artifacts.dev import checks
from glance_artifacts.dev import swift as dev_swift
from glance_artifacts.tests.functional.api import base as api
from glance_artifacts.tests.functional import databases
from glance_artifacts.tests.functional.hostile import base as hostile
from glance_artifacts.tests.functional.services import test_object_stores
from glance_artifacts.tests.functional.store import test_purge

MIB = 1024 * 1024
PART = 5 * MIB
RANGES = 2000


def some_range(chosen, size):
    """Begin and end of one, at times at an edge, near one or tiny.

    :param chosen: random numbers
    """
    edges = (0, MIB, PART, size - 1)
    begin = (chosen.randrange(size) if chosen.random() < 0.7 else
             min(size - 1, max(0, chosen.choice(edges)
                               + chosen.randint(-3, 3))))
    length = chosen.choice((1, 5, 70_000, 70_000, MIB, size))
    return begin, min(size, begin + chosen.randint(1, length))


class RangeTests(hostile.Hostility):
    """What is asked of every store that takes uploads."""

    def setUp(self):
        super().setUp()
        self.data = self.random.randbytes(2 * MIB + 12345)

    def ask(self, path, headers):
        with checks.session() as session:
            return session.get(
                self.server.root + path, timeout=api.DEADLINE,
                headers={'X-Auth-Token': self.member, **headers})

    def check(self, path, wanted):
        start, stop = wanted
        answer = api.unless_busy(lambda: self.ask(path, {
            'Range': 'bytes=%d-%d' % (start, stop - 1)}))
        self.assertEqual(206, answer.status_code, wanted)
        self.assertEqual(
            'bytes %d-%d/%d' % (start, stop - 1, len(self.data)),
            answer.headers['Content-Range'])
        self.same_bytes(self.data[start:stop], answer.content)

    def check_ranges(self, artifact):
        """Half of them, from each of two tests."""
        number = RANGES // (1 if hostile.SOAK else 10) // 2
        ranges = [some_range(self.random, len(self.data))
                  for _ in range(number)]
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            list(pool.map(functools.partial(
                self.check, artifact['self'] + '/data'), ranges))

    def test_in_one_request(self):
        artifact = self.active(data=self.data)
        self.check_ranges(artifact)
        self.call('DELETE', artifact['self'], 204)

    def test_in_parts(self):
        self.data = self.random.randbytes(PART + 12345)
        draft = self.create()
        session = self.call('POST', draft['self'] + '/uploads', 201, json={
            'blob': 'data', 'part_size': PART}).json()
        path = '%s/uploads/%s' % (draft['self'], session['id'])
        for n in (2, 1):
            self.call('PUT', '%s/parts/%d' % (path, n),
                      data=self.data[(n - 1) * PART:n * PART])
        self.call('POST', path + '/complete', 201)
        self.check_ranges(draft)
        self.call('DELETE', draft['self'], 204)


class TestFile(RangeTests, api.ApiTest):
    """One segment, and two."""


class OnSwift(RangeTests, test_object_stores.OnStore):

    segment_size = MIB


class TestSwift(OnSwift, test_purge.PurgeTest):

    kind = 'swift'
    containers = (dev_swift.CONTAINER,)

    @classmethod
    def options(cls):
        return cls.swift.server.options('far')


class TestS3(OnSwift, test_purge.PurgeTest):

    kind = 's3'
    containers = (dev_swift.BUCKET,)

    @classmethod
    def options(cls):
        return cls.swift.server.s3_options()


class TestHTTP(RangeTests, test_purge.PurgeTest):
    """No upload goes there: the ledger is made to say that the bytes do."""

    server_options = {'extra': {
        'DEFAULT': {'enabled_backends': 'local:file, web:http'},
        'artifact_pool:general': {'stores': 'local'}}}

    def setUp(self):
        super().setUp()
        handler = functools.partial(_Quiet, directory=str(
            self.server.state / 'stores' / 'local'))
        web = http.server.ThreadingHTTPServer((checks.HOST, 0), handler)
        self.addCleanup(web.server_close)
        self.addCleanup(web.shutdown)
        threading.Thread(target=web.serve_forever, daemon=True).start()
        self.web = 'http://%s:%d/' % web.server_address

    def check_ranges(self, artifact):
        rows = self.segments(artifact)
        for row in rows:
            self.place(row['id'], 'web',
                       self.web + row['location'].rpartition('/')[2])
        super().check_ranges(artifact)
        for row in rows:
            # what the driver for http does not do is delete
            self.place(row['id'], row['backend'], row['location'])

    def place(self, segment_id, backend, location):
        """Say where the bytes of a segment are."""
        engine = databases.engine_of(self.connection())
        with engine.begin() as conn:
            conn.execute(
                sa.update(models.segments)
                .where(models.segments.c.id == segment_id)
                .values(backend=backend, location=location))
        engine.dispose()


class _Quiet(http.server.SimpleHTTPRequestHandler):

    def log_message(self, *args):
        pass
