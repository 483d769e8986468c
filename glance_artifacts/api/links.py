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

"""Links: what they name must be there when they are set, never again."""

from __future__ import annotations

from glance_artifacts.api import request
from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts.types import base
from glance_artifacts.types import link as types_link


def check(req: request.Request, type_class: type[base.ArtifactType],
          new: records.Artifact, old: records.Artifact | None = None) -> None:
    """Look each link up that was set or changed, as the caller sees it.

    :raises InvalidValue: naming the field whose link leads nowhere
    """
    for name, field in type_class.fields.items():
        value = new.fields.get(name)
        if not isinstance(field, types_link.Link) or value is None or (
                old is not None and old.fields.get(name) == value):
            continue
        target = field.internal_target(value)
        if target is not None and not _is_there(req, *target):
            raise exceptions.InvalidValue(
                '"%s" links an artifact that is not there.' % name,
                field=name)


def _is_there(req: request.Request, type_name: str,
              artifact_id: str) -> bool:
    try:
        type_class = req.service.types.named(type_name)
        req.repository_of(type_class).get(req.caller, type_name, artifact_id)
    except exceptions.NotFound:
        return False
    return True
