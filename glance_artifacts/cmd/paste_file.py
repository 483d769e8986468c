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

"""Our lines in Glance's paste file, put in and taken out again as text.

Pure functions from text to text: what the author of the file wrote stays as
it was, comments, order and line endings included.
"""

from __future__ import annotations

import configparser
import dataclasses
import difflib
import io
import re

ROUTE = '/v2/artifacts'
APP = 'artifactsapp'
FACTORY_KEY = 'paste.app_factory'
FACTORY = 'glance_artifacts.service:app_factory'

_ROOT = 'rootapp'
_IMAGES = '/v2'
_COMPOSITES = ('composite', 'composit')  # PasteDeploy takes both
_APPS = ('app', 'application')
_OTHER_APPS = _COMPOSITES + ('pipeline', 'filter-app')
_HEADER = re.compile(r'\s*\[(?P<name>.+)\]')
_OPTION = re.compile(r'(?P<indent>\s*)(?P<key>.*?)'
                     r'(?P<delimiter>\s*[=:]\s*)(?P<value>.*?)\s*$')


class PasteError(Exception):
    """The file cannot be edited; the text is one line for the operator."""


@dataclasses.dataclass
class _Option:
    """An option and its lines, ``start`` to before ``end``."""

    key: str
    value: str
    indent: str
    delimiter: str
    start: int
    end: int


@dataclasses.dataclass
class _Section:
    """A section, its header at line ``start``."""

    name: str
    start: int
    options: list[_Option] = dataclasses.field(default_factory=list)

    @property
    def kind(self) -> tuple[str, str]:
        """``composite: rootapp`` is (composite, rootapp), as for paste."""
        kind, _, name = self.name.partition(':')
        return kind, name.strip()

    def option(self, key: str) -> _Option | None:
        """The option of this key; a slash at its end means nothing."""
        for option in self.options:
            if option.key.rstrip('/') == key:
                return option
        return None


def enable(text: str) -> str:
    """The file with our lines in it; as it is where they are there.

    :raises PasteError: when there is no place for them
    """
    sections(text)
    return _edited(text, (_add_route, _add_app))


def disable(text: str) -> str:
    """The file without our lines; as it is where they are not there.

    :raises PasteError: when it is no paste file
    """
    sections(text)
    return _edited(text, (_remove_route, _remove_app))


def sections(text: str) -> dict[str, dict[str, str]]:
    """The options of each section, as PasteDeploy reads them.

    :raises PasteError: when it would not read the file
    """
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_file(io.StringIO(text, newline=None))
    except configparser.Error as exc:
        raise PasteError('is no paste file: %s'
                         % ' '.join(str(exc).split())) from exc
    return {name: dict(parser[name]) for name in parser.sections()}


def diff(old: str, new: str, old_name: str, new_name: str) -> str:
    """What changes, as a unified diff that ``patch`` takes."""
    lines = difflib.unified_diff(_lines(old), _lines(new), old_name, new_name)
    return ''.join(line if line.endswith(('\n', '\r'))
                   else line + '\n\\ No newline at end of file\n'
                   for line in lines)


def _lines(text: str) -> list[str]:
    # not splitlines(), which also splits at form feeds and the like
    return list(io.StringIO(text, newline=''))


def _edited(text: str, edits) -> str:
    """Apply edits; a last line without an end is again the last without."""
    lines = _lines(text)
    ending = lines[0][len(lines[0].rstrip('\r\n')):] if lines else ''
    ending = ending or '\n'
    complete = text.endswith(('\n', '\r'))
    if lines and not complete:
        lines[-1] += ending
    for edit in edits:
        edit(lines, ending)
    if lines and not complete:
        lines[-1] = lines[-1].rstrip('\r\n')
    return ''.join(lines)


def _scan(lines: list[str]) -> list[_Section]:
    """Where sections and options are, by the rules of configparser."""
    found: list[_Section] = []
    option: _Option | None = None
    level = 0
    for number, line in enumerate(lines):
        content = line.strip()
        if not content or content[0] in '#;':
            continue
        indent = len(line) - len(line.lstrip())
        if option and indent > level:
            option.end = number + 1
            option.value += '\n' + content
            continue
        level = indent
        header = _HEADER.match(line)
        if header:
            option = None
            found.append(_Section(header['name'], number))
        else:
            option = _option(line, number)
            found[-1].options.append(option)
    return found


def _option(line: str, number: int) -> _Option:
    match = _OPTION.match(line)
    if match is None:  # configparser has read the file, so it cannot be
        raise PasteError('line %d is no option' % (number + 1))
    delimiter = match['delimiter']
    if not match['value']:  # it goes on in the next line
        delimiter = delimiter.strip() + ' '
    return _Option(match['key'], match['value'], match['indent'], delimiter,
                   number, number + 1)


def _find(lines: list[str], kinds: tuple[str, ...],
          name: str) -> _Section | None:
    for section in _scan(lines):
        if section.kind[0] in kinds and section.kind[1] == name:
            return section
    return None


def _add_route(lines: list[str], ending: str) -> None:
    root = _find(lines, _COMPOSITES, _ROOT)
    if root is None:
        raise PasteError(_no_root(lines))
    ours = root.option(ROUTE)
    if ours is None:
        images = root.option(_IMAGES)
        if images is None:
            raise PasteError('section [%s] has no line for %s, beside which'
                             ' %s would go' % (root.name, _IMAGES, ROUTE))
        lines.insert(images.end, '%s%s%s%s%s' % (
            images.indent, ROUTE, images.delimiter, APP, ending))
    elif ours.value != APP:
        raise PasteError('section [%s] has %s lead to %r already, not to %s:'
                         ' remove that line first'
                         % (root.name, ROUTE, ours.value, APP))


def _no_root(lines: list[str]) -> str:
    others = ['[%s]' % section.name for section in _scan(lines)
              if section.kind[0] in _COMPOSITES]
    return ('there is no section [composite:%s]; the composites of this file'
            ' are %s' % (_ROOT, ', '.join(others) or 'none'))


def _add_app(lines: list[str], ending: str) -> None:
    other = _find(lines, _OTHER_APPS, APP)
    if other is not None:
        raise PasteError('section [%s] has the name that [app:%s] needs:'
                         ' rename it' % (other.name, APP))
    app = _find(lines, _APPS, APP)
    ours = '%s = %s%s' % (FACTORY_KEY, FACTORY, ending)
    if app is None:
        lines += [ending, '[app:%s]%s' % (APP, ending), ours]
    elif not app.options:
        lines.insert(app.start + 1, ours)
    elif not _is_ours(app.option(FACTORY_KEY)):
        raise PasteError('section [%s] is not ours: it lacks "%s = %s"'
                         % (app.name, FACTORY_KEY, FACTORY))


def _is_ours(option: _Option | None) -> bool:
    return option is not None and option.value == FACTORY


def _remove_route(lines: list[str], ending: str) -> None:
    root = _find(lines, _COMPOSITES, _ROOT)
    ours = root and root.option(ROUTE)
    if ours and ours.value == APP:
        del lines[ours.start:ours.end]


def _remove_app(lines: list[str], ending: str) -> None:
    app = _find(lines, _APPS, APP)
    ours = app and app.option(FACTORY_KEY)
    if app is None or ours is None or not _is_ours(ours):
        return
    del lines[ours.start:ours.end]
    if len(app.options) == 1:
        # with the empty line that we put before it; an option of somebody
        # else must not end up in the section above
        blank = app.start > 0 and not lines[app.start - 1].strip()
        del lines[app.start - blank:app.start + 1]
