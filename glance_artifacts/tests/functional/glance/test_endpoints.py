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

"""Pools on endpoints of their own, behind HAProxy and without it."""

import os
import pathlib
import subprocess
import time

import fixtures

from glance_artifacts.api import incoming
from glance_artifacts.dev import process
from glance_artifacts.tests.functional.api import base as api_base
from glance_artifacts.tests.functional.api import test_resume
from glance_artifacts.tests.functional import base as functional
from glance_artifacts.tests.functional.glance import endpoints
from glance_artifacts.tests.functional.glance import images
from glance_artifacts.tests.functional.hostile import wire
from glance_artifacts.tests.functional.services import operator

MIB = 1024 * 1024
DATA = bytes(range(256)) * 1024
MERGE = {'Content-Type': 'application/merge-patch+json'}
#: Whatever a key may have.
KEYS = ('plain.json', 'deep/er/b c.txt', 'per%cent', 'a%2Fb', 'quest?ion',
        'ha#sh', 'plus+and&eq=;', '\xe9\u4e2d\U0001f600', '[x]{y}|^`<>"\\',
        "(it's)!*,:@~$")


class EndpointsTest(api_base.ApiTest):
    """``at`` says which service is talked to; at first HAProxy."""

    @classmethod
    def setUpClass(cls):
        super(functional.FunctionalTest, cls).setUpClass()
        cls.fixture = cls.all = endpoints.shared()

    def setUp(self):
        super().setUp()
        self.root = self.all.root

    def at(self, pool=None):
        """Talk to the service of a pool, past HAProxy."""
        self.root = (self.all.servers[pool].root if pool else self.all.root)

    def http(self, method, path, *, token=None, headers=None, **kwargs):
        self.session.close()
        sent = dict(headers or {})
        if token is not None:
            sent['X-Auth-Token'] = token
        url = self.root + (path if path.startswith('/v2') else '/v2' + path)
        return self.session.request(method, url, headers=sent, timeout=60,
                                    **kwargs)

    def objects(self, pool):
        store = self.all.store(pool)
        return {path.name for path in store.iterdir()}

    def sent_on(self, method, path, pool, **kwargs):
        """The request is answered with 307 to the endpoint of a pool."""
        answer = self.call(method, path, 307, allow_redirects=False, **kwargs)
        self.assertEqual(
            ('%s/%s%s' % (self.all.root, pool, path), b'', '0'),
            (answer.headers['Location'], answer.content,
             answer.headers['Content-Length']))
        self.assertNotIn('Content-Type', answer.headers)

    def wherever(self):
        """Each service in turn, and HAProxy."""
        for pool in (*endpoints.POOLS, None):
            self.at(pool)
            yield pool


