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

import itertools
import logging
import pathlib
import sys

import fixtures
from oslotest import base

from glance_artifacts import exceptions
from glance_artifacts import types
from glance_artifacts.types import registry

HEAD = 'from glance_artifacts import types\n'
CLASS = '''
class %(cls)s(types.ArtifactType):
    type_name, type_version = '%(name)s', '%(version)s'
'''
_numbers = itertools.count()


def _source(name, *versions):
    return HEAD + ''.join(
        CLASS % {'cls': 'V' + version.replace('.', '_'), 'name': name,
                 'version': version} for version in versions)


class TestLoad(base.BaseTestCase):
    """Real entry points of modules in a temporary directory."""

    def setUp(self):
        super().setUp()
        self.logs = self.useFixture(fixtures.FakeLogger(level=logging.ERROR))
        self.path = self.useFixture(fixtures.TempDir()).path
        self.useFixture(fixtures.MonkeyPatch('sys.path',
                                             [self.path, *sys.path]))
        # stevedore remembers entry points for the life of the process.
        self.useFixture(fixtures.MonkeyPatch(
            'stevedore.extension.ExtensionManager.ENTRY_POINT_CACHE', {}))
        # Nor should it leave files about this directory in the user's cache.
        self.useFixture(fixtures.MonkeyPatch(
            'stevedore._cache._c._disable_caching', True))

    def _plugin(self, source, **points):
        """Lay out an installed package; points map names to objects."""
        module = 'gart_plugin_%d' % next(_numbers)
        self.addCleanup(sys.modules.pop, module, None)
        home = pathlib.Path(self.path)
        (home / (module + '.py')).write_text(source)
        info = home / (module + '-1.0.dist-info')
        info.mkdir()
        (info / 'METADATA').write_text(
            'Metadata-Version: 2.1\nName: %s\nVersion: 1.0\n' % module)
        (info / 'entry_points.txt').write_text(
            '[glance_artifacts.types]\n' + ''.join(
                '%s = %s:%s\n' % (name, module, obj)
                for name, obj in points.items()))
        return module

    def _assert_disabled(self, name, *texts):
        """The type is off with a log entry, its neighbour is not."""
        self._plugin(_source('good', '1.0'), good='V1_0')
        found = registry.Registry.load(['good', name])
        self.assertEqual(['good'], list(found.enabled))
        self.assertEqual([name], list(found.disabled))
        for text in (name, *texts):
            self.assertIn(text, self.logs.output)
        for text in texts:
            self.assertIn(text, found.disabled[name])
        self.assertRaises(exceptions.NotFound, found.get, name)

    def test_loads_what_is_enabled(self):
        self._plugin(_source('good', '1.0'), good='V1_0')
        found = registry.Registry.load(['good', 'good'])
        self.assertEqual({'good': {'1.0': found.get('good')}}, found.enabled)
        self.assertTrue(issubclass(found.get('good'), types.ArtifactType))
        self.assertEqual({}, found.disabled)
        self.assertEqual('', self.logs.output)

    def test_touches_nothing_else(self):
        module = self._plugin('raise AssertionError()', other='X')
        found = registry.Registry.load([])
        self.assertEqual(({}, {}), (found.enabled, found.disabled))
        self.assertNotIn(module, sys.modules)

    def test_versions_side_by_side(self):
        self._plugin(_source('good', '1.9', '1.10', '2.0'),
                     **{'good': 'V2_0', 'good.v1': 'V1_9',
                        'good.v110': 'V1_10'})
        found = registry.Registry.load(['good'])
        self.assertEqual(['1.9', '1.10', '2.0'], list(found.enabled['good']))
        self.assertEqual('2.0', found.default('good').type_version)

    def test_nobody_provides_it(self):
        self._assert_disabled('absent', 'no plugin provides it')

    def test_does_not_import(self):
        module = self._plugin('import gart_no_such_module', broken='X')
        self._assert_disabled('broken', module + ':X', 'ModuleNotFoundError')

    def test_lacks_the_object(self):
        module = self._plugin(HEAD, broken='X')
        self._assert_disabled('broken', module + ':X', 'AttributeError')

    def test_hostile_imports(self):
        sources = {'exits': 'raise SystemExit(3)', 'asserts': 'assert False',
                   'no_python': 'a b', 'recurses': 'def f(): f()\nf()',
                   'divides': '1 / 0'}
        for name, source in sources.items():
            self._plugin(source, **{name: 'X'})
        found = registry.Registry.load(list(sources))
        self.assertEqual({}, found.enabled)
        self.assertEqual(set(sources), set(found.disabled))

    def test_wrong_declaration(self):
        self._plugin(HEAD + 'class X(types.ArtifactType):\n'
                     '    type_name = "broken"\n'
                     '    name = types.String("Taken.")\n', broken='X')
        self._assert_disabled('broken', 'X.name', 'reserved')

    def test_no_artifact_type(self):
        sources = {'number': 'X = 1', 'plain': 'class X: pass',
                   'function': 'X = lambda: None',
                   'instance': _source('instance', '1.0') + 'X = V1_0()'}
        for name, source in sources.items():
            module = self._plugin(source, **{name: 'X'})
        found = registry.Registry.load(list(sources))
        self.assertEqual(set(sources), set(found.disabled))
        self.assertEqual(module + ':X is no subclass of ArtifactType',
                         found.disabled['instance'])

    def test_other_type_name(self):
        self._plugin(_source('other', '1.0'), broken='V1_0')
        self._assert_disabled('broken', 'V1_0', 'other', 'broken')

    def test_parent_without_type_name(self):
        self._plugin(HEAD + 'class X(types.ArtifactType): pass', broken='X')
        self._assert_disabled('broken', 'X', 'None')

    def test_two_plugins_claim_one_version(self):
        first = self._plugin(_source('broken', '1.0'), broken='V1_0')
        second = self._plugin(_source('broken', '1.0'), broken='V1_0')
        self._assert_disabled('broken', first + ':V1_0', second + ':V1_0',
                              'version 1.0')

    def test_one_bad_version_disables_the_type(self):
        self._plugin(_source('broken', '1.0'),
                     **{'broken': 'V1_0', 'broken.v2': 'V2_0'})
        self._assert_disabled('broken', 'V2_0')


class First(types.ArtifactType):
    type_name = 'first'


class Later(First):
    type_version = '1.1'


class Second(types.ArtifactType):
    type_name = 'second'


class TestRegistry(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.registry = registry.Registry([Second, Later, First])

    def test_get(self):
        self.assertIs(Later, self.registry.get('first'))
        self.assertIs(First, self.registry.get('first', '1.0'))
        self.assertIs(Later, self.registry.default('first'))

    def test_all(self):
        self.assertEqual([First, Later, Second], self.registry.all())

    def test_what_is_not_there(self):
        for args in (('absent',), ('absent', '1.0'), ('first', '9.9'),
                     ('first', ''), ('',)):
            error = self.assertRaises(exceptions.NotFound,
                                      self.registry.get, *args)
            self.assertEqual('type.not_found', error.code)
        self.assertRaises(exceptions.NotFound, self.registry.default, 'x')

    def test_conflict(self):
        self.useFixture(fixtures.FakeLogger())

        class Rival(types.ArtifactType):
            type_name = 'first'

        found = registry.Registry([First, Rival, Second])
        self.assertEqual([Second], found.all())
        self.assertIn('Rival', found.disabled['first'])
