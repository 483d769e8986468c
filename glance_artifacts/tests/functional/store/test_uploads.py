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

"""Uploads that do not go through, and what they leave: nothing."""

import contextlib
import os
import socket
import threading

from glance_artifacts.dev import checks
from glance_artifacts.tests.functional.api import base
from glance_artifacts.tests.functional.api import charts

MIB = 1024 * 1024


class Upload:
    """An upload in the hands of a test, byte by byte.

    :param length: the Content-Length; None to send chunks
    """

    def __init__(self, test, artifact, length, blob='data'):
        self.socket = socket.create_connection(
            tuple(test.server.address.split(':')), timeout=base.DEADLINE)
        test.addCleanup(self.socket.close)
        self._chunked = length is None
        self.raw('PUT %s/%s HTTP/1.1\r\nHost: %s\r\nX-Auth-Token: %s\r\n'
                 '%s\r\n\r\n' % (
                     artifact['self'], blob, test.server.address, test.member,
                     'Transfer-Encoding: chunked' if self._chunked
                     else 'Content-Length: %d' % length))

    def raw(self, text):
        self.socket.sendall(text.encode() if isinstance(text, str) else text)

    def send(self, data):
        if self._chunked:
            self.raw(b'%x\r\n%s\r\n' % (len(data), data))
        else:
            self.raw(data)

    def finish(self):
        """End the body; return the status of the answer."""
        if self._chunked:
            self.raw('0\r\n\r\n')
        return self.status()

    def status(self):
        with self.socket.makefile('rb') as answer:
            return int(answer.readline().split()[1])

    def break_off(self, abruptly):
        if abruptly:
            # no goodbye: the other side is told by a reset
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                   b'\1\0\0\0\0\0\0\0')
        self.socket.close()


class UploadTest(base.ApiTest):

    def setUp(self):
        super().setUp()
        self.draft = self.create()
        self.path = self.draft['self'] + '/data'
        self.before = self.files()

    def begun(self, length=2 * MIB):
        """An upload of which some bytes have arrived in the store."""
        upload = Upload(self, self.draft, length)
        upload.send(os.urandom(MIB))
        self.eventually(self.arriving, 'the upload begins')
        return upload

    def arriving(self):
        return len(self.files() - self.before) == 1

    def nothing(self):
        return (not self.files() - self.before
                and not self.segments(self.draft)
                and not self.blob_rows(self.draft))

    def check_usable(self):
        """The artifact is as if nothing had been."""
        self.assertIsNone(self.show(self.draft)['data'])
        data = os.urandom(1000)
        self.upload(self.draft, data)
        self.assertEqual(data, self.call('GET', self.path).content)
        self.act(self.draft, 'activate')


class TestBrokenOff(UploadTest):

    def check(self, length, sent, abruptly):
        upload = Upload(self, self.draft, length)
        for data in sent:
            upload.send(data)
        if sum(map(len, sent)) >= 65536:
            self.eventually(self.arriving, 'the upload begins')
        else:
            self.eventually(lambda: self.blob_rows(self.draft) != [],
                            'the place is taken')
        self.assertEqual('saving', self.show(self.draft)['data']['status'])
        upload.break_off(abruptly)
        self.eventually(self.nothing, 'the upload is cleaned up')
        self.check_usable()

    def test_of_a_length(self):
        self.check(8 * MIB, [os.urandom(MIB)], abruptly=False)

    def test_of_a_length_abruptly(self):
        self.check(8 * MIB, [os.urandom(MIB)], abruptly=True)

    def test_of_a_length_before_the_first_byte(self):
        self.check(8 * MIB, [], abruptly=False)

    def test_of_a_length_before_the_last_byte(self):
        self.check(MIB, [os.urandom(MIB - 1)], abruptly=False)

    def test_in_chunks(self):
        self.check(None, [os.urandom(65536)] * 16, abruptly=False)

    def test_in_chunks_abruptly(self):
        self.check(None, [os.urandom(65536)] * 16, abruptly=True)

    def test_in_the_middle_of_a_chunk(self):
        upload = Upload(self, self.draft, None)
        upload.send(os.urandom(65536))
        upload.raw(b'10000\r\nonly a little')
        self.eventually(lambda: self.blob_rows(self.draft) != [],
                        'the place is taken')
        upload.break_off(False)
        self.eventually(self.nothing, 'the upload is cleaned up')
        self.check_usable()

    def test_what_is_no_chunk(self):
        upload = Upload(self, self.draft, None)
        upload.send(b'x' * 1000)
        upload.raw('not a number\r\n')
        self.assertEqual(400, upload.status())
        self.assertTrue(self.nothing())
        self.check_usable()

    def test_others_go_on_meanwhile(self):
        """Uploads that stall hold a thread each, never the database."""
        begun = [self.begun()]
        self.create()
        self.patch(self.draft, {'op': 'add', 'path': '/tags/-', 'value': 'a'})
        begun[0].send(os.urandom(MIB))
        self.assertEqual(201, begun[0].finish())
        self.assertEqual(2 * MIB, self.show(self.draft)['data']['size'])
        self.assertEqual(['a'], self.show(self.draft)['tags'])


