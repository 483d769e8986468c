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

from glance_artifacts.tests.unit.cmd import base
from glance_artifacts.tests.unit.cmd import plugins

SOURCE = '''
from glance_artifacts import types


class One(types.ArtifactType):
    """A type of a plugin.

    More of it.
    """

    type_name, type_version = 'gart_things', '1.0'

    word = types.String('A word.', filterable=True, enum=('a', 'b'))
    sizes = types.List('Numbers.', of=types.Integer(), max_items=3)
    secret = types.String('Kept.', internal=True)
    data = types.Blob('The bytes.', max_size=types.KiB,
                      content_types=('text/plain',))
    files = types.Folder('Files.', max_size=1, max_total=10)

    def inspect(self, blob):
        return None


class Two(One):
    """A newer one."""

    type_version = '2.0'
'''
WRONG = '''
from glance_artifacts import types


class Wrong(types.ArtifactType):
    """A comma too many, and a blob without bounds."""

    type_name = 'gart_wrongs'

    word = types.String('A word.'),
    data = types.Blob('The bytes.')
'''


class TypesTest(base.EtcTest):

    def setUp(self):
        super().setUp()
        self.plugins = self.useFixture(plugins.Plugins())
        self.plugins.install('gart_one', SOURCE, gart_things='One',
                             gart_things__v2='Two')

    def types(self, *args):
        return base.run('--config-dir', self.etc, 'types', *args)

    def prints(self, *args, code=0):
        """The lines that a command prints; nothing goes to stderr."""
        found, out, err = self.types(*args)
        self.assertEqual((code, ''), (found, err))
        return out.splitlines()

    def fails(self, says, *args):
        """With one line."""
        code, out, err = self.types(*args)
        self.assertEqual((1, ''), (code, out))
        self.assertRegex(err, r'\Aglance-artifacts-manage: [^\n]+\n\Z')
        self.assertIn(says, err)


class TestList(TypesTest):

    def _rows(self, enabled):
        self.options['artifacts'] = {'enabled_types': enabled}
        self.write()
        return {line.split()[0]: line.split(None, 3)[1:]
                for line in self.prints('list')}

    def test_all_states(self):
        self.plugins.install('gart_two', 'raise RuntimeError("no\\nway")',
                             gart_brokens='Type')
        rows = self._rows('generic, gart_things, gart_brokens, gart_absent')
        self.assertEqual(['VERSIONS', 'PLUGIN', 'STATUS'], rows['NAME'])
        self.assertEqual(['1.0', 'glance-artifacts', 'enabled'],
                         rows['generic'])
        self.assertEqual(
            ['-', 'glance-artifacts', 'not enabled'], rows['ml_models'])
        self.assertEqual(['-', '-', 'disabled: no plugin provides it'],
                         rows['gart_absent'])
        self.assertEqual('gart_two', rows['gart_brokens'][1])
        self.assertIn('disabled: gart_two:Type does not import: RuntimeError:'
                      ' no way', rows['gart_brokens'][2])

    def test_versions(self):
        self.assertEqual(['1.0,', '2.0', 'gart_one          enabled'],
                         self._rows('gart_things')['gart_things'])

    def test_what_is_not_enabled_is_not_loaded(self):
        self.plugins.install('gart_two', 'raise SystemExit(3)',
                             gart_brokens='Type')
        self.assertEqual(['-', 'gart_two', 'not enabled'],
                         self._rows('generic')['gart_brokens'])

    def test_without_configuration(self):
        self.fails('there is no glance-api.conf', 'list')


class TestShow(TypesTest):

    def test_newest(self):
        lines = self.prints('show', 'gart_things')
        self.assertEqual(
            ['gart_things 2.0: A newer one.', 'class:    gart_one:Two',
             'versions: 1.0, 2.0', 'blobs:    data, files/',
             'hooks:    inspect', ''], lines[:6])
        self.assertEqual(
            ['FIELD', 'KIND', 'ATTRIBUTES', 'DESCRIPTION'], lines[6].split())
        rows = {line.split()[0]: ' '.join(line.split()[1:])
                for line in lines[7:]}
        self.assertEqual(
            {'word': 'string filterable, max_length=255, enum=a|b A word.',
             'sizes': 'list of integer max_items=3 Numbers.',
             'secret': 'string internal, max_length=255 Kept.',
             'data': 'blob max_size=1024, content_types=text/plain'
                     ' The bytes.',
             'files': 'folder max_items=1000, max_size=1, max_total=10'
                      ' Files.'}, rows)

    def test_a_version(self):
        lines = self.prints('show', 'gart_things', '--type-version', '1.0')
        self.assertEqual('gart_things 1.0: A type of a plugin.', lines[0])
        self.fails('no version 3.0, only 1.0, 2.0.', 'show', 'gart_things',
                   '--type-version', '3.0')

    def test_a_class_that_is_not_installed(self):
        self.plugins.module('gart_bare', SOURCE)
        self.assertEqual('class:    gart_bare:One',
                         self.prints('show', 'gart_bare:One')[1])

    def test_what_is_not_there(self):
        self.fails('gart_absent: no plugin provides it', 'show',
                   'gart_absent')
        self.fails("No module named 'gart_absent'", 'show', 'gart_absent:A')
        self.fails("has no attribute 'Three'", 'show', 'gart_one:Three')
        self.fails('gart_one:types is no subclass', 'show', 'gart_one:types')
        self.fails('type_name must be a string', 'show',
                   'glance_artifacts.types:ArtifactType')


class TestLint(TypesTest):

    def test_a_type_in_all_its_versions(self):
        self.assertEqual(['gart_things 1.0: no findings',
                          'gart_things 2.0: no findings'],
                         self.prints('lint', 'gart_things'))

    def test_errors_and_warnings(self):
        self.plugins.module('gart_bad', WRONG)
        lines = self.prints('lint', 'gart_bad:Wrong', code=1)
        self.assertEqual(2, len(lines), lines)
        self.assertIn('gart_wrongs 1.0: error: word: a comma', lines[0])
        self.assertIn('gart_wrongs 1.0: warning: data: has no max_size',
                      lines[1])

    def test_a_warning_is_no_failure(self):
        (line,) = self.prints('lint', 'generic')
        self.assertIn('generic 1.0: warning: ', line)

    def test_from_the_current_directory(self):
        work = self.etc / 'work'
        work.mkdir()
        (work / 'gart_here.py').write_text(SOURCE)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(work)
        self.assertEqual(['gart_things 1.0: no findings'],
                         self.prints('lint', 'gart_here:One'))

    def test_all(self):
        self.assertLessEqual(
            {'generic', 'heat_templates', 'helm_charts', 'ml_models',
             'tosca_csars', 'gart_things'},
            {line.split()[0] for line in self.prints('lint')})

    def test_one_of_all_that_does_not_load(self):
        self.plugins.install('gart_two', 'raise SystemExit(3)',
                             gart_brokens='Type')
        lines = self.prints('lint', code=1)
        self.assertIn('gart_things 1.0: no findings', lines)
        (line,) = [line for line in lines if 'gart_brokens' in line]
        self.assertIn('error: gart_brokens: gart_two:Type does not import',
                      line)
        self.fails('gart_brokens: gart_two:Type does not import', 'lint',
                   'gart_brokens')

    def test_a_declaration_that_python_refuses(self):
        self.plugins.module('gart_bad', WRONG.replace('word', 'owner')
                            .replace("'),", "')"))
        self.fails('Wrong.owner: the name is reserved', 'lint',
                   'gart_bad:Wrong')
