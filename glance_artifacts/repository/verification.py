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

"""Reading all bytes again, to see whether they are what was stored.

Nothing is locked and nothing is changed, so others delete and move what is
being read. They change the rows first: what seems to be wrong is told only if
the rows, read once more, still say the same.
"""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterator
import contextlib
import dataclasses
import hashlib

from glance_artifacts.db import artifacts
from glance_artifacts.db import blobs
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import inventory
from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts.repository import manifest
from glance_artifacts.store import standalone

_BATCH = 500
#: A store that fails so often, one after the other, is asked no more.
_ENOUGH = 10

VERIFIED, GONE = 'verified', 'gone'
CORRUPT, TRUNCATED, MISSING, ROWS = 'corrupt', 'truncated', 'missing', 'rows'
UNREAD = 'unread'
#: The kinds of what is wrong.
FINDINGS = (CORRUPT, TRUNCATED, MISSING, ROWS)

#: Id of the artifact, field, key and number of a segment; the number is 0
#: where no segment of the blob is done yet. Their order is that of the work.
Position = tuple[str, str, str, int]


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What is known of one segment now; or of the rows of a blob.

    :param kind: its bytes are as they were; it was deleted meanwhile; they
        differ, are too few, or are not there; the rows do not fit each other;
        its store does not let them be read
    :param store: the one that has it; None for rows
    :param size: bytes that it should have
    :param problem: one sentence; None where all is well, and where nobody
        asked the store
    """

    kind: str
    position: Position
    type_name: str
    store: str | None
    size: int
    problem: str | None = None


class Verification:
    """One look at all active blobs, by artifact, field and key.

    :param values: look only at artifacts with this ``id``, ``type_name`` or
        ``pool``
    """

    def __init__(self, database: db_engine.Database,
                 stores: standalone.Standalone, **values: str) -> None:
        self._database = database
        self._stores = stores
        self._values = values
        self._took: Callable[[int], None] = lambda count: None
        # one after the other, by store
        self._failed: collections.Counter[str] = collections.Counter()

    def total(self) -> int:
        """How many bytes there are."""
        return self._read(inventory.volume, **self._values)

    def run(self, after: Position | None,
            took: Callable[[int], None]) -> Iterator[Outcome]:
        """Look at all of them; nothing is said of rows that are right.

        :param after: where an earlier run ended
        :param took: is told how many bytes were read, as they are
        """
        self._took = took
        if after is not None:
            yield from self._artifact(after[0], after)
        last = after and after[0]
        while some := self._read(inventory.ids, last, _BATCH, **self._values):
            for artifact_id in some:
                yield from self._artifact(artifact_id, None)
            last = some[-1]

    def _artifact(self, artifact_id: str,
                  after: Position | None) -> Iterator[Outcome]:
        artifact = self._read(artifacts.get, artifact_id)
        if artifact is None:
            return
        for place, blob in sorted(artifact.blobs.items()):
            if blob.status != 'active' or blob.external:
                continue
            if after is None or place > after[1:3]:
                yield from self._blob(artifact, blob, None)
            elif place == after[1:3]:
                yield from self._blob(artifact, blob, after[3])

    def _blob(self, artifact: records.Artifact, blob: records.Blob,
              done: int | None) -> Iterator[Outcome]:
        segments = self._read(blobs.segments, artifact.id, blob)
        problem = _misfit(blob, segments) if done is None else None
        if problem is not None:
            now = self._read(blobs.of, artifact.id).get((blob.field, blob.key))
            # another upload has other segments
            if now is not None and now.upload == blob.upload:
                yield _outcome(ROWS, artifact, blob, problem)
        for segment in segments:
            if segment.n > (done or 0):
                kind, problem = self._settled(artifact, blob, segment)
                yield _outcome(kind, artifact, blob, problem, segment)

    def _settled(self, artifact: records.Artifact, blob: records.Blob,
                 segment: records.Segment) -> tuple[str, str | None]:
        """Kind and problem, when nobody has changed the row meanwhile."""
        while True:
            kind, problem = self._judged(segment)
            if problem is None:
                return kind, problem
            now = self._read(blobs.segment, artifact.id, blob, segment.n)
            if now is None:
                return GONE, None
            if (now.backend, now.location) == (segment.backend,
                                               segment.location):
                return kind, problem
            segment = now

    def _judged(self, segment: records.Segment) -> tuple[str, str | None]:
        store = segment.backend
        if self._failed[store] >= _ENOUGH:
            return UNREAD, None
        try:
            kind, problem = self._compare(segment)
        except exceptions.Unavailable as exc:
            if exc.code != 'store.object_missing':
                return UNREAD, self._failure(store, exc)
            kind, problem = MISSING, 'The store does not have it.'
        self._failed[store] = 0
        return kind, problem

    def _failure(self, store: str, exc: exceptions.Unavailable) -> str:
        # there is no use in asking a store again that is not configured
        self._failed[store] += (_ENOUGH if isinstance(
            exc, exceptions.Misconfigured) else 1)
        if self._failed[store] < _ENOUGH:
            return exc.detail
        return exc.detail + ' What else is in this store is left out.'

    def _compare(self, segment: records.Segment) -> tuple[str, str | None]:
        digest, count, size = hashlib.sha256(), 0, segment.size or 0
        with contextlib.closing(self._stores.whole(
                segment.backend, segment.location)) as chunks:
            for chunk in chunks:
                digest.update(chunk)
                count += len(chunk)
                self._took(len(chunk))
                if count > size:
                    return CORRUPT, 'It has more than %d bytes.' % size
        if count < size:
            return TRUNCATED, 'It has %d of %d bytes.' % (count, size)
        if digest.hexdigest() != segment.sha256:
            return CORRUPT, 'Its sha256 is %s, not %s.' % (
                digest.hexdigest(), segment.sha256)
        return VERIFIED, None

    def _read(self, function, *args, **values):
        with self._database.reader() as conn:
            return function(conn, *args, **values)


def _outcome(kind: str, artifact: records.Artifact, blob: records.Blob,
             problem: str | None,
             segment: records.Segment | None = None) -> Outcome:
    return Outcome(
        kind, (artifact.id, blob.field, blob.key, segment.n if segment else 0),
        artifact.type_name, segment and segment.backend,
        (segment and segment.size) or 0, problem)


def _misfit(blob: records.Blob,
            segments: list[records.Segment]) -> str | None:
    """What the rows of a blob and of its segments disagree about."""
    if [one.n for one in segments] != list(range(1, blob.segments + 1)):
        return 'It has %d segments, and rows of %d.' % (blob.segments,
                                                        len(segments))
    size = sum(one.size or 0 for one in segments)
    if size != blob.size:
        return 'It has %s bytes, and its segments %d.' % (blob.size, size)
    digests = [one.sha256 or '' for one in segments]
    if len(segments) == 1 and blob.sha256 not in (None, *digests):
        return 'Its sha256 is not that of its segment.'
    if blob.tree_sha256 not in (None, manifest.tree(digests)):
        return 'Its tree_sha256 is not that of its segments.'
    return None
