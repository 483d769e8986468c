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
"""The runbook of the manual, as somebody reads it who does what it says."""

from __future__ import annotations

import dataclasses
import pathlib
import re
import textwrap

import glance_artifacts

PAGE = (pathlib.Path(glance_artifacts.__file__).parent.parent
        / 'doc/source/admin/embedded_and_standalone.rst')
_CHAPTER = re.compile(r'^(\S.*)\n=+\n', re.M)
_STEP = re.compile(r'^(\S.*)\n-+\n', re.M)
_BLOCK = re.compile(r'^\.\. code-block:: (\w+)\n\n((?:   .*\n|\n)+)', re.M)


@dataclasses.dataclass
class Command:
    """A line to be run, and lines that it has to print."""

    line: str
    output: list[str]


def steps(chapter: str) -> dict[str, list[Command]]:
    """What is to be done in each step of a chapter, in order."""
    return {name: [command for block in _blocks(text, 'console')
                   for command in _commands(block)]
            for name, text in _parts(_STEP, _parts(
                _CHAPTER, PAGE.read_text())[chapter]).items()}


def file(language: str) -> str:
    """The one file in a language that the page has."""
    (text,) = _blocks(PAGE.read_text(), language)
    return text


def _parts(title: re.Pattern[str], text: str) -> dict[str, str]:
    _, *found = title.split(text)
    return dict(zip(found[::2], found[1::2]))


def _blocks(text: str, language: str) -> list[str]:
    return [textwrap.dedent(body).strip('\n') + '\n'
            for found, body in _BLOCK.findall(text) if found == language]


def _commands(block: str) -> list[Command]:
    found: list[Command] = []
    for line in block.splitlines():
        if line.startswith('# '):
            found.append(Command(line[2:], []))
        else:
            found[-1].output.append(line)
    return found
