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

"""Uploads in parts."""

import concurrent.futures
import hashlib
import os

from glance_artifacts.dev import checks
from glance_artifacts.tests.functional.api import base

MIB = 1024 * 1024
SIZE = 5 * MIB
DATA = os.urandom(2 * SIZE + 12345)
PARTS = [DATA[start:start + SIZE] for start in range(0, len(DATA), SIZE)]
DIGESTS = [base.sha256(part) for part in PARTS]
TREE = hashlib.sha256(bytes.fromhex(''.join(DIGESTS))).hexdigest()


class SessionsTest(base.ApiTest):

    def begin(self, artifact, **body):
        """Begin a session; its path, and what was answered."""
        answer = self.call('POST', artifact['self'] + '/uploads', 201, json={
            'blob': 'data', 'part_size': SIZE, **body})
        session = answer.json()
        path = '%s/uploads/%s' % (artifact['self'], session['id'])
        self.assertTrue(answer.headers['Location'].endswith(path))
        return path, session

    def put(self, path, n, data, expected=200, **kwargs):
        return self.call('PUT', '%s/parts/%d' % (path, n), expected,
                         data=data, **kwargs).json()

    def put_all(self, path):
        for n, part in enumerate(PARTS, 1):
            self.put(path, n, part)

    def complete(self, path, expected=201, **kwargs):
        return self.call('POST', path + '/complete', expected, **kwargs)

    def reserved(self):
        usage = self.call('GET', '/artifacts/usage').json()['usage']
        return usage['bytes']['used'], usage['bytes']['reserved']

    def nothing_left(self, artifact):
        """Neither the place is taken nor are there bytes, or room for it."""
        self.assertEqual([], self.segments(artifact))
        self.assertEqual([], self.blob_rows(artifact))
        self.assertEqual((0, 0), self.reserved())


