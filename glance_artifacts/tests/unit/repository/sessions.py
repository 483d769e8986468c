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

"""Sessions and parts for tests."""

from glance_artifacts.db import records
from glance_artifacts.tests.unit import factories


def session(**values):
    return records.Session(**{
        'id': 'a-session', 'artifact_id': 'an-artifact', 'field': 'data',
        'key': '', 'status': 'open', 'size': None, 'part_size': 5,
        'tree_sha256': None, 'created_at': factories.MOMENT,
        'expires_at': factories.MOMENT, **values})


def part(n, size, sha256):
    return records.Segment(
        id='part-%d' % n, artifact_id='an-artifact', field='data', key='',
        n=n, status='part', backend='memory', created_at=factories.MOMENT,
        size=size, sha256=sha256)
