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

"""Every error code in the package is documented, and no other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
import re

from glance_artifacts import exceptions
from glance_artifacts.tests.unit.docs import base

_PAGE = 'doc/source/api/errors.rst'
_ROW = re.compile(r'^   \* - ``([a-z_.]+)``\n     - ([0-9]{3})$', re.MULTILINE)
_CODE = re.compile(r'[a-z]+(\.[a-z_]+)+')

#: Of a class that is only ever raised with a narrower one.
_NEVER = {'request.invalid'}

Codes = dict[str, int]


def _trees() -> list[ast.Module]:
    return [ast.parse(path.read_text(encoding='utf-8'), str(path))
            for path in sorted(base.PACKAGE.rglob('*.py'))
            if 'tests' not in path.relative_to(base.PACKAGE).parts]


def _constants(trees: list[ast.Module]) -> dict[str, str]:
    """Words that modules give a name, such as ``UNKNOWN_PATH``."""
    return {target.id: node.value.value
            for tree in trees for node in tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
            for target in node.targets if isinstance(target, ast.Name)}


def _name(node: ast.expr) -> str:
    """The last part of a dotted name."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ''


def _status_of(call: ast.Call) -> int | None:
    """The status of the exception that is made; None if it is none."""
    found = getattr(exceptions, _name(call.func), None)
    return found.status if isinstance(found, type) else None


def _keywords(tree: ast.Module, known: dict[str, str],
              ) -> Iterator[tuple[str, int | None]]:
    """Codes that are given as ``code=``."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        for keyword in call.keywords:
            if keyword.arg != 'code':
                continue
            value = keyword.value
            code = (value.value if isinstance(value, ast.Constant)
                    else known.get(_name(value)))
            if isinstance(code, str) and _CODE.fullmatch(code):
                yield code, _status_of(call)


def _positional(tree: ast.Module) -> Iterator[tuple[str, int | None]]:
    """Codes given in their place to functions of the same module."""
    places = {node.name: [arg.arg for arg in node.args.args]
              for node in ast.walk(tree)
              if isinstance(node, ast.FunctionDef)
              and 'code' in [arg.arg for arg in node.args.args]}
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and _name(call.func) in places:
            given = {name: arg.value for name, arg
                     in zip(places[_name(call.func)], call.args)
                     if isinstance(arg, ast.Constant)}
            if 'code' in given and _CODE.fullmatch(str(given['code'])):
                yield given['code'], given.get('status')


def _classes() -> Iterator[tuple[str, int]]:
    """Codes that exceptions have of their own."""
    for value in vars(exceptions).values():
        if (isinstance(value, type)
                and issubclass(value, exceptions.ArtifactsError)):
            yield value.code, value.status


def raised() -> dict[str, set[int]]:
    """All codes in the package, with the statuses they come with."""
    trees = _trees()
    known = _constants(trees)
    found: dict[str, set[int]] = {}
    pairs = [*_classes()]
    for tree in trees:
        pairs += [*_keywords(tree, known), *_positional(tree)]
    for code, status in pairs:
        found.setdefault(code, set()).update(
            () if status is None else (status,))
    return found


def documented() -> Codes:
    rows = _ROW.findall(base.read(_PAGE))
    return {code: int(status) for code, status in rows}


def _tests() -> str:
    """What all tests say, less those that know every code anyway."""
    here = base.PACKAGE / 'tests'
    return '\n'.join(
        path.read_text(encoding='utf-8') for path in here.rglob('*')
        if path.suffix in ('.py', '.yaml') and 'docs' not in path.parts
        and path.name != 'test_operations.py')


class TestErrors(base.DocsTest):

    def test_every_code_is_produced_by_a_test(self):
        tests = _tests()
        self.assertEqual(_NEVER, {
            code for code in documented()
            if not re.search(r"""['": ]%s['"\n]""" % re.escape(code),
                             tests)})

    def test_every_code_is_documented_and_no_other(self):
        in_code, on_page = set(raised()), set(documented())
        self.assertEqual(set(), in_code - on_page, 'not in %s' % _PAGE)
        self.assertEqual(set(), on_page - in_code, 'only in %s' % _PAGE)

    def test_no_code_is_documented_twice(self):
        rows = [code for code, _ in _ROW.findall(base.read(_PAGE))]
        self.assertEqual(len(set(rows)), len(rows))

    def test_statuses(self):
        page = documented()
        self.assertEqual(
            {}, {code: (statuses, page.get(code))
                 for code, statuses in raised().items()
                 if statuses - {page.get(code)}})

    def test_the_collection_is_not_empty(self):
        found = raised()
        # one of each way to give a code
        for code in ('artifact.blob.exists', 'store.full', 'request.path',
                     'auth.token_invalid'):
            self.assertIn(code, found)
