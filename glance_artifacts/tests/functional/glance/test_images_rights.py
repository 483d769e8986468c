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


"""Who may do what with images: Glance's own policies, through both APIs."""

import json

from glance_artifacts.tests.functional.api import base as api_base
from glance_artifacts.tests.functional.glance import base
from glance_artifacts.tests.functional.glance import images

PROTECTIONS = """\
[^x_locked$]
create = admin,member
read = admin,member,reader
update = admin
delete = admin

[^x_secret$]
create = admin
read = admin
update = admin
delete = admin

[.*]
create = admin,member
read = admin,member,reader
update = admin,member
delete = admin,member
"""
#: Rules of artifacts that refuse everybody: nobody asks them here.
RULES = {'artifact:%s' % name: '!' for name in (
    'list', 'get', 'create', 'update', 'delete', 'delete_public', 'publicize',
    'communitize', 'set_owner', 'add_tag', 'delete_tag', 'activate',
    'deactivate', 'reactivate', 'upload', 'download', 'delete_blob',
    'download_deactivated', 'get_members', 'get_member', 'add_member',
    'modify_member', 'delete_member')}


def protect(etc):
    """Protect properties, and refuse everything about artifacts."""
    (etc / 'protection.conf').write_text(PROTECTIONS)
    (etc / 'policy.json').write_text(json.dumps(
        {**RULES, 'download_image': 'role:admin or role:member'}))
    conf = etc / 'glance-api.conf'
    conf.write_text(conf.read_text().replace(
        '[DEFAULT]\n', '[DEFAULT]\nproperty_protection_file = %s\n'
        % (etc / 'protection.conf'), 1)
        + '\n[oslo_policy]\npolicy_file = %s\n' % (etc / 'policy.json'))


class TestGlanceJudges(images.ImageArtifactsTest):

    @classmethod
    def make_server(cls):
        return base.EditedServer(protect)

    def test_our_rules_are_not_asked(self):
        image = self.filled(tags=['a'])
        self.patch(image, {'op': 'replace', 'path': '/name', 'value': 'b'})
        self.call('PUT', image['self'] + '/tags/b', 204)
        self.call('DELETE', image['self'] + '/tags/b', 204)
        self.act(image, 'deactivate')
        self.act(image, 'activate')
        self.call('GET', image['self'] + '/file')
        self.call('POST', image['self'] + '/members', json={'member': 'm'})
        self.call('GET', image['self'] + '/members')
        self.assertEqual([image['id']], [one['id'] for one in self.listed(
            type_name='images')])
        self.assertEqual([image['id']], [one['id'] for one in self.listed(
            type_name='all')])
        self.call('DELETE', image['self'] + '/members/m', 204)
        self.call('DELETE', image['self'], 204)
        self.refused(403, 'policy.forbidden', 'GET', '/artifacts/generic')

    def test_its_rules_are(self):
        image = self.filled()
        self.refused(403, 'image.forbidden', 'GET', image['self'] + '/file',
                     token=self.reader)
        self.call('HEAD', image['self'] + '/file', 403, token=self.reader)
        etag = '"%s"' % self.call('GET', image['self'] + '/file'
                                  ).headers['ETag'].strip('"')
        self.refused(403, 'image.forbidden', 'GET', image['self'] + '/file',
                     token=self.reader, headers={'If-None-Match': etag})

    def test_protected_properties(self):
        """One by one as /v2/images does."""
        draft = self.draft(metadata={'x_locked': '1', 'free': '1'})
        self.patch_image(draft, {'op': 'add', 'path': '/x_secret',
                                 'value': '1'}, token=api_base.ADMIN)
        before = self.show(draft, token=api_base.ADMIN)
        self.assertEqual({'x_locked': '1', 'x_secret': '1', 'free': '1'},
                         before['metadata'])
        self.assertEqual({'x_locked': '1', 'free': '1'},
                         self.show(draft)['metadata'])
        for operation in (
                {'op': 'replace', 'path': '/%s', 'value': '2'},
                {'op': 'add', 'path': '/%s', 'value': '2'},
                {'op': 'remove', 'path': '/%s'}):
            for name in ('x_locked', 'x_secret'):
                if name == 'x_secret' and operation['op'] != 'add':
                    continue  # not there, as far as the caller can see
                ours = {**operation, 'path': '/metadata/' + name}
                theirs = {**operation, 'path': '/' + name}
                self.assertEqual(403, self.patch_image(
                    draft, theirs).status_code, operation)
                self.patch_refused(403, 'image.forbidden', draft, ours)
        self.refused(403, 'image.forbidden', 'POST', '/artifacts/images',
                     json={'metadata': {'x_secret': '1'}})
        self.assertEqual(before, self.show(draft, token=api_base.ADMIN))

    def test_a_change_beside_protected_properties(self):
        """What Glance itself makes of them, it makes of them here."""
        found = []
        for change in (
                lambda one: self.patch_image(one, {
                    'op': 'replace', 'path': '/free', 'value': '2'}),
                lambda one: self.patch(one, {
                    'op': 'replace', 'path': '/metadata/free',
                    'value': '2'})):
            draft = self.draft(metadata={'x_locked': '1', 'free': '1'})
            self.patch_image(draft, {'op': 'add', 'path': '/x_secret',
                                     'value': '1'}, token=api_base.ADMIN)
            self.assertEqual(200, change(draft).status_code)
            found.append(self.show(draft, token=api_base.ADMIN)['metadata'])
        self.assertEqual(*found)
        self.assertEqual(('1', '2'), (found[0]['x_locked'],
                                      found[0]['free']))


