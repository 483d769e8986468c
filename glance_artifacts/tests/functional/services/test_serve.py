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

"""What a user of ``serve`` sees, from another process."""

import os
import pathlib
import queue
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

import fixtures
from oslotest import base
import requests

from glance_artifacts.dev import checks
from glance_artifacts.tests.functional import base as functional


def processes_of(state):
    """List the processes that were started on a state directory."""
    mark = f'OS_GLANCE_CONFIG_DIR={state}/etc'.encode()
    found = []
    for path in pathlib.Path('/proc').glob('[0-9]*'):
        try:
            if mark in (path / 'environ').read_bytes().split(b'\0'):
                found.append(int(path.name))
        except OSError:
            pass  # gone, or somebody else's
    return found


class Serve:
    """``serve`` in a process of its own, and the lines that it prints."""

    def __init__(self, *args):
        self.popen = subprocess.Popen(
            [sys.executable, '-m', 'glance_artifacts.cmd.serve', *args],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)
        self._lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.popen.stdout:
            self._lines.put(line.rstrip('\n'))
        self._lines.put(None)

    def line(self):
        """Return its next line, None after the last."""
        return self._lines.get(timeout=120)

    def until_ready(self):
        """Skip its progress messages; return the ready line."""
        while True:
            line = self.line()
            if line is None or line.startswith('ready:'):
                return line

    def end(self):
        """Wait for its end; return the exit status and the errors."""
        status = self.popen.wait(120)
        return status, self.popen.stderr.read()


