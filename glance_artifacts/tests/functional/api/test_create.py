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

"""POST /v2/artifacts/{type}."""

import json

from glance_artifacts.tests.functional.api import base

NAME_OF_MANY_BYTES = '\U0001f680' * 255
COMMON = ('id', 'type_name', 'type_version', 'name', 'version', 'description',
          'tags', 'metadata', 'visibility', 'status', 'owner', 'pool',
          'created_at', 'updated_at', 'activated_at', 'self', 'schema')
MOMENT = r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$'


class CreateTest(base.ApiTest):

    def post(self, status, code, data, *, field=None, headers=None, **kwargs):
        """Send a body as it stands; it must be refused and change nothing."""
        entry = self.refused(
            status, code, 'POST', '/artifacts/generic', field=field, data=data,
            headers={'Content-Type': 'application/json', **(headers or {})},
            **kwargs)
        self.assertEqual([], self.listed())
        return entry

    def refuse(self, field, body, code='artifact.field.invalid'):
        """A value that breaks the declaration of its field."""
        return self.post(400, code, json.dumps({'name': 'a', **body}),
                         field=field)


class TestDrafts(CreateTest):

    def test_the_least(self):
        response = self.call('POST', '/artifacts/generic', 201,
                             json={'name': 'a'})
        draft = response.json()
        self.assertEqual(COMMON + ('data',), tuple(draft))
        self.assertRegex(draft['created_at'], MOMENT)
        self.assertEqual(self.server.root + draft['self'],
                         response.headers['Location'])
        self.assertEqual('"1"', response.headers['ETag'])
        self.assertEqual(
            {'id': draft['id'], 'type_name': 'generic', 'type_version': '1.0',
             'name': 'a', 'version': '0.0.0', 'description': None, 'tags': [],
             'metadata': {}, 'visibility': 'private', 'status': 'drafted',
             'owner': self.project, 'pool': 'general',
             'created_at': draft['created_at'],
             'updated_at': draft['created_at'], 'activated_at': None,
             'self': '/v2/artifacts/generic/' + draft['id'],
             'schema': '/v2/artifacts/schemas/generic', 'data': None}, draft)
        self.assertEqual(draft, self.show(draft))

    def test_everything(self):
        body = {'name': 'all of it', 'version': '1.2.3-rc.1+build.5',
                'description': 'Two\nlines.', 'tags': ['one', 'zwei'],
                'metadata': {'key': 'value', 'Key': ''},
                'visibility': 'private', 'pool': 'general'}
        draft = self.create(**body)
        self.assertEqual(body, {key: draft[key] for key in body})
        self.assertEqual(draft, self.show(draft))

    def test_a_type_with_computed_fields(self):
        draft = self.create('helm_charts')
        self.assertEqual(
            COMMON + ('app_version', 'keywords', 'chart', 'provenance'),
            tuple(draft))
        self.assertEqual((None, [], None, None),
                         (draft['app_version'], draft['keywords'],
                          draft['chart'], draft['provenance']))
        for name, value in (('app_version', '1'), ('keywords', ['a'])):
            self.refused(400, 'artifact.field.read_only', 'POST',
                         '/artifacts/helm_charts', field=name,
                         json={'name': 'a', name: value})

    def test_ids_are_the_servers(self):
        ids = [self.create()['id'] for _ in range(3)]
        self.assertEqual(sorted(set(ids)), ids)

    def test_short_versions_are_completed(self):
        for given, kept in (('1', '1.0.0'), ('1.2', '1.2.0'),
                            ('2-rc.1', '2.0.0-rc.1'), ('3+b', '3.0.0+b'),
                            ('0.0.0', '0.0.0'),
                            ('9' * 18 + '.0.1', '9' * 18 + '.0.1')):
            draft = self.create(version=given)
            self.assertEqual(kept, draft['version'])

    def test_any_character(self):
        for name in ('\U0001f680 rocket', 'Ünïcödé', ' blanks ', '\x01\x7f',
                     'e\u0301', '"\\/', '\u2028', NAME_OF_MANY_BYTES):
            draft = self.create(
                name=name, description=name, tags=[name],
                metadata={name: name})
            shown = self.show(draft)
            self.assertEqual(
                (name, name, [name], {name: name}),
                tuple(shown[key] for key in ('name', 'description', 'tags',
                                             'metadata')))

    def test_tags_are_a_set_in_order(self):
        self.assertEqual(['b', 'a'],
                         self.create(tags=['b', 'a', 'b'])['tags'])

    def test_null_is_absent_where_it_may_be(self):
        draft = self.create(description=None, tags=None, metadata=None)
        self.assertEqual((None, [], {}), (draft['description'], draft['tags'],
                                          draft['metadata']))


