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


"""The same steps on an image and on an artifact: the same answers."""

import itertools
import json

from glance_artifacts.tests.functional.api import base

PATCH_OF_IMAGES = {'Content-Type':
                   'application/openstack-images-v2.1-json-patch'}
KEYS = {'member_id', 'status', 'created_at', 'updated_at', 'schema'}
CALLERS = ('owner', 'reader', 'guest', 'guest_reader', 'other', 'stranger',
           'admin')
VISIBILITIES = ('private', 'shared', 'community', 'public')


class Kind:
    """Images or artifacts: where they are, and how they are patched.

    :ivar key: what a member calls the thing that is shared
    """

    def __init__(self, path, key, headers, shown):
        self.path, self.key = path, key
        self.headers, self.shown = headers, shown


IMAGE = Kind('/images', 'image_id', PATCH_OF_IMAGES, 'images')
ARTIFACT = Kind('/artifacts/generic', 'artifact_id', base.JSON_PATCH,
                'artifacts')


class SameTest(base.ApiTest):
    """Two of a kind, and callers who are the same to both."""

    def setUp(self):
        super().setUp()
        guest, other = base.unique('guest'), base.unique('other')
        self.names = {'guest': guest, 'other': other, 'nobody': 'nobody',
                      'owner': self.project}
        self.tokens = {
            # Glance asks for reader as well; Keystone implies it
            'owner': base.token_for(self.project, 'member,reader'),
            'reader': self.reader,
            'guest': base.token_for(guest, 'member,reader'),
            'guest_reader': base.token_for(guest, 'reader'),
            'other': base.token_for(other, 'member,reader'),
            'stranger': base.token_for(base.unique('x'), 'member,reader'),
            'admin': base.token_for('operators', 'admin,member,reader')}

    def made(self, kind, visibility='shared'):
        """One with two members that is then given a visibility."""
        token = self.tokens['owner']
        made = self.http('POST', kind.path, token=token, json={
            'name': base.unique('same'), 'visibility': 'shared'}).json()
        path = made['self']
        if kind is ARTIFACT:
            self.act(made, 'activate')
        self.addCleanup(self.http, 'DELETE', path, token=base.ADMIN)
        for name in ('guest', 'other'):
            self.call('POST', path + '/members', token=token,
                      json={'member': self.names[name]})
        if visibility != 'shared':
            self.visible(kind, path, visibility)
        return path

    def pair(self, visibility='shared'):
        return {kind: self.made(kind, visibility)
                for kind in (IMAGE, ARTIFACT)}

    def visible(self, kind, path, visibility, who='admin'):
        return self.http(
            'PATCH', path, token=self.tokens[who], headers=kind.headers,
            data=json.dumps([{'op': 'replace', 'path': '/visibility',
                              'value': visibility}])).status_code

    def answer(self, kind, who, method, path, **kwargs):
        """What there is to compare of an answer."""
        response = self.http(method, path, token=self.tokens[who], **kwargs)
        if response.status_code != 200:
            return response.status_code
        return 200, self.plain(kind, response.json())

    def plain(self, kind, shown):
        """A body without what differs, which is checked."""
        if 'members' in shown:
            self.assertEqual({'members', 'schema'}, set(shown))
            # Glance lists them in no certain order
            return sorted(self.plain(kind, one) for one in shown['members'])
        self.assertEqual(KEYS | {kind.key}, set(shown))
        return shown['member_id'], shown['status']

    def same(self, step):
        """Take a step with each; what came of it is the same."""
        image, artifact = step(IMAGE), step(ARTIFACT)
        self.assertEqual(image, artifact)
        return artifact


