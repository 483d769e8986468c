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

"""The route that asks for a move, and the worker that makes it."""

import json
import subprocess

import fixtures

from glance_artifacts.db import models
from glance_artifacts.tests.functional.api import base
from glance_artifacts.tests.functional.store import test_purge

DATA = b'some bytes'
ROOM = 3, 100


class MoveTest(test_purge.PurgeTest):
    """Two pools; the other one has little room for each project."""

    server_options = {'pools': True, 'processes': 1, 'extra': {
        'artifacts': {'delete_delay': '0'},
        'artifact_pool:second': {'max_artifacts': str(ROOM[0]),
                                 'max_bytes': str(ROOM[1])}}}

    def files(self, pool='general'):
        return {path.name for path in
                (self.server.state / 'stores' / pool).glob('gart-*')}

    def ask(self, artifact, pool='second', expected=202, **kwargs):
        return self.act(artifact, 'move', expected, **{
            'token': base.ADMIN, 'json': {'pool': pool}, **kwargs})

    def denied(self, status, code, artifact, **kwargs):
        entry = self.refused(
            status, code, 'POST', artifact['self'] + '/actions/move', **{
                'token': base.ADMIN, 'json': {'pool': 'second'}, **kwargs})
        self.assertEqual([], self.asked(artifact))
        return entry

    def asked(self, artifact):
        """The pools that moves of an artifact are noted for."""
        return [row['pool'] for row in self._rows(models.moves, artifact)]

    def work(self):
        """Have the worker do what there is; what it says of it."""
        done = subprocess.run(
            self.command('worker', '--once'), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=120)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        return done.stderr

    def etag(self, path):
        return self.call('HEAD', path).headers['ETag']

    def check_data(self, artifact):
        self.assertEqual(DATA, self.call(
            'GET', artifact['self'] + '/data').content)


class TestMove(MoveTest):

    def check(self, artifact):
        """Moved, and nobody sees more of it than the pool."""
        before, data = self.show(artifact), artifact['self'] + '/data'
        tags = [self.etag(path) for path in (artifact['self'], data)]
        answer = self.ask(artifact)
        self.assertEqual((before, tags[0]),
                         (answer.json(), answer.headers['ETag']))
        self.assertEqual((before, ['second']),
                         (self.show(artifact), self.asked(artifact)))
        self.work()
        self.assertEqual({**before, 'pool': 'second'}, self.show(artifact))
        self.assertNotEqual(tags[0], self.etag(artifact['self']))
        self.assertEqual(tags[1], self.etag(data))
        self.assertEqual([], self.asked(artifact))

    def test_active(self):
        artifact = self.active(data=DATA)
        catalogue = self.call('GET', '/artifacts').json()
        (old,) = self.segments(artifact)
        self.check(artifact)
        self.check_data(artifact)
        self.assertIn(old['id'], ''.join(self.files()))
        self.work()
        (new,) = self.segments(artifact)
        self.assertEqual('second', new['backend'])
        self.assertNotIn(old['id'], ''.join(self.files()))
        self.assertEqual([artifact['id']], [
            one['id'] for one in self.listed('pool=second')])
        self.assertEqual([], self.listed('pool=general'))
        self.assertEqual(catalogue, self.call('GET', '/artifacts').json())
        self.call('DELETE', artifact['self'], 204)
        self.nothing_to_correct()

    def test_draft(self):
        draft = self.create()
        self.upload(draft, DATA)
        self.check(draft)
        self.act(draft, 'activate')
        self.check_data(draft)

    def test_draft_that_has_nothing(self):
        draft = self.create()
        self.ask(draft)
        self.work()
        self.upload(draft, DATA)
        (segment,) = self.segments(draft)
        self.assertEqual(('second', 'second'), (
            self.show(draft)['pool'], segment['backend']))

    def test_deactivated(self):
        artifact = self.active(data=DATA)
        self.act(artifact, 'deactivate', token=base.ADMIN)
        before = self.show(artifact)
        self.assertEqual(before, self.ask(artifact).json())
        self.work()
        self.assertEqual({**before, 'pool': 'second'}, self.show(artifact))
        self.refused(403, 'policy.forbidden', 'GET',
                     artifact['self'] + '/data')
        self.act(artifact, 'reactivate', token=base.ADMIN)
        self.check_data(artifact)

    def test_called_off(self):
        artifact = self.active(data=DATA)
        self.ask(artifact)
        self.ask(artifact, 'general')
        # not forgotten: a part of it may have moved by now
        self.assertEqual(['general'], self.asked(artifact))
        self.work()
        self.assertEqual([], self.asked(artifact))
        self.assertEqual(artifact, self.show(artifact))

    def test_deleted_before_it_moves(self):
        artifact = self.active(data=DATA)
        self.ask(artifact)
        self.call('DELETE', artifact['self'], 204)
        self.work()
        self.assertEqual([], self.asked(artifact))
        self.assertEqual([], self.segments(artifact))
        self.call('GET', artifact['self'], 404, token=base.ADMIN)

    def test_there_and_back(self):
        artifact = self.active(data=DATA)
        for pool in ('second', 'general'):
            self.ask(artifact, pool)
            self.work()
            self.assertEqual({**artifact, 'pool': pool}, self.show(artifact))
            self.check_data(artifact)
        self.nothing_to_correct()

    def test_if_match(self):
        artifact = self.active()
        tag = self.etag(artifact['self'])
        self.patch(artifact, {'op': 'add', 'path': '/tags/-', 'value': 'a'})
        self.denied(412, 'artifact.revision', artifact,
                    headers={'If-Match': tag})
        self.ask(artifact, headers={'If-Match': self.etag(artifact['self'])})
        self.assertEqual(['second'], self.asked(artifact))
        self.ask(artifact, 'general')