class TestMainJob(SessionsTest):

    def test_parts_in_any_order(self):
        artifact = self.create()
        path, session = self.begin(
            artifact, size=len(DATA), tree_sha256=TREE.upper(),
            content_type='text/x-parts')
        self.assertEqual(
            ('data', None, 'open', len(DATA), SIZE, 3, TREE, 'text/x-parts',
             []), tuple(session[name] for name in (
                 'blob', 'key', 'status', 'size', 'part_size', 'max_parts',
                 'tree_sha256', 'content_type', 'parts')))
        blob = self.show(artifact)['data']
        self.assertEqual(('saving', None), (blob['status'], blob['size']))
        self.refused(409, 'artifact.blob.saving', 'POST',
                     artifact['self'] + '/actions/activate', field='data')
        for n in (3, 1, 2):
            self.assertEqual(
                {'n': n, 'size': len(PARTS[n - 1]), 'sha256': DIGESTS[n - 1]},
                self.put(path, n, PARTS[n - 1]))
        self.assertEqual((0, len(DATA)), self.reserved())
        shown = self.call('GET', path).json()
        self.assertEqual([1, 2, 3], [part['n'] for part in shown['parts']])
        answer = self.complete(path, json={'parts': [
            {'n': n, 'sha256': digest} for n, digest
            in enumerate(DIGESTS, 1)]})
        self.assertEqual('"tree:%s"' % TREE, answer.headers['ETag'])
        self.assertEqual(
            {'status': 'active', 'size': len(DATA), 'sha256': None,
             'md5': None, 'tree_sha256': TREE, 'external': False,
             'content_type': 'text/x-parts', 'segments': 3}, answer.json())
        self.assertEqual((len(DATA), 0), self.reserved())
        self.read_back(artifact)
        self.again(artifact, path, answer)

    def read_back(self, artifact):
        path = artifact['self'] + '/data'
        self.act(artifact, 'activate')
        got = self.call('GET', path)
        self.same_bytes(DATA, got.content)
        self.assertEqual('"tree:%s"' % TREE, got.headers['ETag'])
        self.call('GET', path, 304,
                  headers={'If-None-Match': got.headers['ETag']})
        for start, stop in ((0, 1), (SIZE - 1, SIZE + 1), (SIZE, 2 * SIZE),
                            (7, len(DATA)), (len(DATA) - 9, len(DATA))):
            part = self.call('GET', path, 206, headers={
                'Range': 'bytes=%d-%d' % (start, stop - 1)})
            self.same_bytes(DATA[start:stop], part.content)

    def again(self, artifact, path, answer):
        """What was completed answers the same, and takes no more."""
        repeated = self.complete(path)
        self.assertEqual((answer.json(), answer.headers['ETag']),
                         (repeated.json(), repeated.headers['ETag']))
        shown = self.call('GET', path).json()
        self.assertEqual(('complete', 3), (shown['status'],
                                           len(shown['parts'])))
        self.refused(409, 'artifact.upload.complete', 'PUT',
                     path + '/parts/1', data=PARTS[0])
        self.refused(409, 'artifact.upload.complete', 'DELETE', path)
        self.assertEqual(3, len(self.segments(artifact)))

    def test_at_the_same_time(self):
        artifact = self.create()
        path, _ = self.begin(artifact)
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            for found in pool.map(lambda n: base.unless_busy(
                    lambda: self.send_alone(path, n)), (1, 2, 3)):
                self.assertEqual(200, found.status_code, found.text)
        self.assertEqual(TREE, self.complete(path).json()['tree_sha256'])
        self.same_bytes(DATA, self.call(
            'GET', artifact['self'] + '/data').content)

    def send_alone(self, path, n):
        with checks.session() as session:
            return session.put(
                self.server.root + '%s/parts/%d' % (path, n),
                data=PARTS[n - 1], headers={'X-Auth-Token': self.member,
                                            'Connection': 'close'})

    def test_in_chunks(self):
        artifact = self.create()
        path, _ = self.begin(artifact)
        for n, part in enumerate(PARTS, 1):
            self.put(path, n, iter([part[:100], part[100:]]))
        self.complete(path)
        self.assertEqual((len(DATA), 0), self.reserved())
        self.same_bytes(DATA, self.call(
            'GET', artifact['self'] + '/data').content)

    def test_a_file_of_a_folder(self):
        model = self.create('ml_models', framework='none')
        path, session = self.begin(model, blob='files', key='a/b.bin')
        self.assertEqual('a/b.bin', session['key'])
        self.put(path, 1, b'three')
        self.complete(path)
        self.assertEqual({'a/b.bin'}, set(self.show(model)['files']))
        self.assertEqual(b'three', self.call(
            'GET', model['self'] + '/files/a/b.bin').content)

    def test_no_bytes(self):
        artifact = self.create()
        path, _ = self.begin(artifact, size=0)
        self.put(path, 1, b'')
        self.assertEqual(0, self.complete(path).json()['size'])
        self.assertEqual(b'', self.call(
            'GET', artifact['self'] + '/data').content)

    def test_the_type_looks(self):
        chart = self.create('helm_charts', version='1.2.3')
        data = base.charts.pack(chart['name'], '1.2.3')
        path, _ = self.begin(chart, blob='chart')
        self.put(path, 1, data)
        self.complete(path)
        self.assertEqual(base.sha256(bytes.fromhex(base.sha256(data))),
                         self.show(chart)['chart']['tree_sha256'])
        self.act(chart, 'activate')

    def test_the_type_refuses(self):
        chart = self.create('helm_charts', version='1.2.3')
        path, _ = self.begin(chart, blob='chart')
        self.put(path, 1, b'no chart')
        self.refused(400, 'artifact.rejected', 'POST', path + '/complete')
        self.refused(404, 'artifact.upload.not_found', 'GET', path)
        self.nothing_left(chart)
        self.upload_chart(chart)


