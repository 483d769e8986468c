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

"""Who may do what: asked of every route in the table."""

from glance_artifacts.api import routes
from glance_artifacts.tests.functional.api import base

METHODS = ('DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT', 'PROPFIND')
WRITES = [route for route in routes.ROUTES if route.method != 'GET']
OF_ONE = [route for route in routes.ROUTES if '{id}' in route.path]

#: A type with a blob and a folder, and bytes that both take.
TYPE, BLOB, FOLDER, KEY = 'heat_templates', 'template', 'files', 'a/b'
BYTES = b'heat_template_version: rocky'
#: A project that an artifact is shared with.
MEMBER = 'a-member'

#: The body of a request that goes through for who may send it.
BODIES = {
    'POST': {'json': {'name': 'name'}},
    'PATCH': {'headers': base.JSON_PATCH, 'data': '[]'},
    'PUT': {'data': BYTES},
}


def path_of(route, artifact_id=base.NOBODYS_ID):
    return '/artifacts' + route.path.format(
        type_name=TYPE, id=artifact_id, key=KEY, tag='tag', member=MEMBER,
        upload=base.NOBODYS_ID, n=1,
        blob=FOLDER if '{key}' in route.path else BLOB)


def body_of(route):
    if '/members' in route.path:
        return {'POST': {'json': {'member': 'another'}},
                'PUT': {'json': {'status': 'accepted'}}}.get(route.method, {})
    if route.path.endswith('/uploads'):
        return {'json': {'blob': BLOB}}
    if route.path.endswith('/complete'):
        return {}
    if route.path.endswith('/move'):
        return {'json': {'pool': 'general'}}
    return {} if '/actions/' in route.path else BODIES.get(route.method, {})


