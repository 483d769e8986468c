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

"""What hooks of types do to requests, when they work and when they fail."""

from glance_artifacts.tests.functional.api import plugins

BUDGET = 1024 * 1024


class HooksTest(plugins.PluginTest):

    source = plugins.HOOKED
    enabled = ('generic', 'hooked_types')
    options = {'inspect_budget': str(BUDGET)}

    def hooked(self, **body):
        return self.create('hooked_types', **body)

    def create_refused(self, status, code, **body):
        return self.refused(status, code, 'POST', '/artifacts/hooked_types',
                            json={'name': 'a', **body})

    def set(self, artifact, field, value):
        return self.patch(artifact, {'op': 'replace', 'path': '/' + field,
                                     'value': value}).json()

    def assert_nothing_kept(self, draft, files):
        """Of an upload: neither bytes nor rows nor values."""
        self.assertEqual((files, [], []), (
            self.files(), self.segments(draft), self.blob_rows(draft)))
        shown = self.show(draft)
        self.assertEqual((None, None), (shown['data'], shown['lines']))

    def assert_logged(self, hook, *texts):
        lines = [line for line in self.log().splitlines()
                 if ' ERROR glance_artifacts' in line and all(
                     text in line for text in (
                         'hooked_plugin:Hooked failed in %s' % hook, *texts))]
        self.assertTrue(lines, texts)


class TestValidate(HooksTest):

    def test_on_create(self):
        entry = self.create_refused(400, 'artifact.rejected', low=2, high=1)
        self.assertEqual('low is above high', entry['detail'])
        self.assertEqual([], self.listed(type_name='hooked_types'))
        made = self.hooked(low=1, high=2)
        self.assertEqual((1, 2), (made['low'], made['high']))

    def test_on_patch(self):
        draft = self.hooked(low=1, high=2)
        self.patch_refused(400, 'artifact.rejected', draft, {
            'op': 'replace', 'path': '/low', 'value': 3})
        self.assertEqual(draft, self.show(draft))
        self.patch(draft, {'op': 'replace', 'path': '/low', 'value': 3},
                   {'op': 'replace', 'path': '/high', 'value': 3})
        active = self.act(draft, 'activate').json()
        self.patch_refused(400, 'artifact.rejected', active, {
            'op': 'remove', 'path': '/low'}, {
            'op': 'add', 'path': '/low', 'value': 4})
        self.assertEqual(3, self.show(active)['low'])

    def test_on_activation_with_internal_fields(self):
        draft = self.hooked()
        self.upload(draft, b'first\n')
        self.set(draft, 'word', 'only-with-secret')
        self.act(draft, 'activate')

    def test_changes_nothing(self):
        self.assertEqual('mine', self.hooked(word='mine')['word'])

    def test_overtaken_each_time(self):
        """Five times is once too often, and then the client is told."""
        draft = self.hooked()
        before = self.revision(draft)
        self.patch_refused(409, 'artifact.conflict', draft, {
            'op': 'replace', 'path': '/word', 'value': 'overtake'})
        self.assertIsNone(self.show(draft)['word'])
        self.assertEqual(before + 5, self.revision(draft))

    def revision(self, artifact):
        return int(self.call('HEAD', artifact['self']).headers['ETag']
                   .strip('"'))

    def test_failing(self):
        entry = self.create_refused(500, 'type.failed', word='raise')
        self.assertNotIn('stumbled', entry['detail'])
        self.assert_logged('validate', 'RuntimeError', 'validate stumbled')
        draft = self.hooked()
        self.patch_refused(500, 'type.failed', draft, {
            'op': 'replace', 'path': '/word', 'value': 'raise'})
        self.assertEqual(draft, self.show(draft))
        self.set(draft, 'word', 'fine')
        self.active(data=b'of another type')


