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

"""The commands on the files of the standalone service."""

import shutil

import fixtures
import sqlalchemy as sa

from glance_artifacts.cmd import configuration
from glance_artifacts.cmd import images_check
from glance_artifacts.dev import config
from glance_artifacts.dev import ini
from glance_artifacts import exceptions
from glance_artifacts.tests.unit.cmd import base


class StandaloneTest(base.EtcTest):
    """A directory like /etc/glance-artifacts, without a fault."""

    def setUp(self):
        super().setUp()
        self.paste.unlink()
        self.own = self.etc / configuration.OWN_CONF
        self.paste = self.etc / config.OWN_PASTE_INI
        shutil.copy(config.own_sample(config.OWN_PASTE_INI), self.paste)
        self.options = {
            'artifacts': {'stores': 'bulk:file'},
            'artifact_pool:general': {'stores': 'bulk'},
            'artifacts_database': {
                'connection': 'sqlite:///%s' % self.database},
            'bulk': {'filesystem_store_datadir': self.etc / 'store'},
            'paste_deploy': {'flavor': 'keystone'},
        }

    def write(self):
        super().write()
        (self.etc / 'glance-api.conf').rename(self.own)

    def check(self, *where):
        """Exit code and lines of ``config check``."""
        self.write()
        code, out, err = base.run(
            *(where or ('--config-dir', self.etc)), 'config', 'check')
        self.assertEqual('', err)
        return code, out.splitlines()

    def assert_finds(self, *texts):
        code, lines = self.check()
        self.assertEqual((1, 1), (code, len(lines)), lines)
        for text in texts:
            self.assertIn(text, lines[0])


class TestCheck(StandaloneTest):

    def test_good(self):
        for where in (('--config-dir', self.etc),
                      ('--config-file', self.own)):
            self.assertEqual((0, ['no findings']), self.check(*where))

    def test_no_stores(self):
        del self.options['artifacts'], self.options['artifact_pool:general']
        code, lines = self.check()
        self.assertEqual(1, code)
        self.assertIn('[artifacts]/stores: artifacts need named stores',
                      lines[0])
        self.assertIn('[artifact_pool:general]/stores', lines[1])

    def test_misspelt(self):
        self.options['artifacts']['defualt_pool'] = 'general'
        self.assert_finds('[artifacts]/defualt_pool',
                          'write "default_pool"')

    def test_flavor(self):
        for flavor in ('', 'caching'):
            self.options['paste_deploy']['flavor'] = flavor
            self.assert_finds('[paste_deploy]/flavor',
                              'has no section [composite:glance-artifacts')

    def test_no_paste_file(self):
        self.paste.unlink()
        self.assert_finds('[paste_deploy]/config_file',
                          'glance-artifacts-paste.ini')

    def test_development_identity(self):
        self.paste.write_text(config.own_paste_text())
        self.assert_finds('believes whatever callers say')
        self.useFixture(fixtures.EnvironmentVariable(
            'GLANCE_ARTIFACTS_DEV_IDENTITY', '1'))
        self.assertEqual(0, self.check()[0])


class TestImages(StandaloneTest):

    def setUp(self):
        super().setUp()
        self.options['artifacts']['standalone_images'] = True

    def test_nothing_of_glance(self):
        code, lines = self.check()
        self.assertEqual(
            (1, 2), (code, len(lines)), lines)
        for line, what in zip(lines, ('stores', 'tables')):
            self.assertIn('%s = True: the %s of images are not configured'
                          % (images_check.OPTION, what), line)

    def test_glance_beside_it(self):
        self.glance()
        self.assertEqual((0, ['no findings']), self.check())

    def test_a_database_of_somebody_else(self):
        self.glance()
        self.options['database']['connection'] = 'sqlite:///%s' % (
            self.database)
        self.assert_finds('the tables of images', '[database]/connection')

    def test_a_store_that_is_not_there(self):
        self.glance()
        self.options['glance_store']['default_backend'] = 'fast'
        self.assert_finds('the stores of images')

    def test_embedded_it_means_nothing(self):
        self.write()
        path = self.own.rename(self.etc / 'glance-api.conf')
        _, out, _ = base.run('--config-file', path, 'config', 'check')
        self.assertNotIn(images_check.OPTION, out)

    def glance(self):
        """Have what glance-api.conf has."""
        other = 'sqlite:///%s' % (self.etc / 'glances.sqlite')
        engine = sa.create_engine(other)
        with engine.begin() as conn:
            conn.exec_driver_sql('CREATE TABLE images (id INTEGER)')
        engine.dispose()
        self.options.update({
            'DEFAULT': {'enabled_backends': 'local:file'},
            'database': {'connection': other},
            'glance_store': {'default_backend': 'local'},
            'local': {'filesystem_store_datadir': self.etc / 'local'}})


class TestWhere(StandaloneTest):

    def set(self, value):
        self.useFixture(fixtures.EnvironmentVariable(
            configuration.OWN_FILES, value))

    def assert_refused(self, text):
        error = self.assertRaises(exceptions.Misconfigured,
                                  configuration.own_files)
        self.assertIn(text, str(error))

    def test_files_of_the_service(self):
        self.write()
        more = self.etc / 'more.conf'
        more.write_text('[artifacts]\nmember_quota = 7\n')
        self.set('%s; %s;' % (more, self.own))
        self.assertEqual([str(more), str(self.own)],
                         configuration.own_files())
        conf = configuration.load(None)
        self.assertTrue(configuration.is_standalone(conf))
        self.assertEqual(7, conf.artifacts.member_quota)

    def test_files_that_are_not_there(self):
        self.set('/nowhere/glance-artifacts.conf')
        self.assert_refused('/nowhere/glance-artifacts.conf: there is no')
        self.set(' ; ')
        self.assert_refused('it names no file')

    def test_a_last_file_of_another_name(self):
        self.write()
        path = self.etc / 'glance-api.conf'
        path.write_text('')
        self.set('%s;%s' % (self.own, path))
        self.assert_refused('the last file')

    def test_a_later_file_has_the_last_word(self):
        self.write()
        later = self.etc / 'glance-artifacts-2.conf'
        later.write_text(ini.set_option('', 'artifacts', 'member_quota',
                                        '9'))
        code, out, err = base.run(
            '--config-file', self.own, '--config-file', later, 'db', 'check')
        self.assertEqual((0, ''), (code, err), out)
        conf = configuration.load([str(self.own), str(later)])
        self.assertEqual(9, conf.artifacts.member_quota)

    def test_one_or_the_other(self):
        self.assertRaises(SystemExit, base.run, '--config-dir', self.etc,
                          '--config-file', self.own, 'db', 'check')

    def test_glance_api_comes_first(self):
        self.write()
        (self.etc / 'glance-api.conf').write_text('')
        self.assertFalse(configuration.is_standalone(
            configuration.load(str(self.etc))))