class TestEveryRoute(base.ApiTest):

    def filled(self, **body):
        """A draft with its blob and an entry of its folder."""
        draft = self.create(TYPE, tags=['tag'], **body)
        for place in (BLOB, '%s/%s' % (FOLDER, KEY)):
            self.upload(draft, BYTES, place)
        return draft

    def shared(self):
        """One that is shared with a project."""
        draft = self.filled(visibility='shared')
        self.call('POST', draft['self'] + '/members', json={'member': MEMBER})
        return draft

    def activated(self, public=False):
        draft = self.filled()
        if public:
            self.publish(draft)
        return self.act(draft, 'activate').json()

    def test_the_table_is_what_these_tests_know(self):
        """A new kind of path has to be thought about here."""
        self.assertEqual(
            {'', '/openapi.json', '/schemas', '/schemas/{type_name}',
             '/schemas/all/member', '/schemas/all/members', '/all', '/usage',
             '/{type_name}',
             '/{type_name}/{id}', '/{type_name}/{id}/{blob}',
             '/{type_name}/{id}/{blob}/{key}',
             '/{type_name}/{id}/members',
             '/{type_name}/{id}/members/{member}',
             '/{type_name}/{id}/actions/activate',
             '/{type_name}/{id}/actions/deactivate',
             '/{type_name}/{id}/actions/move',
             '/{type_name}/{id}/actions/reactivate',
             '/{type_name}/{id}/tags/{tag}',
             '/{type_name}/{id}/uploads',
             '/{type_name}/{id}/uploads/{upload}',
             '/{type_name}/{id}/uploads/{upload}/complete',
             '/{type_name}/{id}/uploads/{upload}/parts/{n}'},
            {route.path for route in routes.ROUTES})
        self.assertEqual(len(OF_ONE), 25)
        self.assertEqual(len(WRITES), 20)

    def test_another_projects_artifact_is_not_there(self):
        private, draft = self.activated(), self.filled()
        public_draft = self.create(TYPE, visibility='public',
                                   token=base.ADMIN)
        shared = self.act(self.shared(), 'activate').json()
        for artifact in (private, draft, public_draft, shared):
            before = self.show(artifact, token=base.ADMIN)
            for route in OF_ONE:
                self.refused(404, 'artifact.not_found', route.method,
                             path_of(route, artifact['id']),
                             token=self.stranger, **body_of(route))
            self.assertEqual(before, self.show(artifact, token=base.ADMIN))

    def test_it_looks_like_one_that_never_was(self):
        artifact = self.activated()
        for route in OF_ONE:
            answers = []
            for artifact_id in (artifact['id'], base.NOBODYS_ID):
                response = self.call(route.method, path_of(route, artifact_id),
                                     404, token=self.stranger,
                                     **body_of(route))
                entry = response.json()['errors'][0]
                del entry['request_id']
                entry['detail'] = entry['detail'].replace(artifact_id, 'ID')
                answers.append((entry, set(response.headers)))
            self.assertEqual(*answers)

    def test_a_reader_writes_nothing(self):
        for artifact in (self.filled(), self.shared()):
            before = self.everything(artifact)
            for route in WRITES:
                self.refused(403, 'policy.forbidden', route.method,
                             path_of(route, artifact['id']),
                             token=self.reader, **body_of(route))
            self.assertEqual(before, self.everything(artifact))
        self.assertEqual(2, len(self.listed(type_name=TYPE)))

    def everything(self, artifact):
        """What may be changed of it, members included."""
        response = self.http('GET', artifact['self'] + '/members',
                             token=self.member)
        return self.show(artifact), response.json().get('members')

    def test_a_reader_reads(self):
        artifact = self.shared()
        for route in routes.ROUTES:
            if '{upload}' in route.path:
                self.refused(403, 'policy.forbidden', route.method,
                             path_of(route, artifact['id']),
                             token=self.reader, **body_of(route))
            elif route.method == 'GET':
                self.call('GET', path_of(route, artifact['id']),
                          token=self.reader)

    def test_others_read_what_is_public_and_write_nothing(self):
        artifact = self.activated(public=True)
        before = self.show(artifact)
        for route in OF_ONE:
            path = path_of(route, artifact['id'])
            if '{upload}' in route.path:
                self.refused(404, 'artifact.upload.not_found', route.method,
                             path, token=self.stranger, **body_of(route))
            elif route.method == 'GET' and '{member}' in route.path:
                self.refused(404, 'artifact.member.not_found', 'GET', path,
                             token=self.stranger)
            elif route.method == 'GET' and '/members' not in route.path:
                self.call('GET', path, token=self.stranger)
            else:
                self.refused(403, 'policy.forbidden', route.method, path,
                             token=self.stranger, **body_of(route))
        self.assertEqual(before, self.show(artifact))

    def test_an_administrator_of_another_project_may_all(self):
        expected = {'PUT': 201, 'DELETE': 204}
        for route in OF_ONE:
            if '/uploads' in route.path:
                continue  # test_upload_sessions has them
            of_members = '/members' in route.path
            if of_members:
                artifact = self.shared()
            else:
                artifact = (self.create(TYPE) if route.method == 'PUT'
                            else self.filled())
            if '/actions/' in route.path:
                self.act(artifact, 'activate')
            done = expected.get(route.method, 200)
            if route.method == 'PUT' and of_members:
                done = 200
            elif '/tags/' in route.path:
                done = 204
            elif route.path.endswith('/move'):
                done = 202
            self.call(route.method, path_of(route, artifact['id']),
                      done, token=base.ADMIN,
                      **body_of(route))

    def test_no_role_no_answer(self):
        public = self.activated(public=True)
        shared = self.act(self.shared(), 'activate').json()
        nobody = base.token_for(self.project, 'auditor')
        for route in routes.ROUTES:
            of_members = '/members' in route.path
            self.refused(403, 'policy.forbidden', route.method,
                         path_of(route, (shared if of_members
                                         else public)['id']), token=nobody,
                         **body_of(route))

    def test_a_malformed_token(self):
        for route in routes.ROUTES:
            self.refused(401, 'auth.token_invalid', route.method,
                         path_of(route), token='garbage', **body_of(route))

    def test_unknown_methods(self):
        artifact = self.shared()
        before, by_path = self.show(artifact), {}
        for route in routes.ROUTES:
            by_path.setdefault(path_of(route, artifact['id']), set()).add(
                route.method)
        for path, known in by_path.items():
            if 'GET' in known:
                known.add('HEAD')
            for method in METHODS:
                if method in known:
                    continue
                response = self.call(method, path, 405)
                self.assertEqual(', '.join(sorted(known)),
                                 response.headers['Allow'])
        self.assertEqual(self.show(artifact), before)

    def test_head_wherever_get_is(self):
        artifact = self.shared()
        for route in routes.ROUTES:
            if route.method != 'GET' or '{upload}' in route.path:
                continue
            path = path_of(route, artifact['id'])
            got, head = self.call('GET', path), self.call('HEAD', path)
            self.assertEqual(b'', head.content)
            self.assertTrue(got.content)
            for response in (got, head):
                response.headers.pop('x-openstack-request-id')
            self.assertEqual(got.headers, head.headers)

    def test_a_trailing_slash_is_another_path(self):
        artifact = self.create(TYPE)
        for route in routes.ROUTES:
            if '{key}' in route.path:
                continue  # where it is a bad key
            self.refused(404, 'request.path', route.method,
                         path_of(route, artifact['id']) + '/',
                         **body_of(route))
        self.assertEqual(artifact, self.show(artifact))

    def test_paths_that_are_nearly_ours(self):
        artifact = self.create()
        for path in ('/artifacts/schemas/all', '/artifacts/all/v1.0',
                     '/artifacts/all/' + artifact['id'],
                     '/artifacts/Generic',
                     '/artifacts/generic/' + artifact['id'].upper(),
                     '/artifacts/generic/' + artifact['id'][:-1],
                     '/artifacts/generic/%s/actions' % artifact['id'],
                     '/artifacts/generic/%s/name' % artifact['id'],
                     '/artifacts/generic%0A', '/artifacts/v1'):
            self.refused(404, 'request.path', 'GET', path)

    def test_unknown_types_and_blobs(self):
        artifact = self.create()
        self.refused(404, 'type.not_found', 'GET', '/artifacts/nothing')
        self.refused(404, 'type.not_found', 'POST', '/artifacts/nothing',
                     json={'name': 'a'})
        self.refused(404, 'type.not_found', 'GET',
                     '/artifacts/schemas/nothing')
        self.refused(404, 'artifact.not_found', 'GET',
                     '/artifacts/helm_charts/' + artifact['id'])
        for method in ('PUT', 'GET', 'DELETE'):
            self.refused(404, 'artifact.blob.unknown', method,
                         artifact['self'] + '/chart')
        for method in ('GET', 'DELETE'):
            self.refused(404, 'artifact.blob.not_found', method,
                         artifact['self'] + '/data')
