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

"""The command ``pool usage``."""

from __future__ import annotations

import argparse
import json
from typing import Any

from glance_artifacts.cmd import common
from glance_artifacts.cmd import configuration
from glance_artifacts.db import leases
from glance_artifacts.db import moves
from glance_artifacts.db import sessions
from glance_artifacts.db import startup
from glance_artifacts.db import stock
from glance_artifacts.db import transfers

_WAITING = (sessions.PART, leases.COPIED)


def add_parser(commands) -> None:
    """Add ``usage`` to the commands of ``pool``."""
    parser = commands.add_parser(
        'usage', help='show what there is in pools, and what goes on',
        description='Show for each pool how many objects and bytes of each'
                    ' type are in each store, how many transfers are under'
                    ' way in all processes of all services, and in which of'
                    ' these (as they said last, which is seconds ago), how'
                    ' many were refused with 503 since these processes'
                    ' started, and how many objects'
                    ' wait for their deletion. Reads every row of the'
                    ' ledger.')
    parser.add_argument('pool', metavar='NAME', nargs='?',
                        help='this pool alone')
    parser.add_argument('--json', action='store_true', help='print JSON')
    parser.set_defaults(run=_usage)


def _usage(args: argparse.Namespace) -> int:
    conf = configuration.load(args.config)
    with common.quiet(), startup.database(conf).reader() as conn:
        rows = list(stock.stock(conn))
        uploads = stock.uploads(conn)
        told = transfers.of_all(conn)
        asked = moves.by_pool(conn)
        services = transfers.of_services(conn)
    names = sorted({*conf.artifacts.pools, *told,
                    *(row.pool for row in rows)})
    if args.pool is not None:
        if args.pool not in names:
            raise common.CommandError('There is no pool "%s".' % args.pool)
        names = [args.pool]
    found = {name: _pool([row for row in rows if row.pool == name],
                         uploads.get(name, 0), services.get(name, {}),
                         *told.get(name, (0, 0)))
             for name in names}
    for name in names:
        found[name]['moves'] = asked.get(name, 0)
    if args.json:
        print(json.dumps(found))
    else:
        for name in names:
            _print(name, found[name])
    return 0


def _pool(rows: list[stock.Stock], uploads: int, services: dict[str, int],
          running: int, refused: int) -> dict[str, Any]:
    kept = [row for row in rows if row.status == 'active']
    waiting = [row for row in rows if row.status in _WAITING]
    types: dict[str, dict[str, Any]] = {}
    for row in kept:
        types.setdefault(row.type_name, {})[row.store] = _sum([row])
    return {**_sum(kept), 'types': types,
            # uploads are in the ledger at once
            'transfers': max(running, uploads), 'uploads': uploads,
            'services': services, 'refused': refused,
            'waiting': {
                store: _sum([row for row in waiting if row.store == store])
                for store in sorted({row.store for row in waiting})},
            'backlog': _sum([row for row in rows if row.status == 'deleted'])}


def _sum(rows: list[stock.Stock]) -> dict[str, int]:
    return {'objects': sum(row.objects for row in rows),
            'bytes': sum(row.bytes for row in rows)}


def _print(name: str, pool: dict[str, Any]) -> None:
    print('%s: %d objects, %d bytes; %d transfers under way, %d of them'
          ' uploads; %d refused; %d objects to be deleted' % (
              name, pool['objects'], pool['bytes'], pool['transfers'],
              pool['uploads'], pool['refused'], pool['backlog']['objects']))
    for store, one in pool['waiting'].items():
        print('    in %s, of uploads in parts and of moves that are not'
              ' complete: %d objects, %d bytes' % (store, one['objects'],
                                                   one['bytes']))
    if pool['moves']:
        print('    %d artifacts are to move here' % pool['moves'])
    for service, running in sorted(pool['services'].items()):
        print('    %s: %d transfers' % (service, running))
    for type_name, stores in pool['types'].items():
        for store, one in stores.items():
            print('    %s in %s: %d objects, %d bytes' % (
                type_name, store, one['objects'], one['bytes']))
