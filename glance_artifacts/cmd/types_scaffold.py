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

"""The command ``types scaffold``: a new plugin, ready to be tested."""

from __future__ import annotations

import argparse
import importlib.resources
import keyword
import pathlib
import string

from glance_artifacts.cmd import common
from glance_artifacts.cmd import types_plugins
from glance_artifacts import conf as artifacts_conf
from glance_artifacts.types import names

#: where each template goes, below the new directory
_FILES = {
    'pyproject.toml': 'pyproject.toml.tmpl',
    'README.md': 'README.md.tmpl',
    '$module.py': 'type.py.tmpl',
    'tests/__init__.py': '',
    'tests/test_type.py': 'test_type.py.tmpl',
}
#: no plugin's: Glance itself has them
_GLANCES = ('images',)


def add_parser(commands) -> None:
    """Add ``scaffold`` to the commands of ``types``."""
    scaffold = commands.add_parser(
        'scaffold', help='write the package of a new type',
        description='Write an installable package with a new type, its entry'
                    ' point, tests that pass as they are (python -m'
                    ' unittest) and a README to the new directory ./NAME.')
    scaffold.add_argument('name', metavar='NAME',
                          help='of the new type: lower case letters, digits'
                               ' and underscores')
    scaffold.add_argument('--output', metavar='DIR', type=pathlib.Path,
                          default=pathlib.Path(),
                          help='where to make the directory NAME (default:'
                               ' here)')
    scaffold.set_defaults(run=_scaffold)


def _scaffold(args: argparse.Namespace) -> int:
    _check_name(args.name)
    target = args.output / args.name
    words = _words(args.name)
    try:
        _write(target, words)
    except FileExistsError as exc:
        raise common.CommandError('%s is there already.' % target) from exc
    except OSError as exc:
        raise common.CommandError('%s cannot be written: %s' % (
            target, exc.strerror)) from exc
    print('Wrote %s. Run its tests: cd %s && python -m unittest'
          % (target, target))
    return 0


def _check_name(name: str) -> None:
    try:
        names.check_type(name, '1.0')
    except ValueError as exc:
        raise common.CommandError('%s: %s.' % (name, exc)) from exc
    if name in _GLANCES or name in types_plugins.installed():
        raise common.CommandError('There is a type %s already.' % name)


def _words(name: str) -> dict[str, str]:
    """What stands in the templates for the names of the new type."""
    class_name = ''.join(part.capitalize() for part in name.split('_'))
    if keyword.iskeyword(class_name):
        class_name += 'Type'
    built_in = artifacts_conf.artifacts.OPTS[0].default
    return {'name': name, 'class_name': class_name,
            # by a name that no module of Python, and no keyword, has
            'module': name + '_type',
            'project': 'glance-artifacts-' + '-'.join(
                filter(None, name.split('_'))),
            'enabled': ', '.join(built_in)}


def _write(target: pathlib.Path, words: dict[str, str]) -> None:
    templates = importlib.resources.files(__package__) / 'scaffold'
    made = {}
    for place, template in _FILES.items():
        text = ((templates / template).read_text(encoding='utf-8')
                if template else '')
        path = target / string.Template(place).substitute(words)
        made[path] = string.Template(text).substitute(words)
    target.mkdir()
    for path, text in made.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding='utf-8')
