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

"""One upload: reserve the place, move the bytes, make the blob active.

The row comes before the bytes and goes after them, so whatever fails leaves
neither; what a killed process leaves is named by its row in ``segments``, and
purge clears it up once the lease has run out.
"""

from __future__ import annotations

import dataclasses
import functools
from typing import Any
import uuid

from oslo_log import log as logging

from glance_artifacts.db import blobs
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import ids
from glance_artifacts.db import keeper as db_keeper
from glance_artifacts.db import migration
from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts.quota import limits as quota_limits
from glance_artifacts.repository import base
from glance_artifacts.repository import places as repository_places
from glance_artifacts.repository import room as repository_room
from glance_artifacts.store import backends as store_backends
from glance_artifacts.store import health as store_health
from glance_artifacts.store import pools as store_pools
from glance_artifacts.store import reader
from glance_artifacts.store import redaction
from glance_artifacts.types import blob_view
from glance_artifacts.types import hooks

LOG = logging.getLogger(__name__)


class Uploader:
    """Takes bodies in, one segment each.

    :param keeper: renews the leases meanwhile
    :param limits: on what the owners of artifacts may have
    :param inspect_budget: bytes that a type may read of what has arrived
    """

    def __init__(self, database: db_engine.Database,
                 backends: store_backends.Backends, pools: store_pools.Pools,
                 places: repository_places.Places, keeper: db_keeper.Keeper,
                 limits: quota_limits.Source, inspect_budget: int) -> None:
        self._database = database
        self._backends = backends
        self._pools = pools
        self._places = places
        self._keeper = keeper
        self._limits = limits
        self._inspect_budget = inspect_budget
        self._health = store_health.Health()

    def run(self, artifact: records.Artifact,
            upload: base.Upload) -> records.Blob:
        """See ``Repository.upload``."""
        stores = self._stores(artifact)
        blob, segment = self._new(artifact, upload, stores[0])
        room = repository_room.Room(self._database, self._places,
                                    self._limits, artifact, segment)
        self._database.write(self._places.reserve, upload, blob, segment,
                             artifact.owner, room.limits)
        if upload.size is None:
            upload = dataclasses.replace(
                upload, body=repository_room.Body(upload.body, room))
        with self._keeper.holding(segment.id):
            return self._move(upload, blob, segment, stores)

    def _stores(self, artifact: records.Artifact) -> list[str]:
        """Where the bytes may go, in the order to try."""
        pool = self._pools.get(artifact.pool)
        if not pool.fallback:
            return list(pool.stores[:1])
        return self._health.ordered(pool.stores)

    def _move(self, upload: base.Upload, blob: records.Blob,
              segment: records.Segment, stores: list[str]) -> records.Blob:
        """Bring the bytes in, and show them."""
        stored = None
        try:
            segment, stored = self._put(upload, segment, stores)
            _check(upload, stored)
            self._backends.sync(segment.backend, stored.location)
            values = self._inspect(upload, segment, stored)
            return self._database.write(self._places.fill, upload, blob,
                                        segment, stored, values)
        except BaseException:
            self._undo(blob, dataclasses.replace(
                segment, location=stored and stored.location))
            raise

    def _put(self, upload: base.Upload, segment: records.Segment,
             stores: list[str],
             ) -> tuple[records.Segment, store_backends.Stored]:
        """Have the first store take the bytes that is up to it."""
        source = reader.Reader(upload.body, upload.field.max_size,
                               upload.size)
        for store in stores:
            if store != segment.backend:
                segment = self._database.write(self._places.redirect,
                                               segment, store)
            try:
                return segment, self._backends.put(
                    store, self._prefix + segment.id, source, upload.size)
            except exceptions.Unavailable as exc:
                if source.error is not None:
                    raise
                self._health.failed(store)
                # what a store has read nobody can give to another
                if source.count:
                    raise
                error = exc
        raise error

    def _inspect(self, upload: base.Upload, segment: records.Segment,
                 stored: store_backends.Stored) -> dict[str, Any]:
        """What the type makes of the bytes: values of its fields."""
        def read_at(offset: int, length: int) -> bytes:
            return b''.join(self._backends.read(
                segment.backend, stored.location, offset, length))

        return hooks.inspect(upload.type_class, blob_view.BlobView(
            upload.field.name, upload.key, stored.size, upload.shown,
            read_at, self._inspect_budget))

    @functools.cached_property
    def _prefix(self) -> str:
        """What the names of all our objects begin with."""
        with self._database.reader() as conn:
            return migration.prefix(conn)

    def _new(self, artifact: records.Artifact, upload: base.Upload,
             store: str) -> tuple[records.Blob, records.Segment]:
        segment_id = str(uuid.uuid4())
        name = upload.field.name
        blob = records.Blob(field=name, key=upload.key, status='saving',
                            upload=segment_id,
                            content_type=upload.content_type)
        segment = records.Segment(
            id=segment_id, artifact_id=artifact.id, field=name,
            key=upload.key, n=1, status='saving', created_at=ids.now(),
            backend=store)
        return blob, segment

    def _undo(self, blob: records.Blob, segment: records.Segment) -> None:
        """Leave neither bytes nor row; never hide what went wrong first.

        The row goes first: bytes that a store keeps stay in the ledger.
        """
        try:
            if not self._database.write(self._places.give_up, blob,
                                        segment):
                return
            if segment.location is not None:
                self._backends.delete(segment.backend, segment.location)
            self._database.write(blobs.forget, segment)
        except Exception as exc:
            # the type alone: messages may hold locations
            redaction.say(
                LOG.error, 'Segment %s of a failed upload was not cleaned'
                ' up: %s', segment.id, type(exc).__name__)


def _check(upload: base.Upload, stored: store_backends.Stored) -> None:
    if upload.sha256 is not None and upload.sha256 != stored.sha256:
        raise exceptions.DigestMismatch(
            'The bytes have the sha256 %s, not %s as announced.'
            % (stored.sha256, upload.sha256), field=upload.field.name)
