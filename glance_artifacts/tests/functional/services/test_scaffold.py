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

"""From ``types scaffold`` to an artifact of the new type."""

import os
import pathlib
import shutil
import subprocess
import sys

import fixtures

from glance_artifacts.cmd import manage
from glance_artifacts import testing
from glance_artifacts.tests.functional.api import plugins

NAME = 'scaffolded_things'


class TestScaffold(plugins.PluginTest):
    """A package as it is written, installed by pip, on a real server."""

    enabled = ('generic', NAME)

    @classmethod
    def setUpClass(cls):
        work = fixtures.TempDir()
        work.setUp()
        cls.addClassCleanup(work.cleanUp)
        cls.home = pathlib.Path(work.path)
        if manage.main(['types', 'scaffold', NAME, '--output',
                        str(cls.home)]):
            raise AssertionError('nothing was scaffolded')
        cls.source = cls.home / NAME
        super().setUpClass()

    def run_python(self, *args, cwd):
        return subprocess.run([sys.executable, *args], cwd=cwd, text=True,
                              capture_output=True, env=os.environ)

    def test_its_tests_pass_once_it_is_installed(self):
        """The tests alone, so that the module is the installed one."""
        away = self.home / 'away'
        shutil.copytree(self.source / 'tests', away / 'tests')
        self.addCleanup(shutil.rmtree, away)
        done = self.run_python('-m', 'unittest', cwd=away)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertRegex(done.stderr, r'Ran 1[0-9] tests[^!]*OK')

    def test_its_type_is_found(self):
        done = self.run_python('-m', 'glance_artifacts.cmd.manage', 'types',
                               'lint', NAME, cwd=self.home)
        self.assertEqual((0, '%s 1.0: no findings\n' % NAME, ''),
                         (done.returncode, done.stdout, done.stderr))
        self.assertEqual('enabled', self.catalogue()[NAME]['status'])

    def test_an_artifact(self):
        draft = self.create(NAME, licence='MIT')
        self.refused(400, 'artifact.rejected', 'PUT',
                     draft['self'] + '/archive', data=b'not an archive')
        archive = testing.make_zip({'README.md': b'', 'more': b''})
        self.upload(draft, archive, 'archive')
        self.assertEqual(2, self.act(draft, 'activate').json()['files'])
        self.assertEqual([draft['name']],
                         self.names('files=2', type_name=NAME))
