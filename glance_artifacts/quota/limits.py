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

"""Where limits come from, and what a project may have."""

from __future__ import annotations

import abc
from collections.abc import Iterator, Mapping
import dataclasses

from oslo_config import cfg

from glance_artifacts.conf import pools as pool_options
from glance_artifacts.db import amounts

USE_KEYSTONE = 'use_keystone_limits'


@dataclasses.dataclass(frozen=True)
class ProjectLimits:
    """What one project may have, in all, by type and by pool."""

    total: amounts.Limit = amounts.Limit()
    types: Mapping[str, amounts.Limit] = dataclasses.field(
        default_factory=dict)
    pools: Mapping[str, amounts.Limit] = dataclasses.field(
        default_factory=dict)

    def on(self, type_name: str, pool: str) -> amounts.Limits:
        """The limits that an artifact of a type, in a pool, is held to."""
        return amounts.Limits(self.total, self.of_type(type_name),
                              self.of_pool(pool))

    def of_type(self, type_name: str) -> amounts.Limit:
        return self.types.get(type_name, amounts.Limit())

    def of_pool(self, name: str) -> amounts.Limit:
        return self.pools.get(name, amounts.Limit())


class Source(abc.ABC):
    """Tells limits. Never asked inside a transaction: it may take long."""

    @abc.abstractmethod
    def of(self, project: str) -> ProjectLimits:
        """The limits of a project.

        :raises Unavailable: ``quota.unavailable``, when nobody can tell
        """


class Options(Source):
    """The same limits for every project, from our own options."""

    def __init__(self, conf: cfg.ConfigOpts) -> None:
        group = conf.artifacts
        artifacts, sizes = (group.max_artifacts_by_type,
                            group.max_bytes_by_type)
        self._limits = ProjectLimits(
            amounts.Limit(group.max_artifacts, group.max_bytes),
            {name: amounts.Limit(artifacts.get(name, amounts.NO_LIMIT),
                                 sizes.get(name, amounts.NO_LIMIT))
             for name in {*artifacts, *sizes}}, dict(_of_pools(conf)))

    def of(self, project: str) -> ProjectLimits:
        return self._limits


def _of_pools(conf: cfg.ConfigOpts,
              ) -> Iterator[tuple[str, amounts.Limit]]:
    """The pools that have a limit."""
    for name in conf.artifacts.pools:
        group = pool_options.register(conf, name)
        limit = amounts.Limit(group.max_artifacts, group.max_bytes)
        if limit != amounts.Limit():
            yield name, limit


def in_keystone(conf: cfg.ConfigOpts) -> bool:
    """Whether Glance takes its limits from Keystone, and so do we."""
    if USE_KEYSTONE not in conf:
        conf.register_opt(cfg.BoolOpt(USE_KEYSTONE, default=False))
    return conf[USE_KEYSTONE]
