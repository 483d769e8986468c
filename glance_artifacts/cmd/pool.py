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

"""The commands ``pool list`` and ``pool show``."""

from __future__ import annotations

import argparse
import json
from typing import Any

from oslo_config import cfg

from glance_artifacts.cmd import common
from glance_artifacts.cmd import configuration
from glance_artifacts.cmd import pool_check
from glance_artifacts.cmd import pool_move
from glance_artifacts.cmd import pool_usage
from glance_artifacts.conf import glance as glance_conf
from glance_artifacts.conf import pools as pool_options
from glance_artifacts.store import pools


def add_parser(groups) -> None:
    """Add ``pool`` to the commands."""
    group = groups.add_parser(
        'pool', help='where artifacts keep their bytes')
    commands = group.add_subparsers(metavar='COMMAND', required=True)
    listing = commands.add_parser(
        'list', help='list the pools',
        description='List the pools that the configuration names, with their'
                    ' types and stores, and who serves their bytes if not'
                    ' this service; * marks the pool of all other types.')
    listing.set_defaults(run=_list)
    show = commands.add_parser(
        'show', help='show a pool',
        description='Show a pool: its types, its limits, its endpoint,'
                    ' whether it is served here, and its stores in'
                    ' order of preference, with those marked that images'
                    ' use, too.')
    show.add_argument('pool', metavar='NAME', help='name of the pool')
    show.set_defaults(run=_show)
    for parser in (listing, show):
        parser.add_argument('--json', action='store_true',
                            help='print JSON')
    pool_check.add_parser(commands)
    pool_move.add_parser(commands)
    pool_usage.add_parser(commands)


def _list(args: argparse.Namespace) -> int:
    conf = configuration.load(args.config)
    with common.quiet():
        found = pools.Pools.from_conf(conf)
    shown = [_summary(pool, found) for pool in found]
    if args.json:
        print(json.dumps(shown))
        return 0
    for one in shown:
        print('%s%s: types %s; stores %s%s' % (
            one['name'], ' *' if one['default'] else '',
            ', '.join(one['types']) or '-', ', '.join(one['stores']),
            '' if one['local'] else '; served at ' + one['endpoint']))
    return 0


def _show(args: argparse.Namespace) -> int:
    conf = configuration.load(args.config)
    with common.quiet():
        found = pools.Pools.from_conf(conf)
    pool = common.pool(found, args.pool)
    shown = {**_summary(pool, found), **_limits(conf, pool),
             'stores': [_store(conf, name) for name in pool.stores]}
    if args.json:
        print(json.dumps(shown))
        return 0
    stores = shown.pop('stores')
    for name, value in shown.items():
        if isinstance(value, list):
            value = ', '.join(value)
        print('%s: %s' % (name, '-' if value in (None, '') else value))
    for store in stores:
        print('store: %s (%s)%s' % (
            store['name'], store['kind'], ', shared with images'
            if store['shared_with_images'] else ''))
    return 0


def _summary(pool: pools.Pool, found: pools.Pools) -> dict[str, Any]:
    return {'name': pool.name, 'default': pool.name == found.default,
            'types': sorted(pool.types),
            'allowed_types': sorted(pool.allowed),
            'stores': list(pool.stores),
            'endpoint': pool.endpoint, 'local': pool.local}


def _limits(conf: cfg.ConfigOpts, pool: pools.Pool) -> dict[str, Any]:
    group = pool_options.register(conf, pool.name)
    return {'fallback': pool.fallback, 'max_transfers': pool.max_transfers,
            'max_artifacts': group.max_artifacts,
            'max_bytes': group.max_bytes}


def _store(conf: cfg.ConfigOpts, name: str) -> dict[str, Any]:
    glances = glance_conf.stores(conf)
    return {'name': name,
            'kind': glances.get(name) or conf.artifacts.stores[name],
            'shared_with_images': name in glances}
