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

"""Bringing all records of a type to its newest version."""

from __future__ import annotations

from collections.abc import Iterator
import dataclasses

from glance_artifacts.db import artifacts
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import listing
from glance_artifacts.db import postings
from glance_artifacts.db import type_schemas
from glance_artifacts import exceptions
from glance_artifacts.repository import base
from glance_artifacts.repository import sql
from glance_artifacts.repository import type_versions
from glance_artifacts.types import hooks
from glance_artifacts.types import names

_BATCH = 100


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of one artifact; ``problem`` is None when it is done."""

    artifact_id: str
    problem: str | None = None


class Upgrade:
    """One type, from its older versions to the newest.

    What is done stays done: a run that was stopped goes on with the rest.

    :raises NotFound: when no plugin offers the type
    """

    def __init__(self, database: db_engine.Database,
                 types: type_versions.TypeVersions,
                 repository: sql.SqlRepository, type_name: str) -> None:
        self._database = database
        self._types = types
        self._repository = repository
        self.newest = types.registry.get(type_name)

    def pending(self) -> dict[str, int]:
        """How many artifacts there are of each older version."""
        with self._database.reader() as conn:
            return {version: listing.count(conn, self._walk(version))
                    for version in self._older(conn)}

    def run(self) -> Iterator[Outcome]:
        """Upgrade one after the other; those that fail are left as is."""
        with self._database.reader() as conn:
            versions = self._older(conn)
        for version in versions:
            after = None
            while places := self._next(version, after):
                for _, artifact_id in places:
                    yield self._one(artifact_id)
                after = places[-1]

    def _next(self, version: str, after: listing.Position | None,
              ) -> list[listing.Position]:
        with self._database.reader() as conn:
            return listing.step(conn, [self._walk(version)], after, _BATCH)

    def _one(self, artifact_id: str) -> Outcome:
        try:
            with self._database.reader() as conn:
                old = artifacts.get(conn, artifact_id)
            if old is not None:
                new = self._types.current(old)
                if new.outdated:
                    self._repository.save(old, new)
        except base.Stale:
            # whoever was faster has upgraded it on the way
            return Outcome(artifact_id)
        except exceptions.ArtifactsError as exc:
            return Outcome(artifact_id, _reason(exc))
        return Outcome(artifact_id)

    def _older(self, conn) -> list[str]:
        mine = names.version_key(self.newest.type_version)
        return sorted(
            (version for version in type_schemas.get(
                conn, self.newest.type_name)
             if names.version_key(version) < mine), key=names.version_key)

    def _walk(self, version: str) -> listing.Walk:
        return listing.Walk(
            (self.newest.type_name,), (postings.ADMIN,), 'type_version',
            descending=False).only(postings.encode('string', version))


def _reason(exc: exceptions.ArtifactsError) -> str:
    """One line, with what a service would write to its log."""
    if exc.__cause__ is None or exc.code != hooks.FAILED:
        return exc.detail
    return 'upgrade failed: %s: %s' % (
        type(exc.__cause__).__name__, ' '.join(str(exc.__cause__).split()))
