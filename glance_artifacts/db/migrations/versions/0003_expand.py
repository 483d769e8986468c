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

"""Members: the projects that artifacts are shared with."""

from alembic import op
import sqlalchemy as sa

from glance_artifacts.db import columns

revision = '0003_expand'
down_revision = '0002_expand'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'gart_members',
        sa.Column('artifact_id', columns.Id, primary_key=True),
        sa.Column('member', columns.CodePoints(64), primary_key=True),
        sa.Column('status', columns.Ascii(16), nullable=False),
        sa.Column('created_at', columns.UTCDateTime, nullable=False),
        sa.Column('updated_at', columns.UTCDateTime, nullable=False),
        mysql_engine='InnoDB', mysql_charset='utf8mb4',
        mariadb_engine='InnoDB', mariadb_charset='utf8mb4')
    op.create_index('ix_gart_members_member', 'gart_members',
                    ['member', 'status', 'artifact_id'])