class TestCommand(MoveTest):
    """As an operator runs it: in a process that has imported nothing yet.

    Not even the drivers, as long as all stores are Glance's.
    """

    @classmethod
    def setUpClass(cls):
        home = fixtures.TempDir()
        home.setUp()
        cls.addClassCleanup(home.cleanUp)
        cls.server_options = {'processes': 1, 'extra': {
            'DEFAULT': {'enabled_backends': 'local:file, other:file'},
            'artifacts': {'pools': 'general, second'},
            'artifact_pool:second': {'allowed_types': '*', 'stores': 'other'},
            'other': {'filesystem_store_datadir': home.path}}}
        super().setUpClass()

    def test_pool_move(self):
        made = [self.active(data=DATA) for _ in range(2)]
        done = subprocess.run(
            self.command('pool', 'move', '--from', 'general', '--to',
                         'second', '--owner', self.project, '--jobs', '2',
                         '--json'),
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=120)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        numbers = json.loads(done.stdout)
        self.assertEqual((2, 2 * len(DATA)),
                         (numbers['moved'], numbers['bytes']))
        for artifact in made:
            self.assertEqual({**artifact, 'pool': 'second'},
                             self.show(artifact))
            self.check_data(artifact)


class TestRefused(MoveTest):

    def test_who_may(self):
        artifact = self.active(data=DATA)
        for token in (self.member, self.reader):
            self.denied(403, 'policy.forbidden', artifact, token=token)
        self.denied(404, 'artifact.not_found', artifact, token=self.stranger)
        self.publish(artifact)
        self.denied(403, 'policy.forbidden', artifact, token=self.stranger)

    def test_pools(self):
        artifact = self.active()
        for value in ('third', 'images', '', 7, None, ['second']):
            self.denied(400, 'artifact.field.invalid', artifact, field='pool',
                        json={'pool': value})

    def test_bodies(self):
        artifact = self.active()
        self.denied(400, 'artifact.field.invalid', artifact, field='pool',
                    json={})
        self.denied(400, 'artifact.field.unknown', artifact, field='to',
                    json={'pool': 'second', 'to': 'second'})
        for body in ('["second"]', '"second"', '{"pool": ', ''):
            self.denied(400, 'request.json', artifact, json=None, data=body,
                        headers={'Content-Type': 'application/json'})
        self.denied(415, 'request.media_type', artifact, json=None,
                    data='{"pool": "second"}',
                    headers={'Content-Type': 'text/plain'})

    def test_no_room_for_its_bytes(self):
        artifact = self.active(data=b'x' * (ROOM[1] + 1))
        entry = self.denied(413, 'quota.bytes', artifact,
                            field='pools.second.bytes')
        self.assertEqual((ROOM[1], 0, ROOM[1] + 1), tuple(
            entry[name] for name in ('limit', 'used', 'requested')))
        self.assertEqual(artifact, self.show(artifact))

    def test_no_room_for_one_more(self):
        for _ in range(ROOM[0]):
            self.create(pool='second')
        entry = self.denied(413, 'quota.artifacts', self.create(),
                            field='pools.second.artifacts')
        self.assertEqual((*ROOM[:1], 3, 1), tuple(
            entry[name] for name in ('limit', 'used', 'requested')))

    def test_images(self):
        image = self.call('POST', '/images', 201, json={
            'name': 'image', 'disk_format': 'raw',
            'container_format': 'bare'}).json()
        self.addCleanup(self.http, 'DELETE', image['self'], token=base.ADMIN)
        self.refused(400, 'artifact.field.invalid', 'POST',
                     '/artifacts/images/%s/actions/move' % image['id'],
                     field='pool', token=base.ADMIN,
                     json={'pool': 'second'})
