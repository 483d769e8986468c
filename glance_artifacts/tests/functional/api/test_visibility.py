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


"""Who sees what: each kind of caller, each visibility, each way to look."""

import itertools

from glance_artifacts.tests.functional.api import base

VISIBILITIES = ('private', 'shared', 'community', 'public')
MEMBER_STATUSES = ('pending', 'accepted', 'rejected')
#: What others see by URL, and in a plain list.
OTHERS = {'private': (), 'shared': (), 'community': ('show',),
          'public': ('show', 'list')}
DATA = b'what it is about'


class VisibilityTest(base.ApiTest):

    def setUp(self):
        super().setUp()
        self.guests = {status: base.token_for(base.unique(status))
                       for status in MEMBER_STATUSES}

    def made(self, visibility, status='active'):
        """An artifact with a member of each status, if it can have any."""
        made = self.create(visibility='shared')
        self.upload(made, DATA)
        for action in ('activate', 'deactivate')[
                :('drafted', 'active', 'deactivated').index(status)]:
            self.act(made, action)
        for status, token in self.guests.items():
            member = token.split(':')[1]
            path = made['self'] + '/members'
            self.call('POST', path, json={'member': member})
            self.call('PUT', '%s/%s' % (path, member),
                      json={'status': status}, token=base.ADMIN)
        if visibility == 'public':
            return self.publish(made).json()
        return self.patch(made, {'op': 'replace', 'path': '/visibility',
                                 'value': visibility}).json()

    def listed_to(self, made, token, query=''):
        """Whether a list shows it; others make artifacts at the same time."""
        return made['id'] in [one['id'] for one in self.listed(
            'owner=%s&%s' % (self.project, query), token=token)]


class TestMatrix(VisibilityTest):

    def test_the_owners_side_and_administrators(self):
        for visibility, status in itertools.product(
                VISIBILITIES, ('drafted', 'active', 'deactivated')):
            made = self.made(visibility, status)
            for token in (self.member, self.reader, base.ADMIN):
                self.assertEqual(made, self.show(made, token=token))
                self.assertTrue(self.listed_to(made, token))
                for asked in ('all', 'pending'):
                    self.assertTrue(self.listed_to(
                        made, token, 'member_status=' + asked))
                self.assertTrue(self.listed_to(
                    made, token, 'visibility=' + visibility))

    def test_others(self):
        for visibility in VISIBILITIES:
            made, seen = self.made(visibility), OTHERS[visibility]
            self.assertEqual('list' in seen,
                             self.listed_to(made, self.stranger))
            self.assertEqual('list' in seen, self.listed_to(
                made, self.stranger, 'member_status=all'))
            self.assertEqual('show' in seen, self.listed_to(
                made, self.stranger, 'visibility=' + visibility))
            self.reads(made, self.stranger, 'show' in seen)
            self.writes_nothing(made, self.stranger, 'show' in seen)

    def test_members(self):
        for visibility, status in itertools.product(VISIBILITIES,
                                                    MEMBER_STATUSES):
            made, token = self.made(visibility), self.guests[status]
            shared = visibility == 'shared'
            for asked in ('accepted', 'pending', 'rejected', 'all'):
                self.assertEqual(
                    'list' in OTHERS[visibility]
                    or shared and asked in (status, 'all'),
                    self.listed_to(made, token, 'member_status=' + asked),
                    (visibility, status, asked))
            seen = shared or 'show' in OTHERS[visibility]
            self.reads(made, token, seen)
            self.writes_nothing(made, token, seen)

    def reads(self, made, token, seen):
        for path in (made['self'], made['self'] + '/data'):
            for method in ('GET', 'HEAD'):
                self.call(method, path, 200 if seen else 404, token=token)
        if seen:
            self.assertEqual(made, self.show(made, token=token))
            self.same_bytes(DATA, self.call(
                'GET', made['self'] + '/data', token=token).content)

    def writes_nothing(self, made, token, seen):
        expected = 403 if seen else 404
        self.patch(made, {'op': 'add', 'path': '/tags/-', 'value': 'mine'},
                   expected=expected, token=token)
        self.call('DELETE', made['self'], expected, token=token)
        self.upload(made, b'x', expected=expected, token=token)
        for action in ('activate', 'deactivate', 'reactivate'):
            self.act(made, action, expected, token=token)
        self.assertEqual(made, self.show(made))

    def test_drafts_are_for_their_project_alone(self):
        for visibility in VISIBILITIES:
            made = self.made(visibility, 'drafted')
            for token in (self.stranger, *self.guests.values()):
                self.reads(made, token, False)
                for query in ('', 'member_status=all', 'status=drafted',
                              'visibility=' + visibility):
                    self.assertFalse(self.listed_to(made, token, query))

    def test_deactivated_is_seen_without_its_bytes(self):
        for visibility in ('shared', 'community', 'public'):
            made = self.made(visibility, 'deactivated')
            token = self.guests['accepted']
            self.assertEqual(made, self.show(made, token=token))
            self.refused(403, 'policy.forbidden', 'GET',
                         made['self'] + '/data', token=token)
            self.assertTrue(self.listed_to(made, token,
                                           'visibility=' + visibility))

    def test_it_is_gone(self):
        for visibility in VISIBILITIES:
            made = self.made(visibility)
            self.call('DELETE', made['self'], 204, token=base.ADMIN)
            for token in (self.member, base.ADMIN, self.stranger,
                          *self.guests.values()):
                self.call('GET', made['self'], 404, token=token)
                self.assertFalse(self.listed_to(
                    made, token, 'member_status=all&visibility='
                    + visibility))


