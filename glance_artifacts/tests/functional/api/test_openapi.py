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

"""The OpenAPI document is there, and the server keeps to it."""

import random
import re

from testtools import content

from glance_artifacts.api import routes
from glance_artifacts.tests.functional.api import base
from glance_artifacts.tests.functional.api import contract
from glance_artifacts.tests.functional.api import plugins
from glance_artifacts.tests.functional.hostile import base as hostile

PATH = '/artifacts/openapi.json'
EXAMPLES = 100 if hostile.SOAK else 3
TYPES = ('generic', 'heat_templates', 'helm_charts', 'ml_models',
         'tosca_csars')


class TestDocument(base.ApiTest):

    def test_it_is_there(self):
        response = self.call('GET', PATH)
        self.assertEqual('application/json',
                         response.headers['Content-Type'])
        document = response.json()
        self.assertEqual('3.1.0', document['openapi'])
        for type_name in TYPES:
            self.assertIn('/v2/artifacts/' + type_name, document['paths'])

    def test_who_has_it_need_not_take_it(self):
        etag = self.call('GET', PATH).headers['ETag']
        response = self.call('GET', PATH, 304,
                             headers={'If-None-Match': etag})
        self.assertEqual((b'', etag),
                         (response.content, response.headers['ETag']))
        self.call('GET', PATH, headers={'If-None-Match': '"other"'})

    def test_it_is_no_type(self):
        for path in (PATH + '/', '/artifacts/openapi', '/artifacts/schemas'
                     '/openapi.json'):
            response = self.http('GET', path)
            self.assertEqual(404, response.status_code, path)
            self.check_errors(response)


def of_type(type_name):
    """Matches the paths of a type."""
    return '^/v2/artifacts/(schemas/)?%s(/|$)' % type_name


class TestContract(base.ApiTest):

    def setUp(self):
        super().setUp()
        self.addDetail('seed', content.text_content(str(hostile.STEADY_SEED)))
        # the same code serves all types: in a soak each is asked
        others = set(TYPES) - {'heat_templates'}  # it has a folder, too
        self.left_out = set() if hostile.SOAK else others - {
            random.Random(hostile.STEADY_SEED).choice(sorted(others))}
        # Glance answers there, with 500 for some of what is made up
        self.left_out.add('images')

    def settings(self):
        """Have what is asked of an artifact asked of one that is there."""
        for type_name in self.left_out:
            yield {'include-path-regex': of_type(type_name), 'enabled': False}
        for type_name in set(TYPES) - self.left_out:
            body = {'framework': 'onnx'} if type_name == 'ml_models' else {}
            artifact = self.create(type_name, **body)
            yield {'include-path-regex': of_type(type_name) + '.',
                   'parameters': {'path.id': artifact['id']}}

    def test_the_server_keeps_to_it(self):
        schema = contract.load(self.server.root, hostile.STEADY_SEED, EXAMPLES,
                               self.member, self.settings())
        trial = contract.Trial(schema)
        self.assertEqual([], list(trial.problems.values()))
        paths = self.call('GET', PATH).json()['paths']
        told = {'%s %s' % (method.upper(), path)
                for path, item in paths.items() for method in item
                if not any(re.match(of_type(type_name), path)
                           for type_name in self.left_out)}
        # it is what schemathesis has the others from
        told.remove('GET /v2' + PATH)
        self.assertEqual(told, set(trial.statuses))
        for operation, statuses in trial.statuses.items():
            self.assertGreaterEqual(len(statuses), 3, operation)
        # it is no contract with error pages alone
        worked = {operation for operation, statuses in trial.statuses.items()
                  if min(statuses) < 300}
        for type_name in set(TYPES) - self.left_out:
            root = '/v2/artifacts/' + type_name
            for operation in ('POST %s', 'GET %s', 'GET %s/{id}',
                              'PATCH %s/{id}', 'DELETE %s/{id}'):
                self.assertIn(operation % root, worked)


class TestContractBroken(base.ApiTest):
    """The trial above sees what it is made for."""

    def test_an_answer_that_is_not_in_the_document(self):
        schema = contract.load(self.server.root, 1, 2, self.member)
        schema.raw_schema['paths'] = {
            path: item for path, item in schema.raw_schema['paths'].items()
            if path == '/v2/artifacts/schemas'}
        item = schema.raw_schema['paths']['/v2/artifacts/schemas']
        del item['get']['responses']['200']
        problems = contract.Trial(schema).problems
        self.assertIn('GET /v2/artifacts/schemas',
                      [operation for operation, *_ in problems])


class TestPlugin(plugins.PluginTest):

    source, enabled = plugins.SAMPLE, ('generic', 'sample_types')

    def test_routes_of_plugins(self):
        paths = self.call('GET', PATH).json()['paths']
        hello = paths['/v2/artifacts/sample_types/{id}/actions/hello']
        self.assertEqual('Greet in the artifact\'s name',
                         hello['post']['summary'])
        self.assertIn('/v2/artifacts/sample_types/{id}/note', paths)
        self.assertNotIn('/v2/artifacts/helm_charts', paths)
        self.assertGreater(len(paths), len(routes.ROUTES))

    def test_the_server_keeps_to_it(self):
        artifact = self.create('sample_types', word='word',
                               limits={'cpu': 1})
        trial = contract.Trial(contract.load(
            self.server.root, hostile.STEADY_SEED, EXAMPLES, self.member,
            [{'include-path-regex': of_type('generic'), 'enabled': False},
             {'include-path-regex': of_type('sample_types') + '.',
              'parameters': {'path.id': artifact['id']}},
             # it is there to fail
             {'include-path-regex': '/actions/stumble$', 'enabled': False}]))
        self.assertEqual([], list(trial.problems.values()))
        self.assertIn(201, trial.statuses['POST /v2/artifacts/sample_types'])
