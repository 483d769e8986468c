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

"""Limits as Keystone would tell them; imported by glance-api.

It stands where oslo.limit's connection to Keystone is: all of oslo.limit and
of Glance is as it is in a cloud.
"""

from __future__ import annotations

from collections.abc import Iterator
import types
from typing import Any

from oslo_limit import limit

#: What a project may have that has no limits of its own; sizes are MiB.
DEFAULTS = {'image_count_total': 2, 'image_size_total': 1,
            'image_stage_total': 10, 'image_count_uploading': 10}
#: Projects of these names have others.
PROJECTS = {'large': {'image_count_total': 100},
            'many': {'image_size_total': 100}}


class Keystone:
    """What oslo.limit asks of it, in the model of flat limits."""

    def get(self, path: str) -> Any:
        """The one answer that is read as JSON."""
        if path != '/limits/model':
            raise AssertionError(path)
        return types.SimpleNamespace(
            json=lambda: {'model': {'name': 'flat'}})

    def get_endpoint(self, endpoint_id: str) -> Any:
        return types.SimpleNamespace(id=endpoint_id, service_id='glance',
                                     region_id=None)

    def registered_limits(self, resource_name: str | None = None,
                          **where: str) -> Iterator[Any]:
        """The limits of whoever has none."""
        for name, number in DEFAULTS.items():
            if resource_name in (None, name):
                yield types.SimpleNamespace(resource_name=name,
                                            default_limit=number)

    def limits(self, project_id: str, resource_name: str | None = None,
               **where: str) -> Iterator[Any]:
        """The limits of one project."""
        for name, number in PROJECTS.get(project_id, {}).items():
            if resource_name in (None, name):
                yield types.SimpleNamespace(resource_name=name,
                                            resource_limit=number)


limit._SDK_CONNECTION = Keystone()
