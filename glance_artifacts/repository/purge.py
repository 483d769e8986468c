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

"""Clearing up: uploads that died, deletions that wait, bytes without a row.

Any number of purges may run at one time, on any hosts, while uploads go on.
What is in stores of pools that other services serve is left to a purge there.
What a purge takes it takes by a conditional UPDATE. A row is in the ledger
before its bytes are in a store, and names are used once; so bytes without a
row are nobody's, and stay so.
"""

from __future__ import annotations

import collections
from collections.abc import Iterator
import dataclasses
import re

from oslo_log import log as logging

from glance_artifacts.db import blobs
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import ids
from glance_artifacts.db import leases
from glance_artifacts.db import migration
from glance_artifacts.db import records
from glance_artifacts.db import remains
from glance_artifacts.db import sessions as db_sessions
from glance_artifacts import exceptions
from glance_artifacts.repository import parts as repository_parts
from glance_artifacts.repository import places as repository_places
from glance_artifacts.store import search
from glance_artifacts.store import standalone

LOG = logging.getLogger(__name__)
_BATCH = 100
_NAMES = 500
#: A store that fails so often, one after the other, is left to the next run.
_ENOUGH = 10

UPLOADS, OBJECTS, ORPHANS = 'uploads', 'objects', 'orphans'
SESSIONS = 'sessions'
ARTIFACTS, LEFT, SEEN = 'artifacts', 'left', 'seen'


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of one thing; ``problem`` is None when it is done.

    :param kind: an upload that was ended, one in parts whose time was over,
        an object that was deleted, one
        without a row, a row of a deleted artifact, an object that its store
        cannot be asked for, one that is as it should be
    :param what: id of the segment or artifact; of the store, when that fails
    """

    kind: str
    what: str
    problem: str | None = None


class Purge:
    """What there is to clear up.

    :param older_than: seconds for which what has no row, or is the row of a
        deleted artifact, is let be
    :param dry: change nothing; only for ``count`` and ``sweep``
    """

    def __init__(self, database: db_engine.Database,
                 stores: standalone.Standalone,
                 places: repository_places.Places, older_than: float,
                 dry: bool = False) -> None:
        self._database = database
        self._stores = stores
        self._places = places
        self._parts = repository_parts.Parts(places)
        self._older_than = older_than
        self._dry = dry
        with database.reader() as conn:
            self._prefix = migration.prefix(conn)
        self._ours = re.compile('%s(%s)%s' % (
            re.escape(self._prefix), ids.PATTERN, search.PIECE))

    def count(self) -> collections.Counter[str]:
        """How much there is to do, by kind; orphans show when it is done."""
        with self._database.reader() as conn:
            uploads, objects = leases.count(conn, self._stores.far)
            sessions = db_sessions.count_expired(conn)
            return collections.Counter({
                UPLOADS: uploads, SESSIONS: sessions,
                OBJECTS: uploads + objects,
                ARTIFACTS: remains.count(conn, self._older_than),
                SEEN: blobs.count(conn)})

    def settle(self) -> Iterator[Outcome]:
        """End uploads that died, and delete what is due."""
        yield from self._end_uploads()
        yield from self._end_sessions()
        yield from self._delete_due()

    def forget(self) -> Iterator[Outcome]:
        """Drop the rows of artifacts that are gone for good."""
        last = None
        while found := self._database.write(self._drop, last):
            yield from (Outcome(ARTIFACTS, one) for one in found)
            last = found[-1]

    def sweep(self) -> Iterator[Outcome]:
        """Delete what has our name and no row, in stores that list."""
        for store in self._stores.names():
            if store in self._stores.far:
                continue
            try:
                yield from self._sweep(store)
            except exceptions.ArtifactsError as exc:
                yield Outcome(ORPHANS, store, exc.detail)

    def _end_uploads(self) -> Iterator[Outcome]:
        last = None
        while found := self._read(leases.expired, last, _BATCH):
            for segment in found:
                try:
                    if self._database.write(self._places.expire, segment):
                        yield Outcome(UPLOADS, segment.id)
                except exceptions.ArtifactsError as exc:
                    yield Outcome(UPLOADS, segment.id, exc.detail)
            last = found[-1].id

    def _end_sessions(self) -> Iterator[Outcome]:
        last = None
        while found := self._read(db_sessions.expired, last, _BATCH):
            for session in found:
                try:
                    if self._database.write(self._parts.expire, session):
                        yield Outcome(SESSIONS, session.id)
                except exceptions.ArtifactsError as exc:
                    yield Outcome(SESSIONS, session.id, exc.detail)
            last = found[-1].id

    def _delete_due(self) -> Iterator[Outcome]:
        moment = self._read(leases.now)
        # one after the other, by store
        failed: collections.Counter[str] = collections.Counter()
        while found := self._read(
                leases.due, moment,
                {*self._stores.far, *(name for name in failed
                                      if failed[name] >= _ENOUGH)}, _BATCH):
            for segment in found:
                if failed[segment.backend] >= _ENOUGH or not (
                        self._database.write(leases.claim, segment.id, moment,
                                             leases.SECONDS)):
                    continue
                outcome = self._delete(segment)
                failed[segment.backend] = (
                    failed[segment.backend] + 1 if outcome.problem else 0)
                yield outcome

    def _delete(self, segment: records.Segment) -> Outcome:
        """Delete the object of a segment, wherever it is, and its row."""
        try:
            searched = self._delete_bytes(segment)
        except exceptions.ArtifactsError as exc:
            self._database.write(leases.release, segment.id)
            return Outcome(OBJECTS, segment.id, '%s: %s' % (segment.backend,
                                                            exc.detail))
        if not searched:
            self._database.write(leases.release, segment.id)
            return Outcome(LEFT, segment.id)
        self._database.write(blobs.forget, segment)
        return Outcome(OBJECTS, segment.id)

    def _delete_bytes(self, segment: records.Segment) -> bool:
        """Delete them; False where nobody can tell where they are."""
        if segment.location is not None:
            self._stores.delete(segment.backend, segment.location)
            return True
        found = self._stores.find(segment.backend, self._prefix + segment.id)
        for one in found or ():
            self._stores.discard(segment.backend, one)
        return found is not None

    def _drop(self, conn, last: str | None) -> list[str]:
        found = remains.find(conn, self._older_than, last, _NAMES)
        remains.drop(conn, found)
        return found

    def _sweep(self, store: str) -> Iterator[Outcome]:
        batch: list[tuple[str, search.Object]] = []
        for one in self._stores.listed(store, self._prefix):
            match = self._ours.fullmatch(one.name)
            if match is None:
                continue
            batch.append((match[1], one))
            if len(batch) == _NAMES:
                yield from self._judge(store, batch)
                batch = []
        yield from self._judge(store, batch)

    def _judge(self, store: str, batch: list[tuple[str, search.Object]],
               ) -> Iterator[Outcome]:
        known = self._read(blobs.known,
                           list({segment_id for segment_id, _ in batch}))
        for segment_id, one in batch:
            if segment_id in known or one.age < self._older_than:
                yield Outcome(SEEN, segment_id)
            else:
                yield self._delete_orphan(store, segment_id, one)

    def _delete_orphan(self, store: str, segment_id: str,
                       one: search.Object) -> Outcome:
        # the row once more: what was read is old when the store is slow
        if self._read(blobs.known, [segment_id]):
            return Outcome(SEEN, segment_id)
        if not self._dry:
            try:
                self._stores.discard(store, one)
            except exceptions.ArtifactsError as exc:
                return Outcome(ORPHANS, segment_id,
                               '%s: %s' % (store, exc.detail))
        return Outcome(ORPHANS, segment_id)

    def _read(self, function, *args):
        with self._database.reader() as conn:
            return function(conn, *args)
