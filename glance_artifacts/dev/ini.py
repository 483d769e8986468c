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

"""Set one option of an ini file and leave all else as the author wrote it.

configparser loses comments and oslo.config has no writer.
"""

from __future__ import annotations

import re

_HEADER = re.compile(r'\s*\[(?P<name>[^]]+)\]')


def set_option(text: str, section: str, key: str, value: str,
               delimiter: str = ' = ') -> str:
    """Return ``text`` with one option set.

    The option is replaced where it stands (with its continuation lines), else
    added at the end of its section, else with a new section at the end.

    :param text: the file's content
    :param delimiter: what stands between key and value
    """
    new = f'{key}{delimiter}{value}'.rstrip() + '\n'
    lines = text.splitlines(keepends=True)
    kept, first = _without(lines, section, key)
    if first is not None:
        kept.insert(first, new)
    else:
        _append(kept, section, new)
    return ''.join(kept)


def _without(lines: list[str], section: str,
             key: str) -> tuple[list[str], int | None]:
    """Drop the option's lines; tell where the first one stood."""
    option = re.compile(rf'{re.escape(key)}\s*[=:]')
    kept: list[str] = []
    first = None
    current = None
    dropping = False
    for line in lines:
        if dropping and line[0] in ' \t' and line.strip():
            continue
        header = _HEADER.match(line)
        if header:
            current = header['name']
        dropping = bool(current == section and option.match(line))
        if not dropping:
            kept.append(line)
        elif first is None:
            first = len(kept)
    return kept, first


def _append(lines: list[str], section: str, new: str) -> None:
    """Add a line after the last one of the section that holds anything."""
    if lines and not lines[-1].endswith('\n'):
        lines[-1] += '\n'
    current = None
    last = None
    for number, line in enumerate(lines):
        header = _HEADER.match(line)
        if header:
            current = header['name']
        if current == section and line.strip():
            last = number
    if last is None:
        lines.extend(['\n'] * bool(lines) + [f'[{section}]\n', new])
    else:
        lines.insert(last + 1, new)
