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

"""The commands that README and manual show exist."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
import configparser
import contextlib
import io
import os
import re

from glance_artifacts.cmd import manage
from glance_artifacts.cmd import serve
from glance_artifacts.db import migration
from glance_artifacts.tests.unit.docs import base

_TOXW = re.compile(r'\./toxw -e ([a-z-]+)(?: -- (--[a-z-]+))?')
_MANAGE = re.compile(r'glance-artifacts-manage '
                     r'((?:db|paste|config|types|pool|quota|keystone|index'
                     r'|project)'
                     r' [a-z]+'
                     r'(?: --[a-z-]+)?|(?:smoke|purge|verify|worker)\b)')


def _pages() -> dict[str, str]:
    paths = [base.ROOT / 'README.rst',
             *sorted((base.ROOT / 'doc/source').rglob('*.rst'))]
    return {str(path.relative_to(base.ROOT)): path.read_text(encoding='utf-8')
            for path in paths}


def _accepted(main, arguments: list[str]) -> bool:
    """Whether a command takes its arguments; asks for help only."""
    with contextlib.redirect_stdout(io.StringIO()), \
            contextlib.redirect_stderr(io.StringIO()):
        try:
            main([*arguments, '--help'])
        except SystemExit as done:
            return done.code == 0
    return False


def _parsers(parser: argparse.ArgumentParser, path: str = '',
             ) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """A parser and all below it, with the words that lead there."""
    yield path, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                yield from _parsers(below, ('%s %s' % (path, name)).strip())


class TestCommands(base.DocsTest):

    def test_environments_of_tox(self):
        tox = configparser.RawConfigParser()
        tox.read_string(base.read('tox.ini'))
        known = {name.partition(':')[2] for name in tox.sections()}
        for page, text in _pages().items():
            for name, option in _TOXW.findall(text):
                self.assertIn(name, known, page)
                if option:
                    self.assertEqual('serve', name, page)
                    self.assertTrue(_accepted(serve.main, [option, '1']))

    def test_toxw_can_be_run(self):
        self.assertTrue(os.access(base.ROOT / 'toxw', os.X_OK))

    def test_entry_point_of_manage(self):
        setup = configparser.RawConfigParser()
        setup.read_string(base.read('setup.cfg'))
        self.assertIn('glance-artifacts-manage = '
                      'glance_artifacts.cmd.manage:main',
                      setup['entry_points']['console_scripts'])

    def test_commands_of_manage(self):
        for page, text in _pages().items():
            for words in _MANAGE.findall(' '.join(text.split())):
                # the value of an option, if it takes one
                more = ['1'] if ' --' in words else []
                self.assertTrue(
                    _accepted(manage.main, [*words.split(), *more]),
                    '%s: %s' % (page, words))

    def test_page_of_manage_is_complete(self):
        text = base.read('doc/source/admin/manage.rst')
        for path, parser in _parsers(manage._parser()):
            for action in parser._actions:
                self._check_action(text, path, action)

    def _check_action(self, text: str, path: str, action) -> None:
        if isinstance(action, argparse._SubParsersAction):
            for name in action.choices:
                self.assertIn(('%s %s' % (path, name)).strip(), text)
        elif '--help' not in action.option_strings:
            for name in action.option_strings or [action.metavar]:
                self.assertIn(name, text, path)

    def test_exit_codes_of_check(self):
        table = base.read('doc/source/admin/manage.rst')
        for state in migration.State:
            self.assertRegex(table, r'(?m)^%d +\S' % state)

    def test_files_exist(self):
        for name in re.findall(r'``([a-z-]+/[\w/.-]*)``',
                               base.read('README.rst')):
            places = [base.ROOT / name, base.PACKAGE / name]
            # what a build makes is not there before it
            if '/build/' not in name:
                self.assertTrue(any(path.exists() for path in places), name)

    def test_files_of_the_architecture_exist(self):
        text = base.read('doc/source/contributor/architecture.rst').replace(
            '``glance_artifacts/``', '')
        for name in re.findall(r'``([a-z_]+(?:/[a-z_/]*)?(?:\.py|/))``', text):
            self.assertTrue((base.PACKAGE / name).exists()
                            or list(base.PACKAGE.rglob(name)), name)
