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

import webob

from glance_artifacts.api import changes
from glance_artifacts.api import documents
from glance_artifacts.api import move_body
from glance_artifacts.api import request
from glance_artifacts.api import views
from glance_artifacts.db import records
from glance_artifacts import lifecycle


def activate(req: request.Request) -> webob.Response:
    return _change_status(req, 'activate')


def deactivate(req: request.Request) -> webob.Response:
    return _change_status(req, 'deactivate')


def reactivate(req: request.Request) -> webob.Response:
    return _change_status(req, 'reactivate')


def move(req: request.Request) -> webob.Response:
    def change(artifact: records.Artifact) -> records.Artifact:
        pool = move_body.pool(req.json)
        if pool != artifact.pool:
            req.service.pools.check(pool, artifact.type_name)
        req.repository.move(artifact, pool)
        return artifact

    found = changes.apply(req, change, without_plugin=True)
    return views.answer_artifact(found, req.class_of(found), 202)


def _change_status(req: request.Request, action: str) -> webob.Response:
    def change(artifact: records.Artifact) -> records.Artifact:
        meant = req.repository.action(artifact, action)
        status = lifecycle.target(artifact.status, meant)
        if status == artifact.status:
            req.repository.unchanged(artifact, meant)
            return artifact
        return req.repository.save(artifact, documents.moved(
            artifact, req.class_of(artifact), status))

    changed = changes.apply(req, change)
    return views.answer_artifact(changed, req.class_of(changed))
