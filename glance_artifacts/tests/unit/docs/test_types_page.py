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

"""The page for authors of types is true, to its last code block."""

from __future__ import annotations

from collections.abc import Iterable
import contextlib
import inspect
import io
import json
import os
import pathlib
import subprocess
import sys
import tomllib
import types as python_types
import unittest
from unittest import mock

import fixtures

from glance_artifacts.api import router
from glance_artifacts.api import routes
from glance_artifacts.cmd import manage
from glance_artifacts.conf import artifacts as artifacts_conf
from glance_artifacts import exceptions
from glance_artifacts import testing
from glance_artifacts.tests.unit.docs import base
from glance_artifacts import types
from glance_artifacts.types import blob_view
from glance_artifacts.types import folder
from glance_artifacts.types import hooks
from glance_artifacts.types import lint
from glance_artifacts.types import names
from glance_artifacts.types import registry
from glance_artifacts.types import schema

_PAGE = 'doc/source/types/index.rst'


class TestTypesPage(base.DocsTest):

    def setUp(self):
        super().setUp()
        self.text = base.read(_PAGE)
        # the tests on the page import the type from its file
        module = python_types.ModuleType('ansible_collections_type')
        self.namespace = vars(module)
        self.modules = {module.__name__: module}
        with mock.patch.dict(sys.modules, self.modules):
            for block in base.blocks(self.text, 'python'):
                exec(compile(block, _PAGE, 'exec'), self.namespace)

    def _types(self) -> list[type[types.ArtifactType]]:
        return [value for value in self.namespace.values()
                if isinstance(value, type)
                and issubclass(value, types.ArtifactType)]

    def _tests(self) -> list[type[testing.TypeConformance]]:
        return [value for value in self.namespace.values()
                if isinstance(value, type)
                and issubclass(value, testing.TypeConformance)]

    def _run(self, cls: type[testing.TypeConformance]) -> unittest.TestResult:
        suite = unittest.defaultTestLoader.loadTestsFromTestCase(cls)
        return unittest.TextTestRunner(stream=io.StringIO()).run(suite)

    def test_types_work(self):
        found = self._types()
        self.assertEqual(
            [('ansible_collections', '1.0'), ('benchmarks', '1.0'),
             ('ansible_collections', '2.0')],
            [(cls.type_name, cls.type_version) for cls in found])
        for cls in found:
            shown = schema.artifact_schema(cls)
            json.dumps(shown)
            self.assertLessEqual(set(cls.fields), set(shown['properties']))
            self.assertEqual([], lint.lint(cls))
        self.assertEqual(set(), registry.Registry(found).disabled.keys())

    def test_tests_pass(self):
        found = self._tests()
        self.assertEqual(3, len(found))
        for cls in found:
            result = self._run(cls)
            self.assertEqual([], result.failures + result.errors)
            self.assertGreater(result.testsRun, 10)

    def test_output_of_tests_is_true(self):
        result = self._run(self.namespace['TestAnsibleCollections'])
        self._check_lines(('Ran %d tests in' % result.testsRun,
                           '   %s\n' % ('.' * result.testsRun)))

    def test_page_can_be_followed(self):
        """Scaffold, two files replaced, tests: all as it says."""
        parent = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        self._manage('types', 'scaffold', '--output', str(parent),
                     'ansible_collections')
        package = parent / 'ansible_collections'
        for name, block in zip(
                ('ansible_collections_type.py', 'tests/test_type.py'),
                base.blocks(self.text, 'python')):
            self.assertTrue((package / name).exists(), name)
            self.assertIn('``%s``' % name, self.text)
            (package / name).write_text(block, encoding='utf-8')
        points = tomllib.loads((package / 'pyproject.toml').read_text(
            encoding='utf-8'))['project']['entry-points']
        self.assertEqual(points, tomllib.loads(base.blocks(
            self.text, 'toml')[0])['project']['entry-points'])
        ran = subprocess.run(
            [sys.executable, '-m', 'unittest'], cwd=package, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, 'PYTHONPATH': str(base.ROOT)})
        self.assertEqual(0, ran.returncode, ran.stdout)
        self.assertIn('\nOK', ran.stdout)

    def test_output_of_commands_is_true(self):
        for command in ('lint', 'show'):
            printed = self._manage(
                'types', command,
                'ansible_collections_type:AnsibleCollections')
            self._check_lines(printed.splitlines())

    def _manage(self, *words: str) -> str:
        printed = io.StringIO()
        with mock.patch.dict(sys.modules, self.modules), \
                contextlib.redirect_stdout(printed):
            self.assertEqual(0, manage.main([*words]))
        return printed.getvalue()

    def _check_lines(self, lines: Iterable[str]) -> None:
        """Whether all of them stand on the page."""
        self.assertEqual([], [line for line in lines
                              if line not in self.text])

    def test_author_writes_little(self):
        own = [line for block in base.blocks(self.text, 'python')[:2]
               for line in block.splitlines()
               if line and not line.startswith(('import ', 'from '))]
        self.assertLess(len(own), 25)

    def test_refusal_is_true(self):
        (block,) = base.blocks(self.text, 'json')
        (error,) = json.loads(block)['errors']
        wrong = testing.make_tar({'README.md': b''})
        view = blob_view.BlobView(
            'archive', '', len(wrong), {},
            lambda offset, length: wrong[offset:offset + length], types.MiB)
        raised = self.assertRaises(exceptions.RejectedByType, hooks.inspect,
                                   self.namespace['AnsibleCollections'], view)
        self.assertEqual([{key: error[key] for key in ('code', 'detail')}],
                         raised.entries())
        self.assertEqual(raised.status, error['status'])

    def test_validate_of_the_second_type(self):
        validate = self.namespace['Benchmark']().validate
        moments = {'started_at': '2026-11-22T13:00:00.000000Z',
                   'ended_at': '2026-11-22T12:00:00.000000Z'}
        self.assertRaises(types.Rejected, validate, moments)
        validate({**moments, 'ended_at': None})

    def test_routes_work(self):
        table = router.Router(routes.ROUTES)
        table.add(self.namespace['ROUTES'])
        route, _ = table.match(
            'POST', '/ansible_collections/00000000-0000-0000-0000-'
                    '000000000000/actions/cite')
        self.assertIs(self.namespace['cite'], route.handler)

    def test_entry_points(self):
        known = {registry.NAMESPACE, router.NAMESPACE}
        for block in base.blocks(self.text, 'toml'):
            points = tomllib.loads(block)['project']['entry-points']
            self.assertLessEqual(set(points), known)
            for names_of in points.values():
                for value in names_of.values():
                    module, _, attribute = value.partition(':')
                    self.assertEqual('ansible_collections_type', module)
                    self.assertIn(attribute, self.namespace)

    def test_hooks_are_all_described(self):
        for name in lint.HOOKS:
            parameters = inspect.signature(
                getattr(types.ArtifactType, name)).parameters
            self.assertIn('``%s(%s)``' % (name, ', '.join(parameters)),
                          self.text)

    def test_archive_is_described(self):
        words = base.words(self.text)
        opened = inspect.signature(types.Archive.open).parameters
        (shown,) = [word for word in words
                    if word.startswith('Archive.open(file,')]
        self.assertEqual(
            {name: opened[name].default for name in opened
             if name != 'file'},
            eval('dict(%s)' % shown.partition('file,')[2].rstrip(')'),
                 {'types': types}))
        for name in ('names', 'read'):
            self.assertTrue([word for word in words if word.startswith(
                'archive.%s(' % name)], name)

    def test_numbers(self):
        text = ' '.join(self.text.split())
        (budget,) = [option for option in artifacts_conf.OPTS
                     if option.name == 'inspect_budget']
        for words in ('%d MiB unless changed' % (budget.default // types.MiB),
                      'at most {:,} characters'.format(hooks.TEXT_LENGTH),
                      'steps of %d KiB' % (blob_view.BUFFER // types.KiB),
                      'first %d bytes' % lint.INDEX_LENGTH,
                      'at most {:,})'.format(folder.MOST_ITEMS)):
            self.assertIn(words, text)

    def test_testing_is_described(self):
        words = base.words(self.text)
        for name in testing.__all__:
            self.assertIn('testing.' + name, words)
        for name, value in vars(testing.TypeConformance).items():
            if not callable(value) and not name.startswith('_') and (
                    not isinstance(value, classmethod)):
                self.assertIn(name, words)

    def test_names_of_the_api(self):
        words = base.words(self.text)
        for name in types.__all__:
            if name not in ('ArtifactType', 'Field', 'Route'):
                self.assertTrue({name, 'types.' + name} & words, name)

    def test_attributes_and_constraints(self):
        words = {word.partition('=')[0] for word in base.words(self.text)}
        for name in types.__all__:
            kind = getattr(types, name)
            if inspect.isclass(kind) and issubclass(kind, types.Field):
                wanted = set(inspect.signature(kind).parameters)
                wanted -= {'description', 'attributes'}
                self.assertEqual(set(), wanted - words, name)

    def test_reserved_names(self):
        part = base.between(self.text, 'These names are taken', 'Fields\n====')
        for_types, for_fields = part.split('For fields:')
        self.assertEqual(names.RESERVED_TYPES,
                         base.words(for_types) - {'v'})
        self.assertEqual(names.RESERVED_FIELDS, base.words(for_fields))
