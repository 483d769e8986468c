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

"""The command ``verify``."""

from __future__ import annotations

import argparse
import json
import sys
import uuid

from oslo_config import cfg

from glance_artifacts.cmd import common
from glance_artifacts.cmd import configuration
from glance_artifacts.cmd import progress
from glance_artifacts.cmd import rate
from glance_artifacts.cmd import verify_state
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import in_use
from glance_artifacts.db import inventory
from glance_artifacts.db import startup
from glance_artifacts.repository import type_versions
from glance_artifacts.repository import verification
from glance_artifacts.store import standalone
from glance_artifacts.types import registry as types_registry

FAILED, INTERRUPTED = 2, 130
#: What the options choose by.
_COLUMNS = {'pool': 'pool', 'type': 'type_name', 'id': 'id'}
#: The numbers, in the order of the output.
_NUMBERS = (verification.VERIFIED, verify_state.BYTES, *verification.FINDINGS,
            verification.UNREAD)


def add_parser(groups) -> None:
    """Add ``verify`` to the commands."""
    parser = groups.add_parser(
        'verify', help='read all bytes again and compare',
        description='Read the bytes of all artifacts from their stores and'
                    ' compare size and sha256 with what was written. One line'
                    ' for each object that is corrupt, truncated or missing,'
                    ' for each blob whose rows do not fit each other, and for'
                    ' what could not be read. Changes nothing; services go'
                    ' on. Images are not looked at. Run it as the user that'
                    ' glance-api runs as. Exit code 0: all is well; 1: there'
                    ' are such lines; 2: it could not be done; 130:'
                    ' interrupted.')
    parser.add_argument('--pool', metavar='NAME',
                        help='artifacts of this pool alone')
    parser.add_argument('--type', metavar='NAME',
                        help='artifacts of this type alone')
    parser.add_argument('--id', metavar='ID', type=_id,
                        help='this artifact alone')
    parser.add_argument(
        '--limit-rate', metavar='BYTES_PER_SECOND', type=_bytes,
        help='read no faster, on average (default: no limit)')
    parser.add_argument(
        '--state', metavar='FILE',
        help='keep in this file how far it has come: run again after an'
             ' interruption, it goes on there. The file is removed at the'
             ' end')
    parser.add_argument('--json', action='store_true',
                        help='print each line, and the numbers as the last,'
                             ' as a JSON object')
    parser.set_defaults(run=_run, failed=FAILED)


def _run(args: argparse.Namespace) -> int:
    conf = configuration.load(args.config)
    with common.quiet():
        database = startup.database(conf)
        _check(args, conf, database)
        chosen = {name: value for name in _COLUMNS
                  if (value := getattr(args, name)) is not None}
        state = verify_state.State(args.state, chosen)
        work = verification.Verification(
            database, standalone.Standalone(conf),
            **{_COLUMNS[name]: value for name, value in chosen.items()})
        try:
            _work(args, work, state)
        except KeyboardInterrupt:
            print('interrupted; %s' % (
                'run it again with --state %s to go on' % args.state
                if args.state else 'run again, it begins anew: with --state'
                ' FILE it would go on'), file=sys.stderr)
            return INTERRUPTED
    _tell(args, state)
    state.remove()
    return int(any(state.counts[kind] for kind in (
        *verification.FINDINGS, verification.UNREAD)))


def _check(args: argparse.Namespace, conf: cfg.ConfigOpts,
           database: db_engine.Database) -> None:
    """Whether there is what was named: nothing at all would look well."""
    with database.reader() as conn:
        if (args.pool is not None and args.pool not in conf.artifacts.pools
                and args.pool not in in_use.pools(conn)):
            raise common.CommandError('There is no pool %s.' % args.pool)
        if args.id is not None and not inventory.count(conn, id=args.id):
            raise common.CommandError('There is no artifact %s.' % args.id)
    if args.type is not None:
        # of a plugin that does not load, the stored schema is enough
        registry = types_registry.Registry.load(conf.artifacts.enabled_types)
        if args.type not in type_versions.TypeVersions(
                database, registry).names():
            raise common.CommandError('There is no type %s.' % args.type)


def _work(args: argparse.Namespace, work: verification.Verification,
          state: verify_state.State) -> None:
    pace = rate.Rate(args.limit_rate)
    bar = progress.Progress(work.total(), sys.stderr, 'bytes')
    read = 0

    def took(count: int) -> None:
        nonlocal read
        read += count
        bar.step(count)
        pace.took(count)

    try:
        bar.step(state.counts[verify_state.BYTES])
        for outcome in work.run(state.after, took):
            if outcome.problem is not None:
                _name(args, outcome, bar)
            # what is not there is done, too
            bar.step(max(outcome.size - read, 0))
            read = 0
            state.note(outcome)
    finally:
        bar.close()


def _name(args: argparse.Namespace, outcome: verification.Outcome,
          bar: progress.Progress) -> None:
    """Tell of something that is wrong."""
    artifact_id, field, key, n = outcome.position
    if args.json:
        print(json.dumps({
            'kind': outcome.kind, 'type': outcome.type_name,
            'id': artifact_id, 'field': field, 'key': key,
            'segment': n or None, 'store': outcome.store,
            'problem': outcome.problem}), flush=True)
        return
    where = ['%s %s %s' % (outcome.type_name, artifact_id,
                           '%s/%s' % (field, key) if key else field)]
    if n:
        where.append('segment %d, store %s' % (n, outcome.store))
    bar.note('%s: %s: %s' % (', '.join(where), outcome.kind,
                             outcome.problem))


def _tell(args: argparse.Namespace, state: verify_state.State) -> None:
    counts = state.counts
    if args.json:
        print(json.dumps({name: counts[name] for name in _NUMBERS}))
        return
    print('%d objects with %d bytes are as they were written.' % (
        counts[verification.VERIFIED], counts[verify_state.BYTES]))
    print('%d objects corrupt, %d truncated, %d missing; %d blobs whose rows'
          ' do not fit.' % tuple(counts[kind]
                                 for kind in verification.FINDINGS))
    if counts[verification.UNREAD]:
        print('%d objects could not be read and are not verified.'
              % counts[verification.UNREAD])


def _id(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError as exc:
        raise argparse.ArgumentTypeError('must be the id of an artifact'
                                         ) from exc


def _bytes(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError('must be 1 or more')
    return number
