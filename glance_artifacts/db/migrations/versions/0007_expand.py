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

"""What transfers the processes of glance-api have."""

from alembic import op
import sqlalchemy as sa

from glance_artifacts.db import columns

revision = '0007_expand'
down_revision = '0006_expand'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        'gart_transfers',
        sa.Column('process', columns.Ascii(64), primary_key=True),
        sa.Column('pool', columns.Ascii(64), primary_key=True),
        sa.Column('running', sa.Integer, nullable=False),
        sa.Column('refused', sa.BigInteger, nullable=False),
        sa.Column('seen_at', columns.UTCDateTime, nullable=False),
        mysql_engine='InnoDB', mysql_charset='utf8mb4',
        mariadb_engine='InnoDB', mariadb_charset='utf8mb4')
