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

"""Uploads in parts: sessions, whose parts are segments."""

from alembic import op
import sqlalchemy as sa

from glance_artifacts.db import columns

revision = '0008_expand'
down_revision = '0007_expand'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'gart_sessions',
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
        mysql_engine='InnoDB', mysql_charset='utf8mb4',
        mariadb_engine='InnoDB', mariadb_charset='utf8mb4')
