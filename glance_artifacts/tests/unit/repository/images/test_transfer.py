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


import hashlib
import io

from oslotest import base
import webob

from glance_artifacts import exceptions
from glance_artifacts.repository.images import transfer

DATA = bytes(range(100))
PIECES = [DATA[:1], DATA[1:40], b'', DATA[40:41], DATA[41:]]


class Session:
    """A Glance whose store knows ranges, or does not.

    :param refuses: its status for a range
    """

    def __init__(self, refuses=None, pieces=PIECES):
        self._refuses, self._pieces = refuses, pieces

    def answer(self, method, path, **environ):
        start, _, last = environ['HTTP_RANGE'][6:].partition('-')
        if self._refuses:
            return webob.Response(status=self._refuses)
        return webob.Response(
            status=206, app_iter=[DATA[int(start):int(last) + 1]],
            headers={'Content-Range': 'bytes %s-%s/100' % (start, last)})

    def send(self, method, path):
        return webob.Response(app_iter=self._pieces)


class TestRead(base.BaseTestCase):

    def test_exactly(self):
        for session in (Session(), Session(400), Session(500), Session(416),
                        Session(200)):
            for start, stop in ((0, 100), (0, 1), (1, 40), (39, 41),
                                (99, 100), (7, 93)):
                self.assertEqual(DATA[start:stop], b''.join(transfer.read(
                    session, 'id', 100, start, stop - start)))

    def test_refused(self):
        for status in (403, 404, 503):
            error = self.assertRaises(
                exceptions.ArtifactsError, list,
                transfer.read(Session(status), 'id', 100, 1, 2))
            self.assertEqual(status, error.status)

    def test_too_few(self):
        chunks = transfer.read(Session(400, [DATA[:5]]), 'id', 100, 3, 10)
        self.assertEqual(DATA[3:5], next(chunks))
        self.assertRaises(exceptions.Unavailable, next, chunks)


class TestChecked(base.BaseTestCase):

    def read(self, sha256, size, step):
        body = transfer.Checked(io.BytesIO(DATA), 1000, size, sha256)
        found = b''
        while piece := body.read(step):
            found += piece
        return found

    def test_good(self):
        for size in (100, None):
            for sha256 in (None, hashlib.sha256(DATA).hexdigest()):
                self.assertEqual(DATA, self.read(sha256, size, 7))

    def test_bad(self):
        for size in (100, None):
            self.assertRaises(exceptions.DigestMismatch, self.read,
                              '0' * 64, size, 7)

    def test_a_driver_that_reads_no_further_than_said(self):
        body = transfer.Checked(io.BytesIO(DATA), 1000, 100, '0' * 64)
        body.read(99)
        self.assertRaises(exceptions.DigestMismatch, body.read, 1)
        self.assertIsInstance(body.error, exceptions.DigestMismatch)
