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

"""Clients on bad lines: slow, gone, or not listening."""

import concurrent.futures
import os
import shutil
import socket
import subprocess
import tempfile
import time

from glance_artifacts.api import incoming
from glance_artifacts.tests.functional.api import base as api
from glance_artifacts.tests.functional.hostile import base
from glance_artifacts.tests.functional.hostile import wire

MIB = 1024 * 1024
LARGE = 64 * MIB
PAUSE = 30.0
#: Seconds: much less than any pause of the server, much more than a busy
#: machine takes.
PROMPT = 15.0
CONTINUE = b'HTTP/1.1 100 Continue\r\n\r\n'
CHUNKED = {'Transfer-Encoding': 'chunked'}
EXPECT = {'Expect': '100-continue'}


class LineTest(base.HostileTest):

    def setUp(self):
        super().setUp()
        self.draft = self.create()
        self.path = self.draft['self'] + '/data'

    def connect(self, **kwargs):
        return wire.Client(self.server.address, **kwargs)

    def head(self, method='PUT', path=None, token=None, **headers):
        """Line and headers; of an upload unless said otherwise."""
        return wire.head(method, path or self.path, {
            'Host': self.server.address,
            'X-Auth-Token': token or self.member,
            **{name.replace('_', '-'): value
               for name, value in headers.items()}})

    def nothing(self, artifact):
        return (not self.segments(artifact) and not self.blob_rows(artifact)
                and not any(artifact['id'] in name for name in self.files()))


class TestPauses(LineTest):

    def test_thirty_seconds(self):
        """In mid body, in mid chunk and in mid download, all at once.

        The pause is what is tested: uWSGI's own patience is 4 s.
        """
        self.data = os.urandom(32 * MIB)
        whole = self.active(data=self.data)
        drafts = [self.create() for _ in range(2)]
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for done in [
                    pool.submit(self.upload_slowly, drafts[0]),
                    pool.submit(self.upload_chunks_slowly, drafts[1]),
                    pool.submit(self.download_slowly, whole, {}),
                    pool.submit(self.download_slowly, whole,
                                {'Range': 'bytes=1-'})]:
                done.result()

    def upload_slowly(self, draft):
        data = self.data[:2 * MIB]
        with self.connect() as client:
            client.send(self.head(path=draft['self'] + '/data',
                                  Content_Length=str(len(data))))
            client.send(data[:MIB])
            time.sleep(PAUSE)
            client.send(data[MIB:])
            self.check_uploaded(client.answer(), data)

    def upload_chunks_slowly(self, draft):
        data = self.data[:1000]
        with self.connect() as client:
            client.send(self.head(path=draft['self'] + '/data', **CHUNKED))
            client.send(b'3e8\r\n' + data[:500])
            time.sleep(PAUSE)
            client.send(data[500:] + b'\r\n0\r\n\r\n')
            self.check_uploaded(client.answer(), data)

    def check_uploaded(self, answer, data):
        self.assertEqual((201, api.sha256(data)), (
            answer.status_code, answer.json()['sha256']))

    def download_slowly(self, artifact, headers):
        """More than sockets hold, so that the server has to wait."""
        with self.connect() as client:
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF,
                                     65536)
            client.send(self.head('GET', artifact['self'] + '/data',
                                  **headers))
            begun = client.receive(65536)
            time.sleep(PAUSE)
            answer = client.answer(begun)
        expected = self.data[1:] if headers else self.data
        self.assertEqual(206 if headers else 200, answer.status_code)
        self.same_bytes(expected, answer.content)


class TestExpect(LineTest):

    def test_it_is_answered_before_a_byte_is_sent(self):
        data = os.urandom(MIB)
        for length in ({'Content_Length': str(MIB)}, CHUNKED):
            with self.connect() as client:
                client.send(self.head(**EXPECT, **length))
                self.assertEqual(CONTINUE, client.receive())
                client.send(data if 'Content_Length' in length else
                            b'100000\r\n' + data + b'\r\n0\r\n\r\n')
                answer = client.answer()
            self.assertEqual((201, api.sha256(data)), (
                answer.status_code, answer.json()['sha256']))
            self.call('DELETE', self.path, 204)

    def test_json_is_waited_for_as_well(self):
        body = b'{"name": "patient"}'
        with self.connect() as client:
            client.send(self.head(
                'POST', '/v2/artifacts/generic', **EXPECT,
                Content_Type='application/json',
                Content_Length=str(len(body))))
            self.assertEqual(CONTINUE, client.receive())
            client.send(body)
            self.assertEqual(201, client.answer().status_code)

    def test_a_refusal_comes_without(self):
        """And at once: nobody waits for a body that nobody wants."""
        taken = self.create()
        self.upload(taken, b'bytes')
        chart = self.create('helm_charts')
        size = {'Content_Length': str(LARGE)}
        with self.nothing_stored():
            for status, request in (
                    (404, self.head(path='/v2/artifacts/generic/%s/data'
                                    % api.NOBODYS_ID, **EXPECT, **size)),
                    (404, self.head(token=self.stranger, **EXPECT, **size)),
                    (403, self.head(token=self.reader, **EXPECT, **size)),
                    (409, self.head(path=taken['self'] + '/data', **EXPECT,
                                    **size)),
                    (409, self.head(path=taken['self'] + '/data', **EXPECT,
                                    **CHUNKED)),
                    (413, self.head(path=chart['self'] + '/provenance',
                                    **EXPECT, **size)),
                    (413, self.head('POST', '/v2/artifacts/generic',
                                    **EXPECT, **size)),
                    (400, self.head(X_Artifact_SHA256='none', **EXPECT,
                                    **size)),
                    (415, self.head(Content_Type='multipart/form-data',
                                    **EXPECT, **size))):
                began = time.monotonic()
                with self.connect() as client:
                    client.send(request)
                    answer = client.answer()
                self.assertLess(time.monotonic() - began, PROMPT)
                self.assertTrue(answer.raw.startswith(
                    b'HTTP/1.1 %d ' % status), answer.raw[:200])
                self.check_refused(answer, request)

    def test_curl_does_not_wait(self):
        curl = shutil.which('curl')
        if curl is None:
            self.skipTest('needs curl (Debian package curl)')
        with tempfile.NamedTemporaryFile() as file:
            file.write(os.urandom(3 * MIB))
            file.flush()
            self.assertLess(self.seconds_of(curl, file.name), PROMPT)

    def seconds_of(self, curl, name):
        done = subprocess.run(
            [curl, '--silent', '--show-error', '--noproxy', '*', '--verbose',
             '--expect100-timeout', '60',
             '--header', 'X-Auth-Token: ' + self.member, '--upload-file',
             name, '--write-out', '%{http_code} %{time_total}', '--output',
             os.devnull, self.server.root + self.path],
            capture_output=True, text=True, check=True)
        # old versions of curl wait for it, too: it must be what is tested
        self.assertIn('100 Continue', done.stderr)
        status, seconds = done.stdout.split()
        self.assertEqual('201', status)
        self.call('DELETE', self.path, 204)
        return float(seconds)


