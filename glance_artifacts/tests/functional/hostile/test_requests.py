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

"""Requests that break HTTP: lines, paths, queries, headers, lengths.

What uWSGI or Glance answer before we are asked is named here, case by case;
that they do the same for images shows that it is not ours.
"""

import json

from glance_artifacts.tests.functional.api import base as api
from glance_artifacts.tests.functional.hostile import base

LIST = '/v2/artifacts/generic'
#: Where uWSGI has no room: it keeps a request in so many bytes.
BUFFER = 65535
BODY = b'{"name": "from a liar"}'
READ_HEADERS = ('If-Match', 'If-None-Match', 'If-Range', 'Range', 'Accept',
                'Content-Type', 'Content-Digest', 'X-Artifact-SHA256',
                'Expect', 'X-Openstack-Request-Id')


class TestLines(base.HostileTest):

    def test_methods(self):
        draft = self.create()
        with self.nothing_stored():
            for path in (LIST, draft['self'], draft['self'] + '/data'):
                for method in ('FOO', 'get', 'Post', 'G@T', '', '\0', 'PUT\0',
                               b'\xff', '<b>', 'PROPFIND', 'TRACE',
                               'CONNECT', 'A' * 1000):
                    answer = self.send(method, path, BODY, base.JSON)
                    entry = self.check_refused(answer, method)
                    self.assertEqual('request.method_not_allowed',
                                     entry['code'])

    def test_options_are_glances_own_filters(self):
        for path in (LIST, '/v2/images'):
            answer = self.send('OPTIONS', path)
            self.assertEqual((200, b''), (answer.status_code, answer.content))

    def test_what_is_no_http(self):
        """uWSGI closes without a word, for whomever it was."""
        with self.nothing_stored():
            for line in (b'', b'\r\n\r\n', b'\0' * 100, b'\n' * 100,
                         b'\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03',
                         b'GET /v2/artifacts\r\n\r\n', b'GET\r\n\r\n',
                         b'POST ' + LIST.encode() + b' HTTP/1.1\n\n'):
                self.check_silent(self.raw(line))
            for _ in base.times(200):
                noise = self.random.randbytes(self.random.randint(1, 5000))
                answer = self.raw(noise + b'\r\n\r\n')
                # random bytes that have two blanks in them are a request
                self.assertIn(answer.status_code, (None, *range(400, 500)))


