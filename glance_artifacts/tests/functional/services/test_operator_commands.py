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

"""An operator's day: sample files and commands on a real service."""

import atexit
import contextlib
import functools
import json
import re
import signal
import socket
import sqlite3
import subprocess
import threading
import uuid

import fixtures
from oslotest import base

from glance_artifacts.dev import config
from glance_artifacts.tests.functional.services import operator

_TOKEN = 'ann:lab:member'
_CLOUDS = """
clouds:
  lab:
    auth_type: admin_token
    auth: {endpoint: "%s", token: "%s"}
  stranger:
    auth_type: admin_token
    auth: {endpoint: "%s", token: "bob:lab:reader"}
"""


class StallingLine(fixtures.Fixture):
    """A way to a port that lets every request through but a PUT.

    :ivar stalled: set when one is being held
    """

    def __init__(self, target):
        super().__init__()
        self._target = target
        self.stalled = threading.Event()

    def _setUp(self):
        self._listener = socket.create_server(('127.0.0.1', 0))
        self.addCleanup(self._listener.close)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return  # closed: the test is over
            threading.Thread(target=self._serve, args=(client,),
                             daemon=True).start()

    def _serve(self, client):
        with client:
            request = client.recv(65536)
            if request.startswith(b'PUT '):
                self.stalled.set()
                while client.recv(65536):
                    pass
                return
            with socket.create_connection(('127.0.0.1',
                                           self._target)) as server:
                server.sendall(request)
                threading.Thread(target=self._copy, args=(client, server),
                                 daemon=True).start()
                self._copy(server, client)

    @staticmethod
    def _copy(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass  # the other side has gone


@functools.cache
def shared_service():
    """A directory and the service on it, for all tests of this process."""
    etc = operator.Etc()
    etc.setUp()
    atexit.register(etc.cleanUp)
    etc.develop()
    glance = operator.GlanceApi(etc.path, processes=2)
    glance.setUp()
    atexit.register(glance.cleanUp)
    glance.wait_ready()
    return etc, glance


class OperatorTest(base.BaseTestCase):
    """One service, enabled by the command, under the sample uwsgi.ini."""

    @classmethod
    def setUpClass(cls):
        # not in setUp: it is to outlive the test and its temporary directory
        super().setUpClass()
        cls.etc, cls.glance = shared_service()

    def manage(self, *args, **env):
        return operator.manage('--config-dir', self.etc.path, *args, **env)

    def left(self):
        """What smoke has not deleted."""
        status, _, body = self.glance.request(
            'GET', '/v2/artifacts/generic', X_Auth_Token='root:root:admin')
        self.assertEqual(200, status)
        return [each for each in json.loads(body)['artifacts']
                if each['name'].startswith('smoke-')]


class SmokeTest(OperatorTest):

    def smoke(self, *args, **env):
        return self.manage('smoke', '--url', self.glance.root, *args, **env)

    def assertGood(self, done):
        self.assertEqual((0, ''), (done.returncode, done.stderr),
                         done.stdout)
        self.assertEqual(
            ['create', 'upload', 'download', 'range', 'delete'],
            [line.split()[0] for line in done.stdout.splitlines()])
        for line in done.stdout.splitlines():
            self.assertTrue(re.search(r' ms  ok\Z', line), line)
        self.assertEqual([], self.left())

    def test_token(self):
        self.assertGood(self.smoke('--token', _TOKEN))
        self.assertGood(self.smoke(OS_TOKEN=_TOKEN))

    def test_whole_url(self):
        self.assertGood(operator.manage(
            'smoke', '--url', self.glance.root + '/v2/', '--token', _TOKEN))

    def test_cloud(self):
        path = self.create_tempfiles([('clouds', _CLOUDS % (
            self.glance.root, _TOKEN, self.glance.root))], ext='.yaml')[0]
        self.assertGood(self.smoke('--os-cloud', 'lab',
                                   OS_CLIENT_CONFIG_FILE=path))
        done = self.smoke('--os-cloud', 'stranger',
                          OS_CLIENT_CONFIG_FILE=path)
        self.assertEqual(1, done.returncode)
        self.assertIn('policy.forbidden', done.stdout)

    def test_another_type(self):
        done = self.smoke('--type', 'nonesuch')
        self.assertEqual(1, done.returncode)
        self.assertIn('type.not_found', done.stdout)
        # a type that looks at its bytes takes none that mean nothing
        done = self.smoke('--type', 'helm_charts', '--blob', 'provenance')
        self.assertEqual(1, done.returncode)
        self.assertIn('artifact.rejected', done.stdout)
        self.assertRegex(done.stdout, 'clean up .* ok')

    def test_nobody_reads_on(self):
        command = subprocess.Popen(
            [operator.BIN / 'glance-artifacts-manage', 'smoke', '--url',
             self.glance.root, '--token', _TOKEN],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        command.stdout.close()
        self.assertEqual((0, b''), (command.wait(60), command.stderr.read()))
        command.stderr.close()
        self.assertEqual([], self.left())

    def test_ended_in_the_middle(self):
        line = self.useFixture(StallingLine(self.glance.port))
        command = subprocess.Popen(
            [operator.BIN / 'glance-artifacts-manage', 'smoke', '--url',
             'http://127.0.0.1:%d' % line.port, '--token', _TOKEN],
            stdout=subprocess.PIPE, text=True)
        self.assertTrue(line.stalled.wait(60))
        self.assertEqual(1, len(self.left()))
        command.send_signal(signal.SIGTERM)
        out, _ = command.communicate(timeout=60)
        self.assertEqual(143, command.returncode)
        self.assertEqual(['create', 'clean'],
                         [each.split()[0] for each in out.splitlines()])
        self.assertEqual([], self.left())


class UwsgiTest(OperatorTest):

    def test_what_the_file_is_for(self):
        text = self.glance.log.read_text()
        self.assertIn('getting INI configuration from %s'
                      % config.own_sample('uwsgi.ini'), text)
        for name in ('worker 2', 'threads support enabled'):
            self.assertIn(name, text)

    def test_images_and_artifacts(self):
        for path in ('/v2/images', '/v2/artifacts'):
            status, headers, _ = self.glance.request('GET', path)
            self.assertEqual((200, 'close'),
                             (status, dict(headers)['Connection']))

    def test_large_headers(self):
        self.assertEqual(200, self.glance.request(
            'GET', '/v2/artifacts', X_Large='x' * 60000)[0])

    def test_chunked_body(self):
        status, _, body = self.glance.request(
            'POST', '/v2/artifacts/generic', iter((b'{"name":', b'"x"}')),
            Content_Type='application/json')
        self.assertEqual(201, status)
        self.assertEqual(204, self.glance.request(
            'DELETE', '/v2/artifacts/generic/' + json.loads(body)['id'])[0])


class LifeTest(base.BaseTestCase):
    """Services and configurations that do not outlive their test."""

    def setUp(self):
        super().setUp()
        self.etc = self.useFixture(operator.Etc())

    def test_sigterm_ends_it(self):
        glance = self.useFixture(operator.GlanceApi(self.etc.path))
        glance.wait_ready()
        glance.process.stop()
        self.assertEqual(0, glance.process.status())
        with socket.socket() as probe:
            self.assertNotEqual(0, probe.connect_ex(('127.0.0.1',
                                                     glance.port)))

    def test_it_does_not_stay_up_without_an_application(self):
        self.etc.set('paste_deploy', flavor='nonesuch')
        glance = self.useFixture(operator.GlanceApi(self.etc.path))
        self.assertNotEqual(0, glance.process.wait(60))

    def manage(self, *args, expected=0):
        done = operator.manage('--config-dir', self.etc.path, *args)
        self.assertEqual(expected, done.returncode, done)
        return done.stdout

    def serve(self):
        glance = operator.GlanceApi(self.etc.path)
        with glance:
            glance.wait_ready()
            return glance.request('GET', '/v2/artifacts')[0]

    def test_enabled_and_disabled(self):
        shipped = config.shipped_paste().read_bytes()
        self.etc.paste.write_bytes(shipped)
        self.assertIn('paste enable %s' % self.etc.paste,
                      self.manage('config', 'check', expected=1))
        self.assertEqual(404, self.serve())

        self.manage('paste', 'enable', self.etc.paste)
        self.assertIn('no findings', self.manage('config', 'check'))
        self.assertEqual(403, self.serve())  # nobody has a role there

        self.manage('paste', 'disable', self.etc.paste)
        self.assertEqual(shipped, self.etc.paste.read_bytes())
        self.assertIn('Dropped', self.manage('db', 'drop', '--yes'))
        self.assertIn('db sync',
                      self.manage('config', 'check', expected=1))
        self.assertEqual(404, self.serve())


class ContentsTest(OperatorTest):
    """Commands on what a service that runs has made."""

    def request(self, method, path, *args, project='goner'):
        status, _, body = self.glance.request(
            method, '/v2/artifacts/generic' + path, *args,
            X_Auth_Token='bob:%s:member,reader' % project,
            Content_Type='application/json')
        return status, body

    def create(self, name, project='goner'):
        status, body = self.request('POST', '', json.dumps(
            {'name': name}).encode(), project=project)
        self.assertEqual(201, status)
        path = '/' + json.loads(body)['id']
        self.assertEqual(201, self.request('PUT', path + '/data', b'bytes',
                                           project=project)[0])
        return path

    def listed(self):
        return json.loads(self.request('GET', '')[1])['artifacts']

    def index(self):
        """What is wrong with the index, and how it ended."""
        done = self.manage('index', 'check', '--json')
        found = json.loads(done.stdout)
        return done.returncode, found['missing'] + found['stray']

    def test_index(self):
        path = self.create('one')
        self.assertEqual((0, 0), self.index())
        with contextlib.closing(sqlite3.connect(
                self.etc.state / 'glance.sqlite')) as conn, conn:
            gone = conn.execute('DELETE FROM gart_index WHERE id = ?', (
                uuid.UUID(path[1:]).bytes,)).rowcount
        self.assertEqual([], self.listed())
        self.assertEqual((1, gone), self.index())
        self.assertEqual(0, self.manage('index', 'rebuild').returncode)
        self.assertEqual((0, 0), self.index())
        self.assertEqual(1, len(self.listed()))
        self.assertEqual(204, self.request('DELETE', path)[0])

    def test_project(self):
        kept = self.create('kept', project='other')
        for name in 'ab':
            self.create(name)
        done = self.manage('project', 'purge', 'goner')
        self.assertEqual(1, done.returncode)
        self.assertIn('Not a terminal', done.stderr)
        self.assertEqual(2, len(self.listed()))
        done = self.manage('project', 'purge', 'goner', '--yes')
        self.assertEqual((0, '2 of 2'), (
            done.returncode, done.stderr.splitlines()[-1]), done)
        self.assertEqual([], self.listed())
        purged = json.loads(self.manage('purge', '--json').stdout)
        self.assertEqual((2, 0), (purged['objects'], purged['failed']))
        self.assertEqual((200, b'bytes'), self.request(
            'GET', kept + '/data', project='other'))
        self.assertEqual(204, self.request('DELETE', kept,
                                           project='other')[0])


class DropTest(OperatorTest):

    def create(self):
        status, _, body = self.glance.request(
            'POST', '/v2/artifacts/generic', json.dumps(
                {'name': self.id()}).encode(),
            Content_Type='application/json')
        self.assertEqual(201, status)
        return '/v2/artifacts/generic/' + json.loads(body)['id']

    def delete(self, path):
        self.assertEqual(204, self.glance.request('DELETE', path)[0])

    def test_refused_while_there_are_artifacts(self):
        path = self.create()
        self.assertEqual(201, self.glance.request(
            'PUT', path + '/data', b'bytes')[0])
        done = self.manage('db', 'drop', '--yes')
        self.assertEqual(1, done.returncode)
        self.assertIn('1 artifacts, and 1 objects', done.stderr)
        self.delete(path)
        self.assertEqual(0, self.manage('db', 'drop', '--yes').returncode)
        self.assertEqual(200, self.glance.request('GET', '/v2/images')[0])
        self.assertEqual(0, self.manage('db', 'sync').returncode)
        self.delete(self.create())
