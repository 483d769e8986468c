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

"""The tables. Their prefix keeps clear of every name Glance has ever used.

The migrations in ``migrations/versions`` build the same; a test compares.
"""

import sqlalchemy as sa

from glance_artifacts.db import columns

# The longest key: a 255-character name of 4-byte code points and what is
# joined to it; one entry must stay below PostgreSQL's 2,704 bytes.
VALUE_BYTES = 1400

_MYSQL = {'mysql_engine': 'InnoDB', 'mysql_charset': 'utf8mb4',
          'mariadb_engine': 'InnoDB', 'mariadb_charset': 'utf8mb4'}

METADATA = sa.MetaData()

#: One artifact is one row. ``live`` is 1, or NULL once deleted, which frees
#: the unique name. ``postings`` is what ``index`` holds of this row.
artifacts = sa.Table(
    'gart_artifacts', METADATA,
    sa.Column('id', columns.Id, primary_key=True),
    sa.Column('type_name', columns.Ascii(80), nullable=False),
    sa.Column('type_version', columns.Ascii(32), nullable=False),
    sa.Column('owner', columns.CodePoints(64), nullable=False),
    sa.Column('name', columns.CodePoints(255), nullable=False),
    sa.Column('version', columns.Ascii(128), nullable=False),
    sa.Column('live', sa.SmallInteger, nullable=True),
    sa.Column('status', columns.Ascii(16), nullable=False),
    sa.Column('visibility', columns.Ascii(16), nullable=False),
    sa.Column('pool', columns.Ascii(64), nullable=False),
    sa.Column('revision', sa.BigInteger, nullable=False),
    sa.Column('created_at', columns.UTCDateTime, nullable=False),
    sa.Column('updated_at', columns.UTCDateTime, nullable=False),
    sa.Column('activated_at', columns.UTCDateTime, nullable=True),
    sa.Column('document', columns.Document, nullable=False),
    sa.Column('postings', columns.Document, nullable=False),
    sa.UniqueConstraint('type_name', 'owner', 'name', 'version', 'live',
                        name='uq_gart_artifacts_name'),
    sa.Index('ix_gart_artifacts_pool', 'pool', 'live'),
    **_MYSQL)

#: The posting lists: see ``postings.py``. No other index, on purpose.
index = sa.Table(
    'gart_index', METADATA,
    sa.Column('scope', columns.Bytes(16), primary_key=True),
    sa.Column('value', columns.Bytes(VALUE_BYTES), primary_key=True),
    sa.Column('id', columns.Id, primary_key=True),
    sqlite_with_rowid=False, **_MYSQL)

#: What an artifact shows of its blobs. ``upload`` names the one writer.
blobs = sa.Table(
    'gart_blobs', METADATA,
    sa.Column('artifact_id', columns.Id, primary_key=True),
    sa.Column('field', columns.Ascii(64), primary_key=True),
    sa.Column('key', columns.CodePoints(255), primary_key=True),
    sa.Column('status', columns.Ascii(16), nullable=False),
    sa.Column('upload', columns.Id, nullable=False),
    sa.Column('size', sa.BigInteger, nullable=True),
    sa.Column('sha256', columns.Ascii(64), nullable=True),
    sa.Column('md5', columns.Ascii(32), nullable=True),
    sa.Column('tree_sha256', columns.Ascii(64), nullable=True),
    sa.Column('content_type', columns.CodePoints(255), nullable=False),
    sa.Column('external', sa.Boolean, nullable=False),
    sa.Column('segments', sa.Integer, nullable=False),
    **_MYSQL)

#: The ledger of our objects in stores: nothing is written to a store before
#: its row is here, nothing leaves here before it has left the store. Until
#: ``lease_until`` only its holder touches the bytes: see ``leases.py``. A copy
#: names the segment whose place it is to take, of which there is one at most.
segments = sa.Table(
    'gart_segments', METADATA,
    sa.Column('id', columns.Id, primary_key=True),
    sa.Column('artifact_id', columns.Id, nullable=False),
    sa.Column('field', columns.Ascii(64), nullable=False),
    sa.Column('key', columns.CodePoints(255), nullable=False),
    sa.Column('n', sa.Integer, nullable=False),
    sa.Column('status', columns.Ascii(16), nullable=False),
    sa.Column('backend', columns.CodePoints(255), nullable=False),
    sa.Column('location', columns.Document, nullable=True),
    sa.Column('size', sa.BigInteger, nullable=True),
    sa.Column('sha256', columns.Ascii(64), nullable=True),
    sa.Column('created_at', columns.UTCDateTime, nullable=False),
    sa.Column('lease_until', columns.UTCDateTime, nullable=True),
    sa.Column('copy_of', columns.Id, nullable=True),
    sa.Index('ix_gart_segments_copy', 'copy_of', unique=True),
    sa.Index('ix_gart_segments_blob', 'artifact_id', 'field', 'key', 'n'),
    sa.Index('ix_gart_segments_lease', 'status', 'lease_until'),
    sa.Index('ix_gart_segments_store', 'backend', 'status'),
    **_MYSQL)

