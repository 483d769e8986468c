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


"""Bytes of images through artifacts: up, down, in part."""

import hashlib
import os
import threading

from glance_artifacts.dev import checks
from glance_artifacts.tests.functional.api import base as api_base
from glance_artifacts.tests.functional.glance import images

DATA = os.urandom(300 * 1024 + 7)
SHA256 = hashlib.sha256(DATA).hexdigest()


class TestBytes(images.ImageArtifactsTest):

    def stored(self, artifact):
        """What /v2/images gives out."""
        return self.call('GET', '/images/%s/file' % artifact['id']).content

    def test_up_and_down(self):
        draft = self.draft()
        blob = self.upload(draft, DATA, 'file')
        self.assertEqual(('active', len(DATA)), (blob.json()['status'],
                                                 blob.json()['size']))
        self.same_bytes(DATA, self.stored(draft))
        answer = self.call('GET', draft['self'] + '/file')
        self.same_bytes(DATA, answer.content)
        self.assertEqual(
            ('application/octet-stream', str(len(DATA)), 'attachment',
             blob.headers['ETag']),
            tuple(answer.headers[name] for name in (
                'Content-Type', 'Content-Length', 'Content-Disposition',
                'ETag')))
        image = self.glances(draft)
        self.assertEqual('"sha512:%s"' % image['os_hash_value'],
                         answer.headers['ETag'])
        self.call('GET', draft['self'] + '/file', 304,
                  headers={'If-None-Match': answer.headers['ETag']})

    def test_in_chunks(self):
        draft = self.draft()
        self.upload(draft, iter([DATA[:5], DATA[5:]]), 'file')
        self.same_bytes(DATA, self.stored(draft))

    def test_no_bytes(self):
        draft = self.draft()
        self.upload(draft, b'', 'file')
        answer = self.call('GET', draft['self'] + '/file')
        self.assertEqual((b'', '0'), (answer.content,
                                      answer.headers['Content-Length']))

    def test_the_client_waits_for_leave(self):
        draft = self.draft()
        self.upload(draft, DATA, 'file', headers={'Expect': '100-continue'})
        self.same_bytes(DATA, self.stored(draft))

    def test_digests(self):
        for headers, good in (
                ({'X-Artifact-SHA256': SHA256}, True),
                ({'X-Artifact-SHA256': '0' * 64}, False)):
            for data in (DATA, iter([DATA[:9], DATA[9:]])):
                draft = self.draft()
                files = self.files()
                if good:
                    self.upload(draft, data, 'file', headers=headers)
                    continue
                self.refused(400, 'artifact.blob.digest', 'PUT',
                             draft['self'] + '/file', data=data,
                             headers=headers, field='file')
                self.assertEqual('queued', self.glances(draft)['status'])
                self.assertEqual(files, self.files())
                self.upload(draft, DATA, 'file')

    def test_twice(self):
        image = self.filled()
        self.refused(409, 'artifact.immutable', 'PUT',
                     image['self'] + '/file', data=b'other', field='file')
        self.refused(409, 'artifact.immutable', 'DELETE',
                     image['self'] + '/file', field='file')
        self.assertEqual(images.BYTES, self.stored(image))

    def test_while_another_is_under_way(self):
        draft = self.draft()
        begun, go_on = threading.Event(), threading.Event()

        def slowly():
            yield DATA[:10]
            begun.set()
            go_on.wait(api_base.DEADLINE)
            yield DATA[10:]

        first = threading.Thread(target=checks.session().put,
                                 args=(self.url + draft['self'][3:]
                                       + '/file',),
                                 kwargs={'data': slowly(), 'headers': {
                                     'X-Auth-Token': self.member}})
        first.start()
        try:
            self.assertTrue(begun.wait(api_base.DEADLINE))
            self.eventually(lambda: self.show(draft)['file'] is not None,
                            'the upload has begun')
            self.assertEqual(('drafted', 'saving', 'saving'), (
                self.show(draft)['status'], self.show(draft)['image_status'],
                self.show(draft)['file']['status']))
            for method, path in (('PUT', '/file'), ('DELETE', '/file'),
                                 ('GET', '/file'),
                                 ('POST', '/actions/activate')):
                self.refused(409, 'artifact.blob.saving', method,
                             draft['self'] + path, field='file')
        finally:
            go_on.set()
            first.join()
        self.same_bytes(DATA, self.stored(draft))

    def test_a_client_that_breaks_off(self):
        draft = self.draft()

        def broken():
            yield DATA[:10]
            self.eventually(lambda: self.show(draft)['file'] is not None,
                            'the upload has begun')
            raise KeyboardInterrupt

        self.assertRaises(KeyboardInterrupt, self.upload, draft, broken(),
                          'file')
        self.eventually(lambda: self.glances(draft)['status'] == 'queued',
                        'it is queued again')
        self.upload(draft, DATA, 'file')

    def test_other_media_types(self):
        draft = self.draft()
        for said in ('text/plain', 'application/json', 'nonsense'):
            self.assertIn(self.http(
                'PUT', draft['self'] + '/file', data=b'x', token=self.member,
                headers={'Content-Type': said}).status_code, (400, 415))
        self.assertIsNone(self.show(draft)['file'])

    def test_formats_that_are_missing(self):
        draft = self.create('images')
        self.refused(400, 'image.invalid', 'PUT', draft['self'] + '/file',
                     data=b'x')

    def test_bytes_of_another_format(self):
        # another for each: Glance leaves bytes behind that are in its way
        other, draft = (self.draft(disk_format='iso') for _ in range(2))
        theirs = self.http('PUT', '/images/%s/file' % other['id'],
                           token=self.member, data=DATA,
                           headers=images.OCTETS)
        self.assertEqual(415, theirs.status_code)
        entry = self.refused(415, 'image.rejected', 'PUT',
                             draft['self'] + '/file', data=DATA)
        self.assertIn('iso', entry['detail'])
        self.assertNotIn('<', entry['detail'])
        self.assertEqual('queued', self.glances(draft)['status'])

    def test_ranges(self):
        image = self.filled(DATA)
        size = len(DATA)
        for said, start, stop in (
                ('0-0', 0, 1), ('5-8', 5, 9), ('65530-65545', 65530, 65546),
                ('100-', 100, size), ('-7', size - 7, size),
                ('0-', 0, size), ('5-%d' % (9 * size), 5, size)):
            answer = self.call('GET', image['self'] + '/file', 206,
                               headers={'Range': 'bytes=' + said})
            self.same_bytes(DATA[start:stop], answer.content)
            self.assertEqual('bytes %d-%d/%d' % (start, stop - 1, size),
                             answer.headers['Content-Range'])
        self.refused(416, 'artifact.blob.range', 'GET',
                     image['self'] + '/file',
                     headers={'Range': 'bytes=%d-' % size})
        self.same_bytes(DATA, self.call(
            'GET', image['self'] + '/file',
            headers={'Range': 'bytes=0-1,5-6'}).content)

    def test_a_range_of_nothing(self):
        """On a queued image Glance's own answer is a 500."""
        self.refused(404, 'artifact.blob.not_found', 'GET',
                     self.draft()['self'] + '/file',
                     headers={'Range': 'bytes=0-1'})

    def test_head(self):
        image = self.filled(DATA)
        answer = self.call('HEAD', image['self'] + '/file')
        self.assertEqual((b'', str(len(DATA))),
                         (answer.content, answer.headers['Content-Length']))

    def test_bytes_that_are_lost(self):
        image = self.filled(DATA)
        (self.server.state / 'stores' / 'local' / image['id']).unlink()
        for headers in ({}, {'Range': 'bytes=3-9'}):
            self.refused(503, 'store.object_missing', 'GET',
                         image['self'] + '/file', headers=headers)

    def test_an_upload_of_glances(self):
        image = self.image(DATA)
        self.same_bytes(DATA, self.call(
            'GET', '/artifacts/images/%s/file' % image['id']).content)

    def test_deleted_meanwhile(self):
        draft = self.draft()

        def deleting():
            yield DATA[:10]
            self.eventually(lambda: self.show(draft)['file'] is not None,
                            'the upload has begun')
            self.call('DELETE', draft['self'], 204)
            yield DATA[10:]

        self.refused(410, 'image.gone', 'PUT', draft['self'] + '/file',
                     data=deleting())
        self.call('GET', draft['self'], 404)
