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

"""The command ``pool check``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
import json
import uuid

from glance_artifacts.cmd import common
from glance_artifacts.cmd import configuration
from glance_artifacts.db import migration
from glance_artifacts.db import startup
from glance_artifacts import exceptions
from glance_artifacts.store import pools
from glance_artifacts.store import probe
from glance_artifacts.store import standalone


def add_parser(commands) -> None:
    """Add ``check`` to the commands of ``pool``."""
    parser = commands.add_parser(
        'check', help='write to the stores of pools, read and delete',
        description='Write an object of a few bytes to each store of each'
                    ' pool that is served here, or of the one that is named,'
                    ' read it, compare and delete it. Its name is one'
                    ' that purge knows: what a check that was killed leaves'
                    ' is cleared up. Run it as the user that glance-api runs'
                    ' as. Exit code 1 if a store fails.')
    parser.add_argument('pool', metavar='NAME', nargs='?',
                        help='this pool alone')
    parser.add_argument('--json', action='store_true', help='print JSON')
    parser.set_defaults(run=_check)


def _check(args: argparse.Namespace) -> int:
    conf = configuration.load(args.config)
    with common.quiet():
        found = pools.Pools.from_conf(conf)
        with startup.database(conf).reader() as conn:
            prefix = migration.prefix(conn)
        stores = standalone.Standalone(conf)
        outcomes = []
        for pool, store in _wanted(found, args.pool):
            outcomes.append({'pool': pool, 'store': store,
                             'problem': _problem(stores, store, prefix)})
            if not args.json:
                print('%(pool)s: %(store)s: ' % outcomes[-1]
                      + (outcomes[-1]['problem'] or 'ok'))
    if args.json:
        print(json.dumps(outcomes))
    return int(any(one['problem'] for one in outcomes))


def _wanted(found: pools.Pools,
            name: str | None) -> Iterator[tuple[str, str]]:
    if name is not None and name not in found:
        raise common.CommandError('There is no pool "%s".' % name)
    for pool in found:
        if pool.local if name is None else pool.name == name:
            for store in pool.stores:
                yield pool.name, store


def _problem(stores: standalone.Standalone, store: str,
             prefix: str) -> str | None:
    """What is wrong with a store; None: nothing."""
    try:
        probe.try_out(stores, store, prefix + str(uuid.uuid4()))
    except exceptions.ArtifactsError as exc:
        return exc.detail
    return None
