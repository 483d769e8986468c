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
import subprocess
import sys
import tomllib

import fixtures
from oslotest import base

from glance_artifacts.tests.unit.cmd import base as cmd_base
from glance_artifacts.types import names

FILES = {'pyproject.toml', 'README.md', 'gart_things_type.py',
         'tests/__init__.py', 'tests/test_type.py'}


class ScaffoldTest(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.home = pathlib.Path(self.useFixture(fixtures.TempDir()).path)

    def scaffold(self, name, *args):
        return cmd_base.run('types', 'scaffold', name, '--output', self.home,
                            *args)

    def written(self, name='gart_things'):
        code, out, err = self.scaffold(name)
        self.assertEqual((0, ''), (code, err))
        self.assertIn(str(self.home / name), out)
        self.assertIn('python -m unittest', out)
        return self.home / name

    def run_tests(self, directory):
        return subprocess.run(
            [sys.executable, '-m', 'unittest'], cwd=directory, text=True,
            capture_output=True, env={
                **os.environ, 'PYTHONDONTWRITEBYTECODE': '1'})


class TestWritten(ScaffoldTest):

    def test_files(self):
        target = self.written()
        self.assertEqual(FILES, {
            str(path.relative_to(target)) for path in target.rglob('*')
            if path.is_file()})
        for name in FILES:
            text = (target / name).read_text()
            self.assertNotIn('${', text)
            if name.endswith('.py'):
                compile(text, name, 'exec')
        self.assertIn('-H "X-Auth-Token: $TOKEN"',
                      (target / 'README.md').read_text())

    def test_entry_point(self):
        project = tomllib.loads(
            (self.written() / 'pyproject.toml').read_text())
        self.assertEqual('glance-artifacts-gart-things',
                         project['project']['name'])
        self.assertEqual(
            {'glance_artifacts.types': {
                'gart_things': 'gart_things_type:GartThings'}},
            project['project']['entry-points'])
        self.assertEqual(['gart_things_type'],
                         project['tool']['setuptools']['py-modules'])

    def test_its_tests_pass_as_they_are(self):
        # words of Python, too, and names that are hard on a class
        for name in ('gart_things', 'none', 'json', 'a__b', 'x_1'):
            done = self.run_tests(self.written(name))
            self.assertEqual(0, done.returncode, done.stderr)
            self.assertRegex(done.stderr, r'Ran 1[0-9] tests')
            self.assertIn('\nOK', done.stderr)

    def test_its_tests_can_fail(self):
        target = self.written()
        path = target / 'gart_things_type.py'
        path.write_text(path.read_text().replace('raise types.Rejected',
                                                 'print'))
        done = self.run_tests(target)
        self.assertEqual(1, done.returncode)
        self.assertIn('test_rejected', done.stderr)

    def test_where_it_is_called(self):
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.home)
        code, out, _ = cmd_base.run('types', 'scaffold', 'gart_things')
        self.assertEqual(0, code)
        self.assertIn('cd gart_things ', out)
        self.assertTrue((self.home / 'gart_things/README.md').exists())


class TestRefused(ScaffoldTest):

    def fails(self, says, name):
        code, out, err = self.scaffold(name)
        self.assertEqual((1, ''), (code, out))
        self.assertRegex(err, r'\Aglance-artifacts-manage: [^\n]+\n\Z')
        self.assertIn(says, err)

    def test_names(self):
        for name in ('Things', 'my-things', '1thing', '_a', 'a' * 65, 'a.b',
                     '../a', '', 'caf\xe9', 'a\nb'):
            self.fails('type_name must match', name)
        for name in (*names.RESERVED_TYPES, 'v1', 'v2_things'):
            self.fails('is reserved', name)
        for name in ('images', 'generic', 'helm_charts'):
            self.fails('There is a type %s already' % name, name)
        self.assertEqual([], list(self.home.iterdir()))

    def test_what_is_there_already(self):
        (self.home / 'gart_things').mkdir()
        self.fails('gart_things is there already', 'gart_things')
        self.assertEqual([], list((self.home / 'gart_things').iterdir()))
        (self.home / 'gart_file').write_text('mine')
        self.fails('gart_file is there already', 'gart_file')
        self.assertEqual('mine', (self.home / 'gart_file').read_text())

    def test_a_place_that_is_not_there(self):
        self.home = self.home / 'absent'
        self.fails('cannot be written: No such file', 'gart_things')
