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

import os
import pathlib
import socket

import fixtures
from oslotest import base

from glance_artifacts.dev import checks


class ChecksTest(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.state = pathlib.Path(self.useFixture(fixtures.TempDir()).path)

    def assertRefused(self, text, check, *args):
        error = self.assertRaises(checks.SetupError, check, *args)
        self.assertIn(text, str(error))
        self.assertEqual(1, len(str(error).splitlines()))

    def test_port(self):
        checks.port(checks.free_port())
        with socket.socket() as other:
            other.bind((checks.HOST, 0))
            other.listen()
            taken = other.getsockname()[1]
            self.assertRefused(f'127.0.0.1:{taken}', checks.port, taken)
        self.assertRefused('65536', checks.port, 65536)

    def test_directory(self):
        checks.directory(self.state / 'a' / 'b')
        self.assertEqual([], list((self.state / 'a' / 'b').iterdir()))

    def test_directory_is_a_file(self):
        (self.state / 'file').touch()
        for path in ('file', 'file/below'):
            self.assertRefused('cannot write to', checks.directory,
                               self.state / path)

    def test_directory_is_read_only(self):
        if os.geteuid() == 0:
            self.skipTest('root may write anywhere')
        self.state.chmod(0o500)
        self.assertRefused('cannot write to', checks.directory, self.state)

    def test_directory_with_a_misleading_name(self):
        for name in ('a$b', 'a%b', 'a?b', 'a#b'):
            self.assertRefused('another directory', checks.directory,
                               self.state / name)
        self.assertEqual([], list(self.state.iterdir()))

    def test_lock(self):
        with checks.lock(self.state):
            self.assertRefused('another server', checks.lock, self.state)
        checks.lock(self.state).close()

    def test_database(self):
        checks.database(f'sqlite:///{self.state}/some.sqlite')

    def test_bad_database(self):
        for url, text in (
                ('nonsense', 'database URL'),
                ('', 'database URL'),
                ('nosuch://localhost/glance', 'nosuch'),
                ('sqlite://', 'in memory'),
                ('sqlite:///:memory:', 'in memory'),
                ('sqlite:////nonexistent/some.sqlite', 'unable to open'),
                ('mysql+nosuchdriver://localhost/x', 'database URL'),
                ('mysql+pymysql://u:secret@127.0.0.1:1/x', '127.0.0.1'),
                ('postgresql+psycopg2://u:secret@127.0.0.1:1/x', '127.0.0.1'),
                ('mysql+pymysql://u:secret@127.0.0.1:port/x', 'port')):
            self.assertRefused(text, checks.database, url)

    def test_password_is_not_shown(self):
        for url in ('mysql+pymysql://u:secret@127.0.0.1:1/x',
                    'postgresql+psycopg2://u:secret@127.0.0.1:1/x'):
            error = self.assertRaises(checks.SetupError, checks.database, url)
            self.assertNotIn('secret', str(error))

    def test_one_line(self):
        self.assertEqual('first', checks.one_line(ValueError('first\nmore')))
        self.assertEqual('ValueError', checks.one_line(ValueError()))
