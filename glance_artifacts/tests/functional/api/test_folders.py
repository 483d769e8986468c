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

"""Folders: many files, each by a key."""

import http.client
import json
import threading
import urllib.parse

from glance_artifacts.dev import checks
from glance_artifacts.tests.functional.api import base
from glance_artifacts.tests.functional.api import plugins

DATA = b'some bytes of a file'
KEYS = (
    'a', 'config.json', 'a/b/c', 'A', 'a b', '.hidden', '...', 'a..b', '..a',
    'a.', '%', '%41', '?', '#', '+', '&=', ';', '\\', '"', "'", '~', '\xe9',
    'e\u0301', '\U0001f680', '\u4e2d/\u6587', 'x' * 255, '\U0001f680' * 255,
    'actions', 'tags', 'v1.0', '/'.join('x' * 128))
BAD_KEYS = (
    'x' * 256, '.', '..', './a', '../a', 'a/.', 'a/..', 'a/../b', 'a/./b',
    'a/', '\0', 'a\nb', '\t', '\x7f', '\x85')


class FolderTest(plugins.PluginTest):

    source = plugins.HOOKED
    enabled = ('generic', 'boxes')

    def setUp(self):
        super().setUp()
        self.box = self.create('boxes')
        self.before = self.files()

    def entry(self, key, folder='files'):
        return '%s/%s/%s' % (self.box['self'], folder,
                             urllib.parse.quote(key, safe='/'))

    def put(self, key, data=DATA, folder='files', **kwargs):
        return self.call('PUT', self.entry(key, folder), 201, data=data,
                         **kwargs).json()

    def put_refused(self, status, code, key, data=DATA, folder='files',
                    **kwargs):
        return self.refused(status, code, 'PUT', self.entry(key, folder),
                            data=data, **kwargs)

    def raw(self, method, path, body=None):
        """A request whose path goes out to the letter; status and body."""
        connection = http.client.HTTPConnection(self.server.address,
                                                timeout=60)
        try:
            connection.request(method, path, body,
                               {'X-Auth-Token': self.member})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def assert_kept(self, *keys):
        self.assertEqual(set(keys), set(self.show(self.box)['files']))
        self.assertEqual(sorted(keys), sorted(
            row['key'] for row in self.blob_rows(self.box)))
        self.assertEqual(len(keys), len(self.files() - self.before))
        self.assertEqual(len(keys), len(self.segments(self.box)))


