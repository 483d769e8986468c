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

"""PUT, GET, HEAD and DELETE of a blob."""

import base64
import hashlib
import os

from glance_artifacts.tests.functional.api import base
from glance_artifacts.tests.functional.api import charts

MIB = 1024 * 1024


def content_digest(data):
    return 'sha-256=:%s:' % base64.b64encode(
        hashlib.sha256(data).digest()).decode()


def in_chunks(data, size):
    return iter([data[at:at + size] for at in range(0, len(data), size)])


class TestUpload(base.ApiTest):

    def setUp(self):
        super().setUp()
        self.draft = self.create()
        self.path = self.draft['self'] + '/data'
        self.before = self.files()

    def nothing_was_kept(self):
        self.assertEqual(self.before, self.files())
        self.assertEqual([], self.segments(self.draft))
        self.assertEqual([], self.blob_rows(self.draft))
        self.assertIsNone(self.show(self.draft)['data'])

    def check_kept(self, data, said):
        self.assertEqual(
            ('active', len(data), base.sha256(data),
             hashlib.md5(data).hexdigest(), None, 1),
            tuple(said[key] for key in (
                'status', 'size', 'sha256', 'md5', 'tree_sha256',
                'segments')))
        self.assertEqual(said, self.show(self.draft)['data'])
        self.same_bytes(data, self.call('GET', self.path).content)

    def test_sizes(self):
        large = os.urandom(8 * MIB)
        for data in (b'', b'\0', b'two', large, large[:65536], large[:65537]):
            response = self.upload(self.draft, data)
            self.check_kept(data, response.json())
            self.assertEqual('"sha256:%s"' % base.sha256(data),
                             response.headers['ETag'])
            (name,) = self.files() - self.before
            self.assertRegex(name, r'^gart-[0-9a-z]+-[0-9a-f-]{36}$')
            self.call('DELETE', self.path, 204)
            self.nothing_was_kept()

    def test_chunks(self):
        large = os.urandom(8 * MIB + 1)
        for data, size in ((large, 65536), (large, 4 * MIB), (b'abc', 1),
                           (b'', 1), (large[:100000], 99999)):
            self.check_kept(data, self.upload(
                self.draft, in_chunks(data, size)).json())
            self.call('DELETE', self.path, 204)
            self.nothing_was_kept()

    def test_digests_that_are_right(self):
        data = os.urandom(100000)
        for headers in (
                {'X-Artifact-SHA256': base.sha256(data)},
                {'X-Artifact-SHA256': base.sha256(data).upper()},
                {'Content-Digest': content_digest(data)},
                {'Content-Digest': 'sha-512=:AAAA:, ' + content_digest(data)},
                {'Content-Digest': 'sha-512=:AAAA:'}):
            for body in (data, in_chunks(data, 30000)):
                self.check_kept(data, self.upload(
                    self.draft, body, headers=headers).json())
                self.call('DELETE', self.path, 204)

    def test_digests_that_are_wrong(self):
        data = os.urandom(100000)
        for headers in ({'X-Artifact-SHA256': base.sha256(b'other')},
                        {'Content-Digest': content_digest(b'other')}):
            for body in (data, in_chunks(data, 30000), b'', data[:-1]):
                entry = self.refused(400, 'artifact.blob.digest', 'PUT',
                                     self.path, field='data', data=body,
                                     headers=headers)
                self.assertNotIn('file:', entry['detail'])
                self.nothing_was_kept()
        self.check_kept(data, self.upload(self.draft, data).json())

    def test_digests_that_are_none(self):
        for name, value in (
                ('X-Artifact-SHA256', ''), ('X-Artifact-SHA256', 'abc'),
                ('X-Artifact-SHA256', 'g' * 64),
                ('Content-Digest', 'sha-256=:abc:'),
                ('Content-Digest', 'sha-256=:AAAA:')):
            self.refused(400, 'request.header', 'PUT', self.path, field=name,
                         headers={name: value}, data=b'x')
            self.nothing_was_kept()

    def test_media_types_are_kept(self):
        for sent, kept in (
                (None, 'application/octet-stream'),
                ('', 'application/octet-stream'),
                ('text/html', 'text/html'),
                ('Text/Plain;  charset="utf-8"',) * 2,
                ('application/vnd.oci.image.layer.v1.tar+gzip',) * 2):
            headers = {} if sent is None else {'Content-Type': sent}
            said = self.upload(self.draft, b'x', headers=headers).json()
            self.assertEqual(kept, said['content_type'])
            for method in ('GET', 'HEAD'):
                self.assertEqual(kept, self.call(
                    method, self.path).headers['Content-Type'])
            self.call('DELETE', self.path, 204)

    def test_media_types_refused(self):
        for media_type in ('multipart/form-data; boundary=x',
                           'application/x-www-form-urlencoded'):
            self.refused(415, 'request.media_type', 'PUT', self.path,
                         field='data', data=b'x',
                         headers={'Content-Type': media_type})
        for media_type in ('text', '/', 'a/b/c', 'text/pl ain',
                           'text/' + 'p' * 300, 't\u00e9xt/plain'):
            self.refused(400, 'request.header', 'PUT', self.path,
                         field='Content-Type', data=b'x',
                         headers={'Content-Type': media_type.encode()})
        self.nothing_was_kept()

    def test_it_is_there_already(self):
        self.upload(self.draft, b'first')
        before = self.show(self.draft), self.files()
        for body in (b'second', iter([b'second'])):
            self.refused(409, 'artifact.blob.exists', 'PUT', self.path,
                         field='data', data=body)
            self.assertEqual(before, (self.show(self.draft), self.files()))
        self.call('DELETE', self.path, 204)
        self.check_kept(b'second',
                        self.upload(self.draft, b'second').json())

    def test_once_active_nothing_moves(self):
        chart = self.create('helm_charts')
        self.upload_chart(chart)
        self.act(chart, 'activate')
        for action in ('deactivate', 'reactivate'):
            before = self.show(chart), self.files()
            for method, blob in (('PUT', 'provenance'), ('PUT', 'chart'),
                                 ('DELETE', 'chart')):
                self.refused(409, 'artifact.immutable', method,
                             '%s/%s' % (chart['self'], blob), field=blob,
                             data=b'x' if method == 'PUT' else None)
            self.assertEqual(before, (self.show(chart), self.files()))
            self.act(chart, action)

    def test_over_the_announced_limit(self):
        chart = self.create('helm_charts')
        for body in (b'x' * (MIB + 1), in_chunks(b'x' * (MIB + 1), 65536)):
            entry = self.refused(413, 'artifact.blob.too_large', 'PUT',
                                 chart['self'] + '/provenance', data=body)
            self.assertEqual(MIB, entry['limit'])
            self.assertIsNone(self.show(chart)['provenance'])
        self.assertEqual(self.before, self.files())
        self.assertEqual([], self.segments(chart))
        whole = charts.sign(MIB)
        self.assertEqual(MIB, len(whole))
        self.upload(chart, whole, 'provenance')

    def test_blobs_beside_each_other(self):
        chart = self.create('helm_charts')
        self.upload_chart(chart)
        self.upload(chart, charts.sign(), 'provenance')
        self.call('DELETE', chart['self'] + '/chart', 204)
        self.refused(404, 'artifact.blob.not_found', 'GET',
                     chart['self'] + '/chart')
        self.assertEqual(charts.sign(), self.call(
            'GET', chart['self'] + '/provenance').content)