class TestDuplicates(CreateTest):

    def test_one_name_and_version_in_a_project(self):
        first = self.create(name='a', version='1')
        self.refused(409, 'artifact.exists', 'POST', '/artifacts/generic',
                     field='version', json={'name': 'a', 'version': '1.0'})
        self.assertEqual([first], self.listed())

    def test_what_makes_a_difference(self):
        self.create(name='a', version='1')
        for body in ({'name': 'A', 'version': '1'},
                     {'name': 'a ', 'version': '1'},
                     {'name': '\u00e0', 'version': '1'},
                     {'name': 'a', 'version': '1.0.1'},
                     {'name': 'a', 'version': '1-rc'},
                     {'name': 'a', 'version': '1+build'}):
            self.create(**body)
        self.create('helm_charts', name='a', version='1')
        self.create(name='a', version='1', token=self.stranger)

    def test_the_deleted_make_room(self):
        self.call('DELETE', self.create(name='a')['self'], 204)
        self.create(name='a')

    def test_a_draft_may_not_be_patched_onto_another(self):
        self.create(name='a')
        other = self.create(name='b')
        self.patch_refused(409, 'artifact.exists', other,
                           {'op': 'replace', 'path': '/name', 'value': 'a'},
                           field='version')
        self.assertEqual(other, self.show(other))


class TestFieldsRefused(CreateTest):

    def test_name(self):
        self.post(400, 'artifact.field.invalid', '{}', field='name')
        for name in (None, '', 1, True, [], {}, 'a' * 256,
                     NAME_OF_MANY_BYTES + 'a'):
            self.refuse('name', {'name': name})

    def test_version(self):
        for version in ('', 'v1', '1.2.3.4', '01', '1.', '-1', 1, 1.0, None,
                        [], '1' * 19, '1+' + 'b' * 127, ' 1', '1\n',
                        '1-rc.01', '\u0661'):
            if version is not None:
                self.refuse('version', {'version': version})
        self.assertEqual('0.0.0', self.create(version=None)['version'])

    def test_description(self):
        self.create(description='d' * 65535)
        self.call('POST', '/artifacts/generic', 400,
                  json={'name': 'b', 'description': 'd' * 65536})
        self.call('POST', '/artifacts/generic', 400,
                  json={'name': 'b', 'description': 5})

    def test_tags(self):
        for field, tags in (('tags', 'a'), ('tags', {}), ('tags/0', [1]),
                            ('tags/1', ['a', '']), ('tags/0', ['a' * 256]),
                            ('tags/0', [None]), ('tags/0', [['a']]),
                            ('tags', ['t%d' % n for n in range(256)])):
            self.refuse(field, {'tags': tags})

    def test_metadata(self):
        for field, metadata in (
                ('metadata', []), ('metadata', 'a'), ('metadata', {'': 'a'}),
                ('metadata', {'k' * 256: 'a'}), ('metadata/a', {'a': 1}),
                ('metadata/a', {'a': None}), ('metadata/a', {'a': {}}),
                ('metadata/a', {'a': 'v' * 4097}),
                ('metadata', {'k%d' % n: 'a' for n in range(256)})):
            self.refuse(field, {'metadata': metadata})

    def test_visibility(self):
        for visibility in ('secret', '', 'PUBLIC', 1, []):
            self.refuse('visibility', {'visibility': visibility})

    def test_pool(self):
        for pool in ('nowhere', '', 1):
            self.refuse('pool', {'pool': pool})

    def test_characters_that_no_store_has(self):
        for text in ('a\0b', '\ud83d', '\udc00x'):
            self.refuse('name', {'name': text})
            self.refuse('description', {'description': text})
            self.refuse('tags/0', {'tags': [text]})
            self.refuse('metadata', {'metadata': {text: 'a'}})
            self.refuse('metadata/a', {'metadata': {'a': text}})

    def test_unknown_fields(self):
        for name in ('colour', 'Name', 'links', 'members', '', ' name'):
            self.refuse(name, {name: 'a'}, 'artifact.field.unknown')

    def test_an_unknown_field_that_cannot_be_said(self):
        self.refuse('?', {'\ud83d': 'a'}, 'artifact.field.unknown')

    def test_read_only_fields(self):
        for name in ('id', 'type_name', 'type_version', 'status',
                     'created_at', 'updated_at', 'activated_at', 'self',
                     'schema'):
            self.refuse(name, {name: 'a'}, 'artifact.field.read_only')
        self.refuse('data', {'data': 'bytes'}, 'artifact.field.read_only')
        self.refuse('data', {'data': None}, 'artifact.field.read_only')


