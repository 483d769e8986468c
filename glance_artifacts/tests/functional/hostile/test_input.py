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

"""Bodies that are nonsense, by chance and by intent."""

import json
import string

import jsonschema

from glance_artifacts.api import routes
from glance_artifacts.tests.functional.api import base as api
from glance_artifacts.tests.functional.api import plugins
from glance_artifacts.tests.functional.api import test_plugins
from glance_artifacts.tests.functional.hostile import base

MEDIA_TYPES = ('application/json', 'application/json-patch+json',
               'application/json; charset=utf-16', 'text/plain', 'json',
               'application/x-www-form-urlencoded', 'multipart/form-data',
               '*/*', '/', ';;', '"', '\xff', '\x01', 'a' * 300)
#: What no JSON value is, wherever it stands.
NO_JSON = (
    'NaN', 'Infinity', '-Infinity', '+1', '01', '0x10', '1.', '.5', '1e',
    "'a'", 'a', '"a', '"\x01"', '"\n"', '"\\x41"', '"\\ud8"', '[1,]',
    '{,}', '{"a"}', '{"a": 1, "a": 2}', '{"a": 1, "\\u0061": 1}', '[',
    '[' * 40 + ']' * 40, '1' * 5000, 'true false', '', 'None', '/**/1')
#: JSON that no field of any type takes.
NEVER = ('1' + '0' * 400, '-1' + '0' * 400, '1e400', '-1e400',
         '"\\ud800"', '"a\\udc00"', '"\\udc00\\ud800"', '"\\u0000"',
         '["\\u0000"]', '{"\\ud800": 1}', '{"\\u0000": "a"}',
         '[' * 20 + ']' * 20, json.dumps('x' * 70000),
         json.dumps(['x' * 5000]), json.dumps({'x' * 300: 'a'}))
#: What some field takes and others must not.
SOME = (
    '0', '1', '-1', '2', '9223372036854775807', '9223372036854775808',
    '0.5', '1.0', '-0.0', '1e308', 'true', 'false', 'null', '""', '"a"',
    '"\\ud83d\\ude00"', '"1"', '"true"', '"public"', '[]', '[null]', '[[]]',
    '[1, "a", {}]', '["a", 1]', '{}', '{"a": null}', '{"a": 1}',
    '{"": ""}', '{"cpu": 1}', '{"cpu": 1e400}', '[0]', '[-1]',
    '"2026-11-22T12:00:00Z"', '"0001-01-01T00:00:00+23:59"',
    '"9999-12-31T23:59:59-23:59"', '"2026-13-01T00:00:00Z"',
    json.dumps(list(range(10000))), json.dumps({'k%d' % n: 1 for n in
                                                range(300)}))
POINTERS = (
    '', '/', '//', '/name', '/name/0', '/tags', '/tags/-', '/tags/-1',
    '/tags/0', '/tags/01', '/tags/1e3', '/tags/99999999999999999999',
    '/metadata', '/metadata/a', '/metadata/~', '/metadata/~2', '/metadata/~1',
    '/description', '/data', '/data/size', '/status', '/visibility', '/id',
    '/version', '/owner', '/__class__', '/nothing', '/self', 'name', '#/name',
    '/\ud800', '/metadata/\ud800', '/\0', '/' + 'x' * 70000,
    '/metadata/' + 'x' * 300, '/a' * 500, None, 5, [], {})
OPERATIONS = ('add', 'remove', 'replace', 'move', 'copy', 'test', 'ADD', '',
              'explode', '\ud800', None, 1, [])


