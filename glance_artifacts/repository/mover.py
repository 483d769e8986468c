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

"""Brings one body into one segment, or leaves nothing of it.

The row comes before the bytes and goes after them, so whatever fails leaves
neither; what a killed process leaves is named by its row in ``segments``, and
purge clears it up once the lease has run out.
"""

from __future__ import annotations

from collections.abc import Callable
import dataclasses
import functools
from typing import Any
from typing import BinaryIO
from typing import TypeVar

from oslo_log import log as logging

from glance_artifacts.db import amounts
from glance_artifacts.db import blobs
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import keeper as db_keeper
from glance_artifacts.db import leases
from glance_artifacts.db import migration
from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts.quota import limits as quota_limits
from glance_artifacts.repository import places as repository_places
from glance_artifacts.repository import room as repository_room
from glance_artifacts.store import backends as store_backends
from glance_artifacts.store import health as store_health
from glance_artifacts.store import pools as store_pools
from glance_artifacts.store import reader
from glance_artifacts.store import redaction

LOG = logging.getLogger(__name__)

Result = TypeVar('Result')
#: Notes a segment, in a transaction; of whom, and within which limits.
Reserve = Callable[[Any, records.Segment, str, amounts.Limits], None]
#: Shows what has arrived.
Settle = Callable[[records.Segment, store_backends.Stored], Result]


@dataclasses.dataclass(frozen=True)
class Stream:
    """Bytes on their way in.

    :param field: what they are for, to be named when they are not right
    :param too_large: what to say of more bytes than ``limit``
    :param size: bytes announced; None when the client did not say
    :param sha256: the digest that the client expects, in hex
    """

    source: BinaryIO
    field: str
    limit: int
    too_large: reader.Refusal
    size: int | None = None
    sha256: str | None = None


class Mover:
    """Takes bodies in, one segment each.

    :param keeper: renews the leases meanwhile
    :param limits: on what the owners of artifacts may have
    """

    def __init__(self, database: db_engine.Database,
                 backends: store_backends.Backends, pools: store_pools.Pools,
                 places: repository_places.Places, keeper: db_keeper.Keeper,
                 limits: quota_limits.Source) -> None:
        self._database = database
        self._backends = backends
        self._pools = pools
        self._places = places
        self._keeper = keeper
        self._limits = limits
        self._health = store_health.Health()

    def run(self, artifact: records.Artifact, segment: records.Segment,
            stream: Stream, reserve: Reserve,
            settle: Settle[Result]) -> Result:
        """Have a segment noted, its bytes moved, and the result shown.

        :param segment: without a store, which is found here
        :returns: what ``settle`` returns
        :raises ArtifactsError: when it came to nothing; nothing is left then
        """
        stores = self._stores(artifact)
        segment = dataclasses.replace(segment, backend=stores[0])
        room = repository_room.Room(self._database, self._places,
                                    self._limits, artifact, segment)
        self._database.write(reserve, segment, artifact.owner, room.limits)
        if stream.size is None:
            stream = dataclasses.replace(
                stream, source=repository_room.Body(stream.source, room))
        with self._keeper.holding(segment.id):
            return self._move(stream, segment, stores, settle)

    def discard(self, segments: list[records.Segment]) -> None:
        """Delete the bytes of segments that are marked for it.

        What a store keeps stays in the ledger, and purge sees to it.
        """
        for segment in segments:
            try:
                self._discard(segment)
            except Exception as exc:
                # users are done with it, so it is no error of theirs; and
                # the type alone: messages may hold locations
                redaction.say(
                    LOG.warning, 'Segment %s stays marked for deletion: %s',
                    segment.id, type(exc).__name__)

    def _discard(self, segment: records.Segment) -> None:
        try:
            self._backends.delete(segment.backend, segment.location)
        except exceptions.Unavailable:
            self._database.write(leases.release, segment.id)
            raise
        self._database.write(blobs.forget, segment)

    def _stores(self, artifact: records.Artifact) -> list[str]:
        """Where the bytes may go, in the order to try."""
        pool = self._pools.get(artifact.pool)
        if not pool.fallback:
            return list(pool.stores[:1])
        return self._health.ordered(pool.stores)

    def _move(self, stream: Stream, segment: records.Segment,
              stores: list[str], settle: Settle[Result]) -> Result:
        try:
            segment, stored = self._put(stream, segment, stores)
            _check(stream, stored)
            self._backends.sync(segment.backend, segment.location)
            return settle(segment, stored)
        except BaseException:
            self._undo(segment)
            raise

    def _put(self, stream: Stream, segment: records.Segment,
             stores: list[str],
             ) -> tuple[records.Segment, store_backends.Stored]:
        """Have the first store take the bytes that is up to it."""
        source = reader.Reader(stream.source, stream.limit, stream.size,
                               stream.too_large)
        for store in stores:
            if store != segment.backend:
                segment = self._database.write(self._places.redirect,
                                               segment, store)
            try:
                stored = self._backends.put(
                    store, self._prefix + segment.id, source, stream.size)
                return stored.of(segment), stored
            except exceptions.Unavailable as exc:
                if source.error is not None:
                    raise
                self._health.failed(store)
                # what a store has read nobody can give to another
                if source.count:
                    raise
                error = exc
        raise error

    @functools.cached_property
    def _prefix(self) -> str:
        """What the names of all our objects begin with."""
        with self._database.reader() as conn:
            return migration.prefix(conn)

    def _undo(self, segment: records.Segment) -> None:
        """Leave neither bytes nor row; never hide what went wrong first.

        The row goes first: bytes that a store keeps stay in the ledger.
        """
        try:
            if not self._database.write(self._places.give_up, segment):
                return
            if segment.location is not None:
                self._backends.delete(segment.backend, segment.location)
            self._database.write(blobs.forget, segment)
        except Exception as exc:
            # the type alone: messages may hold locations
            redaction.say(
                LOG.error, 'Segment %s of a failed upload was not cleaned'
                ' up: %s', segment.id, type(exc).__name__)


def _check(stream: Stream, stored: store_backends.Stored) -> None:
    if stream.sha256 is not None and stream.sha256 != stored.sha256:
        raise exceptions.DigestMismatch(
            'The bytes have the sha256 %s, not %s as announced.'
            % (stored.sha256, stream.sha256), field=stream.field)
