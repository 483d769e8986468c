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

"""Types and routes that other packages bring."""

import itertools
import json
import urllib.parse

import jsonschema

from glance_artifacts.tests.functional.api import base
from glance_artifacts.tests.functional.api import plugins

FIELDS = {
    'word': 'alpha', 'colour': 'green', 'story': 'Once upon a time.',
    'count': -2 ** 63, 'pairs': 4, 'ratio': -0.5, 'ready': True,
    'due': '2026-11-22T12:00:00.000000Z', 'sizes': [3, 1, 3],
    'scores': {'recall': 0.5, 'loss': 2.0}, 'limits': {'cpu': 2}}
ABSENT = {'word': None, 'colour': 'red', 'story': None, 'count': None,
          'pairs': None, 'ratio': None, 'ready': False, 'due': None,
          'sizes': [], 'scores': {}, 'limits': {}}


class TestSamplePlugin(plugins.PluginTest):

    source = plugins.SAMPLE
    enabled = ('generic', 'helm_charts', 'sample_types')

    def sample(self, **body):
        return self.create('sample_types', **body)

    def sample_active(self, **body):
        draft = self.sample(**{'word': 'a', 'limits': {'cpu': 1}, **body})
        self.upload(draft, b'bytes', 'file')
        return self.act(draft, 'activate').json()

    def refuse(self, field, value, code='artifact.field.invalid', **kwargs):
        self.refused(400, code, 'POST', '/artifacts/sample_types',
                     field=field, data=json.dumps({'name': 'a', **value}),
                     headers={'Content-Type': 'application/json'}, **kwargs)

    def test_catalogue(self):
        entry = self.catalogue()['sample_types']
        self.assertEqual(
            {'name': 'sample_types', 'versions': ['1.0'],
             'default_version': '1.0', 'title': 'One field of every kind.',
             'schema': '/v2/artifacts/schemas/sample_types',
             'pool': 'general', 'status': 'enabled', 'actions': [
                 'POST /sample_types/{id}/actions/hello',
                 'POST /sample_types/{id}/actions/stumble']}, entry)
        self.assertEqual({'generic', 'helm_charts', 'sample_types'},
                         set(self.catalogue()))

    def test_schema(self):
        schema = self.call('GET', '/artifacts/schemas/sample_types').json()
        jsonschema.Draft202012Validator.check_schema(schema)
        self.assertNotIn('secret', schema['properties'])
        valid = jsonschema.Draft202012Validator(schema)
        draft = self.sample(**FIELDS)
        self.upload(draft, b'bytes', 'file')
        for artifact in (self.show(draft), self.sample()):
            valid.validate(artifact)
            self.assertEqual(set(schema['properties']), set(artifact))
        for wrong in ({'word': 'Upper'}, {'colour': 'pink'}, {'pairs': 11},
                      {'count': 2 ** 63}, {'sizes': [-1]},
                      {'scores': {'a': 'b'}}, {'limits': {'disk': 1}},
                      {'limits': {'ram': 1}}, {'due': 5}):
            self.assertFalse(valid.is_valid({'name': 'a', **wrong}), wrong)

    def test_every_kind_of_field(self):
        draft = self.sample(**FIELDS)
        self.assertEqual(FIELDS, {name: draft[name] for name in FIELDS})
        self.assertEqual((None, None, None),
                         (draft['seen'], draft['note'], draft['file']))
        self.assertNotIn('secret', draft)
        self.assertEqual(draft, self.show(draft))

    def test_without_any(self):
        draft = self.sample()
        self.assertEqual(ABSENT, {name: draft[name] for name in ABSENT})
        nulls = self.sample(**dict.fromkeys(FIELDS))
        expected = {**ABSENT, 'colour': None, 'ready': None}
        self.assertEqual(expected, {name: nulls[name] for name in expected})

    def test_normal_forms(self):
        draft = self.sample(ratio=3, due='2026-11-22T13:00:00.1234567+01:00',
                            scores={'a': -0.0}, count=2 ** 63 - 1)
        self.assertEqual(3.0, draft['ratio'])
        self.assertEqual('2026-11-22T12:00:00.123456Z', draft['due'])
        self.assertEqual('{"a": 0.0}', json.dumps(draft['scores']))
        self.assertEqual(2 ** 63 - 1, draft['count'])

    def test_values_refused(self):
        for field, value in (
                ('word', 'Upper'), ('word', 'a' * 21), ('word', ''),
                ('word', 'two\n'), ('word', 1), ('colour', 'pink'),
                ('story', 's' * 5001), ('story', ['a']), ('count', 2 ** 63),
                ('count', 1.0), ('count', '1'), ('count', True),
                ('count', 10 ** 400), ('pairs', 3), ('pairs', 12),
                ('pairs', -2), ('ratio', '1'), ('ratio', 10 ** 400),
                ('ready', 1), ('ready', 'true'), ('due', '2026-11-22'),
                ('due', '2026-11-22T12:00:00'), ('due', 0),
                ('due', '2026-02-30T12:00:00Z'), ('sizes', 1),
                ('sizes', [1] * 5), ('scores', []), ('limits', {'disk': 1}),
                ('limits', {'ram': 1})):
            self.refuse(field, {field: value})
        for field, path, value in (
                ('sizes', 'sizes/1', [1, -1]), ('sizes', 'sizes/0', ['1']),
                ('scores', 'scores/a', {'a': None}),
                ('limits', 'limits/cpu', {'cpu': 1.5})):
            self.refuse(path, {field: value})
        for field in ('note', 'file', 'seen'):
            self.refuse(field, {field: 'x'}, 'artifact.field.read_only')
        self.refuse('secret', {'secret': 'x'}, 'artifact.field.unknown')
        self.assertEqual([], self.listed(type_name='sample_types'))

    def test_numbers_that_json_has_not(self):
        for text in ('1e999', '-1e999'):
            self.refused(
                400, 'artifact.field.invalid', 'POST',
                '/artifacts/sample_types', field='ratio',
                data='{"name": "a", "ratio": %s}' % text,
                headers={'Content-Type': 'application/json'})

    def test_patch(self):
        draft = self.sample(**FIELDS)
        said = self.patch(
            draft, {'op': 'add', 'path': '/sizes/-', 'value': 7},
            {'op': 'remove', 'path': '/scores/loss'},
            {'op': 'replace', 'path': '/count', 'value': 5},
            {'op': 'remove', 'path': '/story'},
            {'op': 'replace', 'path': '/limits/cpu', 'value': 3}).json()
        self.assertEqual(
            {**FIELDS, 'sizes': [3, 1, 3, 7], 'scores': {'recall': 0.5},
             'count': 5, 'story': None, 'limits': {'cpu': 3}},
            {name: said[name] for name in FIELDS})
        self.patch_refused(
            400, 'artifact.field.invalid', draft,
            {'op': 'add', 'path': '/sizes/-', 'value': 7}, field='sizes')
        self.patch_refused(
            400, 'artifact.field.read_only', draft,
            {'op': 'add', 'path': '/seen', 'value': 'x'}, field='seen')
        self.patch_refused(
            400, 'artifact.field.unknown', draft,
            {'op': 'add', 'path': '/secret', 'value': 'x'}, field='secret')
        self.assertEqual(said, self.show(draft))

    def test_once_active(self):
        active = self.sample_active(**FIELDS)
        for field, value in (('word', 'other'), ('pairs', 2), ('ratio', 1.0),
                             ('ready', False), ('due', None),
                             ('limits', {'cpu': 1})):
            self.patch_refused(409, 'artifact.immutable', active, {
                'op': 'replace', 'path': '/' + field, 'value': value},
                field=field)
        self.assertEqual(active, self.show(active))
        changes = {'colour': 'blue', 'story': 'New.', 'count': 1,
                   'sizes': [9], 'scores': {}}
        said = self.patch(active, *(
            {'op': 'replace', 'path': '/' + field, 'value': value}
            for field, value in changes.items())).json()
        self.assertEqual(changes, {name: said[name] for name in changes})

    def test_activation_names_all_that_is_missing(self):
        draft = self.sample()
        response = self.call('POST', draft['self'] + '/actions/activate', 409)
        self.assertEqual(
            {('artifact.activate.incomplete', field)
             for field in ('word', 'limits', 'file')},
            {(entry['code'], entry['field'])
             for entry in response.json()['errors']})
        self.assertEqual(3, len(response.json()['errors']))
        self.patch(draft,
                   {'op': 'replace', 'path': '/word', 'value': 'a'},
                   {'op': 'add', 'path': '/limits/cpu', 'value': 1})
        self.upload(draft, b'bytes', 'file')
        self.act(draft, 'activate')

    def test_lists_leave_texts_out(self):
        draft = self.sample(**FIELDS)
        (entry,) = self.listed(type_name='sample_types')
        del draft['story']
        self.assertEqual(draft, entry)

    def test_filters(self):
        values = [
            {'word': 'a', 'count': -5, 'ratio': -1.5, 'ready': True,
             'due': '2026-01-01T00:00:00Z', 'sizes': [1, 2],
             'scores': {'x': 1.0}},
            {'word': 'b', 'count': 0, 'ratio': 0.0, 'ready': False,
             'due': '2026-01-02T00:00:00Z', 'sizes': [2, 3],
             'scores': {'x': 2.5, 'y': 1.0}},
            {'word': 'c', 'count': 2 ** 40, 'ratio': 1e300,
             'due': '2026-01-03T00:00:00Z', 'colour': 'blue'},
            {}]
        for number, body in enumerate(values):
            self.sample(name=str(number), **body)
        for expected, text in (
                ('0', 'word=a'), ('12', 'word=gt:a'), ('01', 'word=in:a,b'),
                ('123', 'word=neq:a'), ('3', 'word=nin:a,b,c'),
                ('2', 'colour=blue'), ('013', 'colour=red'), ('', 'colour=x'),
                ('0', 'count=-5'), ('01', 'count=lte:0'),
                ('12', 'count=gt:-5'), ('2', 'count=1099511627776'),
                ('013', 'count=nin:1099511627776'),
                ('0', 'ratio=lt:0'), ('1', 'ratio=0'), ('1', 'ratio=-0.0'),
                ('12', 'ratio=gte:0'), ('2', 'ratio=1e300'),
                ('0', 'ready=true'), ('123', 'ready=false'),
                ('123', 'ready=neq:true'),
                ('1', 'due=2026-01-02T00:00:00Z'),
                ('1', 'due=2026-01-02T01:00:00%2B01:00'),
                ('12', 'due=gte:2026-01-02T00:00:00Z'),
                ('0', 'due=lt:2026-01-02T00:00:00Z'),
                ('01', 'sizes=in:2'), ('01', 'sizes=2'),
                ('01', 'sizes=in:1,3'),
                ('23', 'sizes=neq:2'), ('0', 'scores.x=1'),
                ('01', 'scores.x=gte:1'), ('1', 'scores.y=1.0'),
                ('023', 'scores.y=neq:1'), ('', 'seen=x'),
                ('1', 'count=gte:-5&count=lt:5&ready=false')):
            for sort in ('created_at', 'word', 'count:asc', 'ratio', 'due'):
                self.assertEqual(
                    list(expected),
                    sorted(self.names('%s&sort=%s' % (text, sort),
                                      type_name='sample_types')), text)

    def test_sorts(self):
        """What is absent sorts lowest; each comes once, page by page."""
        counts = [5, None, -2 ** 63, 2 ** 63 - 1, 0, -1, None]
        for number, count in enumerate(counts):
            self.sample(
                name=str(number), count=count,
                ratio=None if count is None else count / 3,
                word=None if count is None else 'abcdefg'[number],
                ready=None if count is None else count > 0,
                due=None if count is None
                else '2026-01-0%dT00:00:00Z' % (number + 1))
        for key, reverse, limit in itertools.product(
                ('count', 'ratio', 'word', 'ready', 'due', 'colour'),
                (False, True), (1, 3, 25)):
            found = list(itertools.chain(*self.pages(
                'sort=%s:%s&limit=%d' % (key, 'desc' if reverse else 'asc',
                                         limit), type_name='sample_types')))
            self.assertEqual(len(counts), len(found))
            self.assertEqual(sorted(
                found, reverse=reverse, key=lambda one: (
                    one[key] is not None, one[key] or 0
                    if key in ('count', 'ratio', 'ready') else one[key] or '',
                    one['id'])), found, (key, reverse, limit))

    def test_queries_refused(self):
        for name, value in (
                ('story', 'a'), ('pairs', '1'), ('secret', 'hidden'),
                ('note', 'a'), ('scores', '1'), ('limits.cpu', '1'),
                ('count', 'x'), ('count', '1.0'), ('count', str(2 ** 63)),
                ('ratio', 'nan'), ('ratio', 'inf'), ('ready', 'yes'),
                ('due', 'today'), ('sizes', 'x'), ('scores.x', 'x'),
                ('count', 'in:1,x'), ('count', '')):
            self.refused(400, 'query.invalid', 'GET',
                         '/artifacts/sample_types?' + urllib.parse.urlencode(
                             {name: value}), field=name)
        for key in ('story', 'pairs', 'sizes', 'scores', 'secret', 'file',
                    'seen'):
            self.refused(400, 'query.invalid', 'GET',
                         '/artifacts/sample_types?sort=' + key, field='sort')

    def test_blobs_of_a_limited_size(self):
        limit = 16 * 1024
        draft = self.sample()
        files = self.files()
        text = {'Content-Type': 'text/plain'}
        for body in (b'x' * (limit + 1), iter([b'x' * 1024] * 17),
                     b'x' * 8 * limit, iter([b'x' * limit] * 8)):
            entry = self.refused(413, 'artifact.blob.too_large', 'PUT',
                                 draft['self'] + '/note', headers=text,
                                 data=body)
            self.assertEqual(limit, entry['limit'])
            self.assertGreater(entry['requested'], limit)
            self.assertIsNone(self.show(draft)['note'])
            self.assertEqual((files, [], []), (
                self.files(), self.segments(draft), self.blob_rows(draft)))
        for body in (b'x' * limit, iter([b'x' * 1024] * 16)):
            self.upload(draft, body, 'note', headers=text)
            self.assertEqual(limit, self.show(draft)['note']['size'])
            self.call('DELETE', draft['self'] + '/note', 204)

    def test_blobs_of_some_media_types(self):
        draft = self.sample()
        for media_type in ('text/html', 'application/octet-stream',
                           'application/x-www-form-urlencoded'):
            self.refused(415, 'request.media_type', 'PUT',
                         draft['self'] + '/note', field='note', data=b'x',
                         headers={'Content-Type': media_type})
        self.refused(415, 'request.media_type', 'PUT', draft['self'] + '/note',
                     field='note', data=b'x')
        for media_type in ('text/plain', 'Application/JSON',
                           'text/plain; charset=utf-8'):
            said = self.upload(draft, b'x', 'note', headers={
                'Content-Type': media_type}).json()
            self.assertEqual(media_type, said['content_type'])
            self.assertEqual(media_type, self.call(
                'GET', draft['self'] + '/note').headers['Content-Type'])
            self.call('DELETE', draft['self'] + '/note', 204)

    def test_a_route(self):
        active = self.sample_active()
        path = active['self'] + '/actions/hello'
        self.assertEqual({'greeting': 'a says hello to world.'},
                         self.call('POST', path).json())
        self.assertEqual({'greeting': 'a says hello to \U0001f680.'},
                         self.call('POST', path, json={
                             'whom': '\U0001f680'}).json())
        self.call('POST', path, token=base.ADMIN)
        self.refused(403, 'policy.forbidden', 'POST', path, token=self.reader)
        self.refused(404, 'artifact.not_found', 'POST', path,
                     token=self.stranger)
        self.publish(active)
        self.refused(403, 'policy.forbidden', 'POST', path,
                     token=self.stranger)
        self.assertEqual('POST',
                         self.call('GET', path, 405).headers['Allow'])
        self.refused(400, 'request.json', 'POST', path, data='{', headers={
            'Content-Type': 'application/json'})
        self.refused(404, 'request.path', 'POST',
                     self.create()['self'] + '/actions/hello')

    def test_a_route_that_stumbles(self):
        """Whatever is raised is answered in one form, and told to the log."""
        active = self.sample_active()
        response = self.call('POST', active['self'] + '/actions/stumble', 500)
        (entry,) = response.json()['errors']
        self.assertEqual(
            ('service.internal_error', 'Internal Server Error', None),
            (entry['code'], entry['title'], entry.get('field')))
        self.assertNotIn('stumbled', response.text)
        self.assertIn('RuntimeError: the sample plugin stumbled', self.log())
        self.assertIn(entry['request_id'], self.log())
        self.assertEqual(active, self.show(active))

    def test_images_and_other_types(self):
        self.check_images()
        self.active(data=b'bytes')


