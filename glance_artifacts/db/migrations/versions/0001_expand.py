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

"""The first tables."""

from alembic import op
import sqlalchemy as sa

from glance_artifacts.db import columns

revision = '0001_expand'
down_revision = None
branch_labels = ('expand',)
depends_on = None

_MYSQL = {'mysql_engine': 'InnoDB', 'mysql_charset': 'utf8mb4',
          'mariadb_engine': 'InnoDB', 'mariadb_charset': 'utf8mb4'}


def upgrade():
    _artifacts()
    _index()
    _blobs()
    _segments()
    op.create_table(
        'gart_settings',
        sa.Column('name', columns.Ascii(64), primary_key=True),
        sa.Column('value', columns.CodePoints(255), nullable=False),
        **_MYSQL)


def _artifacts():
    op.create_table(
        'gart_artifacts',
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
        **_MYSQL)


def _index():
    op.create_table(
        'gart_index',
        sa.Column('scope', columns.Bytes(16), primary_key=True),
        sa.Column('value', columns.Bytes(1400), primary_key=True),
        sa.Column('id', columns.Id, primary_key=True),
        sqlite_with_rowid=False, **_MYSQL)


def _blobs():
    op.create_table(
        'gart_blobs',
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


def _segments():
    op.create_table(
        'gart_segments',
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
        **_MYSQL)
    op.create_index('ix_gart_segments_blob', 'gart_segments',
                    ['artifact_id', 'field', 'key', 'n'])
