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
from glance_artifacts.api import links
from glance_artifacts.api import patching
from glance_artifacts.api import request
from glance_artifacts.api import views
from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts import lifecycle
from glance_artifacts.policies import artifacts as rules
from glance_artifacts import policy
from glance_artifacts.repository import type_versions
from glance_artifacts.types import common

_VISIBILITY_RULES = {'public': rules.PUBLICIZE,
                     'community': rules.COMMUNITIZE}


def create(req: request.Request) -> webob.Response:
    type_class = req.type_class
    type_versions.check_offered(type_class)
    project, pool = req.caller.project_id, _pool(req)
    req.authorize({'type_name': type_class.type_name, 'owner': project,
                   'pool': pool, 'visibility': 'private',
                   'status': 'drafted'})
    body = req.json
    if not isinstance(body, dict):
        raise exceptions.BadRequest('The body must be an object.',
                                    code='request.json')
    draft = documents.draft(type_class, body, project, pool)
    _check_draft(req, draft)
    links.check(req, type_class, draft)
    documents.validate(draft, type_class)
    req.context.resource_uuid = draft.id
    created = req.repository.create(draft)
    response = views.answer_artifact(created, type_class, 201)
    response.headers['Location'] = views.path_of(created)
    return response


def show(req: request.Request) -> webob.Response:
    artifact = req.record()
    req.authorize(artifact)
    response = views.answer_artifact(artifact, req.class_of(artifact))
    if req.has(views.etag(artifact)):
        response.status, response.body = 304, b''
    return response


def update(req: request.Request) -> webob.Response:
    def change(artifact: records.Artifact) -> records.Artifact:
        type_class = req.class_of(artifact)
        values = patching.changes(req, artifact)
        status = common.COMMON['status'].coerce(
            values.pop('status', artifact.status))
        new = documents.changed(artifact, type_class, values)
        _check_change(req, artifact, new, status)
        if new != artifact:
            links.check(req, type_class, new, artifact)
            documents.validate(new, type_class)
        new = documents.moved(new, type_class, status)
        if new == artifact:
            req.repository.unchanged(artifact)
            return artifact
        return req.repository.save(artifact, new)

    return _answer(req, changes.apply(req, change))


def delete(req: request.Request) -> None:
    def change(artifact: records.Artifact) -> None:
        if artifact.visibility == 'public' and artifact.status != 'drafted':
            req.authorize(artifact, rules.DELETE_PUBLIC.name)
        req.repository.delete(artifact)

    changes.apply(req, change, without_plugin=True)


def _answer(req: request.Request,
            artifact: records.Artifact) -> webob.Response:
    return views.answer_artifact(artifact, req.class_of(artifact))


def _pool(req: request.Request) -> str:
    return req.service.pools.for_type(req.args['type_name']).name


def _check_draft(req: request.Request, draft: records.Artifact) -> None:
    if not draft.owner and not req.type_class.common['owner'].nullable:
        raise exceptions.InvalidValue(
            'Your token is for no project: give an owner.', field='owner')
    req.service.pools.check(draft.pool, draft.type_name)
    target = policy.target_of(draft)
    if draft.pool != _pool(req):
        req.authorize(target, rules.CREATE_IN_POOL.name)
    if draft.owner != req.caller.project_id:
        req.authorize(target, rules.SET_OWNER.name)
    _check_visibility(req, draft)


def _check_change(req: request.Request, old: records.Artifact,
                  new: records.Artifact, status: str) -> None:
    """Ask about the changes that have a rule of their own."""
    if new.owner != old.owner:
        req.authorize(old, rules.SET_OWNER.name)
    _check_visibility(req, new, old)
    action = lifecycle.action(old.status, status)
    if action is not None:
        req.authorize(old, rules.ACTIONS[action].name)


def _check_visibility(req: request.Request, new: records.Artifact,
                      old: records.Artifact | None = None) -> None:
    rule = _VISIBILITY_RULES.get(new.visibility)
    if rule and (old is None or old.visibility != new.visibility):
        req.authorize(new, rule.name)