class TestBytes(EndpointsTest):

    def test_each_pool_from_everywhere(self):
        for _ in self.wherever():
            for pool in endpoints.POOLS:
                before = {name: self.objects(name)
                          for name in endpoints.POOLS}
                draft = self.create(pool=pool)
                path = draft['self'] + '/data'
                self.upload(draft, DATA)
                self.same_bytes(DATA, self.call('GET', path).content)
                part = self.call('GET', path, 206,
                                 headers={'Range': 'bytes=255-300'})
                self.assertEqual(DATA[255:301], part.content)
                head = self.call('HEAD', path)
                self.assertEqual(str(len(DATA)),
                                 head.headers['Content-Length'])
                self.call('GET', path, 304, headers={
                    'If-None-Match': head.headers['ETag']})
                for name in endpoints.POOLS:
                    self.assertEqual(
                        name == pool, self.objects(name) != before[name])
                self.call('DELETE', path, 204)
                self.assertEqual(before[pool], self.objects(pool))

    def test_chunks(self):
        """With where to send them from the catalogue, as they come once."""
        for _ in self.wherever():
            draft = self.create(pool='critical')
            (there,) = [pool['endpoint'] for pool in self.call(
                'GET', '/artifacts').json()['pools']
                if pool['name'] == 'critical']
            answer = self.session.put(
                there.removesuffix('/v2') + draft['self'] + '/data',
                data=iter([b'some ', b'bytes']),
                headers={'X-Auth-Token': self.member})
            self.assertEqual(201, answer.status_code, answer.text)
            self.assertEqual(b'some bytes', self.call(
                'GET', draft['self'] + '/data').content)

    def test_odd_keys(self):
        for pool in endpoints.POOLS:
            self.at()
            draft = self.create('ml_models', pool=pool)
            for key in KEYS:
                path = '%s/files/%s' % (draft['self'], quoted(key))
                body = (pool + key).encode()
                self.call('PUT', path, 201, data=body)
                for _ in self.wherever():
                    self.assertEqual(body, self.call('GET', path).content,
                                     key)
            self.assertEqual(set(KEYS), set(self.call(
                'GET', draft['self'] + '/files').json()))

    def test_in_parts(self):
        data = os.urandom(6 * MIB)
        for _ in self.wherever():
            draft = self.create(pool='models')
            uploads = draft['self'] + '/uploads'
            session = self.call('POST', uploads, 201, json={
                'blob': 'data', 'size': len(data),
                'part_size': 5 * MIB}).json()
            one = '%s/%s' % (uploads, session['id'])
            for n in (1, 2):
                self.call('PUT', '%s/parts/%d' % (one, n),
                          data=data[(n - 1) * 5 * MIB:n * 5 * MIB])
            self.assertEqual(2, len(self.call('GET', one).json()['parts']))
            self.call('POST', one + '/complete', 201)
            self.same_bytes(data, self.call(
                'GET', draft['self'] + '/data').content)
            self.call('DELETE', one, 409)

    def test_the_documented_program(self):
        path = self.all.state / 'file'
        path.write_bytes(os.urandom(6 * MIB))
        for pool in ('general', 'critical', None):
            self.at(pool)
            draft = self.create(pool='critical')
            done = test_resume.run(self.member, self.root + draft['self'],
                                   str(path))
            self.assertEqual(0, done.returncode, done.stderr)
            self.same_bytes(path.read_bytes(), self.call(
                'GET', draft['self'] + '/data').content)

    def test_curl(self):
        path = self.all.state / 'file'
        path.write_bytes(os.urandom(3 * MIB))
        for pool in ('models', None):
            self.at(pool)
            draft = self.create('ml_models', pool='general')
            done = subprocess.run(
                ['curl', '--silent', '--show-error', '--noproxy', '*',
                 '--location', '--header', 'X-Auth-Token: ' + self.member,
                 '--upload-file', path, '--write-out', '%{http_code}',
                 '--output', os.devnull,
                 '%s%s/files/notes' % (self.root, draft['self'])],
                capture_output=True, text=True)
            self.assertEqual('201', done.stdout, done.stderr)
            self.same_bytes(path.read_bytes(), self.call(
                'GET', draft['self'] + '/files/notes').content)