class TestDownload(base.ApiTest):

    def setUp(self):
        super().setUp()
        self.data = os.urandom(3 * MIB + 7)
        self.artifact = self.active(data=self.data)
        self.path = self.artifact['self'] + '/data'
        self.etag = '"sha256:%s"' % base.sha256(self.data)

    def get(self, expected=200, **headers):
        return self.call('GET', self.path, expected, headers={
            name.replace('_', '-'): value for name, value in headers.items()})

    def check_headers(self, response):
        for name, value in (
                ('Accept-Ranges', 'bytes'), ('ETag', self.etag),
                ('Content-Disposition', 'attachment'),
                ('X-Content-Type-Options', 'nosniff'),
                ('Content-Security-Policy', 'sandbox'),
                ('Content-Type', 'application/octet-stream')):
            self.assertEqual(value, response.headers.get(name))

    def check_whole(self, response):
        self.check_headers(response)
        self.assertEqual(200, response.status_code)
        self.assertEqual(str(len(self.data)),
                         response.headers['Content-Length'])
        self.assertNotIn('Content-Range', response.headers)
        self.same_bytes(self.data, response.content)

    def test_whole(self):
        self.check_whole(self.get())

    def test_head(self):
        """Always of the whole: ranges are for GET alone."""
        for headers in ({}, {'Range': 'bytes=0-1'},
                        {'Range': 'bytes=99999999-'}):
            response = self.call('HEAD', self.path, headers=headers)
            self.check_headers(response)
            self.assertEqual((b'', str(len(self.data))), (
                response.content, response.headers['Content-Length']))

    def test_one_range(self):
        size = len(self.data)
        for text, start, stop in (
                ('0-0', 0, 1), ('0-99', 0, 100), ('1-1', 1, 2),
                ('65535-65536', 65535, 65537),
                ('1048576-2097151', MIB, 2 * MIB), ('5-', 5, size),
                ('%d-' % (size - 1), size - 1, size), ('0-', 0, size),
                ('-1', size - 1, size), ('-100000', size - 100000, size),
                ('-%d' % size, 0, size), ('-99999999999', 0, size),
                ('100-99999999999', 100, size)):
            response = self.get(206, Range='bytes=' + text)
            self.check_headers(response)
            self.assertEqual('bytes %d-%d/%d' % (start, stop - 1, size),
                             response.headers['Content-Range'])
            self.assertEqual(str(stop - start),
                             response.headers['Content-Length'])
            self.same_bytes(self.data[start:stop], response.content)

    def test_ranges_put_together(self):
        size, step = len(self.data), 700001
        parts = [self.get(206, Range='bytes=%d-%d' % (
            at, at + step - 1)).content for at in range(0, size, step)]
        self.same_bytes(self.data, b''.join(parts))

    def test_beyond_the_end(self):
        for text in ('%d-' % len(self.data), '99999999-100000000', '-0'):
            response = self.get(416, Range='bytes=' + text)
            self.assertEqual('artifact.blob.range',
                             response.json()['errors'][0]['code'])
            self.assertEqual('bytes */%d' % len(self.data),
                             response.headers['Content-Range'])

    def test_ranges_that_mean_the_whole(self):
        for text in ('bytes=0-1,5-6', 'bytes=5-4', 'bytes=-', 'bytes=a-b',
                     'bytes', 'bytes=', 'lines=0-1', '0-1', 'bytes=0--1',
                     'bytes=1.5-2', 'bytes= 0 - 1', 'bytes=\u0661-'):
            self.check_whole(self.call('GET', self.path, headers={
                'Range': text.encode()}))

    def test_if_range(self):
        part = self.get(206, Range='bytes=5-9', If_Range=self.etag)
        self.assertEqual(self.data[5:10], part.content)
        for condition in ('"sha256:other"', 'W/' + self.etag, 'garbage',
                          'Sun, 22 Nov 2026 12:00:00 GMT'):
            self.check_whole(self.get(Range='bytes=5-9', If_Range=condition))

    def test_if_none_match(self):
        for condition in (self.etag, '*', 'W/' + self.etag,
                          '"other", ' + self.etag):
            for method in ('GET', 'HEAD'):
                response = self.call(method, self.path, 304,
                                     headers={'If-None-Match': condition})
                self.assertEqual(b'', response.content)
                self.assertEqual(self.etag, response.headers['ETag'])
        for condition in ('"other"', '"%s"' % base.sha256(self.data), ''):
            self.check_whole(self.get(If_None_Match=condition))
        self.get(304, If_None_Match=self.etag, Range='bytes=99999999-')

    def test_the_etag_never_changes(self):
        self.patch(self.artifact, {'op': 'add', 'path': '/tags/-',
                                   'value': 'a'})
        self.check_whole(self.get())
        self.assertEqual(self.etag, self.call(
            'HEAD', self.path).headers['ETag'])

    def test_nothing_at_all(self):
        empty = self.active(data=b'')
        path = empty['self'] + '/data'
        for method in ('GET', 'HEAD'):
            response = self.call(method, path)
            self.assertEqual((b'', '0'), (response.content,
                                          response.headers['Content-Length']))
        for text in ('0-', '0-0', '-1', '-0'):
            response = self.call('GET', path, 416,
                                 headers={'Range': 'bytes=' + text})
            self.assertEqual('bytes */0', response.headers['Content-Range'])

    def test_a_draft_is_read_by_its_project(self):
        draft = self.create()
        self.upload(draft, b'bytes')
        for token in (self.member, self.reader, base.ADMIN):
            self.assertEqual(b'bytes', self.call(
                'GET', draft['self'] + '/data', token=token).content)

    def test_others_read_what_is_public(self):
        self.publish(self.artifact)
        self.check_whole(self.call('GET', self.path, token=self.stranger))