class TestParts(SessionsTest):

    def setUp(self):
        super().setUp()
        self.artifact = self.create()
        self.path, _ = self.begin(self.artifact)

    def test_once_more(self):
        self.put(self.path, 1, PARTS[0])
        (first,) = self.segments(self.artifact)
        self.put(self.path, 1, PARTS[0])
        (kept,) = self.segments(self.artifact)
        self.assertEqual(first, kept)
        self.assertIn(kept['location'].rsplit('/', 1)[1], self.files())
        self.assertEqual((0, SIZE), self.reserved())

    def test_another_in_its_place(self):
        files = self.files()
        self.put(self.path, 1, b'first')
        self.put(self.path, 1, b'second')
        (kept,) = self.segments(self.artifact)
        self.assertEqual(1, len(self.files() - files))
        self.assertEqual((0, 6), self.reserved())
        self.complete(self.path)
        self.assertEqual(b'second', self.call(
            'GET', self.artifact['self'] + '/data').content)
        self.assertEqual((6, 0), self.reserved())
        self.assertEqual(base.sha256(b'second'), kept['sha256'])

    def test_digests(self):
        path = self.path + '/parts/1'
        self.refused(400, 'artifact.blob.digest', 'PUT', path, field='data',
                     data=b'other', headers={'X-Artifact-SHA256': '0' * 64})
        self.assertEqual([], self.segments(self.artifact))
        self.assertEqual((0, 0), self.reserved())
        self.call('PUT', path, data=b'right', headers={
            'X-Artifact-SHA256': base.sha256(b'right')})

    def test_one_that_is_too_large(self):
        data = bytes(SIZE + 1)
        for body in (data, iter([data])):
            entry = self.refused(413, 'artifact.upload.part_too_large', 'PUT',
                                 self.path + '/parts/1', data=body)
            self.assertEqual(SIZE, entry['limit'])
        self.assertEqual([], self.segments(self.artifact))
        self.assertEqual((0, 0), self.reserved())

    def test_numbers(self):
        for n in (0, 10_001, 10 ** 18):
            self.refused(400, 'artifact.upload.part', 'PUT',
                         '%s/parts/%d' % (self.path, n), data=b'', field='n')
        for n in ('-1', '01', 'x', '1.0'):
            self.refused(404, 'request.path', 'PUT',
                         '%s/parts/%s' % (self.path, n), data=b'')

    def test_what_is_missing(self):
        def incomplete(words, **kwargs):
            entry = self.refused(409, 'artifact.upload.incomplete', 'POST',
                                 self.path + '/complete', **kwargs)
            self.assertIn(words, entry['detail'])

        incomplete('no parts')
        self.put(self.path, 2, PARTS[1])
        incomplete('Part 1 is missing')
        self.put(self.path, 1, b'short')
        incomplete('Part 1 has 5 bytes')
        self.put(self.path, 1, PARTS[0])
        incomplete('1 are listed', field='parts', json={'parts': [
            {'n': 1, 'sha256': DIGESTS[0]}]})
        self.complete(self.path)

    def test_the_expected_digest(self):
        artifact = self.create()
        path, _ = self.begin(artifact, tree_sha256='0' * 64)
        self.put(path, 1, b'bytes')
        self.refused(400, 'artifact.blob.digest', 'POST', path + '/complete',
                     field='tree_sha256')
        self.assertEqual(1, len(self.call('GET', path).json()['parts']))

    def test_another_total(self):
        artifact = self.create()
        path, _ = self.begin(artifact, size=SIZE + 3)
        self.refused(413, 'artifact.upload.part_too_large', 'PUT',
                     path + '/parts/2', data=b'four')
        self.refused(400, 'artifact.upload.part', 'PUT', path + '/parts/3',
                     data=b'', field='n')
        self.put(path, 1, PARTS[0])
        self.refused(409, 'artifact.upload.incomplete', 'POST',
                     path + '/complete')
        self.put(path, 2, b'123')
        self.assertEqual(SIZE + 3, self.complete(path).json()['size'])

    def test_bodies_of_complete(self):
        for body in ([], {'parts': {}}, {'parts': [1]}, {'other': 1},
                     {'parts': [{'n': True, 'sha256': '0' * 64}]},
                     {'parts': [{'n': 1, 'sha256': 'z'}]}):
            answer = self.complete(self.path, 400, json=body)
            self.assertIn(answer.json()['errors'][0]['code'], (
                'request.json', 'artifact.field.invalid',
                'artifact.field.unknown'))


