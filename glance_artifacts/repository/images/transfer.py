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


"""Bytes of images on their way in and out."""

from __future__ import annotations

from collections.abc import Iterator
import hashlib
from typing import BinaryIO

import webob

from glance_artifacts import exceptions
from glance_artifacts.repository.images import client
from glance_artifacts.repository.images import errors
from glance_artifacts.repository.images import mapping
from glance_artifacts.store import reader

#: What Glance answers to a range where its store knows none.
_NO_RANGES = (400, 416, 500)


class Checked(reader.Reader):
    """A body that is what its client says, or fails before it ends.

    :param sha256: what the client expects, in hex
    """

    def __init__(self, source: BinaryIO, limit: int, size: int | None,
                 sha256: str | None) -> None:
        super().__init__(source, limit, size)
        self._expected = sha256
        self._sha256 = hashlib.sha256() if sha256 else None

    def read(self, size: int = -1) -> bytes:
        data = super().read(size)
        if self._sha256 is None:
            return data
        self._sha256.update(data)
        # before the store has all of it: no driver keeps the rest then
        if self.count == self._size or (not data and size):
            self._check(self._sha256.hexdigest())
        return data

    def _check(self, found: str) -> None:
        if found != self._expected:
            raise self._fail(exceptions.DigestMismatch(
                'The bytes have the sha256 %s, not %s as announced.'
                % (found, self._expected), field=mapping.BLOB))


def read(session: client.Session, image_id: str, size: int, offset: int,
         length: int) -> Iterator[bytes]:
    """Exactly ``length`` bytes from ``offset`` of the ``size`` there are.

    :raises ArtifactsError: when Glance refuses
    :raises Unavailable: when there are fewer
    """
    response, skip = _open(session, image_id, size, offset, length)
    try:
        for chunk in response.app_iter:
            part = chunk[skip:skip + length]
            skip -= min(skip, len(chunk))
            length -= len(part)
            if part:
                yield part
            if not length:
                return
    finally:
        close(response)
    raise exceptions.Unavailable('The bytes end early.',
                                 code='store.object_missing')


def ask(session: client.Session, image_id: str) -> None:
    """Whether Glance would give the bytes out.

    :raises ArtifactsError: when it refuses
    """
    close(_whole(session, image_id))


def _open(session: client.Session, image_id: str, size: int, offset: int,
          length: int) -> tuple[webob.Response, int]:
    """An answer with the bytes, and how many come before them."""
    if length == size:
        return _whole(session, image_id), 0
    last = offset + length - 1
    response = session.answer(
        'GET', _path(image_id), HTTP_RANGE='bytes=%d-%d' % (offset, last))
    if response.headers.get('Content-Range') == 'bytes %d-%d/%d' % (
            offset, last, size):
        return response, 0
    if response.status_int >= 400 and response.status_int not in _NO_RANGES:
        raise errors.of(response)
    close(response)
    return _whole(session, image_id), offset


def _whole(session: client.Session, image_id: str) -> webob.Response:
    response = session.send('GET', _path(image_id))
    if response.status_int == 204:
        raise exceptions.Unavailable('The bytes cannot be found now.',
                                     code='store.object_missing')
    return response


def _path(image_id: str) -> str:
    return '/images/%s/file' % image_id


def close(response: webob.Response) -> None:
    """Let go of what an answer holds open."""
    if hasattr(response.app_iter, 'close'):
        response.app_iter.close()
