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

import contextlib
import io
import pathlib

import fixtures
from oslotest import base
import sqlalchemy as sa

import glance_artifacts
from glance_artifacts.cmd import manage


class ManageTestCase(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.etc = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        self.database = self.etc / 'glance.sqlite'
        self.configure('sqlite:///%s' % self.database)
        self.useFixture(fixtures.EnvironmentVariable('OS_GLANCE_CONFIG_DIR',
                                                     str(self.etc)))

    def configure(self, url, more=''):
        (self.etc / 'glance-api.conf').write_text(
            '[database]\nconnection = %s\n%s' % (url, more))

    def run_it(self, *args):
        """The exit code, the output and what is said of errors."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = manage.main(list(args))
            except SystemExit as exc:
                code = exc.code
        return code, out.getvalue(), err.getvalue()

    def assert_fails(self, *args, says=()):
        """With one line that says what is wrong."""
        code, out, err = self.run_it(*args)
        self.assertEqual((1, ''), (code, out))
        self.assertRegex(err, r'\Aglance-artifacts-manage: [^\n]+\n\Z')
        for text in says:
            self.assertIn(text, err)
        self.assertNotIn('Traceback', err)
        return err

    def assert_prints(self, expected, text, *args):
        code, out, err = self.run_it(*args)
        self.assertEqual((expected, ''), (code, err))
        self.assertIn(text, out)

    def heads(self):
        return self.run_it('db', 'version')[1].split()


class TestDatabase(ManageTestCase):

    def test_from_nothing_to_up_to_date(self):
        self.assert_prints(3, 'db sync --expand', 'db', 'check')
        self.assert_prints(0, 'none', 'db', 'version')
        self.assert_prints(0, '0009_expand', 'db', 'sync', '--expand')
        self.assert_prints(5, 'db sync --contract', 'db', 'check')
        self.assert_prints(0, '0001_contract', 'db', 'sync', '--contract')
        self.assert_prints(0, 'up to date', 'db', 'check')
        self.assertEqual(['0001_contract', '0009_expand'], self.heads())

    def test_all_at_once_and_once_more(self):
        for _ in range(2):
            self.assert_prints(0, '0001_contract', 'db', 'sync')
            self.assert_prints(0, 'up to date', 'db', 'check')

    def test_in_a_database_of_its_own(self):
        own = self.etc / 'own.sqlite'
        self.configure('sqlite:///%s' % self.database,
                       '[artifacts_database]\nconnection = sqlite:///%s\n'
                       % own)
        self.assert_prints(0, '0001_contract', 'db', 'sync')
        self.assertTrue(own.exists())
        self.assertFalse(self.database.exists())

    def test_a_newer_release_was_here(self):
        self.run_it('db', 'sync')
        engine = sa.create_engine('sqlite:///%s' % self.database)
        self.addCleanup(engine.dispose)
        with engine.begin() as conn:
            conn.execute(sa.text("UPDATE gart_alembic_version"
                                 " SET version_num = '9999_contract'"
                                 " WHERE version_num LIKE '%contract'"))
        for command in ('check', 'sync'):
            self.assert_fails('db', command,
                              says=['newer release', '9999_contract'])

    def test_not_a_database(self):
        self.database.write_text('not a database ' * 100)
        for command in ('check', 'sync', 'version'):
            self.assert_fails('db', command, says=['not a database'])

    def test_one_that_does_not_answer(self):
        for url in ('sqlite:////nonexistent/directory/x.sqlite',
                    'mysql+pymysql://someone:s3cret@127.0.0.1:9/glance',
                    'postgresql+psycopg2://someone:s3cret@127.0.0.1:9/db'):
            self.configure(url)
            for command in ('check', 'sync', 'version'):
                err = self.assert_fails('db', command)
                self.assertNotIn('s3cret', err)

    def test_no_url(self):
        for url in ('', 'nonsense', 'sqlite', 'oracle9://x', '://', 'x://y',
                    'mysql+pymysql://someone:s3cret@h:port/glance'):
            self.configure(url)
            for command in ('check', 'sync', 'version'):
                err = self.assert_fails('db', command,
                                        says=['[database]/connection'])
                self.assertNotIn('s3cret', err)

    def test_no_driver(self):
        # of dialects whose drivers nobody has installed here
        for dialect in ('oracle+oracledb', 'mssql+pymssql', 'mysql+cymysql'):
            self.configure('%s://someone:s3cret@127.0.0.1/glance' % dialect)
            for command in ('check', 'sync', 'version'):
                err = self.assert_fails('db', command,
                                        says=['[database]/connection'])
                self.assertNotIn('s3cret', err)

    def test_a_url_that_its_driver_does_not_understand(self):
        for url in ('mysql+pymysql://someone:s3cret@127.0.0.1/d?bogus=1',
                    'sqlite:///%s?timeout=x' % self.database):
            self.configure(url)
            for command in ('check', 'sync', 'version'):
                err = self.assert_fails('db', command)
                self.assertNotIn('s3cret', err)


class TestConfiguration(ManageTestCase):

    def test_no_directory(self):
        for name in ('/nonexistent', str(self.etc / 'nil'),
                     str(self.etc / 'glance-api.conf')):
            self.assert_fails('--config-dir', name, 'db', 'check',
                              says=[name, 'glance-api.conf'])

    def test_the_option_wins(self):
        self.useFixture(fixtures.EnvironmentVariable(
            'OS_GLANCE_CONFIG_DIR', '/nonexistent'))
        self.assert_fails('db', 'check', says=['/nonexistent'])
        self.assert_prints(3, '', '--config-dir', str(self.etc), 'db',
                           'check')

    def test_no_configuration(self):
        path = self.etc / 'glance-api.conf'
        for text in ('nonsense', '[database\nconnection = x\n'):
            path.write_text(text)
            self.assert_fails('db', 'check', says=['glance-api.conf'])
        path.write_bytes(b'[database]\nconnection = \xff\n')
        self.assert_fails('db', 'check')

    def test_a_value_of_the_wrong_kind(self):
        self.configure('sqlite:///%s' % self.database,
                       'max_pool_size = many\n')
        self.assert_fails('db', 'check', says=['max_pool_size'])


class TestHelp(ManageTestCase):

    def test_of_every_command(self):
        for words in ((), ('db',), ('db', 'sync'), ('db', 'version'),
                      ('db', 'check')):
            code, out, err = self.run_it(*words, '--help')
            self.assertEqual((0, ''), (code, err))
            self.assertIn('usage: glance-artifacts-manage', out)

    def test_needs_no_configuration(self):
        (self.etc / 'glance-api.conf').unlink()
        self.assertEqual(0, self.run_it('db', 'sync', '--help')[0])

    def test_exit_codes_are_told(self):
        _, out, _ = self.run_it('db', 'check', '--help')
        for text in ('0', '3', '5'):
            self.assertIn(text, out)

    def test_version(self):
        code, out, _ = self.run_it('--version')
        self.assertEqual((0, glance_artifacts.__version__),
                         (code, out.strip()))

    def test_what_it_does_not_understand(self):
        for words in ((), ('db',), ('nil',), ('db', 'nil'),
                      ('db', 'sync', '--expand', '--contract'),
                      ('db', 'check', '--expand')):
            code, out, err = self.run_it(*words)
            self.assertEqual((2, ''), (code, out))
            self.assertIn('usage:', err)