class TestRights(images.ImageArtifactsTest):

    WRITES = (('PATCH', '', {'headers': api_base.JSON_PATCH, 'data': (
        '[{"op": "replace", "path": "/name", "value": "x"}]')}),
        ('PATCH', '', {'headers': api_base.JSON_PATCH, 'data': '[]'}),
        ('PUT', '/tags/old', {}), ('PUT', '/tags/new', {}),
        ('DELETE', '/tags/old', {}), ('POST', '/actions/deactivate', {}),
        ('POST', '/actions/reactivate', {}),
        ('POST', '/actions/activate', {}),
        ('POST', '/members', {'json': {'member': 'm'}}), ('DELETE', '', {}))

    def test_another_projects_image_is_not_there(self):
        image = self.filled(tags=['old'])
        for method, path, body in (*self.WRITES, ('GET', '', {}),
                                   ('GET', '/file', {}),
                                   ('PUT', '/file', {'data': b'x'}),
                                   ('GET', '/members', {})):
            self.refused(404, 'artifact.not_found', method,
                         image['self'] + path, token=self.stranger, **body)
        self.assertEqual(image, self.show(image))

    def test_a_reader_writes_nothing(self):
        image, draft = self.filled(tags=['old']), self.draft()
        for method, path, body in self.WRITES:
            self.call(method, image['self'] + path, 403, token=self.reader,
                      **body)
        self.refused(403, 'image.forbidden', 'PUT', draft['self'] + '/file',
                     token=self.reader, data=b'x')
        self.refused(403, 'image.forbidden', 'POST', '/artifacts/images',
                     token=self.reader, json={})
        self.assertEqual(image, self.show(image, token=self.reader))

    def test_others_read_what_is_public(self):
        image = self.filled(tags=['old'])
        self.publish_image(image)
        image = self.show(image)
        for method, path, body in self.WRITES:
            self.call(method, image['self'] + path, 403,
                      token=self.stranger, **body)
        self.assertEqual(image, self.show(image, token=self.stranger))
        self.assertEqual(images.BYTES, self.call(
            'GET', image['self'] + '/file', token=self.stranger).content)

    def test_what_only_administrators_may(self):
        image = self.filled()
        for name, value in (('visibility', 'public'), ('owner', 'other')):
            operation = {'op': 'replace', 'path': '/' + name, 'value': value}
            self.patch_refused(403, 'image.forbidden', image, operation)
            self.patch(image, operation, token=api_base.ADMIN)
            self.refused(403, 'image.forbidden', 'POST', '/artifacts/images',
                         json={name: value})
        self.assertEqual(('other', 'public'), tuple(
            self.glances(image)[name] for name in ('owner', 'visibility')))
        self.call('DELETE', image['self'], 204, token=api_base.ADMIN)

    def test_a_protected_image(self):
        image = self.draft(protected=True)
        self.refused(403, 'image.forbidden', 'DELETE', image['self'])
        self.patch(image, {'op': 'replace', 'path': '/protected',
                           'value': False})
        self.call('DELETE', image['self'], 204)
        self.assertEqual(404, self.http(
            'GET', '/images/' + image['id'],
            token=self.member).status_code)

    def test_no_role(self):
        nobody = api_base.token_for(self.project, 'auditor')
        image = self.draft()
        for path, code in (('/artifacts/images', 'image.forbidden'),
                           ('/artifacts/all', 'policy.forbidden')):
            self.refused(403, code, 'GET', path, token=nobody)
        self.call('GET', image['self'], 404, token=nobody)

    def test_life(self):
        draft = self.draft()
        entry = self.refused(409, 'artifact.activate.incomplete', 'POST',
                             draft['self'] + '/actions/activate',
                             field='file')
        self.assertIn('file', entry['detail'])
        for action in ('deactivate', 'reactivate'):
            self.refused(409, 'artifact.status', 'POST', '%s/actions/%s' % (
                draft['self'], action), field='status')
        self.upload(draft, images.BYTES, 'file')
        for action, status in (
                ('activate', 'active'), ('deactivate', 'deactivated'),
                ('deactivate', 'deactivated'), ('reactivate', 'active'),
                ('reactivate', 'active'), ('deactivate', 'deactivated'),
                ('activate', 'active')):
            self.assertEqual(status,
                             self.act(draft, action).json()['status'])
            self.assertEqual(status, self.glances(draft)['status'])

    def test_status_by_patch(self):
        image = self.filled()
        for status in ('deactivated', 'active', 'active'):
            self.patch(image, {'op': 'replace', 'path': '/status',
                               'value': status})
            self.assertEqual(status, self.glances(image)['status'])
        draft = self.draft()
        self.patch_refused(409, 'artifact.activate.incomplete', draft, {
            'op': 'replace', 'path': '/status', 'value': 'active'},
            field='file')

    def test_bytes_of_a_deactivated_image(self):
        image = self.filled()
        self.act(image, 'deactivate')
        etag = {'If-None-Match': '*'}
        for headers in ({}, etag, {'Range': 'bytes=1-2'}):
            self.refused(403, 'image.forbidden', 'GET',
                         image['self'] + '/file', headers=headers)
        self.call('HEAD', image['self'] + '/file', 403)
        self.assertEqual(images.BYTES, self.call(
            'GET', image['self'] + '/file', token=api_base.ADMIN).content)

    def test_members(self):
        image = self.filled()
        other = api_base.unique('other')
        token = api_base.token_for(other)
        path = image['self'] + '/members'
        member = self.call('POST', path, json={'member': other}).json()
        self.assertEqual((image['id'], other, 'pending'), tuple(
            member[name] for name in ('artifact_id', 'member_id', 'status')))
        self.assertEqual(409, self.http('POST', path, token=self.member,
                                        json={'member': other}).status_code)
        self.call('GET', image['self'], token=token)
        self.refused(403, 'image.forbidden', 'PUT', path + '/' + other,
                     json={'status': 'accepted'})
        self.assertEqual([], self.listed(type_name='images', token=token))
        self.assertEqual([image['id']], [one['id'] for one in self.listed(
            'member_status=pending', type_name='images', token=token)])
        self.call('PUT', path + '/' + other, token=token,
                  json={'status': 'accepted'})
        self.assertEqual([image['id']], [one['id'] for one in self.listed(
            type_name='images', token=token)])
        theirs = self.call('GET', '/images/%s/members' % image['id']).json()
        ours = self.call('GET', path).json()
        self.assertEqual(
            [(one['member_id'], one['status'], one['created_at'])
             for one in theirs['members']],
            [(one['member_id'], one['status'], one['created_at'])
             for one in ours['members']])
        self.call('GET', path + '/' + other, token=token)
        self.refused(404, 'artifact.member.not_found', 'GET',
                     path + '/nobody')
        self.call('DELETE', path + '/' + other, 204)
        self.call('GET', image['self'], 404, token=token)
