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


import dataclasses
from typing import Any

from glance_artifacts.api import member_schema
from glance_artifacts.api import request
from glance_artifacts.api import views
from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts import policy
from glance_artifacts.repository import members
from glance_artifacts import types


def index(req: request.Request) -> dict[str, Any]:
    artifact = _record(req)
    req.authorize(_target(req, artifact))
    members.check_shared(artifact)
    return {'members': [views.member(artifact, one)
                        for one in artifact.members.values()
                        if req.caller.sees_member(artifact, one.member)],
            'schema': views.MEMBERS_SCHEMA}


def create(req: request.Request) -> dict[str, Any]:
    artifact = _record(req)
    req.authorize(_target(req, artifact))
    members.check_shared(artifact)
    name = _word(req, member_schema.MEMBER)
    return views.member(artifact, req.repository.add_member(
        artifact, name, req.service.member_quota))


def show(req: request.Request) -> dict[str, Any]:
    artifact = _record(req)
    found = _seen(req, artifact)
    req.authorize(_target(req, artifact))
    return views.member(artifact, found)


def update(req: request.Request) -> dict[str, Any]:
    artifact = _authorized(req)
    status = _word(req, member_schema.STATUS)
    return views.member(artifact, req.repository.change_member(
        artifact, req.args['member'], status))


def delete(req: request.Request) -> None:
    artifact = _authorized(req)
    req.repository.remove_member(artifact, req.args['member'])


def schema(req: request.Request) -> dict[str, Any]:
    req.authorize()
    return member_schema.member()


def list_schema(req: request.Request) -> dict[str, Any]:
    req.authorize()
    return member_schema.members()


def _record(req: request.Request) -> records.Artifact:
    artifact = req.record(as_kept=True)
    return dataclasses.replace(artifact,
                               members=req.repository.members(artifact))


def _authorized(req: request.Request) -> records.Artifact:
    """The artifact, one member of which the caller may change.

    A member that the caller does not see is not there, whatever the policy.
    """
    artifact = _record(req)
    if artifact.visibility == 'shared':
        _seen(req, artifact)
    req.authorize(_target(req, artifact))
    members.check_shared(artifact)
    return artifact


def _seen(req: request.Request,
          artifact: records.Artifact) -> records.Member:
    """The member that the path names, if the caller sees it.

    :raises MemberNotFound: when there is none, or the artifact is not shared
    """
    found = members.find(artifact, req.args['member'])
    if not req.caller.sees_member(artifact, found.member):
        raise members.not_found()
    return found


def _target(req: request.Request,
            artifact: records.Artifact) -> dict[str, Any]:
    """What rules can look at: ``member_id`` is a member who asks."""
    target = policy.target_of(artifact)
    project = req.caller.project_id
    if project in artifact.members and project != artifact.owner:
        target['member_id'] = project
    return target


def _word(req: request.Request, field: types.String) -> str:
    """The one value of a body; like Glance, nothing else is looked at."""
    body = req.json
    if not isinstance(body, dict):
        raise exceptions.BadRequest('The body must be an object.',
                                    code='request.json')
    if body.get(field.name) is None:
        raise exceptions.InvalidValue('"%s" is required.' % field.name,
                                      field=field.name)
    return field.coerce(body[field.name])