class TestLists(VisibilityTest):

    def test_community_is_asked_for_by_name(self):
        made = self.made('community')
        for query, listed in (
                ('', False), ('visibility=community', True),
                ('visibility=eq:community', True),
                ('visibility=in:shared,community', True),
                ('visibility=in:shared,public', False),
                ('visibility=neq:public', False),
                ('visibility=nin:public', False),
                ('visibility=gte:a', False), ('name=' + made['name'], False),
                ('visibility=community&visibility=public', False),
                ('visibility=community&member_status=pending', True)):
            self.assertEqual(listed,
                             self.listed_to(made, self.stranger, query),
                             query)
            self.assertEqual(
                query.endswith('visibility=public') or ':shared,p' in query
                or query in ('visibility=shared',),
                not self.listed_to(made, self.member, query), query)

    def test_every_order_and_filter_has_the_same_rule(self):
        made = {visibility: self.made(visibility)
                for visibility in VISIBILITIES}
        token = self.guests['pending']
        names = {'accepted': {'public'}, 'pending': {'public', 'shared'},
                 'rejected': {'public'}, 'all': {'public', 'shared'}}
        for asked, sort, limit in itertools.product(
                names, ('created_at', 'name:asc', 'visibility', 'updated_at'),
                (1, 25)):
            found = [one['visibility'] for page in self.pages(
                'owner=%s&member_status=%s&sort=%s&limit=%d' % (
                    self.project, asked, sort, limit), token=token)
                for one in page]
            self.assertEqual(sorted(names[asked]), sorted(found))
        self.assertEqual([made['shared']['id']], [one['id'] for one in (
            self.listed('visibility=shared&member_status=pending',
                        token=token))])

    def test_links_keep_the_member_status(self):
        for _ in range(3):
            self.made('shared')
        query = 'visibility=shared&member_status=rejected&limit=2'
        page = self.call('GET', '/artifacts/generic?' + query,
                         token=self.guests['rejected']).json()
        self.assertIn('member_status=rejected', page['first'])
        rest = self.call('GET', page['next'],
                         token=self.guests['rejected']).json()
        self.assertEqual((2, 1), (len(page['artifacts']),
                                  len(rest['artifacts'])))

    def test_no_member_status(self):
        for text in ('', 'none', 'in:all', 'Accepted'):
            self.refused(400, 'query.invalid', 'GET',
                         '/artifacts/generic?member_status=' + text,
                         field='member_status')
        self.refused(400, 'query.invalid', 'GET', '/artifacts/generic'
                     '?member_status=all&member_status=all',
                     field='member_status')

    def test_a_marker_that_is_seen(self):
        made = self.made('shared')
        path = '/artifacts/generic?marker=' + made['id']
        for token in self.guests.values():
            self.call('GET', path, token=token)
        self.refused(400, 'query.invalid', 'GET', path, field='marker',
                     token=self.stranger)


