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

"""What may be shown, of the candidates for a page.

Candidates come from lists, which say no more than that it may be worth to
look at them. Where there are many more than a page holds, they are looked at
without what only is shown of them, and the page is completed in the end.
"""

from __future__ import annotations

from collections.abc import Iterable
import dataclasses

import sqlalchemy as sa

from glance_artifacts.db import heads
from glance_artifacts.db import records
from glance_artifacts.db import shown
from glance_artifacts import policy
from glance_artifacts.repository import base

#: So many are read whole, even if a page has less.
_LEAST = 50


def many(query: base.Query, count: int) -> bool:
    """Whether so many are more than it is best to read whole."""
    return count > max(_LEAST, 2 * query.limit)


class Sieve:
    """Reads the artifacts for one page.

    :ivar budget: how many more artifacts are looked at, about
    """

    def __init__(self, conn: sa.Connection, caller: policy.Caller,
                 audiences: tuple[str, ...], budget: int) -> None:
        self.conn = conn
        self.budget = budget
        self._caller = caller
        self._audiences = audiences
        self._passed: set[str] = set()
        self._bare: set[str] = set()

    def passing(self, query: base.Query,
                row_ids: list[str]) -> dict[str, records.Artifact]:
        """The artifacts among these that the page may show, by id.

        Some may lack what is in other tables, until ``completed``.
        """
        return self.read(query, self.candidates(query, row_ids))

    def candidates(self, query: base.Query,
                   row_ids: list[str]) -> list[str]:
        """Those that may pass, as far as the database can tell."""
        if not query.latest:
            return row_ids
        best = heads.among(self.conn, row_ids, *query.listed_types,
                           self._audiences)
        self.budget -= len(row_ids) - len(best)
        return [one for one in row_ids if one in best]

    def read(self, query: base.Query,
             row_ids: Iterable[str]) -> dict[str, records.Artifact]:
        """Those of candidates that the page may show, by id."""
        # one that moves while this goes on comes once
        row_ids = [one for one in row_ids if one not in self._passed]
        self.budget -= len(row_ids)
        if many(query, len(row_ids)):
            found = self._that_pass(query, shown.get_bare(
                self.conn, row_ids, project_id=self._caller.project_id))
            self._bare.update(found)
        else:
            found = self._whole(query, row_ids)
        self._passed.update(found)
        return found

    def completed(self, query: base.Query, page: base.Page) -> base.Page:
        """The page with all that is shown of its artifacts."""
        bare = [one.id for one in page.artifacts if one.id in self._bare]
        if not bare:
            return page
        found = self._whole(query, bare)
        # what has changed meanwhile may be no more for the page
        return dataclasses.replace(page, artifacts=[
            found.get(one.id, one) for one in page.artifacts
            if one.id in found or one.id not in self._bare])

    def _whole(self, query: base.Query,
               row_ids: list[str]) -> dict[str, records.Artifact]:
        return self._that_pass(query, shown.get_many(
            self.conn, row_ids, folders=query.has_folders,
            project_id=self._caller.project_id))

    def _that_pass(self, query: base.Query,
                   loaded: dict[str, records.Artifact],
                   ) -> dict[str, records.Artifact]:
        """What the caller may see and the query wants."""
        # a posting that should not be there must never show an artifact
        return {one.id: one for one in loaded.values()
                if self._caller.lists(one, query.community,
                                      query.member_status)
                and all(each.matches(one) for each in query.filters)}
