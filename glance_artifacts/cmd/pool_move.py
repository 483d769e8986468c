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

"""The command ``pool move``."""

from __future__ import annotations

import argparse
import json
import sys

from oslo_config import cfg

from glance_artifacts.cmd import common
from glance_artifacts.cmd import configuration
from glance_artifacts.cmd import move_work
from glance_artifacts.cmd import progress
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import inventory
from glance_artifacts.db import keeper
from glance_artifacts.db import startup
from glance_artifacts import quota
from glance_artifacts.quota import limits
from glance_artifacts.repository import relocation
from glance_artifacts.repository import type_versions
from glance_artifacts.store import pools as store_pools
from glance_artifacts.store import standalone
from glance_artifacts.types import registry as types_registry

FAILED, INTERRUPTED = 2, 130
#: Each has a few connections to the database, and to stores.
_MOST_JOBS = 32


def add_parser(commands) -> None:
    """Add ``move`` to the commands of ``pool``."""
    parser = commands.add_parser(
        'move', help='move artifacts from one pool to another',
        description='Move the artifacts of a pool, drafts included, to the'
                    ' stores of another one: each object is copied and its'
                    ' sha256 compared, and then the artifact is in the other'
                    ' pool, with all of them at once; the old bytes are'
                    ' deleted later, by the worker or by purge. Services go'
                    ' on: artifacts are read and written meanwhile, and keep'
                    ' ids, URLs, digests and updated_at. May be interrupted'
                    ' or killed and run again, and run several times at once.'
                    ' Artifacts with uploads under way are waited for at the'
                    ' end. Run it as the user that glance-api runs as. Exit'
                    ' code 0: all are there; 1: some were refused or failed,'
                    ' one line each; 2: it could not be done; 130:'
                    ' interrupted.')
    parser.add_argument('--from', metavar='POOL', required=True,
                        dest='source', help='the pool where they are')
    parser.add_argument('--to', metavar='POOL', required=True, dest='target',
                        help='the pool where they are to be; it must be one'
                             ' for their types')
    parser.add_argument('--type', metavar='NAME',
                        help='artifacts of this type alone')
    parser.add_argument('--owner', metavar='PROJECT',
                        help='artifacts of this project alone')
    parser.add_argument(
        '--limit-rate', metavar='BYTES_PER_SECOND', type=_positive,
        help='read no faster, on average (default: no limit)')
    parser.add_argument('--jobs', metavar='N', type=_jobs, default=1,
                        help='move so many artifacts at a time, up to %d'
                             ' (default: %%(default)s)' % _MOST_JOBS)
    parser.add_argument('--dry-run', action='store_true',
                        help='tell what would be moved, and what refused;'
                             ' change nothing')
    parser.add_argument('--json', action='store_true',
                        help='print each line, and the numbers as the last,'
                             ' as a JSON object')
    parser.set_defaults(run=_run, failed=FAILED)


def prepare(conf: cfg.ConfigOpts, database: db_engine.Database,
            types: type_versions.TypeVersions) -> relocation.Relocation:
    """What moves artifacts in the deployment that ``conf`` describes."""
    stores = standalone.Standalone(conf)
    stores.load()
    return relocation.Relocation(
        database, stores, types,
        keeper.Keeper(database, conf.artifacts.lease_time),
        conf.artifacts.delete_delay)


def _run(args: argparse.Namespace) -> int:
    conf = configuration.load(args.config)
    with common.quiet():
        database = startup.database(conf)
        # of a plugin that does not load, the stored schema is enough
        types = type_versions.TypeVersions(database, types_registry.Registry
                                           .load(conf.artifacts.enabled_types))
        pools = store_pools.Pools.from_conf(conf)
        target = _check(args, conf, pools, types)
        chosen = {'pool': args.source, **{
            column: value for column, value in (
                ('type_name', args.type), ('owner', args.owner))
            if value is not None}}
        bar = progress.Progress(
            _total(database, target, chosen), sys.stderr, 'bytes', timed=True)
        work = move_work.Work(
            database, prepare(conf, database, types), pools, target,
            _limits(conf), bar, args.limit_rate,
            lambda problem: _name(args, problem, bar))
        try:
            if args.dry_run:
                work.look(chosen)
            else:
                work.run(chosen, args.jobs)
        except KeyboardInterrupt:
            bar.note('interrupted; run it again to go on')
            return INTERRUPTED
        finally:
            bar.close()
            _tell(args, work.counts)
    return int(bool(work.counts['refused'] or work.counts['failed']))


def _limits(conf: cfg.ConfigOpts) -> limits.Source:
    if limits.in_keystone(conf):
        configuration.share(conf)
    return quota.source(conf)


def _check(args: argparse.Namespace, conf: cfg.ConfigOpts,
           pools: store_pools.Pools,
           types: type_versions.TypeVersions) -> store_pools.Pool:
    """The pool to move to, if what was named makes sense."""
    source = common.pool(pools, args.source)
    target = common.pool(pools, args.target)
    if far := sorted(store_pools.far_stores(conf) & {*source.stores,
                                                     *target.stores}):
        raise common.CommandError(
            'Another service has %s: what is in reach here may be another'
            ' disk. Run it where all stores of both pools are in reach, with'
            ' a file in which both are served ([artifacts] local_pools).'
            % ', '.join(far))
    if source.name == target.name:
        raise common.CommandError('--from and --to name the same pool.')
    if args.type is not None and args.type not in types.names():
        raise common.CommandError('There is no type %s.' % args.type)
    return target


def _total(database: db_engine.Database, target: store_pools.Pool,
           chosen: dict[str, str]) -> int:
    with database.reader() as conn:
        return inventory.volume(conn, target.stores, **chosen)


def _name(args: argparse.Namespace, problem: move_work.Problem,
          bar: progress.Progress) -> None:
    """Tell of something that stays where it is."""
    if args.json:
        print(json.dumps({'kind': problem.kind, 'type': problem.type_name,
                          'id': problem.artifact_id,
                          'problem': problem.detail}), flush=True)
    else:
        bar.note('%s %s: %s: %s' % (problem.type_name, problem.artifact_id,
                                    problem.kind, problem.detail))


def _tell(args: argparse.Namespace, counts: dict[str, int]) -> None:
    if args.json:
        print(json.dumps({**{name: counts[name] for name in move_work.NUMBERS},
                          'dry_run': args.dry_run}))
        return
    if args.dry_run:
        print('%d artifacts with %d bytes would be moved to %s.' % (
            counts['moved'], counts['bytes'], args.target))
    else:
        print('%d artifacts moved to %s; %d bytes read.' % (
            counts['moved'], args.target, counts['bytes']))
    if counts['gone']:
        print('%d were deleted, or moved by others, meanwhile.'
              % counts['gone'])
    if counts['refused'] or counts['failed']:
        print('%d refused, %d failed: they stay where they are.' % (
            counts['refused'], counts['failed']))


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError('must be 1 or more')
    return number


def _jobs(text: str) -> int:
    number = _positive(text)
    if number > _MOST_JOBS:
        raise argparse.ArgumentTypeError('must be at most %d' % _MOST_JOBS)
    return number
