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

"""Leases: until when the bytes of a segment belong to one holder."""

from alembic import op
import sqlalchemy as sa

from glance_artifacts.db import columns

revision = '0004_expand'
down_revision = '0003_expand'
branch_labels = None
depends_on = None


def upgrade():
    # writers of older releases leave it NULL
    op.add_column('gart_segments', sa.Column(
        'lease_until', columns.UTCDateTime, nullable=True))
    op.create_index('ix_gart_segments_lease', 'gart_segments',
                    ['status', 'lease_until'])
