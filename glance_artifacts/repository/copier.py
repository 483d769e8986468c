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

"""One segment on its way from one store to another."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Collection
import dataclasses
import io
import uuid

from oslo_utils import units

from glance_artifacts.db import copies
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import ids
from glance_artifacts.db import keeper as db_keeper
from glance_artifacts.db import migration
from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts.repository import moving
from glance_artifacts.repository import places as repository_places
from glance_artifacts.store import reader
from glance_artifacts.store import standalone

_BLOCK = units.Mi

#: Is told how many bytes were read.
Took = Callable[[int], None]


class Stopped(Exception):
    """Whoever wanted the copy wants it no more."""


class Unwilling(Exception):
    """A store did not take a copy; another may.

    :param reason: what to say when there is none
    """

    def __init__(self, reason: exceptions.Unavailable) -> None:
        super().__init__()
        self.reason = reason


class Copier:
    """Copies segments.

    :param keeper: renews the leases of copies
    """

    def __init__(self, database: db_engine.Database,
                 stores: standalone.Standalone,
                 places: repository_places.Places, keeper: db_keeper.Keeper,
                 ) -> None:
        self._database = database
        self._stores = stores
        self._places = places
        self._keeper = keeper
        with database.reader() as conn:
            self._prefix = migration.prefix(conn)

    def copy(self, source: records.Segment, store: str,
             stores: Collection[str], took: Took) -> None:
        """Copy a segment, unless somebody else does, and keep the copy.

        :param stores: a copy that is in any of these will do
        :param took: is told how many bytes were read, as they are; may raise
            ``Stopped``
        :raises Unwilling: when the store does not take it
        :raises Unavailable: when the one that has it does not give it
        :raises DigestMismatch: when it is not what was once stored
        """
        copy = dataclasses.replace(
            source, id=str(uuid.uuid4()), status='saving', backend=store,
            location=None, size=None, sha256=None, created_at=ids.now(),
            copy_of=source.id)
        if not self._begin(source, copy, stores):
            return
        with self._keeper.holding(copy.id):
            try:
                copy = self._put(source, copy, took)
                _check(source, copy)
                self._sync(copy)
                if self._database.write(copies.keep, source, copy):
                    return
            except BaseException:
                self._undo(copy)
                raise
        # deleted meanwhile, or somebody has taken the lease
        self._undo(copy)

    def _begin(self, source: records.Segment, copy: records.Segment,
               stores: Collection[str]) -> bool:
        lease = self._keeper.seconds
        if copies.begin(self._database, copy, lease):
            return True
        with self._database.reader() as conn:
            other = copies.of(conn, source.id)
        if other is None:
            return False
        # for another pool, or of a mover that was killed, perhaps
        if ((other.backend not in stores
             and self._database.write(copies.drop, other))
                or self._database.write(self._places.expire, other)):
            return copies.begin(self._database, copy, lease)
        return False

    def _put(self, source: records.Segment, copy: records.Segment,
             took: Took) -> records.Segment:
        with io.BufferedReader(_Body(self._stores, source, took),
                               _BLOCK) as body:
            checked = reader.Reader(body, source.size, source.size)
            try:
                stored = self._stores.put(
                    copy.backend, self._prefix + copy.id, checked,
                    source.size)
            except exceptions.ArtifactsError as exc:
                if checked.error is None:
                    raise _unwilling(copy, exc) from exc
                raise _unread(source, checked.count, exc) from exc
        return stored.of(copy)

    def _sync(self, copy: records.Segment) -> None:
        try:
            self._stores.sync(copy.backend, copy.location)
        except exceptions.Unavailable as exc:
            raise _unwilling(copy, exc) from exc

    def _undo(self, copy: records.Segment) -> None:
        moving.undo(self._database, self._stores, self._places, copy)


def _unwilling(copy: records.Segment,
               exc: exceptions.ArtifactsError) -> Unwilling:
    return Unwilling(exceptions.Unavailable(
        'Store %s: %s' % (copy.backend, exc.detail), code=exc.code))


def _unread(source: records.Segment, count: int,
            exc: exceptions.ArtifactsError) -> exceptions.ArtifactsError:
    """What to say of a segment that does not give what it should."""
    if isinstance(exc, exceptions.Unavailable):
        return exceptions.Unavailable(
            'Segment %s in store %s: %s' % (source.id, source.backend,
                                            exc.detail), code=exc.code)
    # the words that the reader has for a client's body
    return exceptions.DigestMismatch(
        'Segment %s in store %s has %s%d bytes, not %d.' % (
            source.id, source.backend,
            'at least ' if count > source.size else '', count, source.size))


class _Body(io.RawIOBase):
    """The bytes of a segment, for a driver to read."""

    def __init__(self, stores: standalone.Standalone,
                 segment: records.Segment, took: Took) -> None:
        self._chunks = stores.whole(segment.backend, segment.location)
        self._took = took
        self._ahead = memoryview(b'')

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        if not self._ahead:
            self._ahead = memoryview(next(self._chunks, b''))
            self._took(len(self._ahead))
        count = min(len(buffer), len(self._ahead))
        buffer[:count] = self._ahead[:count]
        self._ahead = self._ahead[count:]
        return count

    def close(self) -> None:
        self._chunks.close()
        super().close()


def _check(source: records.Segment, copy: records.Segment) -> None:
    """Whether a copy is what was once stored."""
    if (copy.size, copy.sha256) != (source.size, source.sha256):
        raise exceptions.DigestMismatch(
            'The bytes of segment %s in store %s have the sha256 %s, not %s.'
            % (source.id, source.backend, copy.sha256, source.sha256))
