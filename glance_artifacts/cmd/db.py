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

"""The commands ``db sync``, ``version``, ``check`` and ``drop``."""

from __future__ import annotations

import argparse
import sys

from glance_artifacts.cmd import common
from glance_artifacts.cmd import configuration
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import migration
from glance_artifacts.db import removal
from glance_artifacts.db import startup

_REMEDY = {
    migration.State.UP_TO_DATE: 'The database is up to date.',
    migration.State.EXPAND:
        'The database is old: run "glance-artifacts-manage db sync'
        ' --expand".',
    migration.State.CONTRACT:
        'Once no older release is running: "glance-artifacts-manage db sync'
        ' --contract".',
}


def add_parser(groups) -> None:
    """Add ``db`` to the commands."""
    group = groups.add_parser(
        'db', help='the tables of artifacts',
        description='The tables of artifacts, in the database that'
                    ' glance-api.conf names. Those of Glance are never'
                    ' touched.')
    commands = group.add_subparsers(metavar='COMMAND', required=True)
    _add_sync(commands)
    commands.add_parser(
        'version', help='show the revisions the tables are at',
        description='Show the revisions the tables are at, or "none".',
    ).set_defaults(run=_version)
    commands.add_parser(
        'check', help='tell whether a migration is pending',
        description='Exit code 0: up to date; 3: expand is pending; 5:'
                    ' contract is pending.').set_defaults(run=_check)
    _add_drop(commands)


def _add_sync(commands) -> None:
    sync = commands.add_parser(
        'sync', help='migrate the tables to this release',
        description='Without an option: expand, then contract. With several'
                    ' services running, expand first, upgrade them all, then'
                    ' contract.')
    branch = sync.add_mutually_exclusive_group()
    for name, text in (
            ('expand', 'only add what this release needs'),
            ('contract', 'only remove what no release needs any more')):
        branch.add_argument('--' + name, dest='branch', action='store_const',
                            const=name, help=text)
    sync.set_defaults(run=_sync)


def _add_drop(commands) -> None:
    drop = commands.add_parser(
        'drop', help='drop the tables of artifacts, if there are no artifacts',
        description='For a cloud that gives artifacts up: drop our tables,'
                    ' and ours alone. Refuses while there are artifacts, or'
                    ' objects of ours in the stores. Run "paste disable" and'
                    ' restart glance-api first.')
    drop.add_argument('--yes', action='store_true', help='do not ask')
    drop.add_argument('--dry-run', action='store_true',
                      help='list the tables and drop nothing')
    drop.set_defaults(run=_drop)


def _database(args: argparse.Namespace) -> db_engine.Database:
    return startup.look(configuration.load(args.config))[0]


def _sync(args: argparse.Namespace) -> int:
    database = _database(args)
    migration.sync(database, args.branch)
    print('The database is at %s.' % ', '.join(migration.heads(database)))
    return 0


def _version(args: argparse.Namespace) -> int:
    print(' '.join(migration.heads(_database(args))) or 'none')
    return 0


def _check(args: argparse.Namespace) -> int:
    state = migration.check(_database(args))
    print(_REMEDY[state])
    return int(state)


def _drop(args: argparse.Namespace) -> int:
    database = _database(args)
    tables = removal.tables(database)
    print('\n'.join(tables) or 'There are no tables of artifacts.')
    if not tables or args.dry_run:
        return 0
    contents = removal.contents(database)
    if not contents.precious:
        if not args.yes and not common.confirmed(
                'Drop these %d tables? Type "yes": ' % len(tables), 'yes'):
            return _fail('Nothing was dropped.')
        contents = removal.drop(database)  # which looks once more
    if contents.precious:
        return _fail(_refusal(contents))
    if contents.left:
        print('%d objects that stores did not delete stay there; their names'
              ' begin with %s.' % (contents.left, contents.prefix))
    print('Dropped.')
    return 0


def _refusal(contents: removal.Contents) -> str:
    return ('Nothing was dropped: there are %d artifacts, and %d objects of'
            ' artifacts in stores (see gart_segments). Delete them first.'
            % (contents.artifacts, contents.objects))


def _fail(message: str) -> int:
    print('glance-artifacts-manage: %s' % message, file=sys.stderr)
    return 1