class TestEntries(FolderTest):

    def test_from_nothing_to_nothing(self):
        self.assertEqual({}, self.box['files'])
        self.assertEqual({}, self.call('GET', self.box['self'] + '/files')
                         .json())
        made = self.put('a/b', headers={'Content-Type': 'text/x-thing'})
        self.assertEqual(
            ('active', len(DATA), base.sha256(DATA), 'text/x-thing', 1),
            tuple(made[key] for key in ('status', 'size', 'sha256',
                                        'content_type', 'segments')))
        got = self.call('GET', self.entry('a/b'))
        self.assertEqual(DATA, got.content)
        self.assertEqual('text/x-thing', got.headers['Content-Type'])
        self.assertEqual('"sha256:%s"' % base.sha256(DATA),
                         got.headers['ETag'])
        self.assert_kept('a/b')
        self.call('DELETE', self.entry('a/b'), 204)
        self.assert_kept()
        self.refused(404, 'artifact.blob.not_found', 'GET', self.entry('a/b'))
        self.refused(404, 'artifact.blob.not_found', 'DELETE',
                     self.entry('a/b'))

    def test_map(self):
        entries = {key: self.put(key, key.encode())
                   for key in ('b', 'a/x', 'a')}
        for found in (self.show(self.box)['files'],
                      self.call('GET', self.box['self'] + '/files').json()):
            self.assertEqual(entries, found)
            self.assertEqual(['a', 'a/x', 'b'], list(found))
        self.assertEqual(['a', 'a/x', 'b'], self.show(self.box)['names'])

    def test_head_and_range(self):
        self.put('a')
        head = self.call('HEAD', self.entry('a'))
        self.assertEqual((b'', str(len(DATA))),
                         (head.content, head.headers['Content-Length']))
        part = self.call('GET', self.entry('a'), 206,
                         headers={'Range': 'bytes=5-9'})
        self.assertEqual(DATA[5:10], part.content)
        self.assertEqual(
            b'', self.call('HEAD', self.box['self'] + '/files').content)

    def test_what_lists_show(self):
        self.assertEqual({'entries': 0, 'size': 0}, self._listed()['files'])
        self.put('a', b'12345')
        self.put('b', b'')
        self.put('c', b'1234567', 'texts',
                 headers={'Content-Type': 'text/plain'})
        entry = self._listed()
        self.assertEqual({'entries': 2, 'size': 5}, entry['files'])
        self.assertEqual({'entries': 1, 'size': 7}, entry['texts'])

    def _listed(self):
        (entry,) = self.listed(type_name='boxes')
        return entry

    def test_methods_of_a_folder_as_a_whole(self):
        for method in ('PUT', 'DELETE'):
            self.assertEqual('GET, HEAD', self.call(
                method, self.box['self'] + '/files', 405,
                data=DATA if method == 'PUT' else None).headers['Allow'])
        self.assertEqual('DELETE, GET, HEAD, PUT', self.call(
            'POST', self.entry('a'), 405).headers['Allow'])
        self.assert_kept()

    def test_there_already(self):
        self.put('a')
        self.put_refused(409, 'artifact.blob.exists', 'a', field='files')
        self.put('A')
        self.put('a/a')
        self.assert_kept('a', 'A', 'a/a')

    def test_keys_belong_to_one_folder(self):
        self.put('a', b'one')
        self.put('a', b'two', 'texts', headers={'Content-Type': 'text/plain'})
        self.assertEqual(b'one', self.call('GET', self.entry('a')).content)
        self.assertEqual(b'two', self.call(
            'GET', self.entry('a', 'texts')).content)
        self.call('DELETE', self.entry('a'), 204)
        self.assertEqual(b'two', self.call(
            'GET', self.entry('a', 'texts')).content)

    def test_a_blob_has_no_keys(self):
        artifact = self.create()
        for method in ('PUT', 'GET', 'DELETE'):
            self.refused(404, 'artifact.blob.unknown', method,
                         artifact['self'] + '/data/a')
        self.refused(404, 'artifact.blob.unknown', 'GET',
                     self.box['self'] + '/none/a')

    def test_media_types(self):
        self.put_refused(415, 'request.media_type', 'a', folder='texts',
                         field='texts', headers={'Content-Type': 'text/html'})
        self.assert_kept()

    def test_digests(self):
        self.put_refused(400, 'artifact.blob.digest', 'a', field='files',
                         headers={'X-Artifact-SHA256': '0' * 64})
        self.assert_kept()
        self.put('a', headers={'X-Artifact-SHA256': base.sha256(DATA)})

    def test_not_by_patch(self):
        for path in ('/files', '/files/a'):
            self.patch_refused(400, 'artifact.field.read_only', self.box,
                               {'op': 'add', 'path': path, 'value': {}},
                               field='files')

    def test_who_may(self):
        self.put('a')
        for method in ('PUT', 'DELETE'):
            self.refused(403, 'policy.forbidden', method, self.entry('a'),
                         token=self.reader)
            self.refused(404, 'artifact.not_found', method, self.entry('a'),
                         token=self.stranger)
        self.assertEqual(DATA, self.call('GET', self.entry('a'),
                                         token=self.reader).content)
        self.call('GET', self.entry('a'), 404, token=self.stranger)
        self.assert_kept('a')

    def test_life_of_the_artifact(self):
        self.refused(409, 'artifact.activate.incomplete', 'POST',
                     self.box['self'] + '/actions/activate', field='files')
        self.put('a')
        self.act(self.box, 'activate')
        self.put_refused(409, 'artifact.immutable', 'b', field='files')
        self.refused(409, 'artifact.immutable', 'DELETE', self.entry('a'),
                     field='files')
        self.act(self.box, 'deactivate')
        self.refused(403, 'policy.forbidden', 'GET', self.entry('a'))
        self.call('GET', self.box['self'] + '/files')
        self.act(self.box, 'reactivate')
        self.assertEqual(DATA, self.call('GET', self.entry('a')).content)
        self.call('DELETE', self.box['self'], 204)
        self.assertEqual((self.before, [], []), (
            self.files(), self.segments(self.box), self.blob_rows(self.box)))

    def test_rejected_by_the_type(self):
        self.put('a')
        entry = self.put_refused(400, 'artifact.rejected', 'b/c', b'bad one')
        self.assertEqual('b/c is bad', entry['detail'])
        self.assert_kept('a')
        self.assertEqual(['a'], self.show(self.box)['names'])
        self.put('b/c')


