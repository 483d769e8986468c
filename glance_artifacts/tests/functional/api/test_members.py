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


"""Members of shared artifacts, over HTTP."""

from urllib import parse

import jsonschema

from glance_artifacts.tests.functional.api import base

MEMBER_KEYS = ['artifact_id', 'member_id', 'status', 'created_at',
               'updated_at', 'schema']
TIME = r'\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z\Z'


class MembersTest(base.ApiTest):
    """An active artifact that is shared with two projects."""

    def setUp(self):
        super().setUp()
        self.guest, self.other = base.unique('guest'), base.unique('other')
        self.guest_token = base.token_for(self.guest)
        self.shared = self.active(visibility='shared', data=b'bytes')
        self.path = self.shared['self'] + '/members'

    def of(self, member):
        return '%s/%s' % (self.path, member)

    def add(self, member, *, expected=200, path=None, **kwargs):
        return self.call('POST', path or self.path, expected,
                         json={'member': member}, **kwargs).json()

    def accept(self, status='accepted', **kwargs):
        kwargs.setdefault('token', self.guest_token)
        return self.call('PUT', self.of(self.guest), json={'status': status},
                         **kwargs).json()

    def statuses(self, **kwargs):
        """What the list of members shows."""
        return {one['member_id']: one['status'] for one in self.call(
            'GET', self.path, **kwargs).json()['members']}


