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

"""PATCH of an artifact: JSON Patch."""

import concurrent.futures
import json

from glance_artifacts.dev import checks
from glance_artifacts.tests.functional.api import base


def op(name, path, *value, **members):
    if value:
        members['value'] = value[0]
    return {'op': name, 'path': path, **members}


class PatchTest(base.ApiTest):

    def setUp(self):
        super().setUp()
        self.draft = self.create(
            name='chart', version='1', description='Old.',
            tags=['a', 'b'], metadata={'k': 'v', 'x': 'y'})

    def unchanged(self, artifact=None):
        self.assertEqual(artifact or self.draft, self.show(self.draft))

    def after(self, *operations):
        """The artifact as a patch leaves it, which show agrees with."""
        said = self.patch(self.draft, *operations).json()
        self.assertEqual(said, self.show(self.draft))
        return said


class TestOperations(PatchTest):

    def test_replace(self):
        new = {'name': 'other', 'version': '2.0.0', 'description': 'New.',
               'tags': ['c'], 'metadata': {'n': 'm'}}
        said = self.after(*(op('replace', '/' + name, value)
                            for name, value in new.items()))
        self.assertEqual({**self.draft, **new,
                          'updated_at': said['updated_at']}, said)
        self.assertLess(self.draft['updated_at'], said['updated_at'])

    def test_values_are_completed(self):
        said = self.after(op('replace', '/version', '3'),
                          op('add', '/tags/-', 'a'))
        self.assertEqual(('3.0.0', ['a', 'b']),
                         (said['version'], said['tags']))

    def test_add(self):
        said = self.after(op('add', '/tags/-', 'z'), op('add', '/tags/0', 'c'),
                          op('add', '/metadata/n', 'm'),
                          op('add', '/metadata/k', 'w'),
                          op('add', '/metadata/a~1b~0c', 'd'),
                          op('add', '/name', 'other'))
        self.assertEqual(['c', 'a', 'b', 'z'], said['tags'])
        self.assertEqual({'k': 'w', 'x': 'y', 'n': 'm', 'a/b~c': 'd'},
                         said['metadata'])
        self.assertEqual('other', said['name'])

    def test_remove(self):
        said = self.after(op('remove', '/tags/0'), op('remove', '/metadata/k'),
                          op('remove', '/description'))
        self.assertEqual((['b'], {'x': 'y'}, None),
                         (said['tags'], said['metadata'], said['description']))
        said = self.after(op('remove', '/tags'), op('remove', '/metadata'),
                          op('remove', '/version'))
        self.assertEqual(([], {}, '0.0.0'),
                         (said['tags'], said['metadata'], said['version']))

    def test_move(self):
        said = self.after(op('move', '/metadata/z', **{'from': '/metadata/k'}),
                          op('move', '/tags/0', **{'from': '/tags/1'}))
        self.assertEqual(({'x': 'y', 'z': 'v'}, ['b', 'a']),
                         (said['metadata'], said['tags']))

    def test_copy(self):
        said = self.after(op('copy', '/metadata/id', **{'from': '/id'}),
                          op('copy', '/description', **{'from': '/name'}))
        self.assertEqual((self.draft['id'], 'chart'),
                         (said['metadata']['id'], said['description']))

    def test_test(self):
        said = self.after(op('test', '/status', 'drafted'),
                          op('test', '/tags', ['a', 'b']),
                          op('test', '/data', None),
                          op('replace', '/name', 'other'),
                          op('test', '/name', 'other'))
        self.assertEqual('other', said['name'])

    def test_none_at_all(self):
        self.assertEqual({**self.draft, 'updated_at': None},
                         {**self.after(), 'updated_at': None})