class TestInspect(HooksTest):

    def setUp(self):
        super().setUp()
        self.before = self.files()
        self.draft = self.hooked()

    def upload_refused(self, status, code, data):
        entry = self.refused(status, code, 'PUT', self.draft['self'] + '/data',
                             data=data)
        self.assert_nothing_kept(self.draft, self.before)
        return entry

    def test_computed_and_internal_fields(self):
        self.upload(self.draft, b'one\ntwo\nthree\n')
        shown = self.show(self.draft)
        self.assertEqual(3, shown['lines'])
        self.assertNotIn('secret', shown)
        active = self.act(self.draft, 'activate').json()
        self.assertEqual('activated with one', active['note'])
        self.assertNotIn('secret', active)
        (entry,) = self.listed(type_name='hooked_types')
        self.assertEqual(active, entry)

    def test_lists_by_computed_fields(self):
        others = [self.draft, self.hooked(), self.hooked()]
        for draft, text in zip(others, (b'a\n', b'b\nc\n', b'd\ne\nf\n')):
            self.upload(draft, text)
        names = [draft['name'] for draft in others]
        for query, expected in (
                ('lines=2', [1]), ('lines=gte:2&sort=lines:asc', [1, 2]),
                ('sort=lines:desc', [2, 1, 0]), ('note=x', [])):
            self.assertEqual([names[number] for number in expected],
                             self.names(query, type_name='hooked_types'))
        self.refused(400, 'query.invalid', 'GET',
                     '/artifacts/hooked_types?secret=a', field='secret')

    def test_values_that_clients_cannot_set(self):
        for field, code in (('lines', 'artifact.field.read_only'),
                            ('secret', 'artifact.field.unknown')):
            self.refused(400, code, 'POST', '/artifacts/hooked_types',
                         field=field, json={'name': 'a', field: None})

    def test_the_last_of_several_blobs(self):
        self.upload(self.draft, b'one\ntwo\n')
        self.upload(self.draft, b'nothing\n', 'other')
        self.assertEqual(2, self.show(self.draft)['lines'])
        self.call('DELETE', self.draft['self'] + '/other', 204)
        self.upload(self.draft, b'a\nb\nc\n', 'other')
        self.assertEqual(3, self.show(self.draft)['lines'])

    def test_rejected(self):
        for body in (b'reject\n', iter([b'rej', b'ect\n'])):
            entry = self.upload_refused(400, 'artifact.rejected', body)
            self.assertEqual('The bytes are not good enough.',
                             entry['detail'])
        self.upload(self.draft, b'good\n')
        self.act(self.draft, 'activate')

    def test_rejected_beside_what_was_kept(self):
        self.upload(self.draft, b'one\ntwo\n')
        before = self.show(self.draft)
        files = self.files()
        self.refused(400, 'artifact.rejected', 'PUT',
                     self.draft['self'] + '/other', data=b'reject\n')
        after = self.show(self.draft)
        self.assertEqual(files, self.files())
        for shown in (before, after):
            del shown['updated_at']
        self.assertEqual(before, after)

    def test_failing(self):
        for word, texts in (
                ('stumble', ('ValueError', 'inspect stumbled')),
                ('leave', ('SystemExit',)),
                ('recurse', ('RecursionError',)),
                ('stranger', ("may not set 'word'",)),
                ('unknown', ("may not set 'no_such_field'",)),
                ('wrong', ('must be an integer',)),
                ('list', ('it returned list',))):
            entry = self.upload_refused(500, 'type.failed',
                                        word.encode() + b'\n')
            self.assertIn('hooked_types', entry['detail'])
            self.assertNotIn('stumbled', entry['detail'])
            self.assert_logged('inspect', *texts)
        self.upload(self.draft, b'good\n')
        self.active(data=b'of another type')

    def test_budget(self):
        entry = self.upload_refused(400, 'artifact.rejected',
                                    b'count\n' + b'x' * BUDGET)
        self.assertIn('%d bytes' % BUDGET, entry['detail'])
        self.upload(self.draft, b'count\n' + b'x' * (BUDGET - 6))
        self.assertEqual(2, self.show(self.draft)['lines'])

    def test_budget_that_the_hook_would_hide(self):
        self.upload_refused(400, 'artifact.rejected',
                            b'swallow\n' + b'x' * BUDGET)

    def test_budget_is_of_what_is_read(self):
        self.upload(self.draft, b'ends\n' + b'x' * 3 * BUDGET + b'\nend\n')
        self.assertEqual(2, self.show(self.draft)['lines'])

    def test_an_empty_file(self):
        self.upload(self.draft, b'')
        self.assertEqual(1, self.show(self.draft)['lines'])


class TestOnActivate(HooksTest):

    def refuse(self, word, status, code):
        draft = self.hooked(word=word)
        entry = self.refused(status, code, 'POST',
                             draft['self'] + '/actions/activate')
        self.assertEqual(draft, self.show(draft))
        self.set(draft, 'word', 'good')
        self.assertEqual('activated with None',
                         self.act(draft, 'activate').json()['note'])
        return entry

    def test_rejected(self):
        entry = self.refuse('reject', 400, 'artifact.rejected')
        self.assertEqual('Not yet.', entry['detail'])

    def test_failing(self):
        self.refuse('stumble', 500, 'type.failed')
        self.assert_logged('on_activate', 'KeyError')
        self.refuse('stranger', 500, 'type.failed')
        self.assert_logged('on_activate', "may not set 'high'")

    def test_once(self):
        active = self.act(self.hooked(), 'activate').json()
        self.set(active, 'word', 'stumble')
        self.act(active, 'deactivate')
        self.assertEqual('active', self.act(
            active, 'reactivate').json()['status'])

    def test_filter_by_what_it_set(self):
        draft = self.hooked()
        self.upload(draft, b'first\n')
        self.act(draft, 'activate')
        self.assertEqual([draft['name']], self.names(
            'note=activated with first', type_name='hooked_types'))
