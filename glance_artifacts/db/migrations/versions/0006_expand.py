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

"""Which pools and stores are in use: found without reading every row."""

from alembic import op

revision = '0006_expand'
down_revision = '0005_expand'
branch_labels = None
depends_on = None


def upgrade():
    op.create_index('ix_gart_artifacts_pool', 'gart_artifacts',
                    ['pool', 'live'])
    op.create_index('ix_gart_segments_store', 'gart_segments',
                    ['backend', 'status'])