class TestMembers(MembersTest):

    def test_shapes(self):
        added = self.add(self.guest)
        self.assertEqual(MEMBER_KEYS, list(added))
        self.assertEqual(
            (self.shared['id'], self.guest, 'pending'),
            (added['artifact_id'], added['member_id'], added['status']))
        for name in ('created_at', 'updated_at'):
            self.assertRegex(added[name], TIME)
        self.assertEqual(added, self.call('GET', self.of(self.guest)).json())
        listed = self.call('GET', self.path).json()
        self.assertEqual({'members', 'schema'}, set(listed))
        self.assertEqual([added], listed['members'])
        for shown in (added, listed):
            schema = self.call('GET', shown['schema']).json()
            self.assertEqual(shown['schema'], schema['$id'])
            jsonschema.Draft202012Validator(schema).validate(shown)

    def test_accept_and_reject(self):
        added = self.add(self.guest)
        for status in ('accepted', 'rejected', 'pending', 'rejected',
                       'rejected'):
            shown = self.accept(status)
            self.assertEqual((status, added['created_at']),
                             (shown['status'], shown['created_at']))
            self.assertGreater(shown['updated_at'], added['updated_at'])
            self.assertEqual(shown, self.call(
                'GET', self.of(self.guest), token=self.guest_token).json())

    def test_remove(self):
        self.add(self.guest)
        self.add(self.other)
        response = self.call('DELETE', self.of(self.guest), 204)
        self.assertEqual(b'', response.content)
        self.assertEqual({self.other: 'pending'}, self.statuses())
        for method, body in (('GET', {}), ('DELETE', {}), (
                'PUT', {'json': {'status': 'accepted'}})):
            self.refused(404, 'artifact.member.not_found', method,
                         self.of(self.guest), **body)
        self.call('GET', self.shared['self'], 404, token=self.guest_token)

    def test_added_again_it_has_yet_to_accept(self):
        first = self.add(self.guest)
        self.accept()
        self.call('DELETE', self.of(self.guest), 204)
        again = self.add(self.guest)
        self.assertEqual('pending', again['status'])
        self.assertGreater(again['created_at'], first['created_at'])

    def test_twice(self):
        self.add(self.guest)
        self.accept()
        self.refused(409, 'artifact.member.exists', 'POST', self.path,
                     field='member', json={'member': self.guest})
        self.assertEqual({self.guest: 'accepted'}, self.statuses())

    def test_the_artifact_stays_as_it_was(self):
        before = self.call('GET', self.shared['self'])
        self.add(self.guest)
        self.accept()
        self.call('DELETE', self.of(self.guest), 204)
        after = self.call('GET', self.shared['self'])
        self.assertEqual(before.json(), after.json())
        self.assertEqual(before.headers['ETag'], after.headers['ETag'])

    def test_names(self):
        names = ['a b', '\xe4', '\U0001f600', 'data', 'x' * 64, '...', '%2F',
                 'a+b', '\u2028']
        for name in names:
            self.add(name)
            path = self.path + '/' + parse.quote(name)
            self.assertEqual(name, self.call('GET', path).json()['member_id'])
            self.call('PUT', path, json={'status': 'accepted'},
                      token=base.ADMIN)
        self.assertEqual(dict.fromkeys(names, 'accepted'), self.statuses())
        for name in names:
            self.call('DELETE', self.path + '/' + parse.quote(name), 204)
        self.assertEqual({}, self.statuses())

    def test_names_that_nobody_has(self):
        for name in ('', 'x' * 65, 'a/b', '/', '.', '..', 'a\n', '\x00',
                     '\x7f', None, 1, True, 1.5, [], ['p'], {}):
            self.refused(400, 'artifact.field.invalid', 'POST', self.path,
                         field='member', json={'member': name})
        self.refused(400, 'artifact.field.invalid', 'POST', self.path,
                     field='member', data='{"member": "\\ud800"}',
                     headers={'Content-Type': 'application/json'})
        self.assertEqual({}, self.statuses())
        for part in ('%00', '%0A', 'x' * 300, '%F0%9F%98%80', 'nobody'):
            for method, body in (('GET', {}), ('DELETE', {}), (
                    'PUT', {'json': {'status': 'accepted'}})):
                self.refused(404, 'artifact.member.not_found', method,
                             self.of(part), **body)

    def test_statuses_that_there_are_not(self):
        self.add(self.guest)
        for status in ('', 'all', 'Accepted', 'deleted', None, 1, True, [],
                       {}):
            self.refused(400, 'artifact.field.invalid', 'PUT',
                         self.of(self.guest), field='status',
                         json={'status': status}, token=self.guest_token)
        self.assertEqual({self.guest: 'pending'}, self.statuses())

    def test_bodies(self):
        self.add(self.guest)
        for method, path, token, field in (
                ('POST', self.path, self.member, 'member'),
                ('PUT', self.of(self.guest), self.guest_token, 'status')):
            for body in ([], 'x', 1, None):
                self.refused(400, 'request.json', method, path, json=body,
                             token=token)
            self.refused(400, 'request.json', method, path, token=token)
            self.refused(400, 'artifact.field.invalid', method, path,
                         field=field, json={}, token=token)
            self.refused(400, 'artifact.field.invalid', method, path,
                         field=field, json={'other': 'x'}, token=token)
            self.refused(415, 'request.media_type', method, path,
                         data='{"%s": "accepted"}' % field, token=token,
                         headers={'Content-Type': 'text/plain'})
        self.assertEqual({self.guest: 'pending'}, self.statuses())

    def test_what_else_is_in_a_body_is_not_looked_at(self):
        more = {'status': 'accepted', 'can_share': True, 'member_id': 'x'}
        added = self.call('POST', self.path,
                          json={'member': self.guest, **more}).json()
        self.assertEqual((self.guest, 'pending'),
                         (added['member_id'], added['status']))

    def test_a_pinned_type_version(self):
        self.add(self.guest)
        for version, status in (('1.0', 200), ('9.9', 404)):
            path = self.path.replace('/generic/', '/generic/v%s/' % version)
            self.call('GET', path, status)
            self.call('GET', '%s/%s' % (path, self.guest), status)

    def test_of_another_type(self):
        path = self.path.replace('/generic/', '/helm_charts/')
        self.refused(404, 'artifact.not_found', 'GET', path)
        self.refused(404, 'artifact.not_found', 'POST', path,
                     json={'member': self.guest})

    def test_schemas_are_of_no_type(self):
        for name in ('member', 'members'):
            self.refused(404, 'type.not_found', 'GET',
                         '/artifacts/schemas/' + name)

    def test_in_each_status(self):
        for step in ('drafted', 'active', 'deactivated'):
            made = self.create(visibility='shared')
            path = made['self'] + '/members'
            for action in {'drafted': (), 'active': ('activate',)}.get(
                    step, ('activate', 'deactivate')):
                self.act(made, action)
            self.add(self.guest, path=path)
            self.call('GET', made['self'], 404 if step == 'drafted' else 200,
                      token=self.guest_token)
            self.call('PUT', '%s/%s' % (path, self.guest),
                      404 if step == 'drafted' else 200,
                      json={'status': 'accepted'}, token=self.guest_token)
            self.call('DELETE', '%s/%s' % (path, self.guest), 204)


