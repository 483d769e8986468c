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

"""Every range of every layout, by sendfile; files that are not as they were.
"""

import os
import pathlib
import random
import socket
import uuid

import sqlalchemy as sa

from glance_artifacts.db import models
from glance_artifacts.tests.functional.api import base as api_base
from glance_artifacts.tests.functional import databases
from glance_artifacts.tests.functional.hostile import base as hostile
from glance_artifacts.tests.functional.store import test_purge

KIB = 1024
GIB = KIB ** 3
#: What goes with the headers, before sendfile.
FIRST = 64 * KIB
LAYOUTS = ((1,), (300_000,), (FIRST, FIRST + 1, FIRST - 1), (1, 1, 1, 1),
           (200_000, 1, 0, 100_000), (0, 5, 0, 0, 100_000), (5, 200_000, 0))


class LayoutsTest(test_purge.PurgeTest):
    """Artifacts whose bytes are in files as a test wants them."""

    def change(self, *statements):
        engine = databases.engine_of(self.connection())
        try:
            with engine.begin() as conn:
                for statement in statements:
                    conn.execute(statement)
        finally:
            engine.dispose()

    def file(self, artifact, n=1):
        (segment,) = [row for row in self.segments(artifact) if row['n'] == n]
        return pathlib.Path(segment['location'].removeprefix('file://'))

    def stored(self, data, sizes):
        """An artifact of segments of these sizes."""
        artifact = self.active(data=data)
        (row,) = self.segments(artifact)
        path, rows, begin = self.file(artifact), [], 0
        for n, size in enumerate(sizes, 1):
            one = path.with_name('%s.%d' % (path.name, n))
            one.write_bytes(data[begin:begin + size])
            rows.append({**row, 'id': str(uuid.uuid4()), 'n': n,
                         'size': size, 'location': 'file://%s' % one})
            begin += size
        ours = models.segments.c.artifact_id == artifact['id']
        self.change(
            sa.delete(models.segments).where(ours),
            sa.insert(models.segments).values(rows),
            sa.update(models.blobs)
            .where(models.blobs.c.artifact_id == artifact['id'])
            .values(segments=len(rows)))
        path.unlink()
        return artifact

    def range(self, artifact, begin, end, **kwargs):
        """Ask for a range, the last byte included."""
        return self.call('GET', artifact['self'] + '/data', 206, headers={
            'Range': 'bytes=%d-%d' % (begin, end)}, **kwargs)


class TestRanges(LayoutsTest):

    def ranges(self, sizes, rand):
        """Around each border, and any."""
        whole, begin, borders = sum(sizes), 0, set()
        for size in (*sizes, 0):
            borders |= {begin - 1, begin, begin + 1, begin + FIRST}
            begin += size
        borders = [one for one in borders if 0 <= one < whole]
        for begin in borders:
            yield begin, rand.choice([one for one in borders if one >= begin])
        for _ in range(500 if hostile.SOAK else 10):
            yield tuple(sorted(rand.randrange(whole) for _ in range(2)))

    def test_each_layout(self):
        rand = random.Random(hostile.SEED)
        for sizes in LAYOUTS:
            data = rand.randbytes(sum(sizes))
            artifact = self.stored(data, sizes)
            self.same_bytes(data, self.call(
                'GET', artifact['self'] + '/data').content)
            for begin, end in self.ranges(sizes, rand):
                part = self.range(artifact, begin, end)
                self.assertEqual('bytes %d-%d/%d' % (begin, end, len(data)),
                                 part.headers['Content-Range'])
                self.same_bytes(data[begin:end + 1], part.content)
            self.same_bytes(data[-1:], self.call(
                'GET', artifact['self'] + '/data', 206,
                headers={'Range': 'bytes=-1'}).content)

    def test_more_than_a_system_call_sends(self):
        size, marks = 5 * GIB + 7, {}
        artifact = self.active(data=b'x')
        with self.file(artifact).open('r+b') as file:
            file.truncate(size)
            for offset in (0, 2 * GIB - 9, 4 * GIB - 9, size - 18):
                marks[offset] = os.urandom(18)
                os.pwrite(file.fileno(), marks[offset], offset)
        ours = artifact['id']
        self.change(*(sa.update(table).where(table.c.artifact_id == ours)
                      .values(size=size)
                      for table in (models.segments, models.blobs)))
        for offset, mark in marks.items():
            self.same_bytes(mark, self.range(artifact, offset,
                                             offset + 17).content)
        last = 2 * GIB + 8
        found = self.range(artifact, 9, last, stream=True)
        got, count = b'', 0
        for chunk in found.iter_content(4 * KIB * KIB):
            count += len(chunk)
            got = (got + chunk)[-18:]
        self.assertEqual((last - 8, marks[2 * GIB - 9]), (count, got))