class TestWithoutThePlugin(plugins.PluginTest):

    enabled = ('generic', 'sample_types', 'helm_charts')

    def test_the_type_is_shown_as_disabled(self):
        entry = self.catalogue()['sample_types']
        self.assertEqual(
            {'name': 'sample_types', 'versions': [], 'default_version': None,
             'title': '', 'schema': None, 'pool': None, 'status': 'disabled',
             'actions': []}, entry)
        self.assertIn('sample_types is disabled', self.log())

    def test_its_paths_are_not_there(self):
        for method, path in (
                ('GET', '/artifacts/sample_types'),
                ('POST', '/artifacts/sample_types'),
                ('GET', '/artifacts/schemas/sample_types'),
                ('GET', '/artifacts/sample_types/' + base.NOBODYS_ID)):
            self.refused(404, 'type.not_found', method, path)
        self.refused(404, 'request.path', 'POST',
                     '/artifacts/sample_types/%s/actions/hello'
                     % base.NOBODYS_ID)

    def test_everything_else_serves(self):
        self.check_images()
        self.active(data=b'bytes')
        self.create('helm_charts')
        self.assertEqual({'generic', 'helm_charts'}, set(self.call(
            'GET', '/artifacts/schemas').json()['schemas']))


class TestBrokenPlugins(plugins.PluginTest):

    source = plugins.BROKEN
    enabled = ('raising_types', 'leaving_types', 'absent_types',
               'misnamed_types', 'generic', 'helm_charts', 'sound_types')

    def test_their_types_are_disabled(self):
        self.assertEqual(
            {'raising_types': 'disabled', 'leaving_types': 'disabled',
             'absent_types': 'disabled', 'misnamed_types': 'disabled',
             'helm_charts': 'disabled', 'generic': 'enabled',
             'sound_types': 'enabled'},
            {name: entry['status']
             for name, entry in self.catalogue().items()})
        for name in ('raising_types', 'leaving_types', 'helm_charts'):
            self.refused(404, 'type.not_found', 'GET', '/artifacts/' + name)
            self.refused(404, 'type.not_found', 'POST', '/artifacts/' + name,
                         json={'name': 'a'})

    def test_the_log_says_why(self):
        errors = [line for line in self.log().splitlines()
                  if ' ERROR glance_artifacts' in line]
        for words in (
                ('raising_types is disabled', 'raises:Type',
                 'this plugin raises as it is imported'),
                ('leaving_types is disabled', 'leaves:Type', 'SystemExit'),
                ('absent_types is disabled', 'no_such_module'),
                ('misnamed_types is disabled', 'sound_types'),
                ('helm_charts is disabled', 'claims:HelmChart', '1.0'),
                ('clashing', '/generic/{id}'),
                ('routes of plugin raising', 'raises:ROUTES'),
                ('routes of plugin leaving', 'leaves:ROUTES'),
                ('routes of plugin asserting', 'asserts:ROUTES'),
                ('routes of plugin nonsense', 'sound:Type')):
            self.assertTrue(
                any(all(word in line for word in words) for line in errors),
                '%s: not in one of %s' % (words, errors))

    def test_none_of_a_table_that_clashes(self):
        draft = self.create()
        self.assertEqual(draft, self.show(draft))
        self.refused(404, 'artifact.not_found', 'GET', draft['self'],
                     token=self.stranger)
        self.refused(404, 'request.path', 'POST',
                     draft['self'] + '/actions/steal')

    def test_a_sound_plugin_beside_them(self):
        draft = self.create('sound_types')
        self.assertEqual({'greeting': 'sound'}, self.call(
            'POST', draft['self'] + '/actions/hello').json())
        self.assertEqual(['POST /sound_types/{id}/actions/hello'],
                         self.catalogue()['sound_types']['actions'])

    def test_images_and_other_types(self):
        self.check_images()
        artifact = self.active(data=b'bytes')
        self.assertEqual(b'bytes', self.call(
            'GET', artifact['self'] + '/data').content)
