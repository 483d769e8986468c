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

"""Private database servers come and go with the process that wants them."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import fixtures
from oslotest import base
import sqlalchemy as sa

from glance_artifacts.tests.functional import databases

_PROCESS = """
import json, sys
from glance_artifacts.tests.functional import databases
databases.KINDS[databases.KIND].likely = ()
database = databases.of_process('sample')
print(json.dumps(database.url), flush=True)
sys.stdin.read()
"""
_SECONDS = 30


class TestPrivate(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.directory = pathlib.Path(
            self.useFixture(fixtures.TempDir()).path)
        # the server may run as a user of its own
        for path in (tempfile.gettempdir(), self.directory):
            os.chmod(path, 0o711)

    def started(self, kind):
        """A process with a private server, and the URL of its database."""
        if None in databases.KINDS[kind].programs():
            self.skipTest('without the Debian package %s no private server'
                          ' can be started'
                          % databases.KINDS[kind].package)
        environment = {
            **os.environ, 'GLANCE_ARTIFACTS_TEST_DATABASE': kind,
            'TMPDIR': str(self.directory)}
        environment.pop(databases.variable(kind), None)
        child = subprocess.Popen(
            [sys.executable, '-c', _PROCESS], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, env=environment)
        self.addCleanup(child.wait)
        self.addCleanup(child.stdin.close)
        self.addCleanup(child.stdout.close)
        return child, json.loads(child.stdout.readline())

    def answers(self, url):
        """Whether there is a database, an empty one."""
        engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
        try:
            self.assertEqual([], sa.inspect(engine).get_table_names())
        except sa.exc.OperationalError:
            return False
        return True

    def check(self, kind):
        child, url = self.started(kind)
        self.assertTrue(self.answers(url))
        child.stdin.close()
        self.assertEqual(0, child.wait(_SECONDS))
        self.assertFalse(self.answers(url))
        self.assertEqual([], os.listdir(self.directory))

    def check_killed(self, kind):
        """No server outlives us, even then."""
        child, url = self.started(kind)
        child.kill()
        deadline = time.monotonic() + _SECONDS
        while self.answers(url):
            self.assertLess(time.monotonic(), deadline, 'it still answers')
            time.sleep(0.1)

    def test_mariadb(self):
        self.check('mariadb')

    def test_mariadb_killed(self):
        self.check_killed('mariadb')

    def test_postgresql(self):
        self.check('postgresql')

    def test_postgresql_killed(self):
        self.check_killed('postgresql')
