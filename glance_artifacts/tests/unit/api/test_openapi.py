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

import json
import re
import types as python_types

import jsonschema
from oslo_policy import policy
from oslotest import base
from schemathesis.specs.openapi import definitions

from glance_artifacts.api import documents
from glance_artifacts.api import openapi
from glance_artifacts.api import routes
from glance_artifacts.api import views
from glance_artifacts.builtin import heat_templates
from glance_artifacts.builtin import ml_models
from glance_artifacts import exceptions
from glance_artifacts.tests.unit import factories
from glance_artifacts import types
from glance_artifacts.types import common
from glance_artifacts.types import registry as types_registry

ROOT = '/v2/artifacts'
CLASSES = (factories.Sample, heat_templates.HeatTemplate, ml_models.MLModel)
_RULE = policy.DocumentedRuleDefault(
    name='plugin:do', check_str='!', description='Do what the plugin does.',
    operations=[{'method': 'POST', 'path': '/x'}])


def build(*classes, more=()):
    return openapi.build([*routes.ROUTES, *more],
                         types_registry.Registry(classes or CLASSES))


def references(value):
    """Every reference in a document."""
    if isinstance(value, dict):
        if isinstance(value.get('$ref'), str):
            yield value['$ref']
        for one in value.values():
            yield from references(one)
    elif isinstance(value, list):
        for one in value:
            yield from references(one)


def versioned(number):
    """A version of a type that comes in several."""
    return python_types.new_class('Two', (types.ArtifactType,), exec_body=(
        lambda names: names.update(
            {'type_name': 'twos', 'type_version': '%d.0' % number,
             'of_%d' % number: types.String(''), 'data': types.Blob('')})))


