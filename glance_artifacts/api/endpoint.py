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

"""The WSGI application below ``/v2/artifacts``.

Glance has no fault filter: what leaves here as an exception would be the
server's bare 500, so nothing does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from oslo_context import context as oslo_context
from oslo_db import exception as db_exc
from oslo_log import log as logging
import webob
import webob.dec

from glance_artifacts.api import elsewhere
from glance_artifacts.api import incoming
from glance_artifacts.api import request
from glance_artifacts.api import router as api_router
from glance_artifacts.api import views
from glance_artifacts import exceptions

if TYPE_CHECKING:
    from glance_artifacts import service as artifacts_service

LOG = logging.getLogger(__name__)


class Endpoint:
    """Finds the route, calls the handler, answers.

    :param service: gives the service; raises Misconfigured until it can
    """

    def __init__(self,
                 service: Callable[[], artifacts_service.Service]) -> None:
        self._service = service

    @webob.dec.wsgify(RequestClass=request.Request)
    def __call__(self, req: request.Request) -> webob.Response:
        response = self._respond(req)
        if _unread(req):
            length = response.content_length
            response.app_iter = incoming.then_drain(
                response.app_iter,
                incoming.BRIEFLY if req.busy else incoming.PATIENTLY)
            response.content_length = length
        return response

    def _respond(self, req: request.Request) -> webob.Response:
        try:
            _check_context(req)
            return _answer(self._handle(req))
        except elsewhere.Elsewhere as exc:
            return exc.answer()
        except exceptions.Busy as exc:
            req.busy, error = True, exc
        except exceptions.ArtifactsError as exc:
            error = exc
        except db_exc.DBConnectionError:
            LOG.exception('The database does not answer',
                          instance=_trace(req))
            error = exceptions.Unavailable('The database does not answer.',
                                           code='service.database')
        except Exception:
            LOG.exception('%s %r failed', req.method,
                          req.environ.get('PATH_INFO'), instance=_trace(req))
            error = exceptions.ArtifactsError(
                'The request failed; the operator\'s log says why.')
        return views.error(error, req.context.request_id)

    def _handle(self, req: request.Request):
        req.service = self._service()
        path = _path(req)
        req.route, req.args = req.service.router.match(req.method, path)
        # a plugin's path may name its type outright
        req.args.setdefault('type_name', path.strip('/').split('/')[0])
        # oslo.log puts it on every line, whoever logs
        req.context.resource_uuid = req.args.get('id')
        return req.route.handler(req)


def _check_context(req: request.Request) -> None:
    """Whether Glance's filter has made a context of the headers.

    :raises BadRequest: when it has made an exception, which it means to
        answer with and does not
    """
    if isinstance(req.context, Exception):
        req.context = oslo_context.RequestContext()
        raise exceptions.BadRequest(
            'The request id is too long.', code='request.header',
            field='X-Openstack-Request-Id')
    if not req.context.request_id.startswith('req-'):
        # as the filter will show it
        req.context.request_id = 'req-' + req.context.request_id


def _trace(req: request.Request) -> str:
    """What goes before each line of a traceback in the log.

    By itself oslo.log names the resource there but not the request.
    """
    return '[%s %s] ' % (req.context.request_id,
                         req.context.resource_uuid or '-')


def _path(req: request.Request) -> str:
    try:
        return req.path_info
    except UnicodeDecodeError:
        raise exceptions.NotFound('The path is not UTF-8.',
                                  code=api_router.UNKNOWN_PATH) from None


def _unread(req: request.Request) -> bool:
    """Whether the answer comes before the client has sent everything."""
    try:
        return req.incoming.unread
    except exceptions.BadRequest:  # whatever it sends, it is not understood
        return True


def _answer(result) -> webob.Response:
    """What a handler returned, as a response."""
    if isinstance(result, webob.Response):
        return result
    if result is None:
        return webob.Response(status=204, content_type=None)
    return views.answer(result)