class TestWire(LayoutsTest):
    """What is on the connection, byte by byte."""

    def asked(self, artifact, *ranges):
        """A connection on which ranges were asked for, all at once."""
        found = socket.create_connection(
            tuple(self.server.address.split(':')), timeout=api_base.DEADLINE)
        self.addCleanup(found.close)
        found.sendall(''.join(
            'GET %s/data HTTP/1.1\r\nHost: %s\r\nX-Auth-Token: %s\r\n'
            'Range: bytes=%d-%d\r\n\r\n' % (
                artifact['self'], self.server.address, self.member, *one)
            for one in ranges).encode())
        return found

    def answers(self, connection):
        """All that comes, without the headers of the first answer."""
        with connection.makefile('rb') as answer:
            while answer.readline().strip():
                pass
            try:
                return answer.read()
            except ConnectionResetError:
                return None  # with what was not read of the other request

    def test_two_requests_at_once(self):
        """The server answers the first, and ends the connection."""
        data = os.urandom(500_000)
        artifact = self.stored(data, (200_000, 300_000))
        found = self.answers(self.asked(artifact, (1, 499_998), (0, 9)))
        self.assertIn(found, (data[1:-1], None))

    def lines(self):
        return self.server.log.read_text().count(
            'A download failed: store.truncated')

    def test_a_file_that_is_too_short(self):
        data = os.urandom(700_000)
        artifact = self.stored(data, (400_000, 300_000))
        os.truncate(self.file(artifact, 2), 200_000)
        before = self.lines()
        self.assertEqual(data[10:600_000], self.answers(
            self.asked(artifact, (10, 699_999))))
        self.assertEqual(before + 1, self.lines())
        self.assertEqual(data[10:20], self.range(artifact, 10, 19).content)
        self.refused(503, 'store.truncated', 'GET', artifact['self'] + '/data',
                     headers={'Range': 'bytes=600000-600000'})
        self.assertEqual(before + 2, self.lines())

    def test_a_file_that_is_too_long(self):
        data = os.urandom(100_000)
        artifact = self.active(data=data)
        with self.file(artifact).open('ab') as file:
            file.write(b'more')
        self.same_bytes(data, self.call(
            'GET', artifact['self'] + '/data').content)

    def test_a_later_segment_that_is_gone(self):
        data = os.urandom(300_000)
        artifact = self.stored(data, (100_000, 200_000))
        path = self.file(artifact, 2)
        away = path.rename(path.with_suffix('.away'))
        self.assertEqual(data[:100_000], self.answers(
            self.asked(artifact, (0, 299_999))))
        self.refused(503, 'store.object_missing', 'GET',
                     artifact['self'] + '/data',
                     headers={'Range': 'bytes=100000-'})
        away.rename(path)

    def test_a_client_that_takes_its_time(self):
        """More than fits between the two, so that the server has to wait."""
        data = os.urandom(12 * KIB * KIB)
        artifact = self.stored(data, (6 * KIB * KIB, 6 * KIB * KIB))
        found = self.asked(artifact, (1, len(data) - 1))
        found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 128 * KIB)
        self.same_bytes(data[1:], self.answers(found))

    def test_clients_that_go_away(self):
        """As many as there are threads, and none is lost."""
        artifact = self.active(data=os.urandom(32 * KIB * KIB))
        for _ in range(2 * self.server.threads):
            found = self.asked(artifact, (1, 32 * KIB * KIB - 1))
            self.assertIn(b' 206', found.recv(100))
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             b'\1\0\0\0\0\0\0\0')
            found.close()
        self.eventually(lambda: self.http(
            'GET', artifact['self'] + '/data', token=self.member,
            headers={'Range': 'bytes=0-99999'}).status_code == 206,
            'the transfers end')
