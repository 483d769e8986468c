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

"""The commands ``types list``, ``show``, ``lint``, ``upgrade``, ``scaffold``.

Those for authors of types (show, lint, scaffold) need no glance-api.conf.
"""

from __future__ import annotations

import argparse

from glance_artifacts.cmd import common
from glance_artifacts.cmd import configuration
from glance_artifacts.cmd import types_plugins
from glance_artifacts.cmd import types_scaffold
from glance_artifacts.cmd import types_show
from glance_artifacts.cmd import types_upgrade
from glance_artifacts.types import lint


def add_parser(groups) -> None:
    """Add ``types`` to the commands."""
    group = groups.add_parser(
        'types', help='the artifact types of this service, and new ones',
        description='The artifact types of this service, and new ones.')
    commands = group.add_subparsers(metavar='COMMAND', required=True)
    commands.add_parser(
        'list', help='list the types that are enabled or installed',
        description='List the types that glance-api.conf enables, then those'
                    ' that are installed but not enabled, with their'
                    ' versions, their plugins and, for one that is disabled,'
                    ' the reason.').set_defaults(run=_list)
    _add_show(commands)
    _add_lint(commands)
    types_upgrade.add_parser(commands)
    types_scaffold.add_parser(commands)


def _add_show(commands) -> None:
    show = commands.add_parser(
        'show', help='show the fields and hooks of a type',
        description='Show the fields of a type, with their kinds and'
                    ' attributes, and the hooks that it has.')
    show.add_argument('name', metavar='NAME', help='of an installed type, or'
                      ' module:Class')
    show.add_argument('--type-version', metavar='VERSION',
                      help='which one (default: the newest)')
    show.set_defaults(run=_show)


def _add_lint(commands) -> None:
    check = commands.add_parser(
        'lint', help='find what is wrong with a type',
        description='Find what is wrong with a type before anyone else does:'
                    ' reserved names, filters that no index serves, unbounded'
                    ' blobs, an invalid schema. Prints one line for each'
                    ' finding; exit code 1 if one of them is an error.')
    check.add_argument('name', metavar='NAME', nargs='?',
                       help='of an installed type, or module:Class, also from'
                            ' the current directory (default: all that are'
                            ' installed)')
    check.set_defaults(run=_lint)


def _list(args: argparse.Namespace) -> int:
    conf = configuration.load(args.config)
    with common.quiet():
        entries = types_plugins.entries(conf.artifacts.enabled_types)
    rows = [('NAME', 'VERSIONS', 'PLUGIN', 'STATUS'), *entries]
    print(types_show.table(rows))
    return 0


def _show(args: argparse.Namespace) -> int:
    with common.quiet():
        versions = types_plugins.versions(args.name)
    found = {cls.type_version: cls for cls in versions}
    if args.type_version and args.type_version not in found:
        raise common.CommandError('%s has no version %s, only %s.' % (
            args.name, args.type_version, ', '.join(found)))
    cls = found[args.type_version] if args.type_version else versions[-1]
    print(types_show.text(cls, list(found)))
    return 0


def _lint(args: argparse.Namespace) -> int:
    failed = 0
    for name in [args.name] if args.name else types_plugins.installed():
        try:
            with common.quiet():
                findings = [(cls, lint.lint(cls))
                            for cls in types_plugins.versions(name)]
        except common.CommandError as problem:
            if args.name:
                raise
            print('%s%s' % (lint.ERROR, problem))
            failed = 1
            continue
        for cls, lines in findings:
            failed |= _print_findings(cls, lines)
    return failed


def _print_findings(cls, lines: list[str]) -> int:
    """Print what was found of one class; 1 if there is an error."""
    for line in lines or ['no findings']:
        print('%s %s: %s' % (cls.type_name, cls.type_version, line))
    return int(any(line.startswith(lint.ERROR) for line in lines))
