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


"""Glance's own v2 API, asked within this process.

Each request goes the whole way through Glance's router: what it checks is in
its deserializers, its controllers and the layers below them, and nothing
less than the whole way meets all of it.
"""

from __future__ import annotations

import io
import json
import sys
import threading
from typing import Any
from typing import BinaryIO

import webob

from glance_artifacts.repository.images import errors

_PREFIX = '/artifacts'
#: Loaded where the image cache is in the pipeline, and nowhere else.
_CACHE = 'glance.api.middleware.cache'
#: What a request says about itself alone, not about who sends it.
_OWN = ('HTTP_ACCEPT', 'HTTP_RANGE', 'HTTP_CONTENT_RANGE', 'HTTP_EXPECT',
        'HTTP_TRANSFER_ENCODING', 'CONTENT_LENGTH', 'CONTENT_TYPE',
        'REQUEST_URI', 'wsgi.input_terminated')
_OWN_PREFIXES = ('HTTP_IF_', 'webob.', 'wsgiorg.', 'routes.')


class Glance:
    """The API, which is made when it is first asked: that takes a while."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._api: Any = None
        self._cache: Any = None

    def api(self) -> Any:
        """The WSGI application below ``/v2``."""
        with self._lock:
            if self._api is None:
                from glance.api.v2 import router
                self._api = router.API.factory({})
        return self._api

    def forget_cached(self, image_id: str) -> None:
        """Do what the image cache does when an image is deleted."""
        if _CACHE not in sys.modules:
            return
        with self._lock:
            if self._cache is None:
                from glance import image_cache
                self._cache = image_cache.ImageCache()
        if self._cache.is_cached(image_id):
            self._cache.delete_cached_image(image_id)


class Session:
    """Glance, as whoever sent a request to us sees it.

    :param environ: of that request, with its context
    """

    def __init__(self, glance: Glance, environ: dict[str, Any]) -> None:
        self._glance = glance
        self._environ = environ

    @property
    def project_id(self) -> str | None:
        """The project that the caller acts for."""
        return webob.Request(self._environ).context.project_id

    def get(self, path: str, query: str = '') -> Any:
        """The JSON at a path below ``/v2``.

        :raises ArtifactsError: when Glance refuses
        """
        return self.send('GET', path, QUERY_STRING=query).json

    def send_json(self, method: str, path: str, body: Any,
                  content_type: str = 'application/json') -> webob.Response:
        """Send a body of JSON.

        :raises ArtifactsError: when Glance refuses
        """
        raw = json.dumps(body).encode()
        return self.send(method, path, io.BytesIO(raw), len(raw),
                         content_type)

    def send(self, method: str, path: str, body: BinaryIO | None = None,
             length: int | None = None, content_type: str | None = None,
             **environ: str) -> webob.Response:
        """Send a request; whoever asked for bytes has to close the answer.

        :param length: bytes of the body; None when nobody knows
        :param environ: more of the request, as in PEP 3333
        :raises ArtifactsError: when Glance refuses
        """
        response = self.answer(method, path, body, length, content_type,
                               **environ)
        if response.status_int >= 400:
            raise errors.of(response)
        return response

    def answer(self, method: str, path: str, body: BinaryIO | None = None,
               length: int | None = None, content_type: str | None = None,
               **environ: str) -> webob.Response:
        """The same, whatever the answer is."""
        sent = self._base()
        # a server hands bytes on as latin-1 (PEP 3333)
        sent.update(REQUEST_METHOD=method, **environ,
                    PATH_INFO=path.encode().decode('latin-1'))
        if body is not None:
            sent['wsgi.input'] = body
            sent['CONTENT_TYPE'] = content_type
            # where it is so, Glance reads to the end
            sent['wsgi.input_terminated'] = length is None
            if length is not None:
                sent['CONTENT_LENGTH'] = str(length)
        return webob.Request(sent).get_response(self._glance.api())

    def forget_cached(self, image_id: str) -> None:
        """See ``Glance.forget_cached``."""
        self._glance.forget_cached(image_id)

    def _base(self) -> dict[str, Any]:
        """The environment of each request: the caller's, less its own."""
        kept = {name: value for name, value in self._environ.items()
                if name not in _OWN and not name.startswith(_OWN_PREFIXES)}
        kept.update({
            'SCRIPT_NAME': kept.get('SCRIPT_NAME', '').removesuffix(_PREFIX),
            'QUERY_STRING': '', 'HTTP_ACCEPT': 'application/json',
            'wsgi.input': io.BytesIO()})
        webob.Request(kept).context = webob.Request(self._environ).context
        return kept
