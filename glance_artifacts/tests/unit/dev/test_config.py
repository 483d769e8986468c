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

import configparser
import pathlib

import fixtures
from oslotest import base

from glance_artifacts.dev import checks
from glance_artifacts.dev import config


class StateTest(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.state = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        self.conf = self.state / 'etc' / config.API_CONF
        self.paste = self.state / 'etc' / config.PASTE_INI


class FilesTest(StateTest):

    def write(self, named=None):
        files = config.Files(self.state)
        files.draft(config.defaults(self.state, 'http://127.0.0.1:1'),
                    named or {})
        files.keep()
        return files

    def read(self):
        parser = configparser.RawConfigParser()
        parser.read(self.conf)
        return parser

    def test_first_start(self):
        self.write({'local': {'filesystem_store_chunk_size': '1'}})
        conf = self.read()
        self.assertEqual('local:file', conf['DEFAULT']['enabled_backends'])
        self.assertEqual('development', conf['paste_deploy']['flavor'])
        self.assertEqual(str(self.paste), conf['paste_deploy']['config_file'])
        self.assertEqual('1', conf['local']['filesystem_store_chunk_size'])
        for section in ('local', 'os_glance_staging_store',
                        'os_glance_tasks_store'):
            self.assertTrue(
                conf[section]['filesystem_store_datadir'].startswith(
                    f'{self.state}/stores/'))

    def test_edits_are_kept(self):
        self.write()
        edited = self.conf.read_text().replace(
            'flavor = development', '# mine\nflavor = keystone')
        self.conf.write_text(edited)
        self.paste.write_text('mine')
        self.write()
        self.assertEqual(edited, self.conf.read_text())
        self.assertEqual('mine', self.paste.read_text())

    def test_named_options_are_changed_and_nothing_else(self):
        self.write()
        before = self.conf.read_text()
        self.write({'paste_deploy': {'flavor': 'keystone'}})
        self.assertEqual(before.replace('flavor = development',
                                        'flavor = keystone'),
                         self.conf.read_text())

    def test_a_dollar_is_a_dollar(self):
        url = 'mysql+pymysql://glance:pa$word@localhost/glance'
        files = config.Files(self.state)
        files.draft({}, {'database': {'connection': url}})
        self.assertEqual(url, files.drafted('database', 'connection'))

    def test_a_draft_is_not_the_configuration(self):
        self.write()
        before = self.conf.read_text()
        config.Files(self.state).draft(
            {}, {'database': {'connection': 'nonsense'}})
        self.assertEqual(before, self.conf.read_text())

    def test_unset_option(self):
        files = config.Files(self.state)
        files.draft({}, {})
        self.assertIsNone(files.drafted('database', 'connection'))

    def test_unreadable_configuration(self):
        self.write()
        self.conf.write_text('no section = here\n')
        files = config.Files(self.state)
        files.draft({}, {})
        error = self.assertRaises(checks.SetupError, files.drafted,
                                  'database', 'connection')
        self.assertIn(str(self.conf), str(error))
        self.assertEqual(1, len(str(error).splitlines()))


class FlavorTest(StateTest):

    def check(self, flavor):
        files = config.Files(self.state)
        files.draft({}, {'paste_deploy': {'flavor': flavor}})
        files.check_flavor()

    def test_known(self):
        for flavor in ('development', 'keystone', 'keystone+caching', ''):
            self.check(flavor)

    def test_unknown(self):
        error = self.assertRaises(checks.SetupError, self.check, 'nonsense')
        self.assertIn('"nonsense" has no pipeline', str(error))
        self.assertIn('keystone+caching', str(error))

    def test_broken_paste_file(self):
        (self.state / 'etc').mkdir()
        for text in ('nonsense', '[composite:other]\n'):
            self.paste.write_text(text)
            error = self.assertRaises(checks.SetupError, self.check, '')
            self.assertIn(str(self.paste), str(error))


class PasteTest(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.parser = configparser.RawConfigParser()
        self.parser.read_string(config.paste_text())

    def test_artifacts_are_embedded(self):
        self.assertEqual('artifactsapp',
                         self.parser['composite:rootapp']['/v2/artifacts'])
        self.assertEqual(
            'glance_artifacts.service:app_factory',
            self.parser['app:artifactsapp']['paste.app_factory'])

    def test_images_stay_with_glance(self):
        shipped = configparser.RawConfigParser()
        shipped.read(config.shipped_paste())
        for section in shipped.sections():
            for key, value in shipped[section].items():
                self.assertEqual(value, self.parser[section][key])

    def test_identity_stands_where_authtoken_does(self):
        pipelines = self.parser['composite:api']
        self.assertEqual(
            pipelines['keystone'].replace('authtoken', 'devidentity'),
            pipelines['development'])

    def test_identity_is_in_no_other_pipeline(self):
        self.assertEqual(
            ['development'],
            [name for name, pipeline in self.parser['composite:api'].items()
             if 'devidentity' in pipeline])