class TestAnswers(EndpointsTest):

    def setUp(self):
        super().setUp()
        self.draft = self.create(pool='critical')
        self.path = self.draft['self'] + '/data'

    def test_the_catalogue(self):
        for pool in self.wherever():
            found = self.call('GET', '/artifacts').json()['pools']
            told = {one['name']: one['endpoint'] for one in found}
            for name in endpoints.POOLS:
                self.assertEqual('%s/%s/v2' % (self.all.root, name),
                                 told[name])
            self.assertEqual(None if pool in (None, 'general')
                             else self.all.root + '/v2', told['images'])
            self.assertEqual([['ranges']] * 4,
                             [one['abilities'] for one in found])

    def test_what_leads_elsewhere(self):
        uploads = self.draft['self'] + '/uploads'
        one = '%s/%s' % (uploads, api_base.NOBODYS_ID)
        self.upload(self.draft, b'bytes')
        for pool in ('general', 'models'):
            self.at(pool)
            for method, path in (
                    ('GET', self.path), ('HEAD', self.path),
                    ('PUT', self.path), ('DELETE', self.path),
                    ('GET', self.path + '?a=b%20c'), ('POST', uploads),
                    ('GET', one), ('DELETE', one), ('PUT', one + '/parts/1'),
                    ('POST', one + '/complete')):
                self.sent_on(method, path, 'critical', data=(
                    b'bytes' if method in ('PUT', 'POST') else None))
            pinned = self.path.replace('/generic/', '/generic/v1.0/')
            self.sent_on('GET', pinned, 'critical')

    def test_metadata_are_everywhere(self):
        for pool in self.wherever():
            draft = self.create('ml_models', pool='critical')
            self.assertEqual({}, self.call(
                'GET', draft['self'] + '/files').json())
            self.call('PATCH', draft['self'], headers=MERGE,
                      json={'description': 'From ' + str(pool)})
            self.call('PUT', draft['self'] + '/tags/a', 204)
            self.assertIn(draft['id'], [one['id'] for one in self.listed(
                'pool=critical', type_name='ml_models')])
            self.call('PATCH', draft['self'], headers=MERGE,
                      json={'visibility': 'shared'})
            self.call('POST', draft['self'] + '/members',
                      json={'member': 'other'})
            self.act(self.create(pool='critical'), 'activate')
            self.call('DELETE', draft['self'], 204)

    def test_who_may_comes_first(self):
        self.upload(self.draft, b'bytes')
        uploads = self.draft['self'] + '/uploads'
        self.at('general')
        for method, path, data in (
                ('GET', self.path, None), ('PUT', self.path, DATA),
                ('DELETE', self.path, None), ('POST', uploads, b'{}'),
                ('PUT', '%s/%s/parts/1' % (uploads, api_base.NOBODYS_ID),
                 DATA)):
            self.refused(404, 'artifact.not_found', method, path, data=data,
                         token=self.stranger, allow_redirects=False)
            if method != 'GET':
                self.refused(403, 'policy.forbidden', method, path,
                             data=data, token=self.reader,
                             allow_redirects=False)
            self.assertEqual(401, self.http(
                method, path, data=data, token='nonsense',
                allow_redirects=False).status_code)
        self.sent_on('GET', self.path, 'critical', token=self.reader)
        self.act(self.draft, 'activate')
        self.act(self.draft, 'deactivate')
        self.refused(403, 'policy.forbidden', 'GET', self.path,
                     allow_redirects=False)
        self.sent_on('GET', self.path, 'critical', token=api_base.ADMIN)

    def test_what_is_not_there(self):
        self.at('general')
        self.refused(404, 'artifact.blob.not_found', 'GET', self.path,
                     allow_redirects=False)
        self.refused(404, 'artifact.blob.unknown', 'GET',
                     self.draft['self'] + '/nothing')


