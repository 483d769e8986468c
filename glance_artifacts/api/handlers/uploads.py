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

"""Upload sessions: bytes in parts."""

from __future__ import annotations

from typing import Any

import webob

from glance_artifacts.api import blob_fields
from glance_artifacts.api import changes
from glance_artifacts.api import digests
from glance_artifacts.api import elsewhere
from glance_artifacts.api import request
from glance_artifacts.api import session_bodies
from glance_artifacts.api import views
from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts import lifecycle
from glance_artifacts.repository import bodies
from glance_artifacts.repository import moving
from glance_artifacts.repository import part_sizes
from glance_artifacts.repository import parts
from glance_artifacts.repository import sessions
from glance_artifacts.repository import type_versions
from glance_artifacts.store import reader


def create(req: request.Request) -> webob.Response:
    artifact = req.record()
    req.authorize(artifact)
    elsewhere.check(req, artifact)
    req.check_if_match(artifact)
    keeper = req.repository.sessions
    wanted = session_bodies.wanted(req.json)
    place = _place(req, artifact, wanted['blob'], wanted['key'] or '')
    if place.field.kind == 'folder' and not place.key:
        raise exceptions.InvalidValue('A folder is written entry by entry:'
                                      ' "key" is required.', field='key')
    lifecycle.check_draft(artifact, place.field.name)
    if (wanted['size'] or 0) > place.field.max_size:
        raise reader.too_large(place.field.max_size, wanted['size'])
    session = keeper.begin(artifact, place, sessions.Wanted(
        blob_fields.content_type(wanted['content_type'], place.field,
                                 'content_type'),
        wanted['size'], wanted['part_size'], wanted['tree_sha256']))
    response = views.answer(_shown(req, req.record(), session), 201)
    response.headers['Location'] = '%s/uploads/%s' % (
        views.path_of(artifact), session.id)
    return response


def show(req: request.Request) -> dict[str, Any]:
    artifact, session = _session(req)
    return _shown(req, artifact, session)


def delete(req: request.Request) -> None:
    _, session = _session(req)
    req.repository.sessions.abort(session)


@changes.follow
def put_part(req: request.Request) -> dict[str, Any]:
    artifact, session = _session(req)
    # no place: a part is not shown to the type
    type_class = req.class_of(artifact)
    type_versions.check_offered(type_class)
    field = blob_fields.find(type_class, session.field, session.key)
    n = int(req.args['n'])
    room = part_sizes.room(session, field.max_size, n)
    if (req.announced or 0) > room:
        raise part_sizes.too_large(room, req.announced)
    stream = moving.Stream(
        req.incoming, field.name, room, part_sizes.too_large,
        req.announced, digests.expected(req.headers))
    with req.service.bulkhead.enter(artifact.pool):
        return session_bodies.part(req.repository.sessions.put(
            artifact, session, n, stream))


def complete(req: request.Request) -> webob.Response:
    artifact, session = _session(req)
    try:
        blob = req.repository.sessions.complete(
            artifact, session,
            _place(req, artifact, session.field, session.key),
            session_bodies.listed(req.json))
    except exceptions.Unavailable:
        elsewhere.check(req, req.record())  # the parts were moved meanwhile
        raise
    response = views.answer(views.blob(blob), 201)
    response.etag = blob.etag
    return response


def _session(req: request.Request,
             ) -> tuple[records.Artifact, records.Session]:
    """The session that the path names, of an artifact of the caller's.

    :raises Elsewhere: when another service has its parts
    :raises NotFound: also for those of another project, whatever they see
    """
    artifact = req.record()
    try:
        req.authorize(artifact)
    except exceptions.Forbidden:
        if req.caller.project_id != artifact.owner:
            raise parts.not_found() from None
        raise
    elsewhere.check(req, artifact)
    return artifact, req.repository.sessions.get(artifact, req.args['upload'])


def _place(req: request.Request, artifact: records.Artifact, name: str,
           key: str) -> bodies.Place:
    type_class = req.class_of(artifact)
    type_versions.check_offered(type_class)
    return bodies.Place(type_class, blob_fields.find(type_class, name, key),
                        key, views.artifact(artifact, type_class,
                                            internal=True))


def _shown(req: request.Request, artifact: records.Artifact,
           session: records.Session) -> dict[str, Any]:
    field = blob_fields.find(req.class_of(artifact), session.field,
                             session.key)
    return session_bodies.session(
        artifact, session, req.repository.sessions.parts(session),
        field.max_size)