class TestWho(MembersTest):

    def setUp(self):
        super().setUp()
        self.guest_reader = base.token_for(self.guest, 'reader')
        self.add(self.guest)
        self.add(self.other)

    def test_all_members_or_oneself(self):
        everybody = {self.guest: 'pending', self.other: 'pending'}
        for token, seen in ((self.member, everybody),
                            (self.reader, everybody),
                            (base.ADMIN, everybody),
                            (self.guest_token, {self.guest: 'pending'}),
                            (self.guest_reader, {self.guest: 'pending'})):
            self.assertEqual(seen, self.statuses(token=token))
            for name in (self.guest, self.other):
                if name in seen:
                    self.call('GET', self.of(name), token=token)
                else:
                    self.refused(404, 'artifact.member.not_found', 'GET',
                                 self.of(name), token=token)

    def test_who_sets_a_status(self):
        for token, status, code in (
                (self.member, 403, 'policy.forbidden'),
                (self.reader, 403, 'policy.forbidden'),
                (self.guest_reader, 403, 'policy.forbidden'),
                (base.token_for(self.other), 404, 'artifact.member.not_found'),
                (self.stranger, 404, 'artifact.not_found')):
            self.refused(status, code, 'PUT', self.of(self.guest),
                         json={'status': 'accepted'}, token=token)
        self.assertEqual('pending', self.statuses()[self.guest])
        self.accept()
        self.accept('rejected', token=base.ADMIN)
        self.assertEqual('rejected', self.statuses()[self.guest])

    def test_who_adds(self):
        for token, status, code in (
                (self.reader, 403, 'policy.forbidden'),
                (self.guest_token, 403, 'policy.forbidden'),
                (self.stranger, 404, 'artifact.not_found')):
            self.refused(status, code, 'POST', self.path,
                         json={'member': 'x'}, token=token)
        self.assertEqual(2, len(self.statuses()))
        self.add('x', token=base.ADMIN)

    def test_who_removes(self):
        self.accept()
        for token, status, code in (
                (self.reader, 403, 'policy.forbidden'),
                (self.guest_token, 403, 'policy.forbidden'),
                (base.token_for(self.other), 404, 'artifact.member.not_found'),
                (self.stranger, 404, 'artifact.not_found')):
            self.refused(status, code, 'DELETE', self.of(self.guest),
                         token=token)
        self.assertEqual(2, len(self.statuses()))
        self.call('DELETE', self.of(self.guest), 204, token=base.ADMIN)

    def test_the_owner_as_a_member(self):
        self.add(self.project)
        self.refused(403, 'policy.forbidden', 'PUT', self.of(self.project),
                     json={'status': 'accepted'})
        for status in ('accepted', 'pending', 'rejected', 'all'):
            self.assertEqual([self.shared['name']],
                             self.names('member_status=' + status))
        self.call('DELETE', self.of(self.project), 204)
        self.assertEqual([self.shared['name']], self.names())

    def test_what_is_not_shared(self):
        for visibility, token in (('private', self.member),
                                  ('community', self.member),
                                  ('public', base.ADMIN)):
            self.withdraw(self.shared)
            self.patch(self.shared, {'op': 'replace', 'path': '/visibility',
                                     'value': visibility}, token=token)
            for method, path, body in (
                    ('GET', self.path, {}),
                    ('POST', self.path, {'json': {'member': 'x'}}),
                    ('DELETE', self.of(self.guest), {})):
                for token in (self.member, base.ADMIN):
                    self.refused(403, 'artifact.member.not_shared', method,
                                 path, field='visibility', token=token,
                                 **body)
            self.refused(403, 'artifact.member.not_shared', 'PUT',
                         self.of(self.guest), field='visibility',
                         json={'status': 'accepted'}, token=base.ADMIN)
            for token in (self.member, base.ADMIN):
                self.refused(404, 'artifact.member.not_found', 'GET',
                             self.of(self.guest), token=token)

    def test_shared_again(self):
        self.accept()
        for visibility in ('private', 'community', 'shared'):
            self.patch(self.shared, {'op': 'replace', 'path': '/visibility',
                                     'value': visibility})
        self.assertEqual({self.guest: 'accepted', self.other: 'pending'},
                         self.statuses())
        self.assertEqual([self.shared['name']],
                         self.names('owner=' + self.project,
                                    token=self.guest_token))

    def test_deleted(self):
        self.accept()
        self.call('DELETE', self.shared['self'], 204)
        for token in (self.member, self.guest_token, base.ADMIN):
            for method, path in (('GET', self.path),
                                 ('DELETE', self.of(self.guest))):
                self.refused(404, 'artifact.not_found', method, path,
                             token=token)
        self.assertEqual([], self.names('member_status=all',
                                        token=self.guest_token))
        self.assertEqual([], self.member_rows(self.shared))

    def test_members_may_link_and_download(self):
        for status in ('pending', 'rejected', 'accepted'):
            self.accept(status)
            self.assertEqual(b'bytes', self.call(
                'GET', self.shared['self'] + '/data',
                token=self.guest_token).content)
        self.act(self.shared, 'deactivate')
        self.refused(403, 'policy.forbidden', 'GET',
                     self.shared['self'] + '/data', token=self.guest_token)


class TestQuota(MembersTest):

    server_options = {'processes': 1, 'extra': {
        'artifacts': {'member_quota': '2'}}}

    def test_one_too_many(self):
        for name in (self.guest, self.other):
            self.add(name)
        for name in ('third', self.guest):
            entry = self.refused(413, 'artifact.member.quota', 'POST',
                                 self.path, field='member',
                                 json={'member': name})
            self.assertEqual((2, 2, 1), (entry['limit'], entry['used'],
                                         entry['requested']))
        self.accept()
        self.call('DELETE', self.of(self.other), 204)
        self.add('third')
        self.assertEqual({self.guest, 'third'}, {*self.statuses()})