class TestEarly(EndpointsTest):
    """Bodies of those who ask the wrong service."""

    SIZE = 100 * MIB

    def setUp(self):
        super().setUp()
        self.draft = self.create(pool='critical')
        self.path = self.draft['self'] + '/data'
        self.url = '%s/critical%s' % (self.all.root, self.path)

    def begun(self, address, path=None, **headers):
        client = wire.Client(address)
        self.addCleanup(client.socket.close)
        client.send(wire.head('PUT', path or self.path, {
            'Host': address, 'X-Auth-Token': self.member,
            **{name.replace('_', '-'): value
               for name, value in headers.items()}}))
        return client

    def check_sent_on(self, client):
        """What comes is a 307, and nothing before it."""
        raw = b''
        while not raw.endswith(b'\r\n\r\n') and (more := client.receive()):
            raw += more
        answer = wire.Answer(raw)
        self.assertEqual((307, self.url, '0'), (
            answer.status_code, answer.headers['Location'],
            answer.headers['Content-Length']), raw)

    def addresses(self):
        return (self.all.servers['general'].address, self.all.proxy.address)

    def test_who_waits_is_told_before(self):
        for address in self.addresses():
            for length in ({'Content_Length': str(self.SIZE)},
                           {'Transfer_Encoding': 'chunked'}):
                began = time.monotonic()
                self.check_sent_on(self.begun(
                    address, Expect='100-continue', **length))
                self.assertLess(time.monotonic() - began, 15)

    def test_a_part_that_waits(self):
        self.draft = self.create(pool='critical')
        session = self.call('POST', self.draft['self'] + '/uploads', 201,
                            json={'blob': 'data'}).json()
        path = '%s/uploads/%s/parts/1' % (self.draft['self'], session['id'])
        self.url = '%s/critical%s' % (self.all.root, path)
        self.check_sent_on(self.begun(
            self.addresses()[0], path, Expect='100-continue',
            Content_Length=str(self.SIZE)))

    def test_who_sends_at_once(self):
        """The answer arrives, and no more than a bit of the body is read."""
        client = self.begun(self.addresses()[0],
                            Content_Length=str(self.SIZE))
        began = time.monotonic()
        sent, block = 0, bytes(65536)
        while sent < self.SIZE and client.send(block):
            sent += len(block)
        self.check_sent_on(client)
        self.assertLess(time.monotonic() - began, 15)
        # what is read, and what the buffers of both ends hold
        self.assertLess(sent, incoming._DRAIN_BYTES + 16 * MIB)

    def test_who_says_no_more(self):
        """Nobody waits long for a body that does not come."""
        began = time.monotonic()
        client = self.begun(self.addresses()[0],
                            Content_Length=str(self.SIZE))
        self.check_sent_on(client)
        self.assertEqual(b'', client.receive())
        self.assertLess(time.monotonic() - began, incoming.PATIENTLY + 5)

    def test_many_through_haproxy(self):
        """They hear the answer, although most of the body is not read."""
        for _ in range(10):
            client = self.begun(self.addresses()[1],
                                Content_Length=str(self.SIZE))
            block = bytes(MIB)
            for _ in range(self.SIZE // MIB):
                if not client.send(block):
                    break
            self.check_sent_on(client)

    def test_the_next_request(self):
        """It does not go into a connection that HAProxy is closing."""
        data = os.urandom(5 * MIB)
        missing = self.path.replace(self.draft['id'], api_base.NOBODYS_ID)
        self.at()
        for _ in range(20):
            for path, status in ((missing, 404), (self.path, 201)):
                answer = self.session.put(
                    self.root + path, data=data, timeout=60,
                    headers={'X-Auth-Token': self.member})
                self.assertEqual(status, answer.status_code, answer.text)
            self.session.delete(
                self.root + self.path, timeout=60,
                headers={'X-Auth-Token': self.member}).raise_for_status()

    def test_from_end_to_end(self):
        """As a client that follows, and begins again."""
        data = os.urandom(20 * MIB)
        for pool in ('general', None):
            self.at(pool)
            draft = self.create(pool='critical')
            self.upload(draft, data)
            self.same_bytes(data, self.call(
                'GET', draft['self'] + '/data').content)


class TestDeletion(EndpointsTest):

    def manage(self, pool, *words):
        server = self.all.servers[pool]
        files = ([self.all.state / 'etc' / 'glance-api.conf']
                 if pool == 'general' else server._files)
        return operator.manage(
            *(word for path in files for word in ('--config-file', path)),
            *words, GLANCE_ARTIFACTS_DEV_IDENTITY='1')

    def deleted_elsewhere(self):
        """An artifact that a service without its bytes has deleted."""
        self.at()
        artifact = self.active(data=DATA, pool='critical')
        (segment,) = self.segments(artifact)
        self.at('general')
        self.call('DELETE', artifact['self'], 204)
        self.call('GET', artifact['self'], 404)
        return segment['id']

    def kept(self, segment_id):
        return any(segment_id in name for name in self.objects('critical'))

    def purge(self, pool):
        done = self.manage(pool, 'purge', '--older-than', '0')
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)

    def test_what_is_out_of_reach(self):
        segment_id = self.deleted_elsewhere()
        self.assertFalse(self.all.store('critical', 'general').exists())
        self.assertTrue(self.kept(segment_id))
        self.purge('general')
        self.assertTrue(self.kept(segment_id))
        self.purge('critical')
        self.assertFalse(self.kept(segment_id))

    def test_a_blob(self):
        draft = self.create(pool='critical')
        self.upload(draft, DATA)
        (segment,) = self.segments(draft)
        self.at('models')
        self.call('DELETE', draft['self'] + '/data', 204)
        self.assertFalse(self.kept(segment['id']))

    def test_the_configuration_is_right(self):
        for pool in ('general', 'critical'):
            done = self.manage(pool, 'config', 'check')
            self.assertEqual(0, done.returncode, done.stdout + done.stderr)
            self.assertIn('served elsewhere', done.stdout)
        done = self.manage('critical', 'pool', 'check')
        self.assertEqual((0, 'critical: critical-files: ok\n'),
                         (done.returncode, done.stdout), done.stderr)


