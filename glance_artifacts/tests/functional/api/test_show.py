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

"""Catalogue, schemas and GET of one artifact."""

import jsonschema

import glance_artifacts
from glance_artifacts.conf import artifacts
from glance_artifacts.tests.functional.api import base

(ENABLED,) = [opt.default for opt in artifacts.OPTS
              if opt.name == 'enabled_types']


class TestCatalogue(base.ApiTest):

    def test_catalogue(self):
        body = self.call('GET', '/artifacts').json()
        self.assertEqual({'version', 'types', 'pools', 'limits'}, set(body))
        self.assertEqual(glance_artifacts.__version__, body['version'])
        self.assertEqual([{'name': name, 'endpoint': None,
                           'abilities': ['ranges']}
                          for name in ('general', 'images')], body['pools'])
        self.assertEqual(1024 * 1024, body['limits']['body'])
        types = {entry['name']: entry for entry in body['types']}
        self.assertEqual(sorted(ENABLED), list(types))
        for name, title in (
                ('generic', 'A file of any kind.'),
                ('helm_charts', 'A Helm chart and its provenance file.')):
            self.assertEqual(
                {'name': name, 'versions': ['1.0'], 'default_version': '1.0',
                 'title': title, 'schema': '/v2/artifacts/schemas/' + name,
                 'pool': 'general', 'status': 'enabled', 'actions': []},
                types[name])

    def test_links_of_the_catalogue(self):
        for entry in self.call('GET', '/artifacts').json()['types']:
            schema = self.call('GET', entry['schema']).json()
            self.assertEqual(entry['schema'], schema['$id'])

    def test_all_schemas(self):
        body = self.call('GET', '/artifacts/schemas').json()
        self.assertEqual(sorted(ENABLED), list(body['schemas']))
        for name, schema in body['schemas'].items():
            self.assertEqual(
                schema, self.call('GET', '/artifacts/schemas/' + name).json())


class TestSchemas(base.ApiTest):

    def setUp(self):
        super().setUp()
        self.schema = self.call('GET', '/artifacts/schemas/helm_charts').json()
        self.valid = jsonschema.Draft202012Validator(
            self.schema,
            format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)

    def test_it_is_one(self):
        jsonschema.Draft202012Validator.check_schema(self.schema)
        self.assertEqual('https://json-schema.org/draft/2020-12/schema',
                         self.schema['$schema'])
        self.assertEqual('/v2/artifacts/schemas/helm_charts',
                         self.schema['$id'])

    def test_artifacts_obey_it(self):
        draft = self.create('helm_charts', version='1.2', description='Text',
                            tags=['a'], metadata={'k': 'v'})
        self.valid.validate(draft)
        self.upload_chart(draft)
        self.valid.validate(self.show(draft))
        self.valid.validate(self.act(draft, 'activate').json())
        for entry in self.listed(type_name='helm_charts'):
            self.valid.validate(entry)
        self.assertEqual(list(self.schema['properties']), list(draft))

    def test_it_refuses_what_the_service_refuses(self):
        for body in ({}, {'name': ''}, {'name': 'a' * 256},
                     {'name': 'a', 'version': 'v1'},
                     {'name': 'a', 'tags': 'b'},
                     {'name': 'a', 'visibility': 'secret'},
                     {'name': 'a', 'colour': 'red'}):
            self.assertFalse(self.valid.is_valid(body), body)
            self.call('POST', '/artifacts/helm_charts', 400, json=body)


class TestShow(base.ApiTest):

    def test_etag_is_the_revision(self):
        artifact = self.create()
        seen = []

        def note():
            response = self.call('GET', artifact['self'])
            seen.append(response.headers['ETag'])
            return response.json()

        steps = (
            lambda: None,
            lambda: self.patch(artifact, {'op': 'add', 'path': '/tags/-',
                                          'value': 'a'}),
            lambda: self.upload(artifact, b'bytes'),
            lambda: self.call('DELETE', artifact['self'] + '/data', 204),
            lambda: self.act(artifact, 'activate'),
            lambda: self.act(artifact, 'deactivate'),
            lambda: self.act(artifact, 'reactivate'))
        moments = []
        for step in steps:
            step()
            moments.append(note()['updated_at'])
        self.assertEqual(len(steps), len(set(seen)), seen)
        self.assertEqual(sorted(set(moments)), moments)
        note()
        self.assertEqual(*seen[-2:])

    def test_every_answer_has_the_etag_of_what_it_shows(self):
        draft = self.create()
        for change in (
                lambda: self.patch(draft, {'op': 'replace', 'path': '/name',
                                           'value': base.unique('name')}),
                lambda: self.act(draft, 'activate'),
                lambda: self.act(draft, 'activate')):
            said, shown = change(), self.call('GET', draft['self'])
            self.assertEqual(shown.json(), said.json())
            self.assertEqual(shown.headers['ETag'], said.headers['ETag'])

    def test_a_blob(self):
        draft = self.create()
        said = self.upload(draft, b'hello', headers={
            'Content-Type': 'text/plain; charset=utf-8'}).json()
        self.assertEqual(
            {'status': 'active', 'size': 5, 'sha256':
             base.sha256(b'hello'),
             'md5': '5d41402abc4b2a76b9719d911017c592', 'tree_sha256': None,
             'content_type': 'text/plain; charset=utf-8', 'external': False,
             'segments': 1}, said)
        response = self.call('GET', draft['self'])
        self.assertEqual(said, response.json()['data'])
        self.assertNotIn('file:', response.text)
        self.assertNotIn('gart-', response.text)
        self.assertEqual(said, self.listed()[0]['data'])

    def test_activated_at(self):
        draft = self.create()
        active = self.act(draft, 'activate').json()
        self.assertIsNone(draft['activated_at'])
        self.assertLessEqual(draft['created_at'], active['activated_at'])
        for action in ('deactivate', 'reactivate', 'activate'):
            self.assertEqual(active['activated_at'],
                             self.act(draft, action).json()['activated_at'])

    def test_deleted(self):
        artifact = self.active()
        self.call('DELETE', artifact['self'], 204)
        for token in (self.member, base.ADMIN):
            self.refused(404, 'artifact.not_found', 'GET', artifact['self'],
                         token=token)
            self.assertNotIn(artifact['id'], [
                one['id'] for one in self.listed(
                    'owner=' + self.project, token=token)])
        self.refused(404, 'artifact.not_found', 'DELETE', artifact['self'])

    def test_delete_answers_nothing(self):
        response = self.call('DELETE', self.create()['self'], 204)
        self.assertEqual(b'', response.content)

    def test_public_ones_go_by_administrators_only(self):
        artifact = self.active(public=True)
        self.refused(403, 'policy.forbidden', 'DELETE', artifact['self'])
        self.call('DELETE', artifact['self'], 204, token=base.ADMIN)

    def test_a_public_draft_goes_by_its_project(self):
        draft = self.create(token=base.ADMIN, owner=self.project,
                            visibility='public')
        self.call('DELETE', draft['self'], 204)

    def test_delete_of_a_revision(self):
        draft = self.create()
        self.patch(draft, {'op': 'add', 'path': '/tags/-', 'value': 'a'})
        self.refused(412, 'artifact.revision', 'DELETE', draft['self'],
                     headers={'If-Match': '"1"'})
        self.show(draft)
        self.call('DELETE', draft['self'], 204, headers={'If-Match': '"2"'})
