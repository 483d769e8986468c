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

"""What the package promises about its own shape.

Imports point down the five floors of the design, never up and never around
in a circle; few modules know Glance; files and functions stay small.
"""

import ast
from collections.abc import Iterator
import dataclasses
import importlib.metadata
import pathlib
import re
import sys

import fixtures
from oslotest import base

import glance_artifacts

PACKAGE = 'glance_artifacts'
ROOT = pathlib.Path(glance_artifacts.__file__).parent

FLOORS = (
    ('exceptions', 'conf'),
    ('types', 'testing', 'builtin'),
    ('lifecycle', 'policy', 'policies', 'quota', 'notifier', 'db', 'store'),
    ('repository',),
    ('api', 'service', 'standalone', 'wsgi', 'cmd', 'dev'),
)
#: The only modules that may import Glance, and why.
GLANCE = {
    'glance_artifacts.api.request': 'its filters know its Request',
    'glance_artifacts.repository.images.client':
        'images are kept by its v2 API',
    'glance_artifacts.standalone': 'its way to load options and pipelines',
}
#: Known below what makes it, for type hints alone.
HINTS = 'glance_artifacts.service'
MOST_LINES = 250
MOST_LINES_OF_FUNCTION = 50


@dataclasses.dataclass(frozen=True)
class Import:
    """One import: of what, and whether it happens as the module loads."""

    target: str
    line: int
    at_load: bool
    hint: bool


