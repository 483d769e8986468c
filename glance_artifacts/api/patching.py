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

"""PATCH of an artifact in the forms that clients may choose from."""

from __future__ import annotations

from typing import Any

from glance_artifacts.api import documents
from glance_artifacts.api import merge_patch
from glance_artifacts.api import patch
from glance_artifacts.api import request
from glance_artifacts.api import views
from glance_artifacts.db import records

_FORMS = {patch.MEDIA_TYPE: patch, merge_patch.MEDIA_TYPE: merge_patch}
MEDIA_TYPES = tuple(_FORMS)


def changes(req: request.Request,
            artifact: records.Artifact) -> dict[str, Any]:
    """The values that the fields which are written shall have.

    :raises UnsupportedMediaType: when it is no patch that we know
    :raises BadRequest: when it makes no sense, or names the field that is
        unknown or read-only
    :raises Immutable: naming the field that is fixed since activation
    :raises PatchConflict: when it does not fit the artifact
    """
    body = req.read_json(MEDIA_TYPES)
    form = _FORMS.get(req.content_type.lower(), patch)
    type_class = req.class_of(artifact)
    fields = form.targets(body)
    for name in fields:
        documents.check_changeable(artifact, type_class, name)
    document = form.apply(views.artifact(artifact, type_class), body)
    return {name: document.get(name) for name in fields}
