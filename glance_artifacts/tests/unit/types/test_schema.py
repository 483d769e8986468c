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

import jsonschema
from oslotest import base

from glance_artifacts.builtin import generic
from glance_artifacts.builtin import helm_charts
from glance_artifacts import types
from glance_artifacts.types import common
from glance_artifacts.types import schema


class Everything(types.ArtifactType):
    """One field of every kind."""

    type_name = 'everything'

    word = types.String('A.', pattern='[a-z]+', min_length=1)
    choice = types.String('B.', enum=('a', 'b'), default='a')
    prose = types.Text('C.')
    number = types.Integer('D.', minimum=1, enum=(1, 2))
    score = types.Float('E.', minimum=0, maximum=1.5)
    sure = types.Boolean('F.')
    moment = types.DateTime('G.', computed=True)
    words = types.List('H.', of=types.String(max_length=3), min_items=2,
                       max_items=3, unique=True)
    scores = types.Dict('I.', of=types.Float(), keys=('x', 'y'),
                        required_keys=('x',))
    data = types.Blob('J.', required=True)
    files = types.Folder('L.', max_items=2)
    release = types.SemVer('M.', sortable=True)
    base = types.Link('N.', to=('everything',))
    secret = types.String('K.', internal=True)


BLOB = {'status': 'active', 'size': 3, 'sha256': 'a' * 64, 'md5': 'b' * 32,
        'tree_sha256': None, 'content_type': 'text/plain', 'external': False,
        'segments': 1}
DRAFT = {
    'id': '018f0000-0000-7000-8000-000000000000', 'type_name': 'everything',
    'type_version': '1.0', 'name': 'a', 'version': '0.0.0',
    'description': None, 'tags': [], 'metadata': {}, 'visibility': 'private',
    'status': 'drafted', 'owner': 'p', 'pool': 'general',
    'created_at': '2026-01-02T03:04:05.000000Z',
    'updated_at': '2026-01-02T03:04:05.000000Z', 'activated_at': None,
    'self': '/v2/artifacts/everything/x',
    'schema': '/v2/artifacts/schemas/everything',
    **{name: field.initial() for name, field in Everything.fields.items()
       if not field.internal}}
FULL = {
    **DRAFT, 'description': 'D', 'tags': ['a', 'b'], 'metadata': {'k': 'v'},
    'visibility': 'public', 'status': 'active', 'version': '1.2.3-rc.1+b',
    'activated_at': '2026-01-02T03:04:05.000000Z', 'word': 'a',
    'choice': 'b', 'prose': 'P', 'number': 2, 'score': 1.5, 'sure': False,
    'moment': '2026-01-02T03:04:05.000000Z', 'words': ['a', 'b'],
    'scores': {'x': 1.0}, 'data': BLOB, 'files': {'a/b': BLOB},
    'release': '1.2.0', 'base': 'https://example.com/a'}


class TestArtifactSchema(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.schema = schema.artifact_schema(Everything)
        self.validator = jsonschema.Draft202012Validator(self.schema)

    def test_schemas_are_valid(self):
        for cls in (Everything, generic.Generic, helm_charts.HelmChart):
            jsonschema.Draft202012Validator.check_schema(
                schema.artifact_schema(cls))

    def test_head(self):
        self.assertEqual('https://json-schema.org/draft/2020-12/schema',
                         self.schema['$schema'])
        self.assertEqual('/v2/artifacts/schemas/everything',
                         self.schema['$id'])
        self.assertEqual('One field of every kind.', self.schema['title'])

    def test_properties_are_common_then_own_without_internal_ones(self):
        own = [name for name in Everything.fields if name != 'secret']
        self.assertEqual([*common.COMMON, *own],
                         list(self.schema['properties']))
        for name, field in self.schema['properties'].items():
            self.assertIn('description', field, name)

    def test_read_only(self):
        read_only = {name for name, value in
                     self.schema['properties'].items()
                     if value.get('readOnly')}
        self.assertEqual(
            {'id', 'type_name', 'type_version', 'status', 'created_at',
             'updated_at', 'activated_at', 'self', 'schema', 'moment',
             'data', 'files'}, read_only)

    def test_annotations(self):
        self.assertEqual({'type_name': 'everything', 'type_version': '1.0'},
                         self.schema['x-glance-artifacts'])
        for name, field in self.schema['properties'].items():
            declared = common.COMMON.get(name) or Everything.fields[name]
            self.assertEqual(declared.facts(), field['x-glance-artifacts'])

    def test_what_the_api_shows_is_valid(self):
        self.validator.validate(DRAFT)
        self.validator.validate(FULL)
        self.validator.validate({'name': 'a', 'version': '1'})
        saving = dict.fromkeys(BLOB) | {'status': 'saving', 'segments': 0,
                                        'external': False}
        self.validator.validate({**DRAFT, 'data': saving})

    def test_what_breaks_a_declaration_is_invalid(self):
        for name, value in (
                ('name', None), ('name', ''), ('name', 'a' * 256),
                ('version', 'x'), ('version', '01'), ('tags', None),
                ('tags', ['a', 'a']), ('metadata', {'k': 1}),
                ('metadata', {'': 'v'}), ('visibility', 'all'),
                ('status', 'queued'), ('created_at', None), ('word', 'A'),
                ('word', 'a1'), ('choice', 'c'), ('number', 3),
                ('number', 2.5), ('score', 2), ('sure', 'yes'),
                ('words', ['a']), ('words', ['a', 'a']),
                ('words', ['a', 'bbbb']), ('words', None),
                ('scores', {'y': 1}), ('scores', {'z': 1}), ('scores', None),
                ('data', {}), ('data', {**BLOB, 'location': 'x'}),
                ('data', {**BLOB, 'sha256': 'x'}), ('secret', 'a'),
                ('files', None), ('files', {'a': None}), ('files', {'': BLOB}),
                ('files', dict.fromkeys('abc', BLOB)), ('release', 'one'),
                ('base', 'ftp://a'), ('base', '/artifacts/images/1'),
                ('unknown', 1)):
            self.assertFalse(self.validator.is_valid({**FULL, name: value}),
                             (name, value))

    def test_null_where_a_value_may_be_absent(self):
        for name in ('description', 'word', 'choice', 'prose', 'number',
                     'score', 'sure', 'moment', 'data'):
            self.validator.validate({**FULL, name: None})

    def test_each_call_makes_a_new_one(self):
        self.schema['properties']['name'].clear()
        self.assertNotEqual(self.schema, schema.artifact_schema(Everything))