class Tree:
    """The modules of a package, by dotted name.

    :param directory: the package's own
    """

    def __init__(self, directory: pathlib.Path) -> None:
        self.package = directory.name
        self.paths = {self._name(directory, path): path
                      for path in sorted(directory.rglob('*.py'))}

    def code(self) -> dict[str, pathlib.Path]:
        """All but the tests."""
        tests = self.package + '.tests'
        return {name: path for name, path in self.paths.items()
                if not (name + '.').startswith(tests + '.')}

    def imports(self, name: str) -> list[Import]:
        """Of the package's own modules their names, of others the dotted."""
        return list(self._walk(ast.parse(self.paths[name].read_text()).body,
                               True, False))

    def inside(self, name: str) -> list[Import]:
        """The imports of modules of the package, itself left out."""
        return [one for one in self.imports(name)
                if one.target.startswith(self.package + '.')]

    @staticmethod
    def _name(directory: pathlib.Path, path: pathlib.Path) -> str:
        parts = path.relative_to(directory.parent).with_suffix('').parts
        return '.'.join(parts[:-1] if parts[-1] == '__init__' else parts)

    def _walk(self, body, at_load: bool, hint: bool) -> Iterator[Import]:
        for node in body:
            inner = at_load and not isinstance(
                node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield Import(alias.name, node.lineno, at_load, hint)
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    yield Import(self._target(node, alias.name), node.lineno,
                                 at_load, hint)
            elif isinstance(node, ast.If) and _is_hint(node.test):
                yield from self._walk(node.body, inner, True)
                yield from self._walk(node.orelse, inner, hint)
            else:
                yield from self._walk(ast.iter_child_nodes(node), inner,
                                      hint)

    def _target(self, node: ast.ImportFrom, name: str) -> str:
        if node.level:
            raise AssertionError('line %d: a relative import' % node.lineno)
        full = '%s.%s' % (node.module, name)
        return full if full in self.paths else node.module


def _is_hint(test: ast.expr) -> bool:
    return 'TYPE_CHECKING' in (getattr(test, 'id', ''),
                               getattr(test, 'attr', ''))


def floor(name: str) -> int:
    """The floor that a module of the package is on."""
    first = name.split('.')[1]
    for number, names in enumerate(FLOORS):
        if first in names:
            return number
    raise AssertionError('%s is on no floor: name it in FLOORS' % name)


def upward(tree: Tree) -> list[str]:
    """Every import that points up."""
    return ['%s:%d imports %s, which is above it'
            % (name, one.line, one.target)
            for name in tree.code() if name != tree.package
            for one in tree.inside(name)
            if floor(one.target) > floor(name)
            and not (one.hint and one.target.endswith('.service'))]


def cycle(tree: Tree) -> list[str]:
    """Modules that import each other in a circle as they load."""
    edges = {name: [one.target for one in tree.inside(name)
                    if one.at_load and not one.hint]
             for name in tree.code()}
    done: set[str] = set()

    def visit(name: str, path: list[str]) -> list[str]:
        if name in path:
            return [*path[path.index(name):], name]
        if name not in done:
            for target in edges.get(name, ()):
                if found := visit(target, [*path, name]):
                    return found
            done.add(name)
        return []

    for name in edges:
        if found := visit(name, []):
            return found
    return []


def importers(tree: Tree, library: str) -> set[str]:
    """The modules that import a library."""
    return {name for name in tree.code() for one in tree.imports(name)
            if one.target.split('.')[0] == library}


def _canonical(name: str) -> str:
    return re.sub('[-_.]+', '-', name).lower()


def long_functions(path: pathlib.Path, most: int) -> list[str]:
    """The functions with more than so many lines, decorators aside."""
    return ['%s:%d %s has %d lines, at most %d are wanted' % (
        path, node.lineno, node.name, node.end_lineno - node.lineno + 1,
        most)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > most]


class TestArchitecture(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.tree = Tree(ROOT)
        self.assertGreater(len(self.tree.code()), 40)

    def test_imports_point_down(self):
        self.assertEqual([], upward(self.tree))

    def test_no_import_cycle(self):
        self.assertEqual([], cycle(self.tree))

    def test_who_knows_glance(self):
        self.assertEqual(set(GLANCE), importers(self.tree, 'glance'))

    def test_who_knows_glance_store(self):
        self.assertEqual({'store'}, {
            name.split('.')[1]
            for name in importers(self.tree, 'glance_store')})

    def test_type_hints_are_no_way_around(self):
        hints = {one.target for name in self.tree.code()
                 for one in self.tree.inside(name) if one.hint}
        self.assertEqual({HINTS}, hints)

    def test_what_is_imported_is_required(self):
        required = {_canonical(re.split('[ <>=!~;[]', line)[0])
                    for line in (ROOT.parent / 'requirements.txt')
                    .read_text().splitlines() if line.strip()}
        known = importlib.metadata.packages_distributions()
        for name in self.tree.code():
            for one in self.tree.imports(name):
                library = one.target.split('.')[0]
                # what a function imports may be there or not
                if not one.at_load or library in {
                        PACKAGE, 'uwsgi', *sys.stdlib_module_names}:
                    continue
                self.assertTrue(
                    required & set(map(_canonical, known.get(library, ()))),
                    '%s imports %s, which requirements.txt does not name'
                    % (name, one.target))

    def test_code_does_not_import_tests(self):
        self.assertEqual([], [
            name for name in self.tree.code()
            for one in self.tree.inside(name)
            if (one.target + '.').startswith(PACKAGE + '.tests.')])

    def test_files_are_small(self):
        self.assertEqual([], [
            '%s has %d lines: split it by what it is about' % (name, count)
            for name, path in self.tree.code().items()
            if (count := len(path.read_text().splitlines())) >= MOST_LINES])

    def test_functions_are_small(self):
        self.assertEqual([], [
            message for path in self.tree.code().values()
            for message in long_functions(path, MOST_LINES_OF_FUNCTION)])

    def test_every_file_has_the_licence(self):
        header = (ROOT / 'exceptions.py').read_text().partition('\n\n')[0]
        self.assertIn('Apache License, Version 2.0', header)
        self.assertEqual([], [
            str(path) for path in self.tree.paths.values()
            if (text := path.read_text()) and not text.startswith(header)])


class TestReading(base.BaseTestCase):
    """The checks above see what they are made for."""

    def setUp(self):
        super().setUp()
        self.root = pathlib.Path(self.useFixture(fixtures.TempDir()).path,
                                 'sample')

    def tree(self, **sources) -> Tree:
        for name, source in {'__init__': '', **sources}.items():
            path = self.root.joinpath(*name.split('__in__')[::-1])
            path.parent.mkdir(parents=True, exist_ok=True)
            path.with_suffix('.py').write_text(source)
        return Tree(self.root)

    def test_upward(self):
        for source in ('from sample.api import x', 'import sample.service',
                       'from sample import service',
                       'def f():\n    from sample import service',
                       'class A:\n    import sample.service',
                       'try:\n    import sample.service\nfinally:\n    pass',
                       'if TYPE_CHECKING:\n    from sample.api import x'):
            self.assertEqual(1, len(upward(self.tree(
                policy=source, service='', x__in__api=''))), source)

    def test_not_upward(self):
        for source in ('from sample import exceptions', 'import os.path',
                       'from sample.db import x', 'import sample',
                       'if typing.TYPE_CHECKING:\n'
                       '    from sample import service'):
            self.assertEqual([], upward(self.tree(
                policy=source, exceptions='', service='', x__in__db='')),
                source)

    def test_a_module_without_a_floor(self):
        tree = self.tree(cellar='import sample.policy', policy='')
        self.assertRaises(AssertionError, upward, tree)

    def test_cycle(self):
        self.assertEqual(
            ['sample.a', 'sample.b', 'sample.c', 'sample.a'],
            cycle(self.tree(a='import sample.b', b='from sample import c',
                            c='from sample.a import x')))
        self.assertEqual([], cycle(self.tree(
            a='import sample.b', b='from sample import c',
            c='def f():\n    from sample.a import x')))

    def test_long_functions(self):
        path = self.root.with_suffix('.py')
        path.write_text('@x\ndef f():\n    1\n\n    2\n')
        self.assertEqual([], long_functions(path, 4))
        (message,) = long_functions(path, 3)
        self.assertIn('f has 4 lines', message)
