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

"""One upload: reserve the place, move the bytes, make the blob active."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from glance_artifacts.db import amounts
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import ids
from glance_artifacts.db import records
from glance_artifacts.repository import bodies
from glance_artifacts.repository import inspection
from glance_artifacts.repository import mover as repository_mover
from glance_artifacts.repository import moving
from glance_artifacts.repository import places as repository_places
from glance_artifacts.store import reader


class Uploader:
    """Takes blobs in, one body each."""

    def __init__(self, database: db_engine.Database,
                 mover: repository_mover.Mover,
                 places: repository_places.Places,
                 inspector: inspection.Inspector) -> None:
        self._database = database
        self._mover = mover
        self._places = places
        self._inspector = inspector

    def run(self, artifact: records.Artifact,
            upload: bodies.Upload) -> records.Blob:
        """See ``Repository.upload``."""
        segment = new_segment(artifact, upload.field.name, upload.key, 1)
        blob = records.Blob(
            field=segment.field, key=segment.key, status='saving',
            upload=segment.id, content_type=upload.content_type)

        def reserve(conn: sa.Connection, segment: records.Segment,
                    found: records.Artifact,
                    limits: amounts.Limits) -> None:
            self._places.reserve(conn, upload, blob, segment, found, limits)

        def settle(moved: moving.Moved) -> records.Blob:
            values = self._inspector.run(upload, moved.segments)
            return self._database.write(self._places.fill, upload, blob,
                                        moved.segments, moved.sha256,
                                        moved.md5, values)

        return self._mover.run(artifact, segment, moving.Stream(
            upload.body, upload.field.name, upload.field.max_size,
            reader.too_large, upload.size, upload.sha256, cut=True), reserve,
            settle)


def new_segment(artifact: records.Artifact, field: str, key: str,
                n: int) -> records.Segment:
    """A segment that is to be written, in a store that is yet to be found."""
    return records.Segment(
        id=str(uuid.uuid4()), artifact_id=artifact.id, field=field, key=key,
        n=n, status='saving', created_at=ids.now(), backend='')
