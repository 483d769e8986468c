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

"""JSON Merge Patch (RFC 7396) of an artifact as the API shows it."""

from __future__ import annotations

from typing import Any

from glance_artifacts import exceptions

MEDIA_TYPE = 'application/merge-patch+json'


def targets(changes: Any) -> list[str]:
    """The fields that a merge patch would write, in order.

    :raises BadRequest: when it is none
    """
    if not isinstance(changes, dict):
        raise exceptions.BadRequest('A merge patch is an object.',
                                    code='request.patch')
    return list(changes)


def apply(document: dict[str, Any], changes: dict[str, Any],
          ) -> dict[str, Any]:
    """The document with the changes; the one given stays as it is."""
    merged = dict(document)
    for name, value in changes.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, dict):
            before = merged.get(name)
            merged[name] = apply(before if isinstance(before, dict) else {},
                                 value)
        else:
            merged[name] = value
    return merged
