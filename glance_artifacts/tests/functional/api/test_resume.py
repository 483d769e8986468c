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


"""The documented program that uploads in parts, over a line that breaks."""

import os
import pathlib
import re
import socket
import subprocess
import sys
import threading

import fixtures

import glance_artifacts
from glance_artifacts.tests.functional.api import base
from glance_artifacts.tests.functional.hostile import base as hostile

_PROGRAM = (pathlib.Path(glance_artifacts.__file__).parent.parent
            / 'doc' / 'source' / 'user' / 'upload_in_parts.py')
MIB = 1024 * 1024
PART = 5 * MIB


class Line:
    """A line to a server that breaks when so many bytes have gone up.

    :ivar budget: bytes until it breaks
    :ivar passed: bytes that have gone up
    """

    def __init__(self, address: str) -> None:
        self._address = address.split(':')
        self._listening = socket.create_server(('127.0.0.1', 0))
        self.address = '127.0.0.1:%d' % self._listening.getsockname()[1]
        self.budget = self.passed = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,),
                             daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            self._carry(client)
        except OSError:
            pass  # one of them has gone

    def _carry(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._address) as server:
            down = threading.Thread(target=self._down, args=(server, client),
                                    daemon=True)
            down.start()
            while self.budget > 0 and (data := client.recv(
                    min(65536, self.budget))):
                self.budget -= len(data)
                self.passed += len(data)
                server.sendall(data)
            if self.budget <= 0:
                # at once, whatever is still on its way
                server.shutdown(socket.SHUT_RDWR)
                client.shutdown(socket.SHUT_RDWR)
            down.join()

    @staticmethod
    def _down(server: socket.socket, client: socket.socket) -> None:
        try:
            while data := server.recv(65536):
                client.sendall(data)
            client.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # one of them has gone


def run(token: str, *args: str) -> subprocess.CompletedProcess:
    """Run the program."""
    return subprocess.run(
        [sys.executable, _PROGRAM, *args], capture_output=True, text=True,
        env={**os.environ, 'OS_TOKEN': token, 'no_proxy': '*'})


class TestResume(base.ApiTest):

    server_options = {'extra': {
        'artifact_pool:general': {'segment_size': str(PART)}}}

    def test_a_line_that_breaks_five_times(self):
        if not _PROGRAM.exists():
            self.skipTest('the package is installed without documentation')
        size = (2048 if hostile.SOAK else 200) * MIB
        path = pathlib.Path(self.useFixture(fixtures.TempDir()).path, 'large')
        with path.open('wb') as file:
            for _ in range(size // MIB):
                file.write(os.urandom(MIB))
        line, artifact = Line(self.server.address), self.create()
        self.addCleanup(line.close)
        args = ['http://%s%s' % (line.address, artifact['self']), str(path)]
        for breaks in range(5):
            line.budget = size // 6
            done = run(self.member, *args)
            self.assertEqual(1, done.returncode, done.stderr)
            found = re.search('(--upload) (.*)', done.stderr)
            args[2:] = found.groups()
        line.budget = 2 * size
        done = run(self.member, *args)
        self.assertEqual(0, done.returncode, done.stderr)
        # less than a part sent twice for each time that it broke
        self.assertLess(line.passed, size + 5 * PART + MIB)
        blob = self.show(artifact)['data']
        self.assertEqual((size, size // PART), (blob['size'],
                                                blob['segments']))
        self.assertIn(blob['tree_sha256'], done.stdout)
        self.same_file(path, artifact)

    def same_file(self, path, artifact):
        answer = self.call('GET', artifact['self'] + '/data', stream=True)
        with path.open('rb') as file:
            for data in answer.iter_content(MIB):
                self.same_bytes(file.read(len(data)), data)
            self.assertEqual(b'', file.read(1))
