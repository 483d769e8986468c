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

"""What is wrong with the options of pools and of stores of ours."""

from __future__ import annotations

import collections
from collections.abc import Iterator
import re

from oslo_config import cfg

from glance_artifacts.conf import glance as glance_conf
from glance_artifacts.conf import pools as options
from glance_artifacts import exceptions
from glance_artifacts.store import drivers

IMAGES = 'images'
STORES = '[artifacts]/stores'
_POOLS = '[artifacts]/pools'
_BACKENDS = '[DEFAULT]/enabled_backends'
_LOCAL = '[artifacts]/local_pools'
_NAME = re.compile('[a-z][a-z0-9_-]{0,63}')
#: A path or a query would come behind it; and it is shown to everybody.
_URL = re.compile(r'https?://[^\s/?#@"<>\\^`{|}]+(/[^\s?#"<>\\^`{|}]*)?',
                  re.ASCII)
#: Groups that mean something else.
_TAKEN = ('DEFAULT', 'artifacts', 'artifacts_database', 'backend_defaults',
          'database', 'glance_store', 'paste_deploy')

Problems = Iterator[exceptions.Misconfigured]


def find(conf: cfg.ConfigOpts) -> Problems:
    """All that is wrong; what one cannot do without comes first."""
    yield from _of_names(conf)
    yield from _of_own_stores(conf)
    for pool in dict.fromkeys(conf.artifacts.pools):
        yield from _of_stores(conf, pool)
    yield from _of_types(conf)
    yield from _of_endpoints(conf)


def _of_names(conf: cfg.ConfigOpts) -> Problems:
    pools, default = conf.artifacts.pools, conf.artifacts.default_pool
    if not pools:
        yield _problem('there has to be one', _POOLS, '',
                       'name one, or leave the option out')
    for name, count in collections.Counter(pools).items():
        if count > 1:
            yield _problem('it is named twice', _POOLS, name, 'name it once')
        if not _NAME.fullmatch(name):
            yield _problem(
                'no pool can have this name', _POOLS, name,
                'begin with a small letter, and go on with small letters,'
                ' digits, "_" and "-", up to 64 in all')
        if name == IMAGES:
            yield _problem('it is the pool of the stores of Glance', _POOLS,
                           name, 'choose another name')
    if default is not None and default not in pools:
        yield _problem('there is no such pool', '[artifacts]/default_pool',
                       default, _one_of(pools))


def _of_own_stores(conf: cfg.ConfigOpts) -> Problems:
    glances = glance_conf.stores(conf)
    for name, kind in conf.artifacts.stores.items():
        if name in glances:
            yield _problem(
                '[DEFAULT]/enabled_backends has a store of this name',
                STORES, name, 'choose another name, or leave it out here to'
                ' use that one')
        elif name in _TAKEN or name.startswith((glance_conf.RESERVED,
                                                options.PREFIX)):
            yield _problem('no store can have this name', STORES, name,
                           'choose another name')
        else:
            try:
                drivers.load(name, kind, STORES)
            except exceptions.Misconfigured as exc:
                yield exc


def _of_stores(conf: cfg.ConfigOpts, pool: str) -> Problems:
    glances = glance_conf.stores(conf)
    known = [*conf.artifacts.stores, *glances]
    option = '[%s]/stores' % options.name_of(pool)
    named = options.register(conf, pool).stores
    if not named:
        yield from _of_default(conf, glances, option)
    for name, count in collections.Counter(named).items():
        if name not in known:
            yield _problem(
                'neither %s nor %s has it' % (STORES, _BACKENDS), option,
                name, _one_of(known))
        elif count > 1:
            yield _problem('it is named twice', option, name, 'name it once')


def _of_default(conf: cfg.ConfigOpts, glances: dict[str, str],
                of_pool: str) -> Problems:
    """Where Glance's default store is the store of a pool.

    :param of_pool: the option that would name others
    """
    option = '[glance_store]/default_backend'
    default = glance_conf.default_store(conf)
    if not default:
        yield _problem(
            'artifacts need named stores', option, None,
            'set [DEFAULT]/enabled_backends, and this to one of them; or name'
            ' stores in %s' % of_pool)
    elif default not in glances:
        yield _problem('is not in %s' % _BACKENDS, option, default,
                       _one_of(glances))


def _of_types(conf: cfg.ConfigOpts) -> Problems:
    homes: dict[str, str] = {}
    for pool in dict.fromkeys(conf.artifacts.pools):
        group = options.register(conf, pool)
        for option in ('types', 'allowed_types'):
            if IMAGES in group[option]:
                yield _problem(
                    'Glance keeps images, in its own stores', '[%s]/%s' % (
                        options.name_of(pool), option), IMAGES, 'remove it')
        for name in dict.fromkeys(group.types):
            if homes.setdefault(name, pool) != pool:
                yield _problem(
                    'the type is in [%s]/types, too'
                    % options.name_of(homes[name]), '[%s]/types'
                    % options.name_of(pool), name, 'name it in one of them;'
                    ' the other may have it in allowed_types')


def _of_endpoints(conf: cfg.ConfigOpts) -> Problems:
    pools, local = conf.artifacts.pools, conf.artifacts.local_pools
    for name in dict.fromkeys(local):
        if name not in pools:
            yield _problem('there is no such pool', _LOCAL, name,
                           _one_of(pools))
    for pool in dict.fromkeys(pools):
        option = '[%s]/endpoint' % options.name_of(pool)
        endpoint = options.register(conf, pool).endpoint
        if local and pool not in local and not endpoint:
            yield _problem(
                '%s leaves the pool out, and nobody knows who serves its'
                ' bytes' % _LOCAL, option, endpoint, 'set it to the URL of'
                ' the service that does, or name the pool there')
        yield from _of_url(option, endpoint)
    yield from _of_url('[artifacts]/images_endpoint',
                       conf.artifacts.images_endpoint)


def _of_url(option: str, url: str | None) -> Problems:
    if url and not (url.isascii() and url.isprintable()
                    and _URL.fullmatch(url)):
        yield _problem(
            'it is no URL that paths can be added to', option,
            # a password, perhaps
            None if '@' in url else url, 'write it like'
            ' https://artifacts.example.com:9292/v2')


def _problem(problem: str, option: str, value: str | None,
             remedy: str) -> exceptions.Misconfigured:
    return exceptions.Misconfigured(problem, option=option, value=value,
                                    remedy=remedy)


def _one_of(names) -> str:
    return 'name one of: %s' % (', '.join(names) or '-')