class TestEarlyRefusal(LineTest):
    """A client that sends on while it is refused hears of it."""

    def setUp(self):
        super().setUp()
        self.body = os.urandom(LARGE)

    def chunks(self):
        for start in range(0, LARGE, MIB):
            yield self.body[start:start + MIB]

    def refusals(self, *args, chunked=False, **kwargs):
        with self.nothing_stored():
            for _ in range(20):
                self.refused(*args, **kwargs, data=(
                    self.chunks() if chunked else self.body))

    def test_it_is_listened_to_for_a_while(self):
        """A proxy that is cut off in mid body loses the answer."""
        for headers in ({'Content_Length': str(LARGE)}, CHUNKED):
            request = self.head(token=self.reader, **headers)
            with self.connect() as client:
                began = time.monotonic()
                client.send(request)
                self.check_refused(client.answer(), request)
                for _ in range(512):
                    if not client.send(self.body[:1024]):
                        self.assertGreater(time.monotonic() - began,
                                           incoming.PATIENTLY)
                        break

    def test_of_a_length(self):
        self.refusals(403, 'policy.forbidden', 'PUT', self.path,
                      token=self.reader)

    def test_in_chunks(self):
        self.refusals(404, 'artifact.not_found', 'PUT', self.path,
                      token=self.stranger, chunked=True)

    def test_of_json(self):
        for chunked in (False, True):
            self.refusals(413, 'request.too_large', 'POST',
                          '/artifacts/generic', headers=base.JSON,
                          chunked=chunked)

    def test_of_what_is_there_already(self):
        self.upload(self.draft, b'bytes')
        for chunked in (False, True):
            self.refusals(409, 'artifact.blob.exists', 'PUT', self.path,
                          field='data', chunked=chunked)


class TestBrokenOff(LineTest):

    def served(self):
        """How many uploads are over: uWSGI says so of each request."""
        return self.server.log.read_text(errors='replace').count(
            ' PUT %s => ' % self.path)

    def test_anywhere(self):
        """At any byte, politely or not: neither a row nor a file stays."""
        before = self.files()
        data = os.urandom(2 * MIB)
        for number in base.times(300):
            offset = self.random.choice((
                self.random.randrange(len(data)), self.random.randrange(100),
                65536, len(data) - 1))
            with self.connect() as client:
                if number % 2:
                    client.send(self.head(Content_Length=str(len(data))))
                    client.send(data[:offset])
                else:
                    client.send(self.head(**CHUNKED))
                    client.send(b'200000\r\n' + data[:offset])
                if number % 3 == 0:
                    client.socket.setsockopt(
                        socket.SOL_SOCKET, socket.SO_LINGER,
                        b'\1\0\0\0\0\0\0\0')
            self.eventually(lambda: self.served() > number,
                            'the request is over')
            self.assertIsNone(self.show(self.draft)['data'])
            self.assertTrue(self.nothing(self.draft))
            self.assertEqual(before, self.files())
        self.upload(self.draft, data)
        self.same_bytes(data, self.call('GET', self.path).content)

    def test_a_download(self):
        """Readers that go away are no reason to fail the next one."""
        data = os.urandom(8 * MIB)
        self.upload(self.draft, data)
        for number in base.times(300):
            headers = {'Range': 'bytes=%d-' % number} if number % 2 else {}
            with self.connect() as client:
                client.send(self.head('GET', **headers))
                client.receive(self.random.randint(1, MIB))
        self.same_bytes(data, self.call('GET', self.path).content)


class TestDrips(LineTest):

    def test_images_are_served_meanwhile(self):
        """Four clients that send a byte at a time hold four threads."""
        clients = [self.connect() for _ in range(4)]
        drafts = [self.create() for _ in clients]
        for client, draft in zip(clients, drafts):
            self.addCleanup(client.socket.close)
            client.send(self.head(path=draft['self'] + '/data',
                                  Content_Length='40'))
        self.eventually(lambda: all(map(self.blob_rows, drafts)),
                        'all four are being served')
        for number in range(40):
            for client in clients:
                client.send(b'%d' % (number % 10))
            began = time.monotonic()
            self.call('GET', '/images')
            self.assertLess(time.monotonic() - began, PROMPT)
        expected = b'0123456789' * 4
        for client, draft in zip(clients, drafts):
            self.assertEqual(201, client.answer().status_code)
            self.assertEqual(expected, self.call(
                'GET', draft['self'] + '/data').content)
