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

"""Moves between pools: what is to move, and copies of segments."""

from alembic import op
import sqlalchemy as sa

from glance_artifacts.db import columns

revision = '0009_expand'
down_revision = '0008_expand'
branch_labels = None
depends_on = None


def upgrade():
    op.add_column('gart_segments',
                  sa.Column('copy_of', columns.Id, nullable=True))
    op.create_index('ix_gart_segments_copy', 'gart_segments', ['copy_of'],
                    unique=True)
    op.create_table(
        'gart_moves',
        sa.Column('artifact_id', columns.Id, primary_key=True),
        sa.Column('pool', columns.Ascii(64), nullable=False),
        mysql_engine='InnoDB', mysql_charset='utf8mb4',
        mariadb_engine='InnoDB', mariadb_charset='utf8mb4')
