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

"""The OpenAPI document of this service."""

import webob

from glance_artifacts.api import request


def show(req: request.Request) -> webob.Response:
    """The document, made once for each process."""
    req.authorize()
    body, etag = req.service.openapi
    response = webob.Response(body=body, content_type='application/json')
    response.etag = etag
    if req.has(etag):
        response.status, response.body = 304, b''
    return response