class TestRandomBodies(base.HostileTest):

    def setUp(self):
        super().setUp()
        self.draft = self.create(visibility='shared')
        self.call('POST', self.draft['self'] + '/members',
                  json={'member': 'somebody'})
        self.folder = self.create('ml_models')

    def noise(self, limit=3000):
        return self.random.randbytes(self.random.randint(1, limit))

    def media_type(self):
        return {'Content-Type': self.random.choice(MEDIA_TYPES)}

    def path(self, route, artifact_id=None):
        type_name, artifact, blob = (
            ('ml_models', self.folder, 'files') if '{key}' in route.path
            else ('generic', self.draft, 'data'))
        return '/v2/artifacts' + route.path.format(
            type_name=type_name, id=artifact_id or artifact['id'], blob=blob,
            key='a/key', member='somebody', tag='a', n=1,
            upload=api.NOBODYS_ID)

    def test_what_reads_passes_over_them(self):
        with self.nothing_stored():
            for route in routes.ROUTES:
                if route.method != 'GET':
                    continue
                path = self.path(route)
                expected = self.send('GET', path).status_code
                self.assertIn(expected, (200, 404))
                for _ in base.times(50):
                    answer = self.send('GET', path, self.noise(),
                                       self.media_type())
                    self.assertEqual(expected, answer.status_code)

    def test_what_writes_refuses_them(self):
        """Each route that would take a body, on an artifact of ours."""
        tried = []
        with self.nothing_stored():
            for route in routes.ROUTES:
                if (route.method not in ('POST', 'PATCH', 'PUT')
                        or '/actions/' in route.path
                        or '/tags/' in route.path):
                    continue
                tried.append(route.method)
                path = self.path(route)
                for _ in base.times(300):
                    body = self.noise()
                    # a blob takes any bytes, but no others than announced
                    self.check_refused(
                        self.send(route.method, path, body, {
                            **self.media_type(),
                            'X-Artifact-SHA256': '0' * 64}), body)
        self.assertEqual(['PATCH', *4 * ['POST'], *4 * ['PUT']],
                         sorted(tried))

    def test_of_what_is_not_there(self):
        with self.nothing_stored():
            for route in routes.ROUTES:
                if '{id}' not in route.path:
                    continue
                for _ in base.times(30):
                    entry = self.check_refused(self.send(
                        route.method, self.path(route, api.NOBODYS_ID),
                        self.noise(), self.media_type()), route)
                    self.assertEqual('artifact.not_found', entry['code'])

    def test_json_that_was_bitten(self):
        """Nearly right bodies: all right, or refused and nothing kept."""
        whole = json.dumps({
            'name': 'n\u00e4me', 'version': '1.2.3-a+b', 'tags': ['a', 'b'],
            'metadata': {'k': 'v'}, 'description': None,
            'visibility': 'private'}, ensure_ascii=False).encode()
        for _ in base.times(500):
            body = self.bitten(whole)
            answer = self.send('POST', '/v2/artifacts/generic', body,
                               base.JSON)
            if answer.status_code == 201:
                made = answer.json()
                self.assertEqual(made, self.show(made))
                self.call('DELETE', made['self'], 204)
            else:
                self.check_refused(answer, body)
        self.assertEqual([self.draft], self.listed())

    def bitten(self, whole):
        body = bytearray(whole)
        for _ in range(self.random.randint(1, 3)):
            at = self.random.randrange(len(body))
            body[at:at + self.random.randint(0, 2)] = self.random.randbytes(
                self.random.randint(0, 2))
        return bytes(body)


class TestPatches(base.HostileTest):

    def operation(self):
        one = {'op': self.random.choice(OPERATIONS[:6] * 3 + OPERATIONS)}
        for key in ('path', 'from'):
            if self.random.random() < 0.95:
                one[key] = self.random.choice(POINTERS)
        if self.random.random() < 0.8:
            one['value'] = self.random.choice(
                ('a', '', 'x' * 5000, 1, True, None, [], ['a'], {},
                 {'a': 'b'}, {'a': {}}, '\ud800', '\0', [[[]]]))
        return self.random.choice((one,) * 30 + ([], None, 'add', 1))

    def check(self, draft, operations):
        before = self.show(draft)
        body = json.dumps(operations)
        answer = self.send('PATCH', draft['self'], body, api.JSON_PATCH)
        if answer.status_code != 200:
            self.check_refused(answer, body)
            self.assertEqual(before, self.show(draft))
            return
        self.assertEqual(answer.json(), self.show(draft))
        self.check_valid(answer.json())

    def check_valid(self, artifact):
        schema = self.call('GET', artifact['schema']).json()
        jsonschema.Draft202012Validator(schema).validate(artifact)

    def test_nonsense(self):
        draft = self.create(tags=['a', 'b'], metadata={'a': 'b'})
        for _ in base.times(1500):
            self.check(draft, [self.operation() for _ in range(
                self.random.choice((1, 1, 1, 2, 5)))])

    def test_what_is_no_list_of_operations(self):
        draft = self.create()
        with self.nothing_stored():
            for body in ('', '{}', '1', 'null', '"add"', '[1]', '[[]]',
                         '[null]', '[{}]', '[{"op": "add"}]',
                         '[{"op": "add", "path": "/name"}]',
                         '[{"op": "move", "path": "/name"}]',
                         '[%s]' % ', '.join(['{}'] * 1001)):
                self.check_refused(self.send('PATCH', draft['self'], body,
                                             api.JSON_PATCH), body)

    def test_copies_that_double(self):
        draft = self.create(metadata={'a': 'b' * 4000})
        operations = [{'op': 'copy', 'from': '/metadata',
                       'path': '/metadata/a'}] * 1000
        with self.nothing_stored():
            self.check_refused(
                self.send('PATCH', draft['self'], json.dumps(operations),
                          api.JSON_PATCH), 'copies')


