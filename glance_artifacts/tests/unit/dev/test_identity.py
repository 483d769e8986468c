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

import io
import sys
import types
from unittest import mock

from oslotest import base
import webob

from glance_artifacts.dev import identity


class ImpliedTest(base.BaseTestCase):

    def test_as_keystone_bootstraps_them(self):
        for given, wanted in (
                (['admin'], {'admin', 'manager', 'member', 'reader'}),
                (['manager'], {'manager', 'member', 'reader'}),
                (['member'], {'member', 'reader'}),
                (['reader'], {'reader'}),
                (['auditor'], {'auditor'}),
                (['auditor', 'member'], {'auditor', 'member', 'reader'}),
                (['reader', 'admin'],
                 {'admin', 'manager', 'member', 'reader'})):
            self.assertEqual(wanted, set(identity.implied(given)))

    def test_no_role_twice(self):
        roles = identity.implied(['reader', 'admin', 'reader'])
        self.assertEqual(len(set(roles)), len(roles))


class ParseTokenTest(base.BaseTestCase):

    def test_plain_and_quoted(self):
        for token in ('ann:lab:reader,auditor',
                      'ann%3Alab%3Areader%2Cauditor'):
            self.assertEqual(
                identity.Identity('ann', 'lab', ('reader', 'auditor')),
                identity.parse_token(token))

    def test_malformed(self):
        for token in ('ann', 'ann:lab', 'ann:lab:', ':lab:member',
                      'ann::member', 'ann:lab:member,', 'ann:lab:member:x',
                      'ann:lab:mem ber', 'ann:lab:member\n', 'a:b:c\x00',
                      'ann:%C3%BC:member', 'a' * 65 + ':lab:member'):
            self.assertIsNone(identity.parse_token(token), token)


class LoopbackTest(base.BaseTestCase):

    def test_hosts(self):
        for host in ('127.0.0.1', '127.9.9.9', '::1', '[::1]', 'localhost',
                     'LOCALHOST'):
            self.assertTrue(identity.is_loopback(host), host)
        for host in ('', '0.0.0.0', '10.0.0.1', '::', '[::]', 'example.org',
                     'localhost.example.org', '127.0.0.1.example.org',
                     '127.0.0.*', '2130706433'):
            self.assertFalse(identity.is_loopback(host), host)


class SurroundingsTest(base.BaseTestCase):

    def check(self, options, environ=None):
        module = types.SimpleNamespace(opt=options)
        with mock.patch.dict(sys.modules, uwsgi=module):
            identity.check_surroundings(
                {identity.ENABLE: '1'} if environ is None else environ)

    def assertRefused(self, text, *args):
        error = self.assertRaises(RuntimeError, self.check, *args)
        self.assertIn(text, str(error))

    def test_loopback_alone(self):
        self.check({'http-socket': b'127.0.0.1:9292', 'master': True})
        self.check({b'http-socket': b'[::1]:9292',
                    'socket': [b'localhost:1', b'127.0.0.2:2'],
                    'socket-timeout': b'60', 'http-timeout': b'9'})
        self.check({'https': b'127.0.0.1:443,cert.pem,key.pem'})

    def test_any_other_socket(self):
        for option in ('http-socket', 'http', 'https', 'https-socket',
                       'http11-socket', 'socket', 'uwsgi-socket',
                       'fastcgi-socket', 'scgi-socket', 'raw-socket',
                       'shared-socket', 'fastrouter', 'http-to-https'):
            for value in (b':9292', b'0.0.0.0:9292', b'10.1.2.3:9292',
                          b'[::]:9292', b'/run/glance.sock', b'@abstract',
                          b'fd://3', b'=0', b'127.0.0.*:9292', True,
                          [b'127.0.0.1:1', b'0.0.0.0:2'], b''):
                self.assertRefused(option, {
                    'http-socket': b'127.0.0.1:9292', option: value})

    def test_no_socket(self):
        self.assertRefused('no socket', {'master': True})

    def test_not_asked_for(self):
        options = {'http-socket': b'127.0.0.1:9292'}
        self.assertRefused(identity.ENABLE, options, {})
        self.assertRefused(identity.ENABLE, options, {identity.ENABLE: '0'})

    def test_not_under_uwsgi(self):
        with mock.patch.dict(sys.modules, uwsgi=None):
            error = self.assertRaises(RuntimeError,
                                      identity.check_surroundings,
                                      {identity.ENABLE: '1'})
        self.assertIn('needs uWSGI', str(error))

    def test_factory(self):
        module = types.SimpleNamespace(opt={'socket': b'127.0.0.1:9292'})
        with mock.patch.dict(sys.modules, uwsgi=module), \
                mock.patch.dict('os.environ', {identity.ENABLE: '1'}):
            self.assertIs(identity.DevelopmentIdentity,
                          identity.filter_factory({}))
        self.assertRaises(RuntimeError, identity.filter_factory, {})