class TestPlaces(SessionsTest):

    def test_one_at_a_time(self):
        artifact = self.create()
        self.begin(artifact)
        self.refused(409, 'artifact.blob.saving', 'POST',
                     artifact['self'] + '/uploads', field='data',
                     json={'blob': 'data'})
        self.refused(409, 'artifact.blob.saving', 'PUT',
                     artifact['self'] + '/data', field='data', data=b'x')

    def test_what_is_there(self):
        artifact = self.create()
        self.upload(artifact, b'bytes')
        self.refused(409, 'artifact.blob.exists', 'POST',
                     artifact['self'] + '/uploads', field='data',
                     json={'blob': 'data'})
        artifact = self.active(data=b'bytes')
        self.refused(409, 'artifact.immutable', 'POST',
                     artifact['self'] + '/uploads', field='data',
                     json={'blob': 'data'})

    def test_cancelled(self):
        for how in ('upload', 'blob', 'artifact'):
            artifact = self.create()
            path, _ = self.begin(artifact)
            files = self.files()
            self.put(path, 1, PARTS[0])
            self.put(path, 2, PARTS[1])
            self.call('DELETE', {
                'upload': path, 'blob': artifact['self'] + '/data',
                'artifact': artifact['self']}[how], 204)
            self.assertEqual(files, self.files())
            self.nothing_left(artifact)
            self.refused(404, 'artifact.not_found' if how == 'artifact'
                         else 'artifact.upload.not_found', 'PUT',
                         path + '/parts/1', data=b'x')
            if how != 'artifact':
                self.upload(artifact, b'now in one')
                self.call('DELETE', artifact['self'], 204)

    def test_a_new_one_after_the_blob_was_deleted(self):
        artifact = self.create()
        path, _ = self.begin(artifact)
        self.put(path, 1, b'first')
        self.complete(path)
        self.call('DELETE', artifact['self'] + '/data', 204)
        self.refused(404, 'artifact.upload.not_found', 'POST',
                     path + '/complete')
        self.nothing_left(artifact)
        path, _ = self.begin(artifact)
        self.put(path, 1, b'second')
        self.complete(path)
        self.assertEqual(b'second', self.call(
            'GET', artifact['self'] + '/data').content)

    def test_of_another_artifact(self):
        path, session = self.begin(self.create())
        other = self.create()
        self.refused(404, 'artifact.upload.not_found', 'GET',
                     '%s/uploads/%s' % (other['self'], session['id']))

    def test_who_may(self):
        artifact = self.create()
        path, _ = self.begin(artifact)
        requests = (('GET', path), ('PUT', path + '/parts/1'),
                    ('POST', path + '/complete'), ('DELETE', path))
        for method, url in requests:
            self.refused(403, 'policy.forbidden', method, url,
                         token=self.reader)
            self.refused(404, 'artifact.not_found', method, url,
                         token=self.stranger)
        self.call('PUT', path + '/parts/1', token=base.ADMIN, data=b'bytes')
        self.complete(path, token=base.ADMIN)
        self.publish(self.act(artifact, 'activate').json())
        for method, url in requests:
            self.refused(404, 'artifact.upload.not_found', method, url,
                         token=self.stranger)
        self.refused(403, 'policy.forbidden', 'POST',
                     artifact['self'] + '/uploads', token=self.stranger,
                     json={'blob': 'data'})

    def test_bodies_of_new_ones(self):
        artifact = self.create()
        for body, status, code, field in (
                ([], 400, 'request.json', None),
                ({}, 400, 'artifact.field.invalid', 'blob'),
                ({'blob': 1}, 400, 'artifact.field.invalid', 'blob'),
                ({'blob': 'chart'}, 404, 'artifact.blob.unknown', None),
                ({'blob': 'data', 'key': 'a'}, 404, 'artifact.blob.unknown',
                 None),
                ({'blob': 'data', 'size': -1}, 400, 'artifact.field.invalid',
                 'size'),
                ({'blob': 'data', 'size': 2 ** 62}, 413,
                 'artifact.blob.too_large', None),
                ({'blob': 'data', 'part_size': SIZE - 1}, 400,
                 'artifact.field.invalid', 'part_size'),
                ({'blob': 'data', 'part_size': 2 ** 30 + 1}, 400,
                 'artifact.field.invalid', 'part_size'),
                ({'blob': 'data', 'tree_sha256': 'abc'}, 400,
                 'artifact.field.invalid', 'tree_sha256'),
                ({'blob': 'data', 'content_type': 'none'}, 400,
                 'request.header', 'content_type'),
                ({'blob': 'data', 'content_type': 'multipart/form-data'},
                 415, 'request.media_type', 'data'),
                ({'blob': 'data', 'parts': []}, 400,
                 'artifact.field.unknown', 'parts')):
            self.refused(status, code, 'POST', artifact['self'] + '/uploads',
                         field=field, json=body)
        self.assertIsNone(self.show(artifact)['data'])
        model = self.create('ml_models', framework='none')
        for key in (None, '../x'):
            answer = self.call('POST', model['self'] + '/uploads', 400,
                               json={'blob': 'files', 'key': key})
            self.assertIn(answer.json()['errors'][0]['code'], (
                'artifact.field.invalid', 'artifact.blob.key'))

    def test_images(self):
        image = self.create('images', disk_format='raw',
                            container_format='bare')
        self.addCleanup(self.http, 'DELETE', image['self'],
                        token=self.member)
        self.refused(400, 'image.uploads', 'POST', image['self'] + '/uploads',
                     json={'blob': 'file'})

    def test_if_match(self):
        artifact = self.create()
        self.refused(412, 'artifact.revision', 'POST',
                     artifact['self'] + '/uploads', json={'blob': 'data'},
                     headers={'If-Match': '"99"'})
