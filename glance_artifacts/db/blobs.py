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

"""Statements on blobs and on the segments that hold their bytes.

``blobs`` is what users see, ``segments`` the ledger of objects in stores. A
segment that is no longer wanted is marked ``deleted`` in the transaction
that lets it go, and forgotten only when the store has let it go too.
"""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa

from glance_artifacts.db import clock
from glance_artifacts.db import leases
from glance_artifacts.db import models
from glance_artifacts.db import records
from glance_artifacts.db import sessions

#: What is said of segments that are to become part of a blob.
UNDER_WAY = ('saving', sessions.PART)
_BLOBS = models.blobs
_SEGMENTS = models.segments
_SHOWN = tuple(column for column in _BLOBS.c
               if column.name != 'artifact_id')


def of(conn: sa.Connection,
       artifact_id: str) -> dict[tuple[str, str], records.Blob]:
    """The blobs of an artifact, by (field, key)."""
    found = {}
    for row in conn.execute(sa.select(*_SHOWN).where(
            _BLOBS.c.artifact_id == artifact_id)).mappings():
        blob = records.Blob(**row)
        found[blob.field, blob.key] = blob
    return found


def take(conn: sa.Connection, artifact_id: str, blob: records.Blob) -> None:
    """Take the place of a blob for one upload."""
    conn.execute(sa.insert(_BLOBS).values(artifact_id=artifact_id,
                                          **dataclasses.asdict(blob)))


def reserve(conn: sa.Connection, segment: records.Segment,
            lease: float = leases.SECONDS) -> None:
    """Note a segment in the ledger for its writer, before a byte moves.

    :param lease: seconds that the writer has, unless it renews the lease
    """
    conn.execute(sa.insert(_SEGMENTS).values(
        **{**dataclasses.asdict(segment),
           'lease_until': clock.now(conn, lease)}))


def redirect(conn: sa.Connection, segment_id: str, backend: str) -> bool:
    """Note another store for a segment; False when its lease was taken."""
    result = conn.execute(
        sa.update(_SEGMENTS).where(_SEGMENTS.c.id == segment_id,
                                   _SEGMENTS.c.status == 'saving')
        .values(backend=backend))
    return result.rowcount == 1


def activate(conn: sa.Connection, artifact_id: str,
             blob: records.Blob) -> bool:
    """Make the writer's blob active; False when it lost its place."""
    result = conn.execute(
        _of_upload(sa.update(_BLOBS), artifact_id, blob).values(
            status='active', size=blob.size, sha256=blob.sha256, md5=blob.md5,
            tree_sha256=blob.tree_sha256, segments=blob.segments))
    return result.rowcount == 1


def activate_segment(conn: sa.Connection, segment: records.Segment,
                     status: str = 'active') -> bool:
    """Note where a segment's bytes are; False when its lease was taken.

    :param status: what it is from now on
    """
    result = conn.execute(
        sa.update(_SEGMENTS).where(_SEGMENTS.c.id == segment.id,
                                   _SEGMENTS.c.status == 'saving')
        .values(status=status, location=segment.location, size=segment.size,
                sha256=segment.sha256, lease_until=None, copy_of=None))
    return result.rowcount == 1


def withdraw(conn: sa.Connection, artifact_id: str,
             blob: records.Blob) -> bool:
    """Give a writer's place up again; False when it was gone already."""
    result = conn.execute(_of_upload(sa.delete(_BLOBS), artifact_id, blob))
    return result.rowcount == 1