class DevelopmentIdentityTest(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.seen = None

    def app(self, environ, start_response):
        self.seen = environ
        start_response('204 No Content', [])
        return []

    def send(self, headers=None, **environ):
        request = webob.Request.blank(
            '/v2/artifacts', base_url='http://localhost:9292',
            headers=headers or {})
        request.environ['REMOTE_ADDR'] = '127.0.0.1'
        request.environ.update(environ)
        return request.get_response(
            identity.DevelopmentIdentity(self.app))

    def assertError(self, status, code, response):
        self.assertEqual(status, response.status_int)
        self.assertEqual('application/json', response.content_type)
        error, = response.json['errors']
        self.assertEqual((status, code), (error['status'], error['code']))
        self.assertEqual({'status', 'code', 'title', 'detail', 'request_id'},
                         set(error))
        self.assertEqual(error['request_id'],
                         response.headers['X-Openstack-Request-Id'])
        self.assertIsNone(self.seen)

    def test_demo_without_a_token(self):
        for headers in ({}, {'X-Auth-Token': ''},
                        {'X-Auth-Token': 'notused'}):
            self.assertEqual(204, self.send(headers).status_int)
            self.assertEqual('demo', self.seen['HTTP_X_USER_ID'])
            self.assertEqual('demo', self.seen['HTTP_X_PROJECT_ID'])
            self.assertEqual('member,reader', self.seen['HTTP_X_ROLES'])
            self.assertEqual('Confirmed',
                             self.seen['HTTP_X_IDENTITY_STATUS'])

    def test_token_chooses(self):
        self.send({'X-Auth-Token': 'ann:lab:reader'})
        self.assertEqual(('ann', 'lab', 'reader'), tuple(
            self.seen['HTTP_X_' + name]
            for name in ('USER_ID', 'PROJECT_ID', 'ROLES')))

    def test_malformed_token(self):
        self.assertError(401, 'auth.token_invalid',
                         self.send({'X-Auth-Token': 'ann'}))

    def test_incoming_identity_is_stripped(self):
        forged = ('X-User', 'X-User-Id', 'X-User-Domain-Id', 'X-Tenant',
                  'X-Tenant-Id', 'X-Project-Id', 'X-Domain-Id', 'X-Role',
                  'X-Roles', 'X-Service-Roles', 'X-Service-Token',
                  'X-Service-Identity-Status', 'X-Service-Catalog',
                  'X-Is-Admin-Project', 'X-Auth-Key', 'X-Storage-Token',
                  'X-Identity-Status', 'OpenStack-System-Scope')
        self.send({name: 'forged' for name in forged})
        self.assertNotIn('forged', self.seen.values())

    def test_other_headers_stay(self):
        self.send({'X-Auth-Token': 'ann:lab:reader', 'If-Match': '"1"',
                   'X-Openstack-Request-Id': 'req-1'})
        self.assertEqual('"1"', self.seen['HTTP_IF_MATCH'])
        self.assertEqual('req-1', self.seen['HTTP_X_OPENSTACK_REQUEST_ID'])
        self.assertEqual('ann:lab:reader', self.seen['HTTP_X_AUTH_TOKEN'])

    def test_local_hosts(self):
        for host in ('localhost', 'localhost:9292', '127.0.0.1:80', '[::1]',
                     '[::1]:9292'):
            self.assertEqual(
                204, self.send(HTTP_HOST=host).status_int, host)

    def test_strangers(self):
        for environ in (
                {'REMOTE_ADDR': '10.0.0.1'}, {'REMOTE_ADDR': ''},
                {'HTTP_ORIGIN': 'http://localhost:9292'},
                {'HTTP_ORIGIN': 'null'},
                {'HTTP_HOST': 'example.org'}, {'HTTP_HOST': ''},
                {'HTTP_HOST': 'localhost.example.org'},
                {'HTTP_HOST': 'localhost:9292@example.org'},
                {'HTTP_HOST': '127.0.0.1.example.org:9292'},
                {'HTTP_FORWARDED': 'for=127.0.0.1'},
                {'HTTP_X_FORWARDED_FOR': '127.0.0.1'},
                {'HTTP_X_FORWARDED_HOST': 'localhost'},
                {'HTTP_X_FORWARDED_PREFIX': '/x'},
                {'HTTP_X_REAL_IP': '127.0.0.1'}, {'HTTP_VIA': '1.1 proxy'}):
            self.assertError(403, 'auth.development_only',
                             self.send(**environ))

    def test_no_host_at_all(self):
        environ = webob.Request.blank('/').environ
        del environ['HTTP_HOST']
        environ['REMOTE_ADDR'] = '127.0.0.1'
        response = webob.Request(environ).get_response(
            identity.DevelopmentIdentity(self.app))
        self.assertError(403, 'auth.development_only', response)

    def test_a_stranger_cannot_choose(self):
        response = self.send({'X-Auth-Token': 'root:root:admin'},
                             REMOTE_ADDR='10.0.0.1',
                             **{'wsgi.input': io.BytesIO(b'x')})
        self.assertError(403, 'auth.development_only', response)
