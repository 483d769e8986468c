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

"""The version document of the standalone service.

In the form that Glance gives it, which clients read to find the API.
"""

from __future__ import annotations

from typing import Any

from oslo_config import cfg
import webob
import webob.dec

from glance_artifacts.api import router
from glance_artifacts.api import views
from glance_artifacts import exceptions

_ID, _STATUS = 'v2.0', 'CURRENT'
_METHODS = ('GET', 'HEAD')


class Versions:
    """Answers ``/``, ``/versions`` and ``/v2``; everything else is 404.

    :param public: what the URLs begin with; None: what the client asked
    """

    def __init__(self, public: str | None) -> None:
        self._public = public

    @webob.dec.wsgify
    def __call__(self, req: webob.Request) -> webob.Response:
        try:
            return self._answer(req)
        except exceptions.ArtifactsError as exc:
            return views.error(exc, req.environ.get('openstack.request_id'))

    def _answer(self, req: webob.Request) -> webob.Response:
        path = req.environ.get('PATH_INFO', '')
        version = self._version(req)
        answers: dict[str, tuple[int, Any]] = {
            '': (300, {'versions': [version]}),
            '/': (300, {'versions': [version]}),
            '/versions': (200, {'versions': [version]}),
            '/v2': (200, {'version': version}),
            '/v2/': (200, {'version': version}),
        }
        if path not in answers:
            raise exceptions.NotFound('There is nothing at this path.',
                                      code=router.UNKNOWN_PATH)
        if req.method not in _METHODS:
            raise exceptions.MethodNotAllowed(
                '%s is not for this path.' % req.method[:16],
                headers={'Allow': ', '.join(_METHODS)})
        status, body = answers[path]
        return views.answer(body, status)

    def _version(self, req: webob.Request) -> dict[str, Any]:
        root = (self._public or req.application_url).rstrip('/')
        return {'id': _ID, 'status': _STATUS,
                'links': [{'rel': 'self', 'href': root + '/v2/'}]}


def app_factory(global_conf: dict, **local_conf) -> Versions:
    """The paste app factory."""
    # Glance registers it where it has its own version document
    cfg.CONF.import_opt('public_endpoint', 'glance.api.versions')
    return Versions(cfg.CONF.public_endpoint)
