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

"""The commands ``quota recount`` and ``quota register``."""

from __future__ import annotations

import argparse
import dataclasses
import json
from typing import Any

from glance_artifacts.cmd import common
from glance_artifacts.cmd import configuration
from glance_artifacts.cmd import quota_register
from glance_artifacts.db import amounts
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import startup
from glance_artifacts.db import usage_recount
from glance_artifacts.db import usage_rows


def add_parser(groups) -> None:
    """Add ``quota`` to the commands."""
    group = groups.add_parser(
        'quota', help='what projects use, and may use')
    commands = group.add_subparsers(metavar='COMMAND', required=True)
    recount = commands.add_parser(
        'recount', help='prove the counters against what there is',
        description='Count the artifacts and bytes of each project, compare'
                    ' with its counters, print each difference and correct'
                    ' the counters. Services may go on: writers of a project'
                    ' wait while it is counted. Exit code 0: the counters'
                    ' are right, or are now; 1: --dry-run found differences.')
    recount.add_argument('--project', metavar='ID',
                         help='this project alone')
    recount.add_argument('--dry-run', action='store_true',
                         help='correct nothing')
    recount.add_argument('--json', action='store_true',
                         help='print one JSON object')
    recount.set_defaults(run=_recount)
    quota_register.add_parser(commands)


def _recount(args: argparse.Namespace) -> int:
    database = startup.database(configuration.load(args.config))
    with common.quiet():
        projects = _projects(database, args.project)
        found = []
        for project in projects:
            differences = database.write(usage_recount.recount, project,
                                         not args.dry_run)
            found += differences
            if not args.json:
                _print(differences)
    if args.json:
        print(json.dumps({
            'projects': len(projects), 'corrected': not args.dry_run,
            'differences': [_shown(one) for one in found]}))
    else:
        print('%d projects counted, %d differences%s.' % (
            len(projects), len(found),
            ' corrected' if found and not args.dry_run else ''))
    return int(bool(found) and args.dry_run)


def _projects(database: db_engine.Database,
              project: str | None) -> list[str]:
    if project is not None:
        return [project]
    with database.reader() as conn:
        return usage_rows.projects(conn)


def _print(differences: list[usage_recount.Difference]) -> None:
    for one in differences:
        kept, counted = (dataclasses.astuple(amount)
                         for amount in (one.kept, one.counted))
        print('project %s, %s: artifacts %d, counted %d; bytes %d, counted'
              ' %d; reserved bytes %d, counted %d' % (
                  one.project, _what(one.type_name) or 'all types',
                  *(number for pair in zip(kept, counted)
                    for number in pair)))


def _what(name: str) -> str:
    if name.startswith(amounts.POOL):
        return 'pool ' + name.removeprefix(amounts.POOL)
    return name


def _shown(one: usage_recount.Difference) -> dict[str, Any]:
    pool = one.type_name.startswith(amounts.POOL)
    return {'project': one.project,
            'type': None if pool else one.type_name or None,
            **({'pool': one.type_name.removeprefix(amounts.POOL)}
               if pool else {}),
            'kept': dataclasses.asdict(one.kept),
            'counted': dataclasses.asdict(one.counted)}