class TestWhileItRuns(UploadTest):

    def test_the_place_is_taken(self):
        upload = self.begun()
        shown = self.show(self.draft)['data']
        self.assertEqual(
            ('saving', None, None, None),
            tuple(shown[key] for key in ('status', 'size', 'sha256', 'md5')))
        for body in (b'other', iter([b'other'])):
            self.refused(409, 'artifact.blob.saving', 'PUT', self.path,
                         field='data', data=body)
        self.refused(409, 'artifact.blob.saving', 'GET', self.path,
                     field='data')
        self.refused(409, 'artifact.blob.saving', 'POST',
                     self.draft['self'] + '/actions/activate', field='data')
        upload.send(os.urandom(MIB))
        self.assertEqual(201, upload.finish())
        self.act(self.draft, 'activate')

    def test_the_artifact_is_deleted(self):
        for length in (2 * MIB, None):
            upload = self.begun(length)
            self.call('DELETE', self.draft['self'], 204)
            upload.send(os.urandom(MIB))
            self.assertEqual(404, upload.finish())
            self.eventually(self.nothing, 'the upload is cleaned up')
            self.call('GET', self.draft['self'], 404)
            self.call('GET', self.path, 404)
            self.assertEqual([], self.listed())
            self.draft = self.create()
            self.path = self.draft['self'] + '/data'

    def test_the_artifact_is_deleted_and_the_upload_breaks_off(self):
        upload = self.begun()
        self.call('DELETE', self.draft['self'], 204)
        upload.break_off(True)
        self.eventually(self.nothing, 'the upload is cleaned up')

    def test_the_blob_is_deleted(self):
        """That cancels the upload; a new one takes its place."""
        upload = self.begun()
        self.call('DELETE', self.path, 204)
        self.assertIsNone(self.show(self.draft)['data'])
        self.upload(self.draft, b'the new bytes')
        upload.send(os.urandom(MIB))
        self.assertEqual(409, upload.finish())
        self.eventually(lambda: len(self.segments(self.draft)) == 1,
                        'the upload is cleaned up')
        self.assertEqual(1, len(self.files() - self.before))
        self.assertEqual(b'the new bytes', self.call('GET', self.path).content)

    def test_two_at_once(self):
        """One of them is kept whole, the other is refused."""
        bodies = [bytes([number]) * MIB for number in range(4)]
        statuses, ready = {}, threading.Barrier(len(bodies))

        def send(body):
            ready.wait()
            with contextlib.closing(checks.session()) as session:
                statuses[body] = session.put(
                    self.server.root + self.path, data=body,
                    headers={'X-Auth-Token': self.member}).status_code

        threads = [threading.Thread(target=send, args=(body,))
                   for body in bodies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([201, 409, 409, 409], sorted(statuses.values()))
        (winner,) = [body for body, status in statuses.items()
                     if status == 201]
        self.same_bytes(winner, self.call('GET', self.path).content)
        self.assertTrue(self.arriving())

    def test_it_is_activated_only_afterwards(self):
        chart = self.create('helm_charts')
        self.upload_chart(chart)
        data = charts.sign()
        upload = Upload(self, chart, len(data), 'provenance')
        self.eventually(lambda: len(self.blob_rows(chart)) == 2,
                        'the place is taken')
        self.refused(409, 'artifact.blob.saving', 'POST',
                     chart['self'] + '/actions/activate', field='provenance')
        upload.send(data)
        self.assertEqual(201, upload.finish())
        self.act(chart, 'activate')
