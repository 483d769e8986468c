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
import subprocess
import sys

import fixtures

import glance_artifacts
from glance_artifacts.tests.functional.api import base
from glance_artifacts.tests.functional.faults import line
from glance_artifacts.tests.functional.hostile import base as hostile

_PROGRAM = (pathlib.Path(glance_artifacts.__file__).parent.parent
            / 'doc' / 'source' / 'user' / 'upload_in_parts.py')
MIB = 1024 * 1024
PART = 5 * MIB


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
        broken = line.Line(self.server.address)
        artifact = self.create()
        self.addCleanup(broken.close)
        args = ['http://%s%s' % (broken.address, artifact['self']), str(path)]
        for breaks in range(5):
            broken.up = size // 6
            done = run(self.member, *args)
            self.assertEqual(1, done.returncode, done.stderr)
            found = re.search('(--upload) (.*)', done.stderr)
            args[2:] = found.groups()
        broken.mend()
        done = run(self.member, *args)
        self.assertEqual(0, done.returncode, done.stderr)
        # less than a part sent twice for each time that it broke
        self.assertLess(broken.passed, size + 5 * PART + MIB)
        blob = self.show(artifact)['data']
        self.assertEqual((size, -(-size // PART)),
                         (blob['size'], blob['segments']))
        self.assertIn(blob['tree_sha256'], done.stdout)
        self.same_file(path, artifact)

    def same_file(self, path, artifact):
        answer = self.call('GET', artifact['self'] + '/data', stream=True)
        with path.open('rb') as file:
            for data in answer.iter_content(MIB):
                self.same_bytes(file.read(len(data)), data)
            self.assertEqual(b'', file.read(1))
