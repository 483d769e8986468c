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

"""The bytes of a blob, piece by piece, wherever its segments are now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
import contextlib

from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts.store import backends as store_backends
from glance_artifacts.store import pieces as store_pieces

MISSING = 'store.object_missing'

#: Reads the row of a segment anew, by its number; None when its blob is not
#: what it was.
Again = Callable[[int], records.Segment | None]


def pieces(backends: store_backends.Backends,
           segments: Iterable[records.Segment], offset: int, length: int,
           again: Again = lambda n: None,
           ) -> Iterator[store_pieces.Piece]:
    """Exactly ``length`` bytes from ``offset`` of what segments make up.

    Each piece is opened when it is its turn; close it before the next.

    :param again: is asked once where an object is gone, because segments move
    :raises Unavailable: when a store does not have them now
    """
    for segment in segments:
        if offset >= segment.size:
            offset -= segment.size
            continue
        part = min(length, segment.size - offset)
        yield _opened(backends, segment, offset, part, again)
        offset, length = 0, length - part
        if not length:
            return
    raise exceptions.Unavailable('The bytes cannot be found now.',
                                 code=MISSING)


def chunks(found: Iterable[store_pieces.Piece]) -> Iterator[bytes]:
    """The bytes of pieces."""
    for piece in found:
        with contextlib.closing(piece):
            yield from piece


def _opened(backends: store_backends.Backends, segment: records.Segment,
            offset: int, length: int, again: Again) -> store_pieces.Piece:
    place = segment.backend, segment.location
    try:
        return backends.read(*place, offset, length)
    except exceptions.Unavailable as exc:
        if exc.code != MISSING:
            raise
        now = again(segment.n)
        if now is None or (now.backend, now.location) == place:
            raise
    return backends.read(now.backend, now.location, offset, length)
