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

"""What a project uses and may use, for people to see."""

from __future__ import annotations

from collections.abc import Iterable
import dataclasses

from glance_artifacts.db import amounts
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import usage
from glance_artifacts.quota import limits


@dataclasses.dataclass(frozen=True)
class Line:
    """How much there is of what is counted, and how much there may be."""

    amount: amounts.Amount
    limit: amounts.Limit


@dataclasses.dataclass(frozen=True)
class Report:
    """Of one project: in all, by type, by pool."""

    total: Line
    types: dict[str, Line]
    pools: dict[str, Line]


class Usage:
    """Tells of one project after the other."""

    def __init__(self, database: db_engine.Database,
                 source: limits.Source) -> None:
        self._database = database
        self._source = source

    def of(self, project: str, type_names: Iterable[str],
           pools: Iterable[str]) -> Report:
        """What a project has.

        :param type_names: to tell of, beside those that it has
        :param pools: likewise
        :raises Unavailable: when limits cannot be read
        """
        bounds = self._source.of(project)
        with self._database.reader() as conn:
            there = usage.of(conn, project)
        in_pools = {name.removeprefix(amounts.POOL) for name in there
                    if name.startswith(amounts.POOL)}
        types = {name for name in there if amounts.is_type(name)}

        def line(name: str, limit: amounts.Limit) -> Line:
            return Line(there.get(name, amounts.NOTHING), limit)

        return Report(
            line(amounts.TOTAL, bounds.total),
            {name: line(name, bounds.of_type(name))
             for name in sorted({*type_names, *types})},
            {name: line(amounts.pool(name), bounds.of_pool(name))
             for name in sorted({*pools, *in_pools})})