class TestPaths(base.HostileTest):

    def test_that_are_none(self):
        draft = self.create()
        with self.nothing_stored():
            for path in (
                    '%2e%2e', '..%2f..', 'generic/%2e%2e', 'generic%2f..',
                    'generic/..%2f..%2fimages', 'generic%252f..',
                    'generic%zz', 'generic/%00', 'generic%00', 'generic%0a',
                    'generic%0d%0aX-A:b', 'generic%20', 'generic+', 'generic;',
                    'generic%3flimit=1', 'generic%23', '%C3%A9',
                    '%F0%9F%98%80', 'a' * 65, 'a' * 20000,
                    '/'.join('a' * 5000),
                    'generic/' + '9' * 36, 'generic/' + 'a' * 20000,
                    draft['id'], 'generic/%s%%00' % draft['id'],
                    'generic/%s%%2f' % draft['id'],
                    'generic/%s%%20/data' % draft['id'],
                    'generic/%s/%%2e%%2e' % draft['id'],
                    'generic/%s/data%%2f..%%2fdata' % draft['id'],
                    'generic/%s/data%%5c..' % draft['id'],
                    'generic/%s/data/..%%2f..%%2fx' % draft['id']):
                for method in ('GET', 'PUT', 'DELETE', 'POST'):
                    entry = self.check_refused(
                        self.send(method, '/v2/artifacts/' + path), path)
                    self.assertIn(entry['status'], (404, 405), path)

    def test_keys_of_folders(self):
        path = self.create('ml_models')['self'] + '/files/'
        with self.nothing_stored():
            # two slashes would be one to uWSGI
            for key in ('%2e%2e', '%2e', '..%2fa', 'a%2f%2e%2e%2fb', 'a%2f',
                        '%00', 'a%00b', '%0a', '%0d%0aX:y', '%7f',
                        '%C2%85', 'a' * 256, 'a/' * 127 + 'aa'):
                for method in ('PUT', 'GET', 'DELETE'):
                    self.check_refused(self.send(method, path + key), key)
            for key in (b'%ff', b'\xff', b'%ed%a0%80', b'%c0%ae%c0%ae'):
                self.check_silent(self.send('PUT', path.encode() + key))

    def test_at_random(self):
        with self.nothing_stored():
            for _ in base.times(300):
                noise = ''.join('%%%02x' % self.random.randrange(128)
                                for _ in range(self.random.randint(1, 40)))
                # a slash would be another path, as all of them are
                self.check_refused(
                    self.send('PUT', '/v2/artifacts/x%s' % noise), noise)

    def test_dots_and_slashes_are_resolved_by_uwsgi(self):
        """Before anybody looks at the path: they lead past nobody."""
        draft = self.create()
        for path in ('/v2/artifacts/./generic', '/v2//artifacts///generic',
                     '/v2/images/../artifacts/generic',
                     '/v2/artifacts%2fgeneric', '/v2/artifacts/generic%',
                     '/v2/artifacts/helm_charts/../generic'):
            answer = self.send('GET', path)
            self.assertEqual([draft], answer.json()['artifacts'], path)
            self.check_refused(
                self.send('GET', path.rstrip('%') + '/' + draft['id'],
                          headers={'X-Auth-Token': self.stranger}), path)

    def test_not_utf_8_fails_in_glances_filter(self):
        with self.nothing_stored():
            for path in ('/v2/artifacts/%s', '/v2/images/%s'):
                for noise in (b'\xff\xfe', b'%ff', b'%ed%a0%80', b'%c3',
                              b'%c0%af'):
                    self.check_silent(self.send(
                        'GET', path.encode() % noise))

    def test_without_a_slash_fails_in_glances_map_of_urls(self):
        for path in ('*', 'v2/artifacts', 'v2/images'):
            self.check_silent(self.send('GET', path))

    def test_too_long_for_uwsgi(self):
        """It keeps a path twice."""
        for path in (LIST, '/v2/images/'):
            self.check_silent(self.send('GET', path + 'x' * 40000))

    def test_beside_ours_are_glances(self):
        for path in ('/v2/artifactsx', '/v2/artifacts\x01', '/v2/imagesx'):
            self.assertEqual(404, self.send('GET', path).status_code)