class TestRefused(PatchTest):

    def refuse(self, status, code, *operations, field=None, **kwargs):
        """What is right in the patch must not happen either."""
        self.patch_refused(status, code, self.draft,
                           op('replace', '/name', 'other'), *operations,
                           field=field, **kwargs)
        self.unchanged()

    def test_a_test_that_fails(self):
        for operation in (op('test', '/name', 'chart'),
                          op('test', '/tags/0', 'b'),
                          op('test', '/status', 'active'),
                          op('test', '/metadata', {'k': 'v'}),
                          op('test', '/nothing', 1),
                          op('test', '/metadata/nothing', None)):
            self.refuse(409, 'artifact.patch.conflict', operation)

    def test_paths_that_are_missing(self):
        for operation in (
                op('remove', '/metadata/n'), op('remove', '/tags/2'),
                op('replace', '/metadata/n', 'a'),
                op('replace', '/tags/2', 'a'), op('add', '/tags/3', 'a'),
                op('remove', '/metadata/\ud83d'),
                op('add', '/metadata/k/deep/er', 'a'),
                op('copy', '/name', **{'from': '/metadata/n'}),
                op('move', '/tags/0', **{'from': '/tags/7'})):
            self.refuse(409, 'artifact.patch.conflict', operation)

    def test_values_that_break_the_declaration(self):
        for field, operation in (
                ('name', op('replace', '/name', '')),
                ('name', op('replace', '/name', 1)),
                ('name', op('remove', '/name')),
                ('version', op('replace', '/version', 'x')),
                ('description', op('replace', '/description', {})),
                ('tags', op('replace', '/tags', 'a')),
                ('tags/2', op('add', '/tags/-', 1)),
                ('metadata/n', op('add', '/metadata/n', 1)),
                ('metadata', op('add', '/metadata/', 'a')),
                ('visibility', op('replace', '/visibility', 'secret'))):
            self.refuse(400, 'artifact.field.invalid', operation, field=field)

    def test_read_only_fields(self):
        self.upload(self.draft, b'bytes')
        self.draft = self.show(self.draft)
        for name in ('id', 'type_name', 'type_version', 'created_at',
                     'updated_at', 'activated_at', 'self', 'schema', 'pool',
                     'data'):
            for operation in (op('replace', '/' + name, 'a'),
                              op('remove', '/' + name),
                              op('move', '/metadata/n',
                                 **{'from': '/' + name})):
                self.refuse(400, 'artifact.field.read_only', operation,
                            field=name)
        self.refuse(400, 'artifact.field.read_only',
                    op('replace', '/data/size', 0), field='data')

    def test_unknown_fields(self):
        for path, field in (('/colour', 'colour'), ('/Name', 'Name'),
                            ('/', ''), ('/-', '-'), ('/colour/deep', 'colour'),
                            ('/\ud83d', '?')):
            self.refuse(400, 'artifact.field.unknown', op('add', path, 'a'),
                        field=field)

    def test_no_patch(self):
        for body in (b'', b'{}', b'null', b'"a"', b'{"op": "remove"}'):
            self.refused(400, 'request.patch', 'PATCH', self.draft['self'],
                         headers=base.JSON_PATCH, data=body)
        self.refused(400, 'request.json', 'PATCH', self.draft['self'],
                     headers=base.JSON_PATCH, data=b'[')

    def test_operations_that_make_no_sense(self):
        for operation in (
                None, 'remove', [], {}, {'op': 'remove'}, {'path': '/name'},
                op('jump', '/name'), op(['add'], '/name', 'a'),
                op('add', '/name'), op('replace', '/name'), op('test', '/id'),
                op('add', 'name', 'a'), op('add', '', {}), op('remove', 5),
                op('add', '/tags/~2', 'a'), op('copy', '/name'),
                op('move', '/name', **{'from': 'id'}),
                op('move', '/name', **{'from': None})):
            self.refuse(400, 'request.patch', operation)

    def test_too_many(self):
        self.refuse(400, 'request.patch',
                    *[op('test', '/name', 'other')] * 1000)

    def test_growth(self):
        """Each copy would double what there is."""
        self.refuse(
            400, 'request.patch', op('add', '/metadata/a', 'x' * 4000),
            *(op('copy', '/metadata/c%d' % n, **{'from': '/metadata'})
              for n in range(60)))

    def test_media_types(self):
        body = json.dumps([op('replace', '/name', 'other')])
        for media_type in ('application/json', 'text/plain',
                           'application/openstack-images-v2.1-json-patch'):
            self.refused(415, 'request.media_type', 'PATCH',
                         self.draft['self'], data=body,
                         headers={'Content-Type': media_type})
        self.refused(415, 'request.media_type', 'PATCH', self.draft['self'],
                     data=body.encode())
        self.unchanged()

    def test_too_large(self):
        self.refuse(413, 'request.too_large',
                    op('add', '/description', 'x' * 1024 * 1024))

    def test_publicize(self):
        self.refuse(403, 'policy.forbidden',
                    op('replace', '/visibility', 'public'))
        self.assertEqual('public',
                         self.publish(self.draft).json()['visibility'])
        self.patch(self.draft, op('replace', '/visibility', 'public'),
                   op('replace', '/description', 'Still public.'))
        self.assertEqual('private', self.after(
            op('replace', '/visibility', 'private'))['visibility'])


