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

"""The command ``config check``."""

from __future__ import annotations

import argparse

from glance_artifacts.cmd import common
from glance_artifacts.cmd import config_check
from glance_artifacts.cmd import configuration


def add_parser(groups) -> None:
    """Add ``config`` to the commands."""
    group = groups.add_parser(
        'config', help='the options that artifacts depend on')
    commands = group.add_subparsers(metavar='COMMAND', required=True)
    check = commands.add_parser(
        'check', help='find what is wrong before glance-api starts with it',
        description='Read what glance-api, or the standalone service, reads'
                    ' and check all that artifacts'
                    ' depend on: options and their spelling, database and'
                    ' tables, stores, plugins, policies, paste file. Changes'
                    ' nothing. Run it as the user that glance-api runs as.'
                    ' Prints one line for each finding, with what to do;'
                    ' exit code 1 if there is any.')
    check.set_defaults(run=_check)


def _check(args: argparse.Namespace) -> int:
    conf = configuration.load(args.config)
    with common.quiet():
        findings, notes = config_check.run(conf)
    for note in notes:
        print('note: %s' % note)
    for finding in findings:
        print(finding)
    if not findings:
        print('no findings')
    return int(bool(findings))
