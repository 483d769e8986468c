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

"""Configuration options, one module a group.

Nothing here touches a global: the options are registered on the ConfigOpts
object that the caller hands in.
"""

import copy

from oslo_config import cfg

from glance_artifacts.conf import artifacts
from glance_artifacts.conf import database
from glance_artifacts.conf import pools

_GROUPS = (artifacts, database)


def register_opts(conf: cfg.ConfigOpts) -> None:
    """Register every option of ours on ``conf``; harmless when repeated."""
    for module in _GROUPS:
        # a copy: oslo.config keeps overrides in the group it is given
        conf.register_opts(module.OPTS, group=copy.deepcopy(module.GROUP))


def list_opts() -> list[tuple[cfg.OptGroup, list[cfg.Opt]]]:
    """Our options, for oslo-config-generator; those of a pool once."""
    return [*_fixed(), (pools.group('NAME'), pools.OPTS)]


def present(conf: cfg.ConfigOpts,
            ) -> list[tuple[cfg.OptGroup, list[cfg.Opt]]]:
    """Our options as they are registered, with those of each pool.

    :raises ValueError: when the option that names pools has no value
    """
    for pool in conf.artifacts.pools:
        pools.register(conf, pool)
    return [*_fixed(), *((pools.group(pool), pools.OPTS)
                         for pool in conf.artifacts.pools)]


def _fixed() -> list[tuple[cfg.OptGroup, list[cfg.Opt]]]:
    return [(module.GROUP, module.OPTS) for module in _GROUPS]
