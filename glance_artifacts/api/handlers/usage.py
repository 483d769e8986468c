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

"""What the caller's project uses, and may use."""

from typing import Any

from glance_artifacts.api import request
from glance_artifacts import exceptions
from glance_artifacts.quota import report


def show(req: request.Request) -> dict[str, Any]:
    project = req.caller.project_id
    req.authorize({'owner': project})
    if not project:
        raise exceptions.BadRequest('Your token is for no project.')
    # Glance alone counts what it keeps
    counted = [name for name in req.service.registry.enabled
               if not req.service.in_glance(name)]
    found = req.service.usage.of(
        project, counted, [pool.name for pool in req.service.pools])
    return {'usage': {
        **_line(found.total),
        'types': {name: _line(line) for name, line in found.types.items()},
        'pools': {name: _line(line) for name, line in found.pools.items()}}}


def _line(line: report.Line) -> dict[str, Any]:
    amount, limit = line.amount, line.limit
    return {'artifacts': {'used': amount.artifacts, 'reserved': 0,
                          'limit': max(limit.artifacts, -1)},
            'bytes': {'used': amount.used, 'reserved': amount.reserved,
                      'limit': max(limit.bytes, -1)}}