class OpenAPITest(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.document = build()
        self.components = self.document['components']

    def schema(self, name):
        """A validator of a component."""
        return jsonschema.Draft202012Validator(
            {**self.document, '$ref': '#/components/schemas/' + name})

    def resolve(self, reference):
        found = self.document
        for part in reference.removeprefix('#/').split('/'):
            found = found[part]
        return found


class TestDocument(OpenAPITest):

    def test_it_is_openapi(self):
        definitions.OPENAPI_31_VALIDATOR.validate(self.document)
        self.document['paths']['no-slash'] = {}
        self.assertFalse(
            definitions.OPENAPI_31_VALIDATOR.is_valid(self.document))

    def test_schemas_are_schemas(self):
        for schema in self.components['schemas'].values():
            jsonschema.Draft202012Validator.check_schema(schema)

    def test_references_lead_somewhere(self):
        found = set(references(self.document))
        self.assertGreater(len(found), 50)
        for reference in found:
            self.resolve(reference)

    def test_nothing_is_there_in_vain(self):
        used = set(references(self.document))
        for kind in ('schemas', 'parameters', 'responses', 'headers'):
            for name in self.components[kind]:
                self.assertIn('#/components/%s/%s' % (kind, name), used)

    def test_ids_are_unique(self):
        ids = [one['operationId'] for item in self.document['paths'].values()
               for one in item.values()]
        self.assertEqual(len(set(ids)), len(ids))

    def test_variables_are_parameters(self):
        for path, item in self.document['paths'].items():
            for method, one in item.items():
                told = [self.resolve(parameter['$ref'])
                        for parameter in one['parameters']]
                self.assertEqual(
                    re.findall(r'\{(\w+)\}', path),
                    [each['name'] for each in told if each['in'] == 'path'])

    def test_it_is_json_of_a_sane_size(self):
        self.assertLess(len(json.dumps(self.document)), 400 * 1024)


class TestPaths(OpenAPITest):

    def methods(self, path):
        return set(self.document['paths'].get(ROOT + path, ()))

    def test_paths_of_a_type(self):
        self.assertEqual({'get', 'head', 'post'}, self.methods('/samples'))
        self.assertEqual({'get', 'head', 'patch', 'delete'},
                         self.methods('/samples/{id}'))
        self.assertEqual({'get', 'head', 'put', 'delete'},
                         self.methods('/samples/{id}/data'))
        self.assertEqual({'post'},
                         self.methods('/samples/{id}/actions/activate'))
        self.assertEqual({'get', 'head'}, self.methods('/schemas/samples'))
        self.assertEqual(set(), self.methods('/samples/{id}/word'))
        self.assertEqual(set(), self.methods('/samples/{id}/data/{key}'))

    def test_a_folder_is_only_read(self):
        folder = '/ml_models/{id}/files'
        self.assertEqual({'get', 'head'}, self.methods(folder))
        self.assertEqual({'get', 'head', 'put', 'delete'},
                         self.methods(folder + '/{key}'))

    def test_media_types(self):
        put = self.document['paths'][
            ROOT + '/heat_templates/{id}/template']['put']
        taken = heat_templates.HeatTemplate.blobs()['template'].content_types
        self.assertEqual(
            list(taken or ('application/octet-stream', '*/*')),
            list(put['requestBody']['content']))

    def test_versions_of_a_type(self):
        self.document = build(versioned(1), versioned(2))
        for prefix in ('/twos', '/twos/v1.0', '/twos/v2.0'):
            self.assertEqual({'get', 'head', 'post'}, self.methods(prefix))
            self.assertIn('put', self.methods(prefix + '/{id}/data'))
        schemas = self.document['components']['schemas']
        for name, field in (('twos', 'of_2'), ('twos.v1.0', 'of_1'),
                            ('twos.v2.0', 'of_2')):
            self.assertIn(field, schemas[name + '.artifact']['properties'])

    def test_one_version_has_no_paths_of_its_own(self):
        self.assertEqual(set(), self.methods('/samples/v1.0'))

    def test_head_has_no_body(self):
        for item in self.document['paths'].values():
            self.assertEqual('get' in item, 'head' in item)
            for answer in item.get('head', {}).get('responses', {}).values():
                self.assertNotIn('content', answer)


class TestSchemas(OpenAPITest):

    def test_an_artifact(self):
        shown = json.loads(json.dumps(views.artifact(
            factories.with_blobs(factories.blob()), factories.Sample)))
        self.schema('samples.artifact').validate(shown)
        for name in shown:
            rest = {key: shown[key] for key in shown if key != name}
            self.assertFalse(self.schema('samples.artifact').is_valid(rest))

    def test_a_page(self):
        entry = json.loads(json.dumps(views.list_entry(
            factories.artifact(), factories.Sample)))
        page = {'artifacts': [entry], 'first': '/', 'schema': '/'}
        self.schema('samples.artifact_list').validate(page)
        entry['prose'] = None
        self.assertFalse(self.schema('samples.artifact_list').is_valid(page))

    def test_an_error(self):
        body = {'errors': [{
            'status': 413, 'code': 'artifact.folder.total', 'title': 'a',
            'detail': 'b', 'request_id': None, 'field': 'c', 'limit': 1,
            'used': 2, 'requested': None}]}
        self.schema('error').validate(body)
        answer = self.components['responses']['413.upload_entry']
        schema = {**self.document,
                  **answer['content']['application/json']['schema']}
        validator = jsonschema.Draft202012Validator(schema)
        validator.validate(body)
        for name, value in (('code', 'artifact.exists'), ('status', 400)):
            wrong = {'errors': [{**body['errors'][0], name: value}]}
            self.assertFalse(validator.is_valid(wrong))

    def test_a_patch(self):
        validator = self.schema('json_patch')
        for good in ([], [{'op': 'remove', 'path': '/a/b~1c'}],
                     [{'op': 'add', 'path': '/a/-', 'value': None}],
                     [{'op': 'move', 'from': '/a', 'path': '/b'}]):
            validator.validate(good)
        for bad in ({}, [{}], [{'op': 'add', 'path': '/a'}],
                    [{'op': 'move', 'path': '/a'}],
                    [{'op': 'remove', 'path': ''}],
                    [{'op': 'remove', 'path': '/~2'}],
                    [{'op': 'frob', 'path': '/a', 'value': 1}]):
            self.assertFalse(validator.is_valid(bad), bad)


class TestCreate(OpenAPITest):
    """What the schema takes is what the server takes."""

    VALUES = (None, 'a', '', '1.2', 5, 2.5, True, [], ['a'], [1], {},
              {'a': 'b'}, {'a': 1}, 'public')

    def taken(self, body):
        try:
            documents.draft(factories.Sample, body, 'p', 'general')
        except exceptions.BadRequest:
            return False
        return True

    def test_each_field_with_each_value(self):
        validator = self.schema('samples.artifact_create')
        for name in (*common.COMMON, *factories.Sample.fields, 'nothing'):
            if name == 'moment':
                continue  # its form is a format, which schemas only tell
            for value in self.VALUES:
                body = {'name': 'a', name: value}
                self.assertEqual(self.taken(body), validator.is_valid(body),
                                 body)

    def test_the_name_is_required(self):
        self.assertFalse(self.schema('samples.artifact_create').is_valid({}))


class TestLists(OpenAPITest):

    def parameters(self, type_name):
        return {one['name']: one for one in (
            self.resolve(each['$ref']) for each in
            self.document['paths'][ROOT + '/' + type_name]['get'][
                'parameters'])}

    def test_filters(self):
        found = set(self.parameters('samples'))
        self.assertEqual(
            {'limit', 'marker', 'sort', 'sort_key', 'sort_dir', 'tags-any',
             'member_status',
             *(name for name, field in {**common.COMMON,
                                        **factories.Sample.fields}.items()
               if field.filterable)}, found)

    def test_orders(self):
        found = self.parameters('samples')
        keys = found['sort_key']['schema']['items']['enum']
        self.assertIn('count', keys)
        self.assertIn('count:asc', found['sort']['schema']['items']['enum'])
        for name in ('words', 'owner', 'fixed'):
            self.assertNotIn(name, keys)

    def test_maps_are_filtered_by_key(self):
        schema = self.parameters('samples')['scores']['schema']
        validator = jsonschema.Draft202012Validator(schema)
        validator.validate({'scores.a': '1'})
        for wrong in ({'scores': '1'}, {'scores.': '1'}, {'a': '1'}):
            self.assertFalse(validator.is_valid(wrong))


def greet(request):
    """Say hello.

    To whoever asks.
    """


class TestPlugins(base.BaseTestCase):

    def item(self, method, path, handler=greet):
        document = build(more=[types.Route(method, path, handler, _RULE)])
        definitions.OPENAPI_31_VALIDATOR.validate(document)
        return document['paths'][ROOT + path]

    def test_words_of_the_handler(self):
        found = self.item('POST', '/samples/{id}/hello/{whom}')['post']
        self.assertEqual('Say hello', found['summary'])
        self.assertIn('To whoever asks.', found['description'])
        self.assertIn('``plugin:do``', found['description'])
        self.assertIn('requestBody', found)
        self.assertEqual([{'$ref': '#/components/parameters/id'}, 'whom'],
                         [one.get('name', one)
                          for one in found['parameters']])

    def test_words_of_the_policy(self):
        found = self.item('GET', '/samples/{id}/hello',
                          lambda request: None)
        self.assertEqual({'get', 'head'}, set(found))
        self.assertEqual('Do what the plugin does', found['get']['summary'])
        self.assertNotIn('requestBody', found['get'])
        self.assertNotIn('content', found['head']['responses']['default'])