class TestWho(VisibilityTest):
    """May make what others see."""

    def test_on_creation(self):
        for visibility, token, status in (
                ('shared', self.member, 201), ('community', self.member, 201),
                ('public', self.member, 403), ('public', base.ADMIN, 201),
                ('community', base.ADMIN, 201), ('all', self.member, 400),
                ('community', self.reader, 403)):
            response = self.call(
                'POST', '/artifacts/generic', status, token=token,
                json={'name': base.unique('made'), 'visibility': visibility})
            if status == 201:
                self.assertEqual(visibility, response.json()['visibility'])
                self.withdraw(response.json())

    def test_later(self):
        made = self.active()
        for visibility in ('shared', 'community', 'private', 'community'):
            self.assertEqual(visibility, self.change(made, visibility).json()[
                'visibility'])
        self.change(made, 'public', 403)
        self.change(made, 'public', token=base.ADMIN)
        # what it is already needs nobody's leave
        self.change(made, 'public')
        self.change(made, 'all', 400)
        self.change(made, 'community', 403, token=self.stranger)
        self.change(made, 'community')

    def change(self, made, visibility, expected=200, **kwargs):
        self.withdraw(made)
        return self.patch(made, {'op': 'replace', 'path': '/visibility',
                                 'value': visibility}, expected=expected,
                          **kwargs)

    def test_a_community_artifact_is_deleted_by_its_project(self):
        made = self.made('community')
        self.call('DELETE', made['self'], 403, token=self.stranger)
        self.call('DELETE', made['self'], 204)

    def test_a_link_to_what_is_shared(self):
        base_model = self.create('ml_models', visibility='shared',
                                 framework='pytorch')
        self.upload(base_model, bytes.fromhex('0200000000000000') + b'{}',
                    'files/1.safetensors')
        self.act(base_model, 'activate')
        token = self.guests['pending']
        self.call('POST', base_model['self'] + '/members',
                  json={'member': token.split(':')[1]})
        link = '/artifacts/ml_models/' + base_model['id']
        self.create('ml_models', base=link, token=token)
        self.refused(400, 'artifact.field.invalid', 'POST',
                     '/artifacts/ml_models', field='base',
                     json={'name': 'a', 'base': link}, token=self.stranger)
        self.patch(base_model, {'op': 'replace', 'path': '/visibility',
                                'value': 'private'})
        self.refused(400, 'artifact.field.invalid', 'POST',
                     '/artifacts/ml_models', field='base',
                     json={'name': 'a', 'base': link}, token=token)


class TestAnonymous(VisibilityTest):
    """Without a token, through the filters that operators use."""

    server_options = {'processes': 1}

    def setUp(self):
        super().setUp()
        self.by_visibility = {visibility: self.made(visibility)
                              for visibility in VISIBILITIES}
        self.public_draft = self.made('public', 'drafted')
        self.server.stop()
        self.server.flavor = 'keystone'
        self.server.extra = {
            'DEFAULT': {'allow_anonymous_access': 'true'},
            'keystone_authtoken': {
                'www_authenticate_uri': 'http://127.0.0.1:9/'}}
        self.server.prepare()
        self.server.start()
        self.server.wait_ready()

    def withdraw(self, artifact):
        """Nobody could: there is no Keystone. Nobody else is here either."""

    def anonymously(self, method, path, expected, **kwargs):
        response = self.http(method, path, **kwargs)
        self.assertEqual(expected, response.status_code, response.content)
        return response

    def test_only_what_is_public(self):
        public = self.by_visibility.pop('public')
        self.assertEqual(public, self.anonymously(
            'GET', public['self'], 200).json())
        self.same_bytes(DATA, self.anonymously(
            'GET', public['self'] + '/data', 200).content)
        for made in (*self.by_visibility.values(), self.public_draft):
            for path in ('', '/data', '/members'):
                self.anonymously('GET', made['self'] + path, 404)
        for query in ('', 'member_status=all', 'visibility=community',
                      'visibility=in:community,public,shared,private'):
            found = self.anonymously(
                'GET', '/artifacts/generic?' + query, 200).json()
            self.assertEqual(
                [] if query.endswith('=community') else [public['id']],
                [one['id'] for one in found['artifacts']], query)
        path = public['self'] + '/members'
        for method, path, expected, body in (
                ('GET', path, 401, {}), ('GET', path + '/x', 404, {}),
                ('POST', path, 401, {'json': {'member': 'x'}}),
                ('PUT', path + '/x', 401, {'json': {'status': 'accepted'}}),
                ('DELETE', path + '/x', 401, {})):
            self.anonymously(method, path, expected, **body)
        for name in ('member', 'members'):
            self.anonymously('GET', '/artifacts/schemas/all/' + name, 200)
