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

"""One tag of an artifact, by its own URL."""

from glance_artifacts.api import changes
from glance_artifacts.api import documents
from glance_artifacts.api import request
from glance_artifacts.db import records
from glance_artifacts import exceptions


def add(req: request.Request) -> None:
    def change(artifact: records.Artifact) -> None:
        _save(req, artifact, [*artifact.tags, req.args['tag']])

    changes.apply(req, change)


def remove(req: request.Request) -> None:
    def change(artifact: records.Artifact) -> None:
        tag = req.args['tag']
        if tag not in artifact.tags:
            raise exceptions.NotFound('The artifact has no such tag.',
                                      code='artifact.tag.not_found')
        _save(req, artifact, [one for one in artifact.tags if one != tag])

    changes.apply(req, change)


def _save(req: request.Request, artifact: records.Artifact,
          tags: list[str]) -> None:
    type_class = req.class_of(artifact)
    new = documents.changed(artifact, type_class, {'tags': tags})
    if new == artifact:
        req.repository.unchanged(artifact)
        return
    documents.validate(new, type_class)
    req.repository.save(artifact, new)
