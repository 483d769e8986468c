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

"""What the index must hold of an artifact, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Set
import dataclasses

import sqlalchemy as sa

from glance_artifacts.db import artifacts
from glance_artifacts.db import index_rows
from glance_artifacts.db import postings
from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts.repository import type_versions

Rows = Set[postings.Posting]
NONE: Rows = frozenset()


class Unknown(Exception):
    """What the index must hold cannot be told; the text says why."""


@dataclasses.dataclass(frozen=True)
class Finding:
    """What is wrong with the postings of one artifact.

    :param missing: those that the index lacks
    :param stray: those that it has and should not
    :param noted: its row says something else of them than what they are
    :param problem: why it cannot be told, if it cannot
    """

    artifact_id: str
    missing: Rows = NONE
    stray: Rows = NONE
    noted: bool = False
    problem: str | None = None


class Judge:
    """Compares an artifact with the index, by what its type is now.

    :param mend: make the index right as well
    """

    def __init__(self, types: type_versions.TypeVersions, mend: bool) -> None:
        self._types = types
        self._mend = mend

    def expected(self, record: records.Artifact) -> str:
        """All postings of an artifact, as its row has to note them.

        :raises Unknown: when the record does not fit its type
        """
        try:
            fields = self._types.of(record).values()
        except exceptions.ArtifactsError as exc:
            raise Unknown(exc.detail) from exc
        try:
            return postings.of(record, fields)
        except Exception as exc:
            # what values of another kind run into is anybody's guess
            raise Unknown('its values are not those of its type: %s'
                          % type(exc).__name__) from exc

    def strange(self, record: records.Artifact | None, rows: Rows) -> Rows:
        """Those of its rows that nothing tells of.

        :param record: None when the artifact is gone
        """
        if record is None:
            return rows
        try:
            right = postings.rows(record.type_name, self.expected(record))
        except Unknown:
            return NONE
        return rows - right - _noted(record)

    def look(self, conn: sa.Connection, artifact_id: str) -> Finding | None:
        """Look, under its lock, for what an artifact must have and notes.

        :returns: None when that is right, or the artifact is gone
        """
        record = artifacts.get(conn, artifact_id, lock=True)
        if record is None:
            return None
        try:
            expected = self.expected(record)
        except Unknown as exc:
            return Finding(artifact_id, problem=str(exc))
        right = postings.rows(record.type_name, expected)
        there = index_rows.there(conn, artifact_id, right | _noted(record))
        found = Finding(artifact_id, right - there, there - right,
                        expected != record.postings)
        if not (found.missing or found.stray or found.noted):
            return None
        if self._mend:
            artifacts.mend(conn, record, expected, found.stray, found.missing)
        return found

    def look_for(self, conn: sa.Connection, artifact_id: str,
                 rows: Rows) -> Finding | None:
        """Look under its lock for rows that were strange.

        :returns: None when they are not, or not any more
        """
        # one that is gone has no lock and needs none: ids are used once
        record = artifacts.get(conn, artifact_id, lock=True)
        stray = self.strange(record, index_rows.there(conn, artifact_id,
                                                      rows))
        if self._mend:
            index_rows.change(conn, artifact_id, stray, ())
        return Finding(artifact_id, stray=stray) if stray else None


def _noted(record: records.Artifact) -> Rows:
    """What an artifact has as far as its row knows."""
    try:
        return postings.rows(record.type_name, record.postings)
    except (TypeError, ValueError):
        return NONE  # damaged: what there is shows in the index
