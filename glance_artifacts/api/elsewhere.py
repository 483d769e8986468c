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

"""Bytes that another service has: the answer that leads there.

Metadata are served everywhere, so who the caller is, and what they may see
and do, is judged before anybody is sent anywhere; whoever serves the bytes
judges once more.
"""

from __future__ import annotations

import urllib.parse

import webob

from glance_artifacts.api import request
from glance_artifacts.db import records
from glance_artifacts.repository.images import mapping

#: What stands for itself in a query (RFC 3986, 3.4), which is encoded already.
_IN_QUERY = "/!$&'()*+,;=:@?%"


class Elsewhere(Exception):
    """The bytes are at another URL."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._url = url

    def answer(self) -> webob.Response:
        """What sends a client there, with method and body as they are."""
        response = webob.Response(status=307, location=self._url)
        del response.headers['Content-Type']  # of nothing
        return response


def check(req: request.Request, artifact: records.Artifact) -> None:
    """Send the client on unless the bytes of an artifact are served here.

    :raises Elsewhere: to the same path at the endpoint of its pool
    """
    endpoint = req.service.pools.elsewhere(artifact.pool)
    if endpoint is not None:
        # all of it quoted: to uWSGI, a bare semicolon ends a path
        raise Elsewhere('%s/artifacts%s%s' % (
            endpoint, urllib.parse.quote(req.path_info), _query(req)))


def check_image(req: request.Request) -> None:
    """The same for the bytes of an image, where images are not offered.

    Nothing is known of the image here: Glance judges.

    :raises Elsewhere: to Glance's own URL of these bytes
    """
    endpoint, args = req.service.images_endpoint, req.args
    if (endpoint is not None and 'key' not in args
            and (args['type_name'], args['blob']) == (mapping.TYPE,
                                                      mapping.BLOB)
            and args.get('type_version') in (None, mapping.VERSION)):
        raise Elsewhere('%s/images/%s/file%s' % (
            endpoint, args['id'], _query(req)))


def _query(req: request.Request) -> str:
    # as it came; a server hands bytes on as latin-1 (PEP 3333)
    text = urllib.parse.quote(req.query_string.encode('latin-1'),
                              safe=_IN_QUERY)
    return '?' + text if text else ''