#: Uploads in parts. Until it is complete, the parts of a session are the
#: segments of its place that are ``part``; its id is the blob's ``upload``.
sessions = sa.Table(
    'gart_sessions', METADATA,
    sa.Column('id', columns.Id, primary_key=True),
    sa.Column('artifact_id', columns.Id, nullable=False),
    sa.Column('field', columns.Ascii(64), nullable=False),
    sa.Column('key', columns.CodePoints(255), nullable=False),
    sa.Column('status', columns.Ascii(16), nullable=False),
    sa.Column('size', sa.BigInteger, nullable=True),
    sa.Column('part_size', sa.BigInteger, nullable=False),
    sa.Column('tree_sha256', columns.Ascii(64), nullable=True),
    sa.Column('created_at', columns.UTCDateTime, nullable=False),
    sa.Column('expires_at', columns.UTCDateTime, nullable=False),
    sa.Index('ix_gart_sessions_artifact', 'artifact_id'),
    sa.Index('ix_gart_sessions_expires', 'expires_at'),
    **_MYSQL)

#: Artifacts that are to move to another pool, as soon as a worker sees to it.
moves = sa.Table(
    'gart_moves', METADATA,
    sa.Column('artifact_id', columns.Id, primary_key=True),
    sa.Column('pool', columns.Ascii(64), nullable=False),
    **_MYSQL)

#: Projects that shared artifacts are shared with.
members = sa.Table(
    'gart_members', METADATA,
    sa.Column('artifact_id', columns.Id, primary_key=True),
    sa.Column('member', columns.CodePoints(64), primary_key=True),
    sa.Column('status', columns.Ascii(16), nullable=False),
    sa.Column('created_at', columns.UTCDateTime, nullable=False),
    sa.Column('updated_at', columns.UTCDateTime, nullable=False),
    sa.Index('ix_gart_members_member', 'member', 'status', 'artifact_id'),
    **_MYSQL)

#: What a record of a type means, also once its plugin is gone.
types = sa.Table(
    'gart_types', METADATA,
    sa.Column('type_name', columns.Ascii(80), primary_key=True),
    sa.Column('type_version', columns.Ascii(32), primary_key=True),
    sa.Column('schema', columns.Document, nullable=False),
    **_MYSQL)

#: Facts about this deployment, such as its id in the names of objects.
settings = sa.Table(
    'gart_settings', METADATA,
    sa.Column('name', columns.Ascii(64), primary_key=True),
    sa.Column('value', columns.CodePoints(255), nullable=False),
    **_MYSQL)

#: What projects use, by type; the row without a type is the project as a
#: whole, and those of ``pool:NAME`` are its pools. See ``usage.py``.
usage = sa.Table(
    'gart_usage', METADATA,
    sa.Column('project', columns.CodePoints(64), primary_key=True),
    sa.Column('type_name', columns.Ascii(80), primary_key=True),
    sa.Column('artifacts_used', sa.BigInteger, nullable=False),
    sa.Column('bytes_used', sa.BigInteger, nullable=False),
    sa.Column('bytes_reserved', sa.BigInteger, nullable=False),
    **_MYSQL)

#: What each process of glance-api last said of its transfers: how many run and
#: how many it has refused since its start.
transfers = sa.Table(
    'gart_transfers', METADATA,
    sa.Column('process', columns.Ascii(64), primary_key=True),
    sa.Column('pool', columns.Ascii(64), primary_key=True),
    sa.Column('running', sa.Integer, nullable=False),
    sa.Column('refused', sa.BigInteger, nullable=False),
    sa.Column('seen_at', columns.UTCDateTime, nullable=False),
    **_MYSQL)

#: Bytes that uploads under way have reserved, by the segment they go to.
reservations = sa.Table(
    'gart_reservations', METADATA,
    sa.Column('segment_id', columns.Id, primary_key=True),
    sa.Column('artifact_id', columns.Id, nullable=False),
    sa.Column('bytes', sa.BigInteger, nullable=False),
    sa.Index('ix_gart_reservations_artifact', 'artifact_id'),
    **_MYSQL)