class TestOnceActive(PatchTest):

    def setUp(self):
        super().setUp()
        self.draft = self.act(self.draft, 'activate').json()

    def test_what_is_fixed(self):
        for status in ('active', 'deactivated'):
            for name, value in (('name', 'other'), ('version', '2')):
                for operation in (op('replace', '/' + name, value),
                                  op('remove', '/' + name),
                                  op('move', '/metadata/n',
                                     **{'from': '/' + name})):
                    self.patch_refused(
                        409, 'artifact.immutable', self.draft,
                        op('replace', '/description', 'New.'), operation,
                        field=name)
                    self.unchanged()
            self.draft = self.act(self.draft, 'deactivate').json()

    def test_what_may_change(self):
        for action in ('deactivate', 'reactivate'):
            said = self.after(
                op('replace', '/description', action),
                op('add', '/tags/-', action),
                op('add', '/metadata/' + action, 'yes'))
            self.assertEqual(action, said['description'])
            self.act(self.draft, action)
        self.assertEqual('public',
                         self.publish(self.draft).json()['visibility'])


class TestRevisions(PatchTest):

    def test_if_match(self):
        for etag in ('"1"', '*', '"7", "3"'):
            headers = {'If-Match': etag}
            self.patch(self.draft, op('add', '/tags/-', etag),
                       headers=headers)
        now = self.show(self.draft)
        for etag in ('"1"', '"3"', 'W/"4"', '"x"', '""'):
            self.patch_refused(
                412, 'artifact.revision', self.draft,
                op('replace', '/name', 'other'), headers={'If-Match': etag})
        self.unchanged(now)

    def test_it_comes_after_who_may(self):
        headers = {'If-Match': '"9"'}
        self.patch_refused(403, 'policy.forbidden', self.draft,
                           headers=headers, token=self.reader)
        self.patch_refused(404, 'artifact.not_found', self.draft,
                           headers=headers, token=self.stranger)

    def test_on_actions(self):
        for action in ('activate', 'deactivate', 'reactivate'):
            etag = self.call('GET', self.draft['self']).headers['ETag']
            self.refused(412, 'artifact.revision', 'POST',
                         '%s/actions/%s' % (self.draft['self'], action),
                         headers={'If-Match': '"0"'})
            self.act(self.draft, action, headers={'If-Match': etag})

    def test_many_at_once(self):
        """Without If-Match each is applied to what the others left."""
        tags = ['tag %d' % number for number in range(20)]

        def add(tag):
            with checks.session() as session:
                return session.patch(
                    self.server.root + self.draft['self'],
                    data=json.dumps([op('add', '/tags/-', tag)]),
                    headers={**base.JSON_PATCH, 'X-Auth-Token': self.member})

        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            answers = dict(zip(tags, pool.map(add, tags), strict=True))
        statuses = {answer.status_code for answer in answers.values()}
        self.assertLessEqual(statuses, {200, 409})
        done = [tag for tag, answer in answers.items()
                if answer.status_code == 200]
        # who is told 409 was overtaken by five others
        self.assertGreaterEqual(len(done), 5)
        for answer in answers.values():
            if answer.status_code == 409:
                self.check_errors(answer)
        response = self.call('GET', self.draft['self'])
        self.assertEqual({'a', 'b', *done}, set(response.json()['tags']))
        self.assertEqual('"%d"' % (1 + len(done)), response.headers['ETag'])

    def test_one_winner_with_if_match(self):
        def rename(number):
            with checks.session() as session:
                return session.patch(
                    self.server.root + self.draft['self'],
                    data=json.dumps([op('replace', '/name',
                                        'name %d' % number)]),
                    headers={**base.JSON_PATCH, 'If-Match': '"1"',
                             'X-Auth-Token': self.member}).status_code

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            statuses = sorted(pool.map(rename, range(8)))
        self.assertEqual([200] + [412] * 7, statuses)
