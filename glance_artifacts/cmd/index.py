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

"""The commands ``index check`` and ``index rebuild``."""

from __future__ import annotations

import argparse
import json
import sys

from glance_artifacts.cmd import common
from glance_artifacts.cmd import configuration
from glance_artifacts.cmd import progress
from glance_artifacts.db import startup
from glance_artifacts.repository import index_judge
from glance_artifacts.repository import reindex
from glance_artifacts.repository import type_versions
from glance_artifacts.types import registry as types_registry

_HOW = (' Services go on: a difference is told once it was seen while nobody'
        ' could write. All artifacts are read, and the whole index, in small'
        ' batches.')


def add_parser(groups) -> None:
    """Add ``index`` to the commands."""
    group = groups.add_parser(
        'index', help='the lists of artifacts, proved and mended')
    commands = group.add_subparsers(metavar='COMMAND', required=True)
    check = commands.add_parser(
        'check', help='prove the lists against the artifacts',
        description='Compute anew in which lists each artifact has to stand,'
                    ' compare with the index and print each artifact that'
                    ' differs: what is missing, what is too much, and whether'
                    ' its row notes something else. Changes nothing.' + _HOW
                    + ' Exit code 1 if there are differences.')
    _add_options(check)
    check.set_defaults(run=_run, dry_run=True)
    rebuild = commands.add_parser(
        'rebuild', help='prove the lists, and mend them',
        description='Do what "check" does and mend what differs.' + _HOW
                    + ' It may be interrupted: run again, it goes on with'
                    ' what is still wrong. Exit code 1 if something could not'
                    ' be mended.')
    _add_options(rebuild)
    rebuild.add_argument('--dry-run', action='store_true',
                         help='mend nothing: what "check" does')
    rebuild.set_defaults(run=_run)


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument('--type', metavar='TYPE',
                        help='tell and mend artifacts of this type alone')
    parser.add_argument('--owner', metavar='PROJECT',
                        help='tell and mend artifacts of this project alone')
    parser.add_argument('--json', action='store_true',
                        help='print the numbers as one JSON object')


def _run(args: argparse.Namespace) -> int:
    conf = configuration.load(args.config)
    with common.quiet():
        # of a plugin that does not load, the stored schema is enough
        registry = types_registry.Registry.load(conf.artifacts.enabled_types)
        database = startup.database(conf)
        types = type_versions.TypeVersions(database, registry)
        if args.type is not None and args.type not in types.names():
            raise common.CommandError('There is no type %s.' % args.type)
        chosen = {'type_name': args.type, 'owner': args.owner}
        work = reindex.Reindex(
            database, types, not args.dry_run,
            **{name: value for name, value in chosen.items()
               if value is not None})
        found = _prove(work)
    _tell(args, work, found)
    return int(bool(found['failed'] or args.dry_run and any(found.values())))


def _prove(work: reindex.Reindex) -> dict[str, int]:
    """How many postings, or artifacts, are wrong in which way."""
    total = dict.fromkeys(('missing', 'stray', 'noted', 'failed'), 0)
    for stage in work.stages():
        bar = progress.Progress(stage.total, sys.stderr, stage.what)
        try:
            for passed, findings in stage.batches:
                bar.step(passed)
                for one in findings:
                    bar.note(_line(one))
                    total['missing'] += len(one.missing)
                    total['stray'] += len(one.stray)
                    total['noted'] += one.noted
                    total['failed'] += one.problem is not None
        finally:
            bar.close()
    return total


def _line(one: index_judge.Finding) -> str:
    if one.problem is not None:
        return '%s: %s' % (one.artifact_id, one.problem)
    return '%s: %d missing, %d too many%s' % (
        one.artifact_id, len(one.missing), len(one.stray),
        ', its row notes others' if one.noted else '')


def _tell(args: argparse.Namespace, work: reindex.Reindex,
          found: dict[str, int]) -> None:
    if args.json:
        print(json.dumps({'artifacts': work.artifacts,
                          'postings': work.postings, **found,
                          'mended': not args.dry_run}))
        return
    print('%d artifacts read, which have %d postings.' % (
        work.artifacts, work.postings))
    print('%d postings missing, %d too many; %d artifacts note others than'
          ' they have%s.' % (
              found['missing'], found['stray'], found['noted'],
              '' if args.dry_run or not any(found.values()) else ': mended'))
    if found['failed']:
        print('%d artifacts do not fit their types and were left as they are.'
              % found['failed'])