class TestQueries(base.HostileTest):

    def check(self, *queries):
        self.create()
        with self.nothing_stored():
            for query in queries:
                if isinstance(query, str):
                    query = query.encode()
                entry = self.check_refused(self.send(
                    'GET', LIST.encode() + b'?' + query), query)
                self.assertEqual((400, 'query.invalid'),
                                 (entry['status'], entry['code']))

    def test_not_utf_8(self):
        noises = [b'\xff', b'%ff', b'\xed\xa0\x80', b'%ed%a0%80', b'%c3',
                  b'%c0%80', b'a%f8%88%80%80%80']
        for _ in base.times(300):
            noise = self.random.randbytes(self.random.randint(1, 20))
            noises.append(b'%ff' + noise.replace(b' ', b'').replace(
                b'\r', b'').replace(b'\n', b'').replace(b'#', b''))
        for form in (b'name=%s', b'limit=%s', b'%s=1', b'tags=a,%s',
                     b'marker=%s', b'sort=%s', b'%s'):
            self.check(*(form.replace(b'%s', noise) for noise in noises))

    def test_values(self):
        huge = ('1' + '0' * 400, '1e400', '-1e400', 'NaN', 'Infinity',
                '9223372036854775808', '', '%20', '0x1', '1.5', '-1', '0',
                '\u0661', '%00', '%F0%9F%98%80')
        self.check(*('limit=' + one for one in huge),
                   *('sort=' + one for one in huge if one),
                   *('marker=' + one for one in huge),
                   *('created_at=' + one for one in huge),
                   *('created_at=gt:' + one for one in huge),
                   'created_at=0000-00-00T00:00:00Z', 'limit=1&limit=1',
                   'sort=name&sort=name', 'sort=name:up', 'name=explode:a',
                   'name=%00', 'name=eq:a%00', 'tags=%00', 'tags="a',
                   'name=in:"a', 'metadata=a', 'metadata.=a',
                   'colour=red', '__class__=a', '%00=1', 'a' * 20000 + '=1',
                   'marker=' + 'A' * 20000, 'marker=W10', 'marker=bnVsbA',
                   'name=in:' + ','.join(['a'] * 5000),
                   '&'.join(['name=a'] * 2000), '&'.join(['x'] * 5000))

    def test_too_long_for_uwsgi(self):
        """It serves them without their query: then we must not.

        The list of everything is no answer to who asked for one.
        """
        self.check(*('name=' + 'a' * length
                     for length in (33000, 40000, 60000, 65000)))

    def test_what_only_looks_too_long(self):
        draft = self.create()
        for query in ('?', '?name=%s&name=%s' % (draft['name'], 'a' * 30000)):
            answer = self.send('GET', LIST + query)
            self.assertEqual(200, answer.status_code)
        self.assertEqual([draft], self.send(
            'GET', LIST + '?').json()['artifacts'])


class TestHeaders(base.HostileTest):

    def test_what_we_read(self):
        """Any bytes: the request is answered, never with a 5xx."""
        artifact = self.active(data=b'0123456789')
        with self.nothing_stored():
            for name in READ_HEADERS:
                for value in self.some(self.values()):
                    for path in (LIST, artifact['self'],
                                 artifact['self'] + '/data'):
                        answer = self.send('GET', path,
                                           headers={name: value})
                        self.assertIn(answer.status_code,
                                      (200, 206, 304, 400, 416),
                                      (name, value, answer.raw[:500]))
                        if answer.status_code >= 400:
                            self.check_refused(answer, (name, value))

    def values(self):
        yield from ('', ',', '"', '""', '*', '";"', ';=', 'W/"', '\0', '\x7f',
                    b'\xff', b'\xed\xa0\x80', 'x' * 30000, '",' * 10000,
                    'bytes=' + '9' * 5000 + '-', 'bytes=-' + '9' * 20,
                    'bytes=0-0,' * 3000, 'bytes=\xb2-', 'req-',
                    '%s%s%n', '1' * 400)
        for _ in base.times(50):
            yield self.random.randbytes(self.random.randint(1, 100)).replace(
                b'\r', b'').replace(b'\n', b'')

    def test_what_an_upload_reads(self):
        draft = self.create()
        path = draft['self'] + '/data'
        with self.nothing_stored():
            for name in ('Content-Type', 'Content-Digest'):
                for value in (b'\xff', '\x01', b'text/\xff', '/', 'a/b/c',
                              'sha-256', 'sha-256=:\xe9:', 'sha-256=:====:',
                              'sha-256=' + ':' * 50000):
                    answer = self.send('PUT', path, b'x', {
                        'X-Artifact-SHA256': '0' * 64, name: value})
                    self.check_refused(answer, (name, value))
            for value in ('', '0', '0' * 63, '0' * 65, b'\xff' * 64,
                          '\u0661' * 32, ' ' + 'g' * 64, '0' * 60000):
                answer = self.send('PUT', path, b'x',
                                   {'X-Artifact-SHA256': value})
                entry = self.check_refused(answer, value)
                self.assertEqual('X-Artifact-SHA256', entry['field'])

    def test_request_ids(self):
        """The header, the body and the log agree on one."""
        for sent, answered in (('req-' + 'a' * 60, 'req-' + 'a' * 60),
                               ('abc', 'req-abc'),
                               ('a' * 64, 'req-' + 'a' * 64)):
            answer = self.send('GET', LIST + '/x',
                               headers={'X-Openstack-Request-Id': sent})
            entry = self.check_refused(answer, sent)
            self.assertEqual(answered, entry['request_id'])
        for sent in ('a' * 65, 'req-' + 'a' * 5000):
            answer = self.send('GET', LIST,
                               headers={'X-Openstack-Request-Id': sent})
            entry = self.check_refused(answer, sent)
            self.assertEqual('X-Openstack-Request-Id', entry['field'])

    def test_large_ones_are_served(self):
        for headers in ({'X-A': 'y' * 60000}, {'X' + 'a' * 60000: 'y'},
                        {'X-%d' % n: 'y' * 600 for n in range(90)}):
            self.assertEqual(200, self.send(
                'GET', LIST, headers=headers).status_code)
            entry = self.check_refused(self.send(
                'POST', LIST, b'[]', {**base.JSON, **headers}), headers)
            self.assertEqual('request.json', entry['code'])

    def test_more_than_uwsgi_has_room_for(self):
        """Of bytes or of headers: it closes, and drops none of them."""
        draft = self.create()
        with self.nothing_stored():
            for headers in ({'X-A': 'y' * BUFFER}, {'X-A': 'y' * 65300},
                            {'X' + 'a' * BUFFER: 'y'},
                            {'X-%d' % n: 'y' for n in range(130)},
                            {'X-%d' % n: 'y' for n in range(3000)}):
                for method, path in (('POST', LIST), ('GET', '/v2/images'),
                                     ('PUT', draft['self'] + '/data')):
                    self.check_silent(self.send(
                        method, path, BODY, {**base.JSON, **headers}))

    def test_tokens(self):
        for token in (b'\xff', '', '\0', 'a:b', 'x' * 50000, ':' * 1000):
            answer = self.send('GET', LIST, headers={'X-Auth-Token': token})
            if token:
                self.assertEqual(401, answer.status_code)
                self.check_refused(answer, token)


