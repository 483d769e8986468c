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

"""Our repository, for commands that change artifacts and move no byte."""

from __future__ import annotations

from oslo_config import cfg

from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import keeper
from glance_artifacts import quota
from glance_artifacts.repository import inspection
from glance_artifacts.repository import mover as repository_mover
from glance_artifacts.repository import places as repository_places
from glance_artifacts.repository import sql
from glance_artifacts.repository import type_versions
from glance_artifacts.store import pools as store_pools
from glance_artifacts.store import standalone


def idle(conf: cfg.ConfigOpts, database: db_engine.Database,
         types: type_versions.TypeVersions,
         delay: int | None = None) -> sql.SqlRepository:
    """A repository that has no store: nothing is uploaded or read.

    :param delay: as of ``SqlRepository``; to delete, it must not be None
    """
    backends = standalone.Standalone(conf)
    places = repository_places.Places(types)
    limits = quota.source(conf)
    mover = repository_mover.Mover(
        database, backends, store_pools.Pools([]), places,
        keeper.Keeper(database, conf.artifacts.lease_time), limits)
    return sql.SqlRepository(
        database, backends, types, places, mover, inspection.Inspector(
            backends, conf.artifacts.inspect_budget), limits, delay=delay)
