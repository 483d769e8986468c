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

"""What projects use, and what uploads under way have reserved."""

from alembic import op
import sqlalchemy as sa

from glance_artifacts.db import columns

revision = '0005_expand'
down_revision = '0004_expand'
branch_labels = None
depends_on = None

_MYSQL = {'mysql_engine': 'InnoDB', 'mysql_charset': 'utf8mb4',
          'mariadb_engine': 'InnoDB', 'mariadb_charset': 'utf8mb4'}


def upgrade():
    # empty: each project is counted when it first changes something
    op.create_table(
        'gart_usage',
        sa.Column('project', columns.CodePoints(64), primary_key=True),
        sa.Column('type_name', columns.Ascii(80), primary_key=True),
        sa.Column('artifacts_used', sa.BigInteger, nullable=False),
        sa.Column('bytes_used', sa.BigInteger, nullable=False),
        sa.Column('bytes_reserved', sa.BigInteger, nullable=False),
        **_MYSQL)
    op.create_table(
        'gart_reservations',
        sa.Column('segment_id', columns.Id, primary_key=True),
        sa.Column('artifact_id', columns.Id, nullable=False),
        sa.Column('bytes', sa.BigInteger, nullable=False),
        **_MYSQL)
    op.create_index('ix_gart_reservations_artifact', 'gart_reservations',
                    ['artifact_id'])