class TestLengths(base.HostileTest):

    def setUp(self):
        super().setUp()
        self.draft = self.create()
        self.blob = self.draft['self'] + '/data'

    def lie(self, length, method='POST', path=LIST, body=BODY, **headers):
        headers = {name.replace('_', '-'): value
                   for name, value in headers.items()}
        return self.send(method, path, body, {
            **base.JSON, 'Content-Length': length, **headers})

    def test_what_is_no_number(self):
        with self.nothing_stored():
            for length in ('-1', '-0', '+5', '0x10', '1e3', '5.0', '5 5',
                           '5,5', 'garbage', b'\xb2', b'\xff', '\x0c5',
                           '5\0', '1_0', '9' * 19, '18446744073709551616',
                           '9' * 400):
                for method, path in (('POST', LIST), ('PUT', self.blob),
                                     ('PATCH', self.draft['self'])):
                    entry = self.check_refused(
                        self.lie(length, method, path), length)
                    self.assertEqual(('request.header', 'Content-Length'),
                                     (entry['code'], entry['field']))

    def test_longer_than_what_comes(self):
        with self.nothing_stored():
            for extra in (1, 50, 100000):
                length = str(len(BODY) + extra)
                for method, path in (('POST', LIST), ('PUT', self.blob)):
                    entry = self.check_refused(
                        self.lie(length, method, path), length)
                    self.assertEqual('request.truncated', entry['code'])
            for length in (2 ** 20 + 1, 2 ** 40, 10 ** 18 - 1):
                for method, path in (('POST', LIST), ('PUT', self.blob)):
                    entry = self.check_refused(
                        self.lie(str(length), method, path), length)
                    self.assertIn(entry['status'], (400, 413))

    def test_shorter_than_what_comes(self):
        """The body ends where it was said to; the rest is nobody's."""
        with self.nothing_stored():
            for length in range(len(BODY)):
                entry = self.check_refused(self.lie(str(length)), length)
                self.assertEqual('request.json', entry['code'])
            for length in range(len(BODY)):
                entry = self.check_refused(self.lie(
                    str(length), 'PUT', self.blob,
                    X_Artifact_SHA256=api.sha256(BODY)), length)
                self.assertEqual('artifact.blob.digest', entry['code'])
        # without a digest nobody can tell, and what was announced is kept
        answer = self.lie('5', 'PUT', self.blob)
        self.assertEqual((201, 5, api.sha256(BODY[:5])), (
            answer.status_code, answer.json()['size'],
            answer.json()['sha256']))

    def test_twice(self):
        with self.nothing_stored():
            for one, other in ((len(BODY), len(BODY)), (5, len(BODY)),
                               (len(BODY), 5), (0, len(BODY)), (-1, 5)):
                for path, method in ((LIST, b'POST'), (self.blob, b'PUT')):
                    head = (b'%s %s HTTP/1.1\r\nHost: %s\r\n'
                            b'X-Auth-Token: %s\r\n'
                            b'Content-Type: application/json\r\n'
                            b'Content-Length: %d\r\nContent-Length: %d\r\n'
                            b'\r\n' % (method, path.encode(),
                                       self.server.address.encode(),
                                       self.member.encode(), one, other))
                    self.check_refused(self.raw(head + BODY), (one, other))

    def test_no_coding_of_ours(self):
        with self.nothing_stored():
            body = b'5\r\nhello\r\n0\r\n\r\n'
            for coding in ('gzip', 'identity', 'gzip, chunked', 'xchunked',
                           'chunked, gzip', 'chunked;a=b', 'chunked chunked',
                           '\x0bchunked', '\x0cchunked', 'chunked\0',
                           b'chunked\xa0', 'x' * 30000):
                for method, path in (('POST', LIST), ('PUT', self.blob)):
                    entry = self.check_refused(self.send(
                        method, path, body, {'Transfer-Encoding': coding,
                                             **base.JSON}), coding)
                    self.assertEqual('request.header', entry['code'])

    def test_chunks_that_are_none(self):
        """At the very start of the body uWSGI says so."""
        with self.nothing_stored():
            for body in (b'', b'hello', b'-5\r\nhello\r\n0\r\n\r\n',
                         b'5', b'5\r\nhel', b'x' * 100000,
                         b'f' * 16 + b'\r\nhello\r\n0\r\n\r\n'):
                for method, path in (('POST', LIST), ('PUT', self.blob)):
                    self.check_refused(self.chunked(method, path, body), body)

    def chunked(self, method, path, body, **headers):
        return self.send(method, path, body, {
            'Content-Length': '', 'Transfer-Encoding': 'chunked',
            **base.JSON, **headers})

    def test_a_malformed_chunk_is_an_end_to_uwsgi(self):
        """Known, and nothing that we could tell from a body that ended.

        Whoever wants to be sure announces a digest.
        """
        for noise in (b'0\r\nhello', b'0\r\nX: y\r\n\r\n'):
            body = b'5\r\nhello\r\n' + noise
            with self.nothing_stored():
                entry = self.check_refused(self.chunked(
                    'PUT', self.blob, body,
                    **{'X-Artifact-SHA256': '0' * 64}), body)
                self.assertEqual('artifact.blob.digest', entry['code'])
            answer = self.chunked('PUT', self.blob, body)
            self.assertEqual((201, 5),
                             (answer.status_code, answer.json()['size']))
            self.call('DELETE', self.blob, 204)

    def test_an_upload_of_no_length_is_one_of_nothing(self):
        """RFC 9112, 6.3: without a length or chunks there is no body."""
        answer = self.raw(
            b'PUT %s HTTP/1.1\r\nHost: %s\r\nX-Auth-Token: %s\r\n\r\nbytes'
            % (self.blob.encode(), self.server.address.encode(),
               self.member.encode()))
        self.assertEqual((201, 0),
                         (answer.status_code, json.loads(
                             answer.content)['size']))
