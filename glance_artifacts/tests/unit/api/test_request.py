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

from oslotest import base

from glance_artifacts.api import request
from glance_artifacts.api import views
from glance_artifacts import exceptions
from glance_artifacts.tests.unit import factories


class RequestTestCase(base.BaseTestCase):

    def request(self, path='/', **kwargs):
        return request.Request.blank(path, **kwargs)


class TestAnnounced(RequestTestCase):

    def _announced(self, **headers):
        req = self.request()
        for name, value in headers.items():
            req.headers[name.replace('_', '-')] = value
        return req.announced

    def test_how_much_comes(self):
        for headers, expected in (
                ({}, 0), ({'Content_Length': '0'}, 0),
                ({'Content_Length': ''}, 0), ({'Content_Length': '12'}, 12),
                ({'Content_Length': ' 12 '}, 12),
                ({'Content_Length': '9' * 18}, 10 ** 18 - 1),
                ({'Transfer_Encoding': 'chunked'}, None),
                ({'Transfer_Encoding': ' Chunked '}, None)):
            self.assertEqual(expected, self._announced(**headers), headers)

    def test_nonsense(self):
        for headers in (
                {'Content_Length': '-1'}, {'Content_Length': '+1'},
                {'Content_Length': '1.0'}, {'Content_Length': 'x'},
                {'Content_Length': '1, 1'}, {'Content_Length': '0x1'},
                {'Content_Length': '\xb2'}, {'Content_Length': '9' * 19},
                {'Transfer_Encoding': 'gzip'},
                {'Transfer_Encoding': 'gzip, chunked'},
                {'Transfer_Encoding': 'chunked, identity'},
                {'Transfer_Encoding': '\x0bchunked'},
                {'Content_Length': '1\x0c'}):
            error = self.assertRaises(exceptions.BadRequest,
                                      self._announced, **headers)
            self.assertEqual('request.header', error.code)


class TestJson(RequestTestCase):

    def _json(self, body, content_type='application/json', **kwargs):
        req = self.request(method='POST', body=body)
        req.headers['Content-Type'] = content_type
        return req.read_json(**kwargs)

    def test_media_types(self):
        for content_type in ('application/json', 'Application/JSON',
                             'application/json; charset=utf-8'):
            self.assertEqual([1], self._json(b'[1]', content_type))
        for content_type in ('text/plain', '', 'application/jsonx',
                             'application/json-patch+json'):
            self.assertRaises(exceptions.UnsupportedMediaType, self._json,
                              b'[1]', content_type)
        self.assertEqual([1], self._json(
            b'[1]', 'application/a', media_types=('application/a',)))

    def test_nothing(self):
        self.assertIsNone(self._json(b''))
        self.assertIsNone(self._json(b'', 'text/plain'))

    def test_read_twice(self):
        req = self.request(method='POST', body=b'{"a": 1}',
                           content_type='application/json')
        self.assertEqual([{'a': 1}] * 2, [req.json, req.read_json()])


class TestParameters(RequestTestCase):

    def test_decoded_in_order(self):
        for text, expected in (
                ('', []), ('a=1&b=2&a=3', [('a', '1'), ('b', '2'),
                                           ('a', '3')]),
                ('a=&b', [('a', ''), ('b', '')]),
                ('a=%C3%A9+x%2B', [('a', '\xe9 x+')]),
                ('a=b=c', [('a', 'b=c')]), ('%61=1', [('a', '1')])):
            self.assertEqual(expected, self.request('/?' + text).parameters)

    def test_not_utf_8(self):
        for text in ('a=%FF', '%FF=a', 'a=%ED%A0%80', 'a=%C3'):
            error = self.assertRaises(
                exceptions.BadRequest, getattr, self.request('/?' + text),
                'parameters')
            self.assertEqual('query.invalid', error.code)

    def test_more_than_the_server_has_handed_on(self):
        for uri, query in (('/?name=a', ''), ('/x?a=b?c', '')):
            req = self.request('/', environ={
                'REQUEST_URI': uri, 'QUERY_STRING': query})
            error = self.assertRaises(exceptions.BadRequest, getattr, req,
                                      'parameters')
            self.assertEqual('query.invalid', error.code)
        for uri in ('/', '/?'):
            self.assertEqual([], self.request('/', environ={
                'REQUEST_URI': uri, 'QUERY_STRING': ''}).parameters)

    def test_any_number_of_them(self):
        # each is looked at once: nobody is refused for asking much
        self.assertEqual(5000, len(self.request(
            '/?' + '&'.join(['a=1'] * 5000)).parameters))


class TestIfMatch(RequestTestCase):

    def _check(self, header, revision=7, **args):
        req = self.request()
        req.args = {'type_name': 'samples', 'id': 'x', **args}
        if header is not None:
            req.headers['If-Match'] = header
        req.check_if_match(factories.with_blobs(
            factories.blob('data'), revision=revision))

    def test_holds(self):
        for header in (None, '"7"', '*', '"6", "7"'):
            self._check(header)

    def test_does_not_hold(self):
        for header in ('"6"', '"6", "8"', '"77"', '""'):
            error = self.assertRaises(exceptions.RevisionMismatch,
                                      self._check, header)
            self.assertEqual(412, error.status)

    def test_the_etag_of_the_blob_at_its_url(self):
        etag = '"%s"' % factories.blob('data').etag
        self._check(etag, blob='data')
        self._check('"7"', blob='data')
        for args in ({}, {'blob': 'extra'}):
            self.assertRaises(exceptions.RevisionMismatch, self._check, etag,
                              **args)

    def test_with_what_an_answer_said(self):
        record = factories.artifact(revision=3)
        response = views.answer_artifact(record, factories.Sample)
        self._check(response.headers['ETag'], 3)
        self.assertRaises(exceptions.RevisionMismatch, self._check,
                          response.headers['ETag'], 4)