class TestMoves(EndpointsTest):
    """Between pools whose services do not reach each other's stores.

    On one host they do, as locations are paths. So the ledger is asked, too.
    """

    def mover(self):
        """A service that reaches both has these files."""
        critical = self.all.servers['critical']
        own = pathlib.Path(self.useFixture(fixtures.TempDir()).path) / 'conf'
        own.write_text(
            '[artifacts]\nlocal_pools = critical, models\n'
            '[models-files]\nfilesystem_store_datadir = %s\n'
            % self.all.store('models'))
        command = [str(operator.BIN / 'glance-artifacts-manage')]
        for path in (*critical._files, own):
            command += ['--config-file', str(path)]
        return process.Process(
            [*command, 'pool', 'move', '--from', 'models', '--to',
             'critical', '--owner', self.project, '--limit-rate',
             str(MIB // 2)], own.with_name('log'),
            {**os.environ, 'GLANCE_ARTIFACTS_DEV_IDENTITY': '1'})

    def test_all_of_it_is_there_all_the_time(self):
        self.at()
        draft = self.create('ml_models', pool='models')
        keys = {'%d' % n: os.urandom(MIB) for n in range(6)}
        for key, data in keys.items():
            self.call('PUT', '%s/files/%s' % (draft['self'], key), 201,
                      data=data)
        before = self.objects('critical')
        mover = self.mover()
        self.addCleanup(mover.stop)
        copied = set()
        while mover.status() is None:
            self.assertIn({one['backend'] for one in self.segments(draft)
                           if one['status'] == 'active'},
                          ({'models-files'}, {'critical-files'}))
            for key, data in keys.items():
                self.same_bytes(data, self.call(
                    'GET', '%s/files/%s' % (draft['self'], key)).content)
                copied.add(len(self.objects('critical') - before))
        self.assertEqual(0, mover.wait(), mover.tail())
        self.assertTrue(copied & {1, 2, 3, 4, 5}, copied)
        self.assertEqual('critical', self.call(
            'GET', draft['self']).json()['pool'])
        for _ in self.wherever():
            for key, data in keys.items():
                self.same_bytes(data, self.call(
                    'GET', '%s/files/%s' % (draft['self'], key)).content)


class TestImages(EndpointsTest):

    def image(self):
        self.at('general')
        return self.call('POST', '/images', 201, json={
            'name': api_base.unique('image'), 'disk_format': 'raw',
            'container_format': 'bare'}).json()

    def test_bytes(self):
        for pool in ('critical', 'models'):
            image = self.image()
            path = '/v2/artifacts/images/%s/file' % image['id']
            self.at(pool)
            self.call('PUT', path, 204, data=DATA, headers=images.OCTETS)
            self.same_bytes(DATA, self.call('GET', path).content)
            for method in ('GET', 'HEAD', 'PUT'):
                answer = self.call(method, path, 307, allow_redirects=False)
                self.assertEqual(
                    '%s/v2/images/%s/file' % (self.all.root, image['id']),
                    answer.headers['Location'])

    def test_nothing_else(self):
        image = self.image()
        path = '/v2/artifacts/images/' + image['id']
        self.at('critical')
        for method, path in (
                ('GET', '/artifacts/images'), ('GET', path),
                ('GET', path + '/nothing'), ('GET', path + '/file/a'),
                ('DELETE', path + '/file'), ('DELETE', path),
                ('GET', path.replace('/images/', '/images/v9.0/') + '/file')):
            self.refused(404, 'type.not_found', method, path)
        (told,) = [one for one in self.call('GET', '/artifacts').json()[
            'types'] if one['name'] == 'images']
        self.assertEqual('disabled', told['status'])

    def test_where_they_are(self):
        image = self.image()
        path = '/v2/artifacts/images/%s/file' % image['id']
        self.at()
        self.call('PUT', path, 201, data=DATA)
        self.same_bytes(DATA, self.call('GET', path).content)


def quoted(key):
    """A key as requests leaves it alone."""
    return ''.join('%%%02X' % byte if chr(byte) != '/' else '/'
                   for byte in key.encode())
