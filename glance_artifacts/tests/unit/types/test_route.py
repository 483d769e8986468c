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

import dataclasses

from oslo_policy import policy
from oslotest import base

from glance_artifacts import types

RULE = policy.DocumentedRuleDefault(
    'artifact:hello', '!', 'Say hello.',
    [{'method': 'POST', 'path': '/v2/artifacts/a/{id}/actions/hello'}])


def _handle(request):
    return None


class TestRoute(base.BaseTestCase):

    def test_attributes(self):
        route = types.Route('POST', '/a/{id}/actions/hello', _handle, RULE)
        self.assertEqual(
            ('POST', '/a/{id}/actions/hello', _handle, 'artifact:hello'),
            (route.method, route.path, route.handler, route.policy.name))
        self.assertRaises(dataclasses.FrozenInstanceError, setattr, route,
                          'method', 'GET')

    def test_methods(self):
        for method in ('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'):
            types.Route(method, '/a', _handle, RULE)
        for method in ('post', 'OPTIONS', '', 'GET '):
            self.assertRaises(ValueError, types.Route, method, '/a', _handle,
                              RULE)

    def test_paths(self):
        for path in ('', '/a', '/{type_name}', '/a/v{version}/{id}',
                     '/a-b/c.d'):
            types.Route('GET', path, _handle, RULE)
        for path in ('/', 'a', '/a/', '//a', '/a?b', '/{a', '/{}', '/{A}',
                     '/a b', '/{a}/{a}', '/a\n', '/\xe9'):
            self.assertRaises(ValueError, types.Route, 'GET', path, _handle,
                              RULE)

    def test_handler_and_policy(self):
        self.assertRaises(TypeError, types.Route, 'GET', '/a', 'h', RULE)
        self.assertRaises(TypeError, types.Route, 'GET', '/a', _handle,
                          'artifact:hello')
