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

"""The command ``project purge``."""

from __future__ import annotations

import argparse
import collections
import json
import sys

from oslo_config import cfg

from glance_artifacts.cmd import common
from glance_artifacts.cmd import configuration
from glance_artifacts.cmd import progress
from glance_artifacts.cmd import repositories
from glance_artifacts.conf import glance as glance_conf
from glance_artifacts.db import startup
from glance_artifacts.repository import projects
from glance_artifacts.repository import type_versions
from glance_artifacts.types import registry as types_registry

_KINDS = (projects.ARTIFACTS, projects.MEMBERSHIPS)


def add_parser(groups) -> None:
    """Add ``project`` to the commands."""
    group = groups.add_parser(
        'project', help='what a project has, once it is gone')
    commands = group.add_subparsers(metavar='COMMAND', required=True)
    purge = commands.add_parser(
        'purge', help='delete all artifacts of a project',
        description='Delete all artifacts of a project, drafts, deactivated'
                    ' ones and those of types that are not enabled included,'
                    ' and end its memberships in artifacts of others. The'
                    ' bytes go with the next "purge" or the worker. Images'
                    ' are not touched: delete them with Glance. Services go'
                    ' on. It may be interrupted: run again, it goes on with'
                    ' the rest. Exit code 1 if something is left.')
    purge.add_argument('project', metavar='ID', type=_project,
                       help='of the project')
    purge.add_argument('--dry-run', action='store_true',
                       help='tell what there is and change nothing')
    purge.add_argument('--yes', action='store_true', help='do not ask')
    purge.add_argument('--json', action='store_true',
                       help='print the numbers as one JSON object; asks'
                            ' nothing, so it needs --yes or --dry-run')
    purge.set_defaults(run=_purge)


def _purge(args: argparse.Namespace) -> int:
    conf = configuration.load(args.config)
    with common.quiet():
        removal = _prepare(conf, args.project)
        found = removal.contents()
        if not args.json:
            _tell(args.project, found)
        if args.dry_run or not (found.artifacts or found.memberships):
            return _finish(args, found, found, collections.Counter(), 0)
        _confirm(args)
        done, failed = _run(removal, found)
        left = removal.contents()
    return _finish(args, found, left, done, failed)


def _prepare(conf: cfg.ConfigOpts, project: str) -> projects.Removal:
    database = startup.database(conf)
    # to delete artifacts, their types need not be known
    types = type_versions.TypeVersions(database, types_registry.Registry())
    glance_conf.register(conf)
    # bytes are left to those who may write to the stores
    delay = glance_conf.delete_delay(conf) or 0
    return projects.Removal(
        database, repositories.idle(conf, database, types, delay), project)


def _confirm(args: argparse.Namespace) -> None:
    if not args.yes and (args.json or not common.confirmed(
            'Delete all this? Type the id of the project: ', args.project)):
        raise common.CommandError('Nothing was deleted%s.' % (
            ': confirm with --yes' if args.json else ''))


def _run(removal: projects.Removal, found: projects.Contents,
         ) -> tuple[collections.Counter[str], int]:
    """How much was done, by kind, and how much failed."""
    done: collections.Counter[str] = collections.Counter()
    failed = 0
    bar = progress.Progress(found.artifacts + found.memberships, sys.stderr)
    try:
        for outcome in removal.run():
            bar.step()
            if outcome.problem is None:
                done[outcome.kind] += 1
            else:
                failed += 1
                bar.note('%s: %s' % (outcome.artifact_id, outcome.problem))
    finally:
        bar.close()
    return done, failed


def _tell(project: str, found: projects.Contents) -> None:
    for name, amount in sorted(found.types.items()):
        print('%s: %d artifacts, %d bytes' % (name, amount.artifacts,
                                              amount.used))
    print('Project %s has %d artifacts; others share %d with it. Its images'
          ' are not counted and not touched.' % (
              project, found.artifacts, found.memberships))


def _finish(args: argparse.Namespace, found: projects.Contents,
            left: projects.Contents, done: collections.Counter[str],
            failed: int) -> int:
    """Tell what was done; the exit code."""
    if args.json:
        print(json.dumps({
            'project': args.project,
            'types': {name: {'artifacts': one.artifacts, 'bytes': one.used}
                      for name, one in found.types.items()},
            'memberships': found.memberships,
            'deleted': {kind: done[kind] for kind in _KINDS},
            'left': {projects.ARTIFACTS: left.artifacts,
                     projects.MEMBERSHIPS: left.memberships},
            'failed': failed, 'dry_run': args.dry_run}))
    elif not args.dry_run:
        print('%d artifacts deleted, %d memberships ended; %d and %d are'
              ' left.' % (*(done[kind] for kind in _KINDS), left.artifacts,
                          left.memberships))
    return int(not args.dry_run and bool(left.artifacts or left.memberships))


def _project(text: str) -> str:
    if not text.strip():
        raise argparse.ArgumentTypeError('must not be empty')
    return text
