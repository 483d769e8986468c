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

"""A request, with what handlers need at hand."""

from __future__ import annotations

import functools
from typing import Any
from typing import TYPE_CHECKING
import urllib.parse

from glance.common import wsgi as glance_wsgi

from glance_artifacts.api import incoming
from glance_artifacts.api import json_body
from glance_artifacts.api import server
from glance_artifacts.api import views
from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts import policies
from glance_artifacts import policy
from glance_artifacts.repository import base as repository_base
from glance_artifacts.types import base as types_base
from glance_artifacts.types import route as types_route

if TYPE_CHECKING:
    from glance_artifacts import service as artifacts_service

_JSON = ('application/json',)


class Request(glance_wsgi.Request):
    """Glance's request, which its filters know, and ours.

    ``args``, ``json``, ``artifact()``, ``authorize()`` and ``context`` are
    the public part, described in ``types.Route``.
    """

    service: artifacts_service.Service
    route: types_route.Route
    args: dict[str, str]
    #: It was refused because others are being served.
    busy = False

    @functools.cached_property
    def caller(self) -> policy.Caller:
        return self.service.enforcer.caller(self.context)

    @functools.cached_property
    def announced(self) -> int | None:
        """Bytes of the body; None for a chunked one.

        :raises BadRequest: when the headers make no sense
        """
        # no other blanks: with them uWSGI sees another coding, and no body
        coding = self.headers.get('Transfer-Encoding', '').strip(' \t').lower()
        length = self.headers.get('Content-Length', '').strip(' \t') or '0'
        if coding not in ('', 'chunked') or not (
                length.isascii() and length.isdigit() and len(length) < 19):
            raise exceptions.BadRequest(
                'The body is announced in a way that is not understood.',
                code='request.header', field='Content-Length')
        return None if coding else int(length)

    @functools.cached_property
    def incoming(self) -> incoming.Body:
        """The body; to be read once, from its start to its end."""
        announced = self.announced
        chunks = server.chunked() if announced is None else None
        return incoming.Body(
            chunks or self.body_file, announced,
            waits='100-continue' in self.headers.get('Expect', '').lower())

    @property
    def type_class(self) -> type[types_base.ArtifactType]:
        """The type that the path names, in the version it pins if it does.

        :raises NotFound: when this service does not know it
        """
        return self.service.types.named(self.args['type_name'],
                                        self.args.get('type_version'))

    @property
    def repository(self) -> repository_base.Repository:
        return self.repository_of(self.type_class)

    def repository_of(self, type_class: type[types_base.ArtifactType],
                      ) -> repository_base.Repository:
        """What keeps the artifacts of a type, for this caller."""
        return self.service.repository(type_class, self.environ)

    @functools.cached_property
    def _json_bytes(self) -> bytes:
        # kept: a change that was overtaken is applied again
        return json_body.read(self.incoming, self.announced)

    @property
    def json(self) -> Any:
        """The parsed body; None without one."""
        return self.read_json()

    def read_json(self, media_types: tuple[str, ...] = _JSON) -> Any:
        """The parsed body; None without one.

        :raises UnsupportedMediaType: when it is said to be something else
        """
        raw = self._json_bytes
        if not raw:
            return None
        if self.content_type.lower() not in media_types:
            raise exceptions.UnsupportedMediaType(
                'The body must be %s.' % ' or '.join(media_types))
        return json_body.parse(raw)

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The query string, decoded.

        :raises BadRequest: when it is not UTF-8, or too long for the server
        """
        # uWSGI serves a request whose query string it has no room for
        # without it, which would be the list of everything
        if not self.query_string and self.environ.get(
                'REQUEST_URI', '').partition('?')[2]:
            raise exceptions.BadRequest('The query string is too long.',
                                        code='query.invalid')
        try:
            # a server hands bytes on as latin-1 (PEP 3333)
            text = self.query_string.encode('latin-1').decode('utf-8')
            return urllib.parse.parse_qsl(text, keep_blank_values=True,
                                          errors='strict')
        except ValueError:
            raise exceptions.BadRequest('The query string is not UTF-8.',
                                        code='query.invalid') from None

    def record(self, *, as_kept: bool = False) -> records.Artifact:
        """The artifact that the path names, in the form of today's type.

        :param as_kept: in the form it has: what its plugin makes of it must
            not matter
        :raises NotFound: when the caller does not see it, or when it is not
            of the type version that the path pins
        """
        found = self.repository.get(self.caller, self.type_class.type_name,
                                    self.args['id'])
        pinned = self.args.get('type_version')
        if pinned is None:
            return found if as_kept else self.service.types.current(found)
        if found.type_version != pinned:
            raise exceptions.NotFound('The artifact is of version %s.'
                                      % found.type_version)
        return found

    def class_of(self,
                 artifact: records.Artifact) -> type[types_base.ArtifactType]:
        """The type, in the version that an artifact is of."""
        return self.service.types.of(artifact)

    def artifact(self) -> dict[str, Any]:
        """The artifact of ``record``, as the API shows it."""
        found = self.record()
        return views.artifact(found, self.class_of(found))

    def authorize(self, target: records.Artifact | dict | None = None,
                  rule: str | None = None) -> None:
        """Ask the route's policy, or another one.

        Where Glance keeps a type it asks its own policies; ours about
        artifacts are not asked.

        :raises Forbidden: when it says no
        """
        name = rule or self.route.policy.name
        if isinstance(target, records.Artifact):
            target = policy.target_of(target)
        kept = (target or self.args).get('type_name')
        if name in policies.OF_ARTIFACTS and self.service.in_glance(kept):
            return
        self.service.enforcer.enforce(self.caller, name, target or {})

    def has(self, etag: str) -> bool:
        """Whether the client has this already (``If-None-Match``)."""
        return etag in self.if_none_match

    def check_if_match(self, artifact: records.Artifact) -> None:
        """Hold the request to its precondition (RFC 9110, 13.1.1).

        At the URL of a blob the blob's own ETag will do, too.

        :raises RevisionMismatch: when ``If-Match`` names other revisions
        :raises BadRequest: when it cannot be kept, for want of revisions
        """
        if artifact.digest is not None:
            self._check_no_condition()
            return
        blob = artifact.blob(self.args.get('blob', ''),
                             self.args.get('key', ''))
        if views.etag(artifact) not in self.if_match and (
                blob is None or blob.etag not in self.if_match):
            raise exceptions.RevisionMismatch(
                'The artifact is at revision %d.' % artifact.revision)

    def _check_no_condition(self) -> None:
        if 'If-Match' in self.headers:
            raise exceptions.BadRequest(
                'Images have no revisions: If-Match cannot be kept.',
                code='image.if_match', field='If-Match')