class TestValues(base.Hostility, plugins.PluginTest):
    """Every field of a type that has one of each kind."""

    source = plugins.SAMPLE
    enabled = ('generic', 'helm_charts', 'sample_types')

    def setUp(self):
        super().setUp()
        schema = self.call('GET', '/artifacts/schemas/sample_types').json()
        self.properties = schema['properties']
        self.valid = jsonschema.Draft202012Validator(schema)

    def create_with(self, field, value, type_name='sample_types'):
        first = '' if field == 'name' else '"name": "a", '
        return self.send('POST', '/v2/artifacts/' + type_name, '{%s%s: %s}' % (
            first, json.dumps(field), value), base.JSON)

    def check_of_field(self, answer, field, sent):
        entry = self.check_refused(answer, (field, sent))
        if entry['code'] == 'policy.forbidden':
            # sound, but not for members to give
            self.assertIn(field, ('owner', 'visibility'))
            return
        self.assertEqual(400, answer.status_code, (field, sent))
        self.assertEqual(field, entry['field'].partition('/')[0], sent)

    def test_what_no_field_takes(self):
        with self.nothing_stored():
            for field in self.properties:
                for value in self.some(NEVER):
                    self.check_of_field(self.create_with(field, value),
                                        field, value)

    def test_what_the_schema_does_not_allow(self):
        """It is refused; what it allows may be refused or must be kept."""
        for field in self.properties:
            for value in self.some(SOME):
                answer = self.create_with(field, value)
                if answer.status_code != 201:
                    self.check_of_field(answer, field, value)
                    continue
                # null is as good as nothing, which the schema does not say
                self.assertTrue(value == 'null' or self.valid.is_valid(
                    {'name': 'a', field: json.loads(value)}), (field, value))
                made = answer.json()
                self.valid.validate(made)
                self.assertEqual(made, self.show(made))
                self.call('DELETE', made['self'], 204)
        self.assertEqual([], self.listed(type_name='sample_types'))

    def test_what_is_no_json(self):
        with self.nothing_stored():
            for field in self.some(list(self.properties)):
                for value in NO_JSON:
                    answer = self.create_with(field, value)
                    entry = self.check_refused(answer, (field, value))
                    self.assertEqual('request.json', entry['code'], value)

    def test_the_same_by_patches(self):
        draft = self.create('sample_types', **test_plugins.FIELDS)
        for field in self.properties:
            for value in self.some(NEVER):
                body = '[{"op": "add", "path": "/%s", "value": %s}]' % (
                    field, value)
                self.check_of_field(self.send('PATCH', draft['self'], body,
                                              api.JSON_PATCH), field, value)
        self.assertEqual(draft, self.show(draft))

    def test_unknown_fields(self):
        names = ['', ' ', 'x' * 70000, '\ud800', '\0', 'secret', 'Name',
                 '__class__', '__proto__', 'constructor', 'size', 'links',
                 'name.a', 'name/a', '../name']
        for _ in base.times(100):
            names.append(''.join(self.random.choices(
                string.printable + '\u00e9\U0001f600\ud800\0', k=8)) + '!')
        with self.nothing_stored():
            for name in names:
                for type_name in ('sample_types', 'helm_charts', 'generic'):
                    entry = self.check_refused(
                        self.create_with(name, '1', type_name), name)
                    self.assertEqual('artifact.field.unknown', entry['code'])