class TestMembers(SameTest):

    def test_reading(self):
        for visibility in VISIBILITIES:
            paths = self.pair(visibility)
            for who in CALLERS:
                for name in ('', '/guest', '/other', '/nobody'):
                    tail = name and '/' + self.names[name[1:]]
                    self.same(lambda kind: (
                        visibility, who, name, self.answer(
                            kind, who, 'GET',
                            paths[kind] + '/members' + tail)))

    def test_writing(self):
        bodies = {'POST': {'json': {'member': 'new'}},
                  'PUT': {'json': {'status': 'accepted'}}, 'DELETE': {}}
        for visibility in VISIBILITIES:
            paths = self.pair(visibility)
            for method, name, who in itertools.product(
                    bodies, ('', '/guest', '/nobody'), CALLERS):
                if (method == 'POST') == bool(name):
                    continue
                tail = name and '/' + self.names[name[1:]]
                answer = self.same(lambda kind: self.answer(
                    kind, who, method, paths[kind] + '/members' + tail,
                    **bodies[method]))
                if answer not in (403, 404):  # it has changed something
                    paths = self.pair(visibility)

    def test_bodies(self):
        paths = self.pair()
        for who, method, tail, word, values in (
                ('owner', 'POST', '', 'member',
                 ('', None, self.names['guest'], 'x' * 64, '\xe4', 'a b',
                  self.project)),
                ('guest', 'PUT', '/' + self.names['guest'], 'status',
                 ('', None, 1, 'all', 'accepted', 'accepted', 'rejected',
                  'pending'))):
            bodies = [{word: value} for value in values]
            for body in (*bodies, {}, [], 'x', {word: 'rejected', 'more': 1},
                         {'more': 1}):
                self.same(lambda kind: (body, self.answer(
                    kind, who, method, paths[kind] + '/members' + tail,
                    json=body)))
            self.same(lambda kind: self.answer(
                kind, who, method, paths[kind] + '/members' + tail))

    def test_a_life(self):
        paths = self.pair()
        guest = '/members/' + self.names['guest']
        own = '/members/' + self.project
        for who, method, tail, body in (
                ('guest', 'PUT', guest, {'status': 'accepted'}),
                ('owner', 'GET', '/members', None),
                ('owner', 'POST', '/members', {'member': self.project}),
                ('owner', 'PUT', own, {'status': 'accepted'}),
                ('owner', 'DELETE', own, None),
                ('owner', 'DELETE', own, None),
                ('owner', 'DELETE', guest, None),
                ('guest', 'GET', guest, None),
                ('guest', 'GET', '/members', None),
                ('owner', 'POST', '/members',
                 {'member': self.names['guest']}),
                ('guest', 'GET', '/members', None),
                ('guest', 'PUT', guest, {'status': 'rejected'}),
                ('admin', 'GET', '/members', None)):
            self.same(lambda kind: (who, method, tail, self.answer(
                kind, who, method, paths[kind] + tail,
                **({'json': body} if body else {}))))

    def test_kept_while_not_shared(self):
        paths = self.pair()
        for visibility in ('private', 'community', 'shared'):
            self.same(lambda kind: self.visible(kind, paths[kind],
                                                visibility, 'owner'))
            for who in CALLERS:
                self.same(lambda kind: (visibility, who, self.answer(
                    kind, who, 'GET', paths[kind] + '/members')))


class TestVisibility(SameTest):

    def test_who_sees_it(self):
        for visibility in VISIBILITIES:
            paths = self.pair(visibility)
            for who in CALLERS:
                self.same(lambda kind: (visibility, who, self.http(
                    'GET', paths[kind],
                    token=self.tokens[who]).status_code))

    def test_who_changes_it(self):
        for visibility in VISIBILITIES:
            for who in CALLERS:
                paths = self.pair()
                self.same(lambda kind: (visibility, who, self.visible(
                    kind, paths[kind], visibility, who)))

    def test_lists(self):
        paths = {kind: {visibility: self.made(kind, visibility)
                        for visibility in VISIBILITIES}
                 for kind in (IMAGE, ARTIFACT)}
        for kind in (IMAGE, ARTIFACT):
            self.call('PUT', '%s/members/%s' % (
                paths[kind]['shared'], self.names['guest']),
                token=self.tokens['guest'], json={'status': 'accepted'})
        queries = ['visibility=' + visibility for visibility in VISIBILITIES]
        queries += ['member_status=' + status for status in (
            'accepted', 'pending', 'rejected', 'all', 'none', '')]
        queries += ['visibility=shared&member_status=' + status
                    for status in ('pending', 'rejected', 'all')]
        # administrators see all artifacts, community ones of others, too
        for who in (one for one in CALLERS if one != 'admin'):
            for query in ('', *queries):
                self.same(lambda kind: (who, query, self.listed_to(
                    kind, paths[kind], who, query)))

    def listed_to(self, kind, paths, who, query):
        response = self.http('GET', '%s?owner=%s&limit=100&%s' % (
            kind.path, self.project, query), token=self.tokens[who])
        if response.status_code != 200:
            return response.status_code
        found = {one['self'] for one in response.json()[kind.shown]}
        return {visibility for visibility, path in paths.items()
                if path in found}
