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

"""Takes bodies in: finds them room, and a store that takes them."""

from __future__ import annotations

from collections.abc import Callable
import dataclasses
import functools
from typing import Any

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
from glance_artifacts.repository import moving
from glance_artifacts.repository import places as repository_places
from glance_artifacts.repository import room as repository_room
from glance_artifacts.store import backends as store_backends
from glance_artifacts.store import health as store_health
from glance_artifacts.store import pools as store_pools
from glance_artifacts.store import redaction

LOG = logging.getLogger(__name__)

#: Notes a segment, in a transaction; of which artifact, within which limits.
Reserve = Callable[[Any, records.Segment, records.Artifact, amounts.Limits],
                   None]


class Mover:
    """Takes bodies in.

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
            stream: moving.Stream, reserve: Reserve,
            settle: moving.Settle[moving.Result]) -> moving.Result:
        """Have a segment noted, its bytes moved, and the result shown.

        :param segment: the first, without a store, which is found here
        :returns: what ``settle`` returns
        :raises Moved: when the artifact is in another pool by now; then not
            a byte has been read
        :raises ArtifactsError: when it came to nothing; nothing is left then
        """
        pool = self._pools.get(artifact.pool)
        stores = self._health.choice(pool)
        segment = dataclasses.replace(segment, backend=stores[0])
        room = repository_room.Room(self._database, self._places,
                                    self._limits, artifact, segment)
        self._database.write(reserve, segment, artifact, room.limits)
        if stream.size is None:
            stream = dataclasses.replace(
                stream, source=repository_room.Body(stream.source, room))
        way = moving.Moving(
            self._database, self._backends, self._places, self._keeper,
            self._health, self._prefix, stream,
            pool.segment_size if stream.cut else None)
        return way.run(segment, stores, settle)

    def segment_size(self, artifact: records.Artifact) -> int:
        """Bytes of an object, as the pool of an artifact has it.

        :raises Unavailable: when the pool is configured no more
        """
        return self._pools.get(artifact.pool).segment_size

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

    @functools.cached_property
    def _prefix(self) -> str:
        """What the names of all our objects begin with."""
        with self._database.reader() as conn:
            return migration.prefix(conn)