def remove(conn: sa.Connection, artifact_id: str,
           blob: records.Blob | None = None,
           delay: float = leases.SECONDS) -> list[records.Segment]:
    """Take one blob, or all, from users; what to delete from stores.

    With the parts and the sessions of uploads, and with copies of all that,
    which wait for others. A segment that is still being written is left to
    its writer, who will find the place gone and delete the bytes.

    :param delay: seconds until purge may delete the bytes
    """
    chosen = [_SEGMENTS.c.artifact_id == artifact_id,
              _SEGMENTS.c.status.in_(('active', sessions.PART,
                                      leases.COPIED))]
    gone = sa.delete(_BLOBS).where(_BLOBS.c.artifact_id == artifact_id)
    if blob is not None:
        chosen += [_SEGMENTS.c.field == blob.field,
                   _SEGMENTS.c.key == blob.key]
        gone = gone.where(_BLOBS.c.field == blob.field,
                          _BLOBS.c.key == blob.key)
    conn.execute(gone)
    sessions.remove(conn, artifact_id, blob and (blob.field, blob.key))
    doomed = _segments(conn, *chosen)
    conn.execute(sa.update(_SEGMENTS).where(*chosen).values(
        status='deleted', lease_until=clock.now(conn, delay), copy_of=None))
    return doomed


def segments(conn: sa.Connection, artifact_id: str,
             blob: records.Blob) -> list[records.Segment]:
    """The segments of an active blob, in order.

    None, where another has taken its place since it was read.
    """
    still_there = sa.exists().where(
        _BLOBS.c.artifact_id == artifact_id, _BLOBS.c.field == blob.field,
        _BLOBS.c.key == blob.key, _BLOBS.c.upload == blob.upload)
    return _segments(conn, _SEGMENTS.c.artifact_id == artifact_id,
                     _SEGMENTS.c.field == blob.field,
                     _SEGMENTS.c.key == blob.key,
                     _SEGMENTS.c.status == 'active', still_there)


def segment(conn: sa.Connection, artifact_id: str, blob: records.Blob,
            n: int) -> records.Segment | None:
    """One of them as it is now; None when the blob is another, or gone."""
    return next((one for one in segments(conn, artifact_id, blob)
                 if one.n == n), None)


def condemn(conn: sa.Connection, segment: records.Segment) -> bool:
    """Mark a segment whose upload failed for deletion by its writer.

    Where purge was faster and has forgotten it, it is noted anew if the store
    has said where its bytes are.

    :returns: False when it has become part of a blob, or of a session
    """
    doomed = dataclasses.replace(segment, status='deleted', copy_of=None)
    result = conn.execute(
        sa.update(_SEGMENTS).where(_SEGMENTS.c.id == segment.id,
                                   _SEGMENTS.c.status.in_(
                                       ('saving', 'deleted')))
        .values(status='deleted', location=segment.location, copy_of=None,
                lease_until=clock.now(conn, leases.SECONDS)))
    if result.rowcount:
        return True
    if known(conn, [segment.id]):
        return False
    if segment.location is not None:
        reserve(conn, doomed)
    return True


def forget(conn: sa.Connection, segment: records.Segment) -> None:
    """Drop a segment from the ledger: its bytes have left the store.

    Unless its writer has come back and told where there are more.
    """
    conn.execute(sa.delete(_SEGMENTS).where(
        _SEGMENTS.c.id == segment.id, _SEGMENTS.c.status == 'deleted',
        _SEGMENTS.c.location.is_(None) if segment.location is None
        else _SEGMENTS.c.location == segment.location))


def count(conn: sa.Connection) -> int:
    """How many segments are in the ledger."""
    return conn.scalar(sa.select(sa.func.count()).select_from(_SEGMENTS))


def known(conn: sa.Connection, segment_ids: list[str]) -> set[str]:
    """Those of these segments that are in the ledger."""
    return set(conn.scalars(sa.select(_SEGMENTS.c.id)
                            .where(_SEGMENTS.c.id.in_(segment_ids))))


def _segments(conn: sa.Connection, *where) -> list[records.Segment]:
    rows = conn.execute(sa.select(_SEGMENTS).where(*where)
                        .order_by(_SEGMENTS.c.n))
    return [records.Segment(**row) for row in rows.mappings()]


def _of_upload(statement, artifact_id: str, blob: records.Blob):
    return statement.where(
        _BLOBS.c.artifact_id == artifact_id, _BLOBS.c.field == blob.field,
        _BLOBS.c.key == blob.key, _BLOBS.c.upload == blob.upload,
        _BLOBS.c.status == 'saving')
