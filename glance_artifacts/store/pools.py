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

"""Pools: where the bytes of a type live."""

from __future__ import annotations

from collections.abc import Iterable
import dataclasses

from oslo_config import cfg
from oslo_utils import units

from glance_artifacts.conf import glance as glance_conf
from glance_artifacts.conf import pools as options
from glance_artifacts import exceptions
from glance_artifacts.store import pool_problems

#: Glance's own stores, and what alone is kept there.
IMAGES = pool_problems.IMAGES


@dataclasses.dataclass(frozen=True)
class Pool:
    """A group of stores, in order of preference.

    :param types: whose new artifacts go here
    :param allowed: the types that may, too, when asked for; ``*``: all
    :param fallback: whether the next store takes what one does not take
    :param segment_size: bytes of an object where a store cannot seek
    :param max_transfers: at a time, in one process; None: as many as go
    :param endpoint: the URL of who serves its bytes, without a slash at its
        end
    :param local: whether this service serves them
    """

    name: str
    stores: tuple[str, ...]
    types: frozenset[str] = frozenset()
    allowed: frozenset[str] = frozenset()
    fallback: bool = True
    max_transfers: int | None = None
    segment_size: int = 64 * units.Mi
    endpoint: str | None = None
    local: bool = True


_GLANCES = Pool(IMAGES, ())


class Pools:
    """The pools of this service.

    :param default: the pool of types that no pool names; None: the first
    """

    def __init__(self, pools: Iterable[Pool],
                 default: str | None = None) -> None:
        self._pools = {pool.name: pool for pool in pools}
        self._default = default or next(iter(self._pools), '')
        self._homes = {name: pool for pool in self for name in pool.types}

    @classmethod
    def from_conf(cls, conf: cfg.ConfigOpts) -> Pools:
        """The pools that ``conf`` describes.

        :raises Misconfigured: naming the first thing that is wrong with them
        """
        for problem in pool_problems.find(conf):
            raise problem
        return cls([_pool(conf, name) for name in conf.artifacts.pools],
                   conf.artifacts.default_pool)

    def __iter__(self):
        return iter(self._pools.values())

    def __contains__(self, name: str) -> bool:
        return name in self._pools

    @property
    def default(self) -> str:
        """The name of the pool of types that no pool names."""
        return self._default

    def get(self, name: str) -> Pool:
        """The pool that an artifact is in.

        :raises Unavailable: when it is configured no more
        """
        try:
            return self._pools[name]
        except KeyError:
            raise exceptions.Unavailable(
                'The pool of the artifact is not configured here.',
                code='pool.unknown') from None

    def elsewhere(self, name: str) -> str | None:
        """The URL of who serves the bytes of a pool; None: we do."""
        pool = self._pools.get(name)
        return None if pool is None or pool.local else pool.endpoint

    def for_type(self, type_name: str) -> Pool:
        """The pool that a new artifact of this type goes to."""
        if type_name == IMAGES:
            return _GLANCES
        return self._homes.get(type_name, self._pools[self._default])

    def check(self, name: str, type_name: str) -> None:
        """Whether artifacts of a type may go to a pool.

        :raises InvalidValue: when there is no pool of this name for them
        """
        if name == self.for_type(type_name).name:
            return
        if type_name == IMAGES:
            raise exceptions.InvalidValue(
                'Images are kept by Glance, in its own stores.',
                field='pool')
        pool = self._pools.get(name)
        if pool is None or not pool.allowed & {type_name, options.ALL}:
            raise exceptions.InvalidValue(
                'There is no pool "%s" for %s.' % (name[:64], type_name),
                field='pool')


def _pool(conf: cfg.ConfigOpts, name: str) -> Pool:
    group = options.register(conf, name)
    return Pool(name, stores_of(conf, name), frozenset(group.types),
                frozenset(group.allowed_types), group.fallback,
                group.max_transfers, group.segment_size, url(group.endpoint),
                is_local(conf, name))


def stores_of(conf: cfg.ConfigOpts, name: str) -> tuple[str, ...]:
    """The stores that a pool names, or Glance's default store."""
    return tuple(options.register(conf, name).stores) or (
        glance_conf.default_store(conf),)


def is_local(conf: cfg.ConfigOpts, name: str) -> bool:
    """Whether this service serves the bytes of a pool."""
    local = conf.artifacts.local_pools
    return not local or name in local


def far_stores(conf: cfg.ConfigOpts) -> frozenset[str]:
    """The stores of pools that are served elsewhere, and of no other.

    What keeps their bytes may be out of reach here; a file store may even
    have a directory of the same name that is not the one.
    """
    near: set[str] = set()
    far: set[str] = set()
    for name in conf.artifacts.pools:
        (near if is_local(conf, name) else far).update(stores_of(conf, name))
    return frozenset(far - near)


def url(said: str | None) -> str | None:
    """What paths are added to, of what an option says."""
    return (said or '').rstrip('/') or None