class TestKeys(FolderTest):

    def test_good(self):
        for key in KEYS:
            self.put(key)
            self.assertEqual([key], list(self.show(self.box)['files']))
            status, body = self.raw('GET', self.entry(key))
            self.assertEqual((200, DATA), (status, body), key)
            status, _ = self.raw('DELETE', self.entry(key))
            self.assertEqual(204, status, key)

    def test_bad(self):
        for key in BAD_KEYS:
            for method in ('PUT', 'GET', 'DELETE'):
                # each character by its number, "/" apart
                path = '%s/files/%s' % (self.box['self'], ''.join(
                    one if one == '/' else ''.join(
                        '%%%02X' % byte for byte in one.encode())
                    for one in key))
                status, body = self.raw(method, path,
                                        DATA if method == 'PUT' else None)
                self.assertEqual(400, status, (method, key, body))
                (entry,) = json.loads(body)['errors']
                self.assertEqual(('artifact.blob.key', 'key'),
                                 (entry['code'], entry['field']))
        self.assert_kept()

    def test_what_the_server_resolves_before_us(self):
        """Dots as RFC 3986 has them; two slashes are one for Glance."""
        for key, kept in (('./a', 'a'), ('x/../a', 'a'), ('a//b', 'a/b'),
                          ('/a', 'a')):
            status, _ = self.raw('PUT', '%s/files/%s' % (
                self.box['self'], key), DATA)
            self.assertEqual(201, status, key)
            self.assert_kept(kept)
            self.call('DELETE', self.entry(kept), 204)
        for key in ('../a', '..', '/'):
            status, _ = self.raw('PUT', '%s/files/%s' % (
                self.box['self'], key), DATA)
            self.assertEqual(404, status, key)

    def test_encoded_slashes_are_slashes(self):
        self.put('a/b')
        for path in ('a%2Fb', 'a%2fb', '%61/b'):
            self.assertEqual((200, DATA), self.raw(
                'GET', '%s/files/%s' % (self.box['self'], path)))
        self.assertEqual(404, self.raw(
            'GET', '%s/files/a%%252Fb' % self.box['self'])[0])
        self.assertEqual(400, self.raw(
            'GET', '%s/files/a%%2F%%2E%%2E%%2Fb' % self.box['self'])[0])

    def test_a_slash_and_nothing(self):
        for method in ('PUT', 'GET', 'DELETE'):
            self.refused(404, 'request.path', method,
                         self.box['self'] + '/files/')

    def test_keys_are_compared_by_code_point(self):
        keys = ('\xe9', 'e\u0301', 'E\u0301')
        for key in keys:
            self.put(key, key.encode())
        for key in keys:
            self.assertEqual(key.encode(),
                             self.call('GET', self.entry(key)).content)
        self.put_refused(413, 'artifact.folder.items', 'x', field='files')


class TestLimits(FolderTest):

    def assert_too_large(self, entry, limit, used, requested):
        self.assertEqual((limit, used, requested), tuple(
            entry[key] for key in ('limit', 'used', 'requested')))

    def test_size_of_an_entry(self):
        for data in (b'x' * 61, iter([b'x' * 61])):
            entry = self.put_refused(413, 'artifact.blob.too_large', 'a', data,
                                     field=None)
            self.assertEqual(60, entry['limit'])
        self.assert_kept()
        self.put('a', b'x' * 60)

    def test_number_of_entries(self):
        for key in 'abc':
            self.put(key, b'')
        for data in (b'', b'x', iter([b'x'])):
            self.assert_too_large(
                self.put_refused(413, 'artifact.folder.items', 'd', data,
                                 field='files'), 3, 3, 1)
        self.assert_kept('a', 'b', 'c')
        self.call('DELETE', self.entry('b'), 204)
        self.put('d')

    def test_size_of_all(self):
        self.put('a', b'x' * 60)
        for data in (b'x' * 41, iter([b'x' * 41])):
            self.assert_too_large(
                self.put_refused(413, 'artifact.folder.total', 'b', data,
                                 field='files'), 100, 60, 41)
            self.assert_kept('a')
        self.assertEqual(['a'], self.show(self.box)['names'])
        self.put('b', iter([b'x' * 20, b'x' * 20]))
        self.put('c', b'')
        self.assert_kept('a', 'b', 'c')

    def test_at_once(self):
        """However many come together, no limit is passed."""
        statuses = []
        ready = threading.Barrier(8)

        def send(number):
            ready.wait()
            with checks.session() as session:
                statuses.append(base.unless_busy(lambda: session.put(
                    self.server.root + self.entry('k%d' % number),
                    data=b'x' * 40, headers={'X-Auth-Token': self.member},
                )).status_code)

        threads = [threading.Thread(target=send, args=(number,))
                   for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([201, 201], sorted(statuses)[:2])
        self.assertEqual({413}, set(sorted(statuses)[2:]))
        self.assertEqual(2, len(self.show(self.box)['files']))
        self.assertEqual(2, len(self.files() - self.before))
