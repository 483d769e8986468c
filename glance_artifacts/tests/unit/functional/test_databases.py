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

"""Which database the functional tests get, and what is said without one."""

import unittest

import fixtures
from oslotest import base
import sqlalchemy as sa

from glance_artifacts.tests import functional
from glance_artifacts.tests.functional import databases
from glance_artifacts.tests.functional import servers

_DATABASES = 'glance_artifacts.tests.functional.databases'
_ONE_LINE = ('functional/api, functional/db and functional/store are left out'
             ' on MariaDB: it neither runs nor is installed (Debian package:'
             ' mariadb-server)')


class DatabasesTestCase(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.set('CI', None)
        self.set('GLANCE_ARTIFACTS_TEST_MARIADB_URL', None)
        self.choose('mariadb')
        self.running, self.installed = [], ['/x', '/y']
        for name, value in (
                ('answers', lambda server: server.url in map(
                    sa.make_url, self.running)),
                ('programs', lambda kind: self.installed)):
            self.useFixture(fixtures.MonkeyPatch(
                _DATABASES + '.servers.MariaDB.' + name, value))

    def set(self, name, value):
        self.useFixture(fixtures.EnvironmentVariable(name, value))

    def choose(self, kind):
        self.useFixture(fixtures.MonkeyPatch(_DATABASES + '.KIND', kind))
        databases.server.cache_clear()
        self.addCleanup(databases.server.cache_clear)


class TestMissing(DatabasesTestCase):

    def test_what_is_installed_can_be_started(self):
        self.assertIsNone(databases.missing())

    def test_nothing(self):
        for self.installed in ([None, None], ['/x', None]):
            self.assertEqual(_ONE_LINE, databases.missing())

    def test_what_runs_need_not_be_installed(self):
        self.installed = [None]
        for self.running in ([url] for url in servers.MariaDB.likely):
            self.assertIsNone(databases.missing())

    def test_what_is_named_must_be_there(self):
        self.installed = [None]
        self.set('GLANCE_ARTIFACTS_TEST_MARIADB_URL',
                 'mysql+pymysql://u:p@db:1/')
        self.assertIsNone(databases.missing())
        self.assertEqual('db', databases.server().url.host)

    def test_sqlite_is_always_there(self):
        self.choose('sqlite')
        self.assertIsNone(databases.missing())
        self.assertIsNone(databases.server())

    def test_unknown(self):
        self.choose('oracle')
        error = self.assertRaises(ValueError, databases.missing)
        self.assertIn('sqlite, mariadb, postgresql', str(error))


class TestLeftOut(DatabasesTestCase):

    def setUp(self):
        super().setUp()
        self.installed = [None, '/y']

    def result(self):
        """What one sees of all the functional tests."""
        loader = unittest.TestLoader()
        suite = functional.load_tests(loader, loader.suiteClass(), None)
        result = unittest.TestResult()
        suite.run(result)
        # the runner does not take a run without any success
        self.assertEqual(2, result.testsRun)
        return result

    def test_one_line(self):
        ((_, reason),) = self.result().skipped
        self.assertEqual(_ONE_LINE, reason)

    def test_ci_leaves_nothing_out(self):
        self.set('CI', 'true')
        result = self.result()
        self.assertEqual([], result.skipped)
        ((_, traceback),) = result.failures
        self.assertIn(_ONE_LINE, traceback)

    def test_asked_for_directly(self):
        # as a single class is run without the loader
        error = self.assertRaises(unittest.SkipTest, databases.server)
        self.assertEqual(_ONE_LINE, str(error))


class TestUrls(base.BaseTestCase):

    def test_mariadb_says_utf8_on_purpose(self):
        for url in servers.MariaDB.likely:
            found = servers.MariaDB(url).url_of('name')
            self.assertEqual('mysql+pymysql://root@', found[:21])
            self.assertRegex(found, r'/name\?(\S+&)?charset=utf8\Z')

    def test_passwords_are_kept(self):
        found = servers.PostgreSQL('postgresql+psycopg2://u:p%40@h:1/x')
        self.assertEqual('postgresql+psycopg2://u:p%40@h:1/name',
                         found.url_of('name'))
