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

import logging
import types

import fixtures
from oslo_context import context as oslo_context
from oslo_db import exception as db_exc
from oslo_policy import policy as oslo_policy
from oslotest import base
import webob

from glance_artifacts.api import endpoint
from glance_artifacts.api import router
from glance_artifacts import exceptions
from glance_artifacts.types import route as types_route

RULE = oslo_policy.DocumentedRuleDefault(
    name='sample:rule', check_str='@', description='.',
    operations=[{'method': 'GET', 'path': '/v2/artifacts'}])


class EndpointTestCase(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.logs = self.useFixture(fixtures.FakeLogger(level=logging.ERROR))
        self.handler = dict

    def _service(self):
        return types.SimpleNamespace(router=router.Router([
            types_route.Route(method, path, self.handler, RULE)
            for method, path in (('GET', '/{type_name}/{id}'), ('POST', ''),
                                 ('GET', '/own_type/hello/{name}'))]))

    def http(self, method, path, service=None, context=None, **kwargs):
        req = webob.Request.blank(path, method=method, **kwargs)
        req.context = context or oslo_context.RequestContext(
            request_id='req-1')
        return req.get_response(
            endpoint.Endpoint(service or self._service))

    def answer(self, handler):
        self.handler = handler
        return self.http('POST', '')


class TestAnswers(EndpointTestCase):

    def test_a_dict(self):
        response = self.answer(lambda req: {'a': '\xe9'})
        self.assertEqual((200, 'application/json', {'a': '\xe9'}), (
            response.status_int, response.content_type, response.json))

    def test_nothing(self):
        response = self.answer(lambda req: None)
        self.assertEqual((204, b''), (response.status_int, response.body))
        self.assertNotIn('Content-Type', response.headers)

    def test_a_response(self):
        response = self.answer(lambda req: webob.Response('x', 202))
        self.assertEqual((202, b'x'), (response.status_int, response.body))

    def test_head_has_no_body(self):
        self.handler = lambda req: {'a': 1}
        response = self.http('HEAD', '/own_type/hello/you')
        self.assertEqual((200, b''), (response.status_int, response.body))
        self.assertEqual('8', response.headers['Content-Length'])

    def test_variables(self):
        self.handler = lambda req: dict(req.args)
        self.assertEqual(
            {'name': 'you', 'type_name': 'own_type'},
            self.http('GET', '/own_type/hello/you').json)


class TestErrors(EndpointTestCase):

    def assert_error(self, response, status, code):
        self.assertEqual(status, response.status_int)
        self.assertEqual('application/json', response.content_type)
        (error,) = response.json['errors']
        self.assertEqual((status, code, 'req-1'), (
            error['status'], error['code'], error['request_id']))
        return error

    def _raise(self, error):
        def handler(req):
            raise error
        return self.answer(handler)

    def test_ours(self):
        for error in (exceptions.InvalidValue('d.', field='f'),
                      exceptions.NotFound('d.', code='a.b'),
                      exceptions.Unavailable('d.')):
            response = self._raise(error)
            self.assert_error(response, error.status, error.code)
            for name, value in error.headers.items():
                self.assertEqual(value, response.headers[name])
        self.assertEqual('', self.logs.output)

    def test_whatever_else(self):
        for error in (ValueError('secret'), KeyError('secret'),
                      RecursionError(), MemoryError(), AssertionError()):
            found = self.assert_error(self._raise(error), 500,
                                      'service.internal_error')
            self.assertNotIn('secret', str(found))
        self.assertIn('secret', self.logs.output)

    def test_a_handler_that_answers_nonsense(self):
        for result in ({1, 2}, object(), {'a': b'b'}):
            self.assert_error(self.answer(lambda req: result), 500,
                              'service.internal_error')

    def test_no_database(self):
        response = self._raise(db_exc.DBConnectionError(
            'mysql://u:secret@h/d'))
        self.assert_error(response, 503, 'service.database')
        self.assertIn('Retry-After', response.headers)
        self.assertNotIn('secret', response.text)

    def test_no_service(self):
        def service():
            raise exceptions.Unavailable('d.', code='service.misconfigured')
        for path in ('/a_type', '/nil/', ''):
            self.assert_error(self.http('GET', path, service), 503,
                              'service.misconfigured')

    def test_no_path(self):
        for path in ('/nil/', '/nil', '/a_type/1', '//', '/own_type/hello/'):
            self.assert_error(self.http('GET', path), 404, 'request.path')

    def test_no_such_method(self):
        for method in ('POST', 'PURGE', 'get', 'OPTIONS'):
            response = self.http(method, '/own_type/hello/you')
            self.assert_error(response, 405, 'request.method_not_allowed')
            self.assertEqual('GET, HEAD', response.headers['Allow'])

    def test_a_path_that_is_not_utf_8(self):
        def service():
            raise RuntimeError()
        req = {'environ': {'PATH_INFO': '/\xff'}}
        self.assert_error(self.http('GET', '/', **req), 404, 'request.path')
        self.assert_error(self.http('GET', '/', service, **req), 500,
                          'service.internal_error')

    def test_what_a_client_wrote_is_no_secret_of_ours(self):
        for text in ('\ud800', '\U0001f600', '"', '\x00', '<b>'):
            response = self._raise(exceptions.UnknownField(text, field=text))
            self.assert_error(response, 400, 'artifact.field.unknown')


class TestContext(EndpointTestCase):

    def test_the_request_id_is_the_one_that_glance_shows(self):
        context = oslo_context.RequestContext(request_id='1')
        self.handler = lambda req: {'id': req.context.request_id}
        self.assertEqual({'id': 'req-1'},
                         self.http('POST', '', context=context).json)

    def test_the_filter_has_refused_the_headers(self):
        response = self.http(
            'POST', '', context=webob.exc.HTTPRequestHeaderFieldsTooLarge())
        (error,) = response.json['errors']
        self.assertEqual(
            (400, 'request.header', 'X-Openstack-Request-Id'),
            (response.status_int, error['code'], error['field']))
        self.assertRegex(error['request_id'], '^req-')

    def test_each_line_of_a_traceback_names_request_and_artifact(self):
        artifact_id = '01900000-0000-7000-8000-000000000000'
        records = []
        handler = logging.Handler()
        handler.emit = records.append
        logger = logging.getLogger(endpoint.__name__)
        logger.addHandler(handler)
        self.addCleanup(logger.removeHandler, handler)
        self.handler = lambda req: {}[1]
        self.http('GET', '/a_type/' + artifact_id)
        self.assertEqual(['[req-1 %s] ' % artifact_id],
                         [record.instance for record in records])
