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

"""What our limits are called in Keystone.

Sizes are in MiB there, as those of images are.
"""

from __future__ import annotations

from collections.abc import Mapping

from oslo_utils import units

from glance_artifacts.db import amounts
from glance_artifacts.quota import limits

COUNT, SIZE = 'artifact_count_total', 'artifact_size_total'
TYPE_COUNT, TYPE_SIZE = 'artifact_count_type_', 'artifact_size_type_'
POOL_COUNT, POOL_SIZE = 'artifact_count_pool_', 'artifact_size_pool_'


def from_keystone(found: Mapping[str, int]) -> limits.ProjectLimits:
    """What a project may have, from Keystone's limits by name.

    The totals must be registered; one that is not is 0, as it is for all who
    ask through oslo.limit. A type, or a pool, has a limit of its own where
    there is one.
    """
    return limits.ProjectLimits(
        amounts.Limit(found.get(COUNT, 0), _bytes(found.get(SIZE, 0))),
        _named(found, TYPE_COUNT, TYPE_SIZE),
        _named(found, POOL_COUNT, POOL_SIZE))


def to_keystone(wanted: limits.ProjectLimits) -> dict[str, int]:
    """Limits by the names they have in Keystone; the totals always.

    Sizes are rounded down to whole MiB.
    """
    named = {COUNT: wanted.total.artifacts, SIZE: _mib(wanted.total.bytes)}
    for found, count, size in ((wanted.types, TYPE_COUNT, TYPE_SIZE),
                               (wanted.pools, POOL_COUNT, POOL_SIZE)):
        for name, limit in sorted(found.items()):
            if limit.artifacts >= 0:
                named[count + name] = limit.artifacts
            if limit.bytes >= 0:
                named[size + name] = _mib(limit.bytes)
    return named


def _named(found: Mapping[str, int], count: str,
           size: str) -> dict[str, amounts.Limit]:
    """Limits by what follows either prefix."""
    names = {name.removeprefix(prefix) for prefix in (count, size)
             for name in found if name.startswith(prefix)}
    return {name: amounts.Limit(
        found.get(count + name, amounts.NO_LIMIT),
        _bytes(found.get(size + name, amounts.NO_LIMIT))) for name in names}


def _bytes(mib: int) -> int:
    return mib * units.Mi if mib >= 0 else amounts.NO_LIMIT


def _mib(count: int) -> int:
    return count // units.Mi if count >= 0 else amounts.NO_LIMIT
