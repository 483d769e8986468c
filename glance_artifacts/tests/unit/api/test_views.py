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

import jsonschema
from oslotest import base

from glance_artifacts.api import views
from glance_artifacts import exceptions
from glance_artifacts.tests.unit import factories
from glance_artifacts.types import common
from glance_artifacts.types import schema


class TestArtifact(base.BaseTestCase):

    def _shown(self, record):
        return views.artifact(record, factories.Sample)

    def test_flat_and_in_order(self):
        shown = self._shown(factories.artifact())
        self.assertEqual(
            [*common.COMMON, *(name for name in factories.Sample.fields
                               if name != 'secret')], list(shown))

    def test_common_fields(self):
        record = factories.artifact(
            name='n', version='1.0.0', tags=['a'], metadata={'k': 'v'})
        shown = self._shown(record)
        self.assertEqual(
            {'id': record.id, 'type_name': 'samples', 'type_version': '1.0',
             'name': 'n', 'version': '1.0.0', 'description': None,
             'tags': ['a'], 'metadata': {'k': 'v'}, 'visibility': 'private',
             'status': 'active', 'owner': 'p', 'pool': 'general',
             'created_at': '2026-11-22T12:30:15.123456Z',
             'updated_at': '2026-11-22T12:30:15.123456Z',
             'activated_at': '2026-11-22T12:30:15.123456Z',
             'self': '/v2/artifacts/samples/' + record.id,
             'schema': '/v2/artifacts/schemas/samples'},
            {name: shown[name] for name in common.COMMON})

    def test_whole_seconds_have_microseconds_too(self):
        moment = factories.MOMENT.replace(microsecond=0)
        self.assertEqual('2026-11-22T12:30:15.000000Z', self._shown(
            factories.artifact(created_at=moment))['created_at'])

    def test_absent(self):
        shown = self._shown(factories.artifact(status='drafted'))
        for name in ('description', 'activated_at', 'word', 'count', 'flag',
                     'prose', 'data', 'seen'):
            self.assertIsNone(shown[name], name)
        for name, empty in (('tags', []), ('metadata', {}), ('words', []),
                            ('scores', {})):
            self.assertEqual(empty, shown[name])

    def test_a_field_that_the_record_has_not(self):
        # it was written before the type had that field
        record = factories.artifact()
        record.fields.clear()
        shown = self._shown(record)
        self.assertEqual((None, [], {}), tuple(
            shown[name] for name in ('word', 'words', 'scores')))

    def test_values_that_are_no_absence(self):
        shown = self._shown(factories.artifact(fields={
            'count': 0, 'flag': False, 'word': '', 'ratio': 0.0}))
        self.assertEqual((0, False, '', 0.0), tuple(
            shown[name] for name in ('count', 'flag', 'word', 'ratio')))

    def test_internal_fields_are_never_shown(self):
        record = factories.artifact(fields={'secret': 'hush'})
        for shown in (self._shown(record),
                      views.list_entry(record, factories.Sample)):
            self.assertNotIn('hush', json.dumps(shown))

    def test_blobs(self):
        blob = factories.blob('data', content_type='text/x; a="\xb5"')
        shown = self._shown(factories.with_blobs(blob))
        self.assertIsNone(shown['extra'])
        self.assertEqual(
            {'status': 'active', 'size': 11, 'sha256': 'ab' * 32,
             'md5': 'cd' * 16, 'tree_sha256': None,
             'content_type': 'text/x; a="\xb5"', 'external': False,
             'segments': 1}, shown['data'])
        self.assertNotIn(blob.upload, json.dumps(shown))

    def test_is_what_the_schema_says(self):
        validator = jsonschema.Draft202012Validator(
            schema.artifact_schema(factories.Sample))
        for record in (
                factories.artifact(status='drafted'),
                factories.with_blobs(
                    factories.blob('data', status='saving', size=None,
                                   sha256=None, md5=None, segments=0),
                    factories.blob('extra'),
                    description='d', tags=['a'], metadata={'k': 'v'},
                    fields={'word': 'w', 'count': 1, 'ratio': 0.5,
                            'flag': True, 'words': ['x'], 'seen': 's',
                            'scores': {'a': 1.0}, 'prose': 'p'})):
            shown = self._shown(record)
            self.assertEqual([], list(validator.iter_errors(shown)))

    def test_in_lists_long_texts_are_left_out(self):
        record = factories.artifact(description='d', fields={'prose': 'p'})
        whole = self._shown(record)
        self.assertEqual('p', whole.pop('prose'))
        self.assertEqual(whole, views.list_entry(record, factories.Sample))


class TestAnswers(base.BaseTestCase):

    def test_json(self):
        response = views.answer({'a': '\xe9\U0001f600'}, 201, {'X-Y': 'z'})
        self.assertEqual((201, 'application/json', 'z'), (
            response.status_int, response.content_type,
            response.headers['X-Y']))
        self.assertEqual('{"a": "\xe9\U0001f600"}'.encode(), response.body)

    def test_artifact(self):
        record = factories.artifact(revision=7)
        response = views.answer_artifact(record, factories.Sample)
        self.assertEqual('"7"', response.headers['ETag'])
        self.assertEqual(views.artifact(record, factories.Sample),
                         response.json)


class TestErrors(base.BaseTestCase):

    def _errors(self, error):
        response = views.error(error, 'req-1')
        self.assertEqual(error.status, response.status_int)
        return response, response.json['errors']

    def test_body(self):
        _, errors = self._errors(exceptions.InvalidValue('d.', field='f'))
        self.assertEqual([{
            'status': 400, 'title': 'Bad Request', 'request_id': 'req-1',
            'code': 'artifact.field.invalid', 'detail': 'd.', 'field': 'f'}],
            errors)

    def test_several(self):
        _, errors = self._errors(exceptions.Incomplete(['a', 'b']))
        self.assertEqual([(409, 'artifact.activate.incomplete', 'a'),
                          (409, 'artifact.activate.incomplete', 'b')],
                         [(one['status'], one['code'], one['field'])
                          for one in errors])

    def test_headers(self):
        response, _ = self._errors(exceptions.Unavailable('d.'))
        self.assertEqual('10', response.headers['Retry-After'])

    def test_what_a_client_wrote_always_fits_in(self):
        # keys and paths may come with lone surrogates, which are not UTF-8
        response, errors = self._errors(
            exceptions.UnknownField('There is no "\ud800".', field='\ud800'))
        response.body.decode('utf-8')
        self.assertEqual('artifact.field.unknown', errors[0]['code'])


class TestETag(base.BaseTestCase):

    def test_etag_is_the_revision(self):
        self.assertEqual(['1', '2'], [
            views.etag(factories.artifact(revision=revision))
            for revision in (1, 2)])
