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

"""What the documentation says, and where it stands."""

from __future__ import annotations

import pathlib
import re
import textwrap

from oslotest import base

import glance_artifacts

PACKAGE = pathlib.Path(glance_artifacts.__file__).parent
ROOT = PACKAGE.parent

_WORD = re.compile(r'``([^`]+)``')
_BLOCK = re.compile(r'^( *)\.\. code-block:: (\S+)\n(?:\1 +:.*\n)*\n'
                    r'((?:\1 +\S.*\n|\s*\n)+)', re.MULTILINE)


def read(path: str) -> str:
    """The text of a file of the repository."""
    return (ROOT / path).read_text(encoding='utf-8')


def blocks(text: str, language: str) -> list[str]:
    """The code blocks in one language, without their indentation."""
    return [textwrap.dedent(body).strip('\n') + '\n'
            for _, found, body in _BLOCK.findall(text) if found == language]


def words(text: str) -> set[str]:
    """What stands between double backquotes."""
    return set(_WORD.findall(text))


def between(text: str, start: str, end: str) -> str:
    """The part of a text from one mark to before another."""
    return text[text.index(start):text.index(end)]


class DocsTest(base.BaseTestCase):
    """Compares code and documentation, which only the repository has."""

    def setUp(self) -> None:
        super().setUp()
        if not (ROOT / 'setup.cfg').exists():
            self.skipTest('the package is installed without documentation')
