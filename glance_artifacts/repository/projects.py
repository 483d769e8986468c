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

"""Everything that a project has, and getting rid of it."""

from __future__ import annotations

from collections.abc import Iterator
import dataclasses

from glance_artifacts.db import amounts
from glance_artifacts.db import artifacts
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import inventory
from glance_artifacts.db import usage_count
from glance_artifacts import exceptions
from glance_artifacts.repository import base
from glance_artifacts.repository import members

_BATCH = 500
_TRIES = 5

ARTIFACTS, MEMBERSHIPS = 'artifacts', 'memberships'


@dataclasses.dataclass(frozen=True)
class Contents:
    """What a project has.

    :param types: artifacts and bytes, by type
    :param memberships: how many artifacts others share with it
    """

    types: dict[str, amounts.Amount]
    memberships: int

    @property
    def artifacts(self) -> int:
        return sum(one.artifacts for one in self.types.values())


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of one artifact, or of what one is shared with.

    :param problem: None when it is done
    """

    kind: str
    artifact_id: str
    problem: str | None = None


class Removal:
    """Deletes what one project has, images aside, and ends its memberships.

    One after the other, as a request for each would: so a run that was
    stopped is gone on with by the next, and services go on meanwhile.

    :param repository: deletes; the types of what it deletes may be gone
    """

    def __init__(self, database: db_engine.Database,
                 repository: base.Repository, project: str) -> None:
        self._database = database
        self._repository = repository
        self._project = project

    def contents(self) -> Contents:
        """What there is now, counted and not as the counters say."""
        with self._database.reader() as conn:
            counted = usage_count.count(conn, self._project)
            types = {name: amount for name, amount in counted.items()
                     if amounts.is_type(name)}
            return Contents(types, inventory.count_shared_with(
                conn, self._project))

    def run(self) -> Iterator[Outcome]:
        """Do it; what cannot be deleted stays."""
        with self._database.reader() as conn:
            names = inventory.type_names(conn)
        for type_name in names:
            yield from self._delete_all(type_name)
        yield from self._leave_all()

    def _delete_all(self, type_name: str) -> Iterator[Outcome]:
        after = None
        while found := self._next(type_name, after):
            for artifact_id, after in found:
                yield self._delete(artifact_id)

    def _next(self, type_name: str, after: inventory.Named | None,
              ) -> list[tuple[str, inventory.Named]]:
        with self._database.reader() as conn:
            return inventory.owned(conn, self._project, type_name, after,
                                   _BATCH)

    def _delete(self, artifact_id: str) -> Outcome:
        try:
            for _ in range(_TRIES):
                if self._try(artifact_id):
                    return Outcome(ARTIFACTS, artifact_id)
        except exceptions.ArtifactsError as exc:
            return Outcome(ARTIFACTS, artifact_id, exc.detail)
        return Outcome(ARTIFACTS, artifact_id, 'Others change it right now.')

    def _try(self, artifact_id: str) -> bool:
        """Delete an artifact if it is the project's; False: not this time."""
        with self._database.reader() as conn:
            found = artifacts.get(conn, artifact_id)
        if found is None or found.owner != self._project:
            return True  # somebody else has seen to it
        try:
            self._repository.delete(found)
        except (base.Stale, exceptions.NotFound):
            return False
        return True

    def _leave_all(self) -> Iterator[Outcome]:
        while found := self._shared():
            for artifact_id in found:
                self._database.write(members.leave, artifact_id,
                                     self._project)
                yield Outcome(MEMBERSHIPS, artifact_id)

    def _shared(self) -> list[str]:
        with self._database.reader() as conn:
            return inventory.shared_with(conn, self._project, _BATCH)