class ServeTest(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.state = self.useFixture(fixtures.TempDir()).path
        self.port = checks.free_port()

    def serve(self, *args):
        # one process is up sooner than two
        serve = Serve('--state', self.state, '--port', str(self.port),
                      '--processes', '1', *args)
        self.addCleanup(self.clean_up, serve)
        return serve

    def clean_up(self, serve):
        if serve.popen.poll() is None:
            serve.popen.terminate()
            serve.popen.wait(120)
        serve.popen.stderr.close()

    def run_line(self, line):
        done = subprocess.run(['sh', '-c', line], text=True, timeout=60,
                              stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
        self.assertEqual(0, done.returncode, done.stderr)
        return done.stdout

    def assertStopped(self):
        self.assertEqual([], processes_of(self.state))
        checks.port(self.port)

    def assertRefused(self, text, *args):
        status, errors = Serve(*args).end()
        self.assertEqual(1, status)
        self.assertEqual(1, len(errors.splitlines()), errors)
        self.assertIn(text, errors)


class LifeTest(ServeTest):

    def test_ready_curl_stop_and_reuse(self):
        if not shutil.which('curl'):
            self.skipTest('needs curl')
        serve = self.serve()
        self.assertEqual(f'ready: http://127.0.0.1:{self.port}/v2',
                         serve.until_ready())
        create, index = serve.line(), serve.line()
        self.assertIn('"id"', self.run_line(create))
        self.assertIn('"name": "hello"',
                      self.run_line(index).replace('":"', '": "'))
        self.assertNotEqual([], processes_of(self.state))
        self.check_pools()
        serve.popen.send_signal(signal.SIGINT)
        self.assertEqual((0, ''), serve.end())
        self.assertStopped()

        again = self.serve()
        self.assertIsNotNone(again.until_ready())
        create, same_index = again.line(), again.line()
        self.assertEqual(index, same_index)
        self.assertIn('"id"', self.run_line(create))
        self.assertEqual(2, self.run_line(index).count('"hello"'))
        again.popen.send_signal(signal.SIGTERM)
        self.assertEqual((0, ''), again.end())
        self.assertStopped()

    def check_pools(self):
        """Each type may be in either, and each has a store of its own."""
        url = f'http://127.0.0.1:{self.port}/v2/artifacts'
        catalogue = requests.get(url, timeout=60).json()
        self.assertEqual(['general', 'images', 'second'],
                         [pool['name'] for pool in catalogue['pools']])
        for pool in ('general', 'second'):
            for one in catalogue['types']:
                if one['name'] == 'images':
                    continue
                answer = requests.post(f'{url}/{one["name"]}', timeout=60,
                                       json={'name': pool, 'pool': pool})
                self.assertEqual((201, pool), (
                    answer.status_code, answer.json().get('pool')))
            draft = requests.post(f'{url}/generic', timeout=60, json={
                'name': 'bytes', 'version': f'0.0.0-{pool}',
                'pool': pool}).json()
            self.assertEqual(201, requests.put(
                f'{url}/generic/{draft["id"]}/data', data=b'bytes',
                timeout=60).status_code)
        for pool in ('general', 'second'):
            stored = pathlib.Path(self.state, 'stores', pool).iterdir()
            self.assertEqual(1, len(list(stored)), pool)

    def test_stop_during_set_up(self):
        serve = self.serve()
        self.assertIn('configuration', serve.line())
        self.assertIn('migrating', serve.line())
        serve.popen.send_signal(signal.SIGTERM)
        self.assertEqual((0, ''), serve.end())
        self.assertStopped()


class AbruptEndTest(ServeTest):

    def test_stop_with_a_stalled_upload(self):
        serve = self.serve()
        serve.until_ready()
        with socket.create_connection(('127.0.0.1', self.port)) as stalled:
            image = requests.post(
                f'http://127.0.0.1:{self.port}/v2/images', timeout=60,
                json={'name': 'x', 'disk_format': 'raw',
                      'container_format': 'bare'}).json()
            stalled.sendall(
                f'PUT {image["file"]} HTTP/1.1\r\nHost: localhost\r\n'
                'Content-Type: application/octet-stream\r\n'
                'Content-Length: 1000\r\n\r\nbegun'.encode())
            time.sleep(0.5)
            serve.popen.send_signal(signal.SIGTERM)
            self.assertEqual((0, ''), serve.end())
            self.assertStopped()

    def test_killed_hard(self):
        serve = self.serve()
        serve.until_ready()
        serve.popen.kill()
        serve.popen.wait()
        deadline = time.monotonic() + 30
        while processes_of(self.state) and time.monotonic() < deadline:
            time.sleep(0.1)
        self.assertStopped()

    def test_glance_dies(self):
        serve = self.serve()
        serve.until_ready()
        for pid in processes_of(self.state):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        status, errors = serve.end()
        self.assertEqual(1, status)
        self.assertIn('glance-api ended', errors)
        self.assertStopped()


class StandaloneTest(ServeTest):

    def setUp(self):
        super().setUp()
        self.other = checks.free_port()
        self.started = self.serve('--standalone', '--artifacts-port',
                                  str(self.other))
        self.session = checks.session()
        self.addCleanup(self.session.close)

    def test_each_ends_alone(self):
        self.assertEqual(f'ready: http://127.0.0.1:{self.port}/v2',
                         self.started.until_ready())
        self.assertEqual(f'ready: http://127.0.0.1:{self.other}/v2',
                         self.started.until_ready())
        draft = self.ask(self.other, 'POST', '/generic',
                         json={'name': 'a'}).json()
        self.assertEqual(draft, self.ask(
            self.port, 'GET', f'/generic/{draft["id"]}').json())
        self.kill('glance.wsgi.api')
        self.until('glance-api ended')
        self.ask(self.other, 'GET', '/generic')
        self.kill('glance_artifacts.wsgi')
        status, errors = self.started.end()
        self.assertEqual(1, status)
        self.assertIn('the artifact service ended', errors)
        self.assertStopped()

    def ask(self, port, method, path, **kwargs):
        answer = self.session.request(
            method, f'http://127.0.0.1:{port}/v2/artifacts{path}',
            timeout=60, **kwargs)
        self.assertLess(answer.status_code, 300, answer.text)
        self.session.close()
        return answer

    def kill(self, module):
        """Kill the processes of one of the two."""
        for pid in processes_of(self.state):
            try:
                command = pathlib.Path(f'/proc/{pid}/cmdline').read_text()
                if f'--module={module}:' in command:
                    os.kill(pid, signal.SIGKILL)
            except (FileNotFoundError, ProcessLookupError):
                pass  # it went with another

    def until(self, text):
        while True:
            line = self.started.line()
            self.assertIsNotNone(line, text)
            if text in line:
                return


class RefusalTest(ServeTest):

    def test_port_of_the_standalone_service_in_use(self):
        with socket.socket() as other:
            other.bind(('127.0.0.1', 0))
            other.listen()
            port = other.getsockname()[1]
            self.assertRefused(
                f'127.0.0.1:{port}', '--state', self.state, '--port',
                str(self.port), '--standalone', '--artifacts-port',
                str(port))

    def test_port_in_use(self):
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.bind(('127.0.0.1', self.port))
            other.listen()
            self.assertRefused(f'127.0.0.1:{self.port}', '--state',
                               self.state, '--port', str(self.port))

    def test_unwritable_directory(self):
        # not even root can write there
        self.assertRefused('cannot write to /proc/nowhere', '--state',
                           '/proc/nowhere', '--port', str(self.port))

    def test_bad_database_url(self):
        for url in ('nonsense', 'sqlite:////nonexistent/x.sqlite',
                    'mysql+pymysql://u:p@127.0.0.1:1/x'):
            self.assertRefused('database URL', '--state', self.state,
                               '--port', str(self.port), '--database-url',
                               url)

    def test_directory_in_use(self):
        with checks.lock(pathlib.Path(self.state)):
            self.assertRefused('another server', '--state', self.state,
                               '--port', str(self.port))

    def test_unknown_flavor(self):
        self.assertRefused('nonsense', '--state', self.state, '--port',
                           str(self.port), '--flavor', 'nonsense')


class IdentityTest(functional.FunctionalTest):

    def assertRefused(self, **headers):
        answer = self.http('GET', '/artifacts', headers={
            name.replace('_', '-'): value for name, value in headers.items()})
        self.assertEqual(403, answer.status_code)
        error, = answer.json()['errors']
        self.assertEqual('auth.development_only', error['code'])

    def create(self, **headers):
        answer = self.http(
            'POST', '/images', json={'name': 'x'}, headers={
                name.replace('_', '-'): value
                for name, value in headers.items()})
        self.assertEqual(201, answer.status_code, answer.text)
        return answer.json()['owner']

    def test_requests_of_web_pages(self):
        self.assertRefused(Origin='http://example.org')
        self.assertRefused(Origin='null')

    def test_rebound_names(self):
        self.assertRefused(Host='example.org')
        self.assertRefused(Host=f'example.org:{self.server.port}')

    def test_proxies(self):
        self.assertRefused(Forwarded='for=127.0.0.1')
        self.assertRefused(X_Forwarded_For='127.0.0.1')
        self.assertRefused(X_Real_IP='127.0.0.1')
        self.assertRefused(Via='1.1 somewhere')

    def test_names_of_this_machine(self):
        for host in ('localhost', f'localhost:{self.server.port}'):
            self.assertEqual(200, self.http(
                'GET', '/artifacts', headers={'Host': host}).status_code)

    def test_identity_headers_are_not_believed(self):
        self.assertEqual('demo', self.create(
            X_Project_Id='victim', X_Tenant_Id='victim', X_Roles='admin',
            X_User_Id='root', X_Identity_Status='Confirmed'))
        # uWSGI makes the same variable of this spelling
        answer = self.http('POST', '/images', json={'name': 'x'},
                           headers={'X_Project_Id': 'victim'})
        self.assertEqual('demo', answer.json()['owner'])

    def test_tokens(self):
        self.assertEqual('lab', self.create(X_Auth_Token='ann:lab:member'))
        self.assertEqual('lab', self.create(
            X_Auth_Token='ann%3Alab%3Amember%2Creader'))
        answer = self.http('POST', '/images', json={'name': 'x'},
                           token='ann:lab:reader')
        self.assertEqual(403, answer.status_code)
        answer = self.http('GET', '/images', token='nonsense')
        self.assertEqual(401, answer.status_code)
        self.assertEqual('auth.token_invalid',
                         answer.json()['errors'][0]['code'])

    def test_loopback_only(self):
        # the address on which this machine is seen by others, if any
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                probe.connect(('192.0.2.1', 9))
                address = probe.getsockname()[0]
        except OSError:
            self.skipTest('no address but the loopback')
        self.assertRaises(
            OSError, socket.create_connection,
            (address, self.server.port), 2)
