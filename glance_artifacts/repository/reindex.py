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

"""Proving the posting lists against the records, and mending them.

What the index must hold is a pure function of the records, so both are read
once, each in the order of its own key and in small batches: the records by
id, their postings computed anew; the rows of the index as they stand. Neither
order helps to find the rows of the other side, and neither side fits into
memory. So what is compared are sums (``index_sums``), and only artifacts whose
sums differ are looked at:

* one by one, under the lock of the artifact: what it should have is looked
  for, and so is what its record says it has. What is found explains the
  difference of its sum, mostly all of it;
* where some is left, there are rows that no record tells of. The index is
  walked once more for them, and each that is none of its artifact's is looked
  at under the lock as well.

Whoever writes meanwhile makes sums differ, too. That costs a look, no more:
what is told and mended is what was seen under the lock of the artifact, which
every writer holds. A difference that comes up behind a walk is for the next
run. An artifact that is gone needs no lock: ids are used once.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
import dataclasses

from glance_artifacts.db import artifacts
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import index_rows
from glance_artifacts.db import inventory
from glance_artifacts.db import postings
from glance_artifacts.db import records
from glance_artifacts.repository import index_judge
from glance_artifacts.repository import index_sums
from glance_artifacts.repository import type_versions

#: Artifacts at a time: a document may have a MiB.
_ARTIFACTS = 200
_ROWS = 5000

#: How many things each batch has passed, and what was wrong.
Batches = Iterator[tuple[int, list[index_judge.Finding]]]


@dataclasses.dataclass(frozen=True)
class Stage:
    """One walk.

    :param what: the things it goes through
    :param total: about how many there are
    :param batches: does it
    """

    what: str
    total: int
    batches: Batches


class Reindex:
    """One proof of the index.

    :param mend: make it right
    :param values: tell and mend only artifacts with this ``type_name`` or
        ``owner``; all are read nevertheless
    :ivar artifacts: how many were read
    :ivar postings: how many they must have
    """

    def __init__(self, database: db_engine.Database,
                 types: type_versions.TypeVersions, mend: bool,
                 **values: str) -> None:
        self._database = database
        self._types = types
        self._judge = index_judge.Judge(types, mend)
        self._values = values
        self._sums = index_sums.Sums()
        self.artifacts = self.postings = 0

    def stages(self) -> Iterator[Stage]:
        """What is to be done, to be gone through one after the other."""
        yield Stage('artifacts read', self._count(), self._read_artifacts())
        yield Stage('postings read', self.postings, self._read_index())
        if not self._sums.clean:
            yield Stage('artifacts compared', self._count(**self._values),
                        self._compare())
        if not self._sums.equal:
            yield Stage('postings compared', self.postings, self._strays())

    def _count(self, **values: str) -> int:
        return self._read(inventory.count, **values)

    def _read_artifacts(self) -> Batches:
        for some in self._ids(_ARTIFACTS):
            found = self._read(artifacts.for_index, some)
            for record in found.values():
                self._expect(record)
            self.artifacts += len(found)
            yield len(found), []

    def _expect(self, record: records.Artifact) -> None:
        try:
            expected = self._judge.expected(record)
        except index_judge.Unknown:
            self._sums.mark(record.id)
            return
        rows = postings.rows(record.type_name, expected)
        self.postings += len(rows)
        self._sums.add(record.id, rows)
        if expected != record.postings:
            self._sums.mark(record.id)

    def _read_index(self) -> Batches:
        for rows in self._rows():
            for scope, value, artifact_id in rows:
                self._sums.subtract(artifact_id, [(scope, value)])
            yield len(rows), []

    def _compare(self) -> Batches:
        for some in self._ids(_ROWS, **self._values):
            found = self._write(self._judge.look, (
                (artifact_id,) for artifact_id in some
                if self._sums.suspect(artifact_id)))
            for one in found:
                # what is explained needs no second look
                self._sums.subtract(one.artifact_id, one.missing)
                self._sums.add(one.artifact_id, one.stray)
            yield len(some), found

    def _strays(self) -> Batches:
        for rows in self._rows():
            found: dict[str, set[postings.Posting]] = {}
            for scope, value, artifact_id in rows:
                if self._sums.differ(artifact_id):
                    found.setdefault(artifact_id, set()).add((scope, value))
            yield len(rows), self._write(self._judge.look_for,
                                         self._strange(found).items())

    def _strange(self, found: Mapping[str, index_judge.Rows],
                 ) -> dict[str, index_judge.Rows]:
        """Those rows that neither are right nor are told of by a record."""
        strange = {}
        ids = list(found)
        for start in range(0, len(ids), _ARTIFACTS):
            some = ids[start:start + _ARTIFACTS]
            known = self._read(artifacts.for_index, some)
            for artifact_id in some:
                record = known.get(artifact_id)
                if self._wanted(record) and (rows := self._judge.strange(
                        record, found[artifact_id])):
                    strange[artifact_id] = rows
        return strange

    def _wanted(self, record: records.Artifact | None) -> bool:
        # of one that is gone nobody knows type and owner
        return not self._values or record is not None and all(
            getattr(record, name) == value
            for name, value in self._values.items())

    def _write(self, look, suspects: Iterable[tuple],
               ) -> list[index_judge.Finding]:
        """What is wrong with these, each in a transaction of its own."""
        found = (self._database.write(look, *one) for one in suspects)
        return [one for one in found if one is not None]

    def _ids(self, limit: int, **values: str) -> Iterator[list[str]]:
        after = None
        while some := self._read(inventory.ids, after, limit, **values):
            yield some
            after = some[-1]

    def _rows(self) -> Iterator[list[index_rows.Row]]:
        after = None
        while rows := self._read(index_rows.step, after, _ROWS):
            yield rows
            after = rows[-1]

    def _read(self, function, *args, **values):
        with self._database.reader() as conn:
            return function(conn, *args, **values)
