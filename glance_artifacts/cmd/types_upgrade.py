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

"""The command ``types upgrade``."""

from __future__ import annotations

import argparse
import sys

from oslo_config import cfg

from glance_artifacts.cmd import common
from glance_artifacts.cmd import configuration
from glance_artifacts.cmd import progress
from glance_artifacts.cmd import repositories
from glance_artifacts.db import startup
from glance_artifacts.repository import type_versions
from glance_artifacts.repository import upgrades
from glance_artifacts.types import names
from glance_artifacts.types import registry as types_registry


def add_parser(commands) -> None:
    """Add ``upgrade`` to the commands of ``types``."""
    upgrade = commands.add_parser(
        'upgrade', help='bring all artifacts of a type to its newest version',
        description='Bring all artifacts of a type to its newest version, as'
                    ' changing each of them would. Services may go on, once'
                    ' all of them know that version. It may be interrupted:'
                    ' run again, it goes on with the rest. Exit code 1 if'
                    ' artifacts could not be upgraded; they stay as they'
                    ' are.')
    upgrade.add_argument('type', metavar='TYPE', help='an enabled type')
    upgrade.add_argument('--dry-run', action='store_true',
                         help='tell how many there are of each older version'
                              ' and change nothing')
    upgrade.set_defaults(run=_upgrade)


def _upgrade(args: argparse.Namespace) -> int:
    conf = configuration.load(args.config)
    with common.quiet():
        upgrade = _prepare(conf, args.type)
        pending = upgrade.pending()
        newest = upgrade.newest.type_version
        for version in sorted(pending, key=names.version_key):
            print('%s %s: %d artifacts' % (args.type, version,
                                           pending[version]))
        total = sum(pending.values())
        if args.dry_run or not total:
            print('%d artifacts to be upgraded to %s %s.'
                  % (total, args.type, newest))
            return 0
        done, failed = _run(upgrade, total)
    print('%d artifacts upgraded to %s %s, %d failed.'
          % (done, args.type, newest, failed))
    return int(bool(failed))


def _run(upgrade: upgrades.Upgrade, total: int) -> tuple[int, int]:
    """How many were upgraded, and how many could not be."""
    done = failed = 0
    shown = progress.Progress(total, sys.stderr)
    try:
        for outcome in upgrade.run():
            shown.step()
            if outcome.problem is None:
                done += 1
            else:
                failed += 1
                shown.note('%s: %s' % (outcome.artifact_id, outcome.problem))
    finally:
        shown.close()
    return done, failed


def _prepare(conf: cfg.ConfigOpts, type_name: str) -> upgrades.Upgrade:
    """The upgrade of a type; loads its plugin and no store."""
    if type_name not in conf.artifacts.enabled_types:
        raise common.CommandError(
            '%s is none of [artifacts]/enabled_types.' % type_name)
    registry = types_registry.Registry.load([type_name])
    if type_name in registry.disabled:
        raise common.CommandError('%s: %s' % (
            type_name, registry.disabled[type_name]))
    database = startup.database(conf)
    types = type_versions.TypeVersions(database, registry)
    repository = repositories.idle(conf, database, types)
    return upgrades.Upgrade(database, types, repository, type_name)
