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

import pathlib

import fixtures
from oslotest import base

from glance_artifacts.cmd import configuration
from glance_artifacts.cmd import paste_file
from glance_artifacts.dev import checks
from glance_artifacts.dev import config
from glance_artifacts.dev import process
from glance_artifacts.dev import standalone


class StandaloneTest(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.state = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        self.useFixture(fixtures.MockPatchObject(
            process, 'program', lambda name: name))
        self.run = self.useFixture(fixtures.MockPatch(
            'glance_artifacts.dev.process.run')).mock

    def prepare(self, **options):
        made = standalone.Standalone(self.state, port=checks.free_port(),
                                     **options)
        made.configure()
        made.migrate()
        return made

    def paste(self):
        return paste_file.sections(
            (self.state / 'etc' / config.OWN_PASTE_INI).read_text())

    def test_on_its_own(self):
        made = self.prepare()
        text = made.conf.read_text()
        for line in ('flavor = development', 'pools = general, second',
                     'connection = sqlite:///%s/artifacts.sqlite'
                     % self.state):
            self.assertIn('\n%s\n' % line, text + '\n')
        self.assertEqual(
            ['glance-artifacts-manage', '--config-file', str(made.conf),
             'db', 'sync'], self.run.call_args.args[0])
        self.assertEqual(str(made.conf),
                         made.uwsgi.environment[configuration.OWN_FILES])

    def test_beside_glance_it_has_what_glance_has(self):
        made = self.prepare(beside=True)
        self.assertNotIn('connection', made.conf.read_text())
        self.assertEqual(
            '%s/etc/glance-api.conf;%s' % (self.state, made.conf),
            made.uwsgi.environment[configuration.OWN_FILES])

    def test_pipelines(self):
        self.prepare()
        paste = self.paste()
        self.assertEqual(
            paste['composite:glance-artifacts-keystone'],
            paste['composite:glance-artifacts-development'])
        self.assertEqual(
            paste['composite:api']['keystone'].replace(
                'authtoken', 'devidentity'),
            paste['composite:api']['development'])

    def test_flavors(self):
        for asked, got in (('keystone+caching', 'keystone'),
                           ('default', 'development')):
            self.assertIn('flavor = %s\n' % got, self.prepare(
                flavor=asked).conf.read_text())

    def test_edits_are_kept(self):
        made = self.prepare(database_url='sqlite:///x')
        before = made.conf.read_text()
        self.assertIn('connection = sqlite:///x', before)
        self.prepare()
        self.assertEqual(before, made.conf.read_text())