class TestBodies(CreateTest):

    def test_not_json(self):
        for body in (b'{', b'{"name": "a"} x', b'{"name": NaN}',
                     b'{"name": "a", "x": Infinity}', b'\xff\xfe',
                     b'{"name": "\xff"}', b"{'name': 'a'}", b'{"name": 01}',
                     b'\xef\xbb\xbf{"name": "a"}',
                     b'{"name": %s}' % (b'9' * 5000)):
            self.post(400, 'request.json', body)

    def test_not_an_object(self):
        for body in ('[]', '"name"', 'null', '1', '[{"name": "a"}]', ''):
            self.post(400, 'request.json', body)

    def test_a_key_twice(self):
        self.post(400, 'request.json', '{"name": "a", "name": "b"}')
        self.post(400, 'request.json', '{"name": "a", "metadata":'
                  ' {"k": "1", "\\u006b": "2"}}')

    def test_depth(self):
        """32 levels are parsed, then the value is judged; 33 are not."""
        for depth, code, field in ((32, 'artifact.field.invalid', 'tags/0'),
                                   (33, 'request.json', None)):
            nested = '[' * (depth - 1) + ']' * (depth - 1)
            self.post(400, code, '{"name": "a", "tags": %s}' % nested,
                      field=field)
        self.post(400, 'request.json', '[' * 100000)
        self.post(400, 'request.json', '{"a":' * 100000)

    def test_brackets_in_strings_are_no_depth(self):
        name = '[' * 100 + '"\\"' + '{' * 100
        self.assertEqual(name, self.create(name=name)['name'])

    def test_a_string_that_never_ends(self):
        """Refused at once: the time must not grow with the square."""
        self.post(400, 'request.json', b'{"name": "' + b'\\"' * 400000)

    def test_length(self):
        body = json.dumps({'name': 'a'}).encode()
        exactly = body + b' ' * (1024 * 1024 - len(body))
        for data in (exactly + b' ', iter((exactly, b' '))):
            self.post(413, 'request.too_large', data)
        self.call('POST', '/artifacts/generic', 201, data=exactly,
                  headers={'Content-Type': 'application/json'})

    def test_chunks(self):
        response = self.call('POST', '/artifacts/generic', 201,
                             data=iter((b'{"name"', b': "in ', b'chunks"}')),
                             headers={'Content-Type': 'application/json'})
        self.assertEqual('in chunks', response.json()['name'])

    def test_media_types(self):
        for media_type in ('text/plain', 'application/x-www-form-urlencoded',
                           'application/json-patch+json', 'json', ''):
            self.post(415, 'request.media_type', '{"name": "a"}',
                      headers={'Content-Type': media_type})
        self.call('POST', '/artifacts/generic', 201, data='{"name": "a"}',
                  headers={'Content-Type': 'Application/JSON; charset=utf-8'})


class TestRights(CreateTest):

    def test_owner(self):
        owner = base.unique('project')
        self.post(403, 'policy.forbidden',
                  json.dumps({'name': 'a', 'owner': owner}))
        draft = self.create(token=base.ADMIN, owner=owner)
        self.assertEqual(owner, draft['owner'])
        self.assertEqual(draft,
                         self.show(draft, token=base.token_for(owner)))
        for wrong in ('', 'p' * 65, 1, 'a\0'):
            self.refused(400, 'artifact.field.invalid', 'POST',
                         '/artifacts/generic', field='owner',
                         token=base.ADMIN, json={'name': 'a', 'owner': wrong})

    def test_publicize(self):
        self.post(403, 'policy.forbidden',
                  json.dumps({'name': 'a', 'visibility': 'public'}))
        draft = self.create(token=base.ADMIN, visibility='public',
                            owner=self.project)
        self.assertEqual('public', draft['visibility'])
        self.call('GET', draft['self'], 404, token=self.stranger)

    def test_the_policy_comes_before_the_body(self):
        self.post(403, 'policy.forbidden', 'not JSON at all',
                  token=self.reader)
