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

"""One body on its way into segments, of which nothing stays if it fails.

The row comes before the bytes and goes after them, so whatever fails leaves
neither; what a killed process leaves is named by its row in ``segments``, and
purge clears it up once the lease has run out.
"""

from __future__ import annotations

from collections.abc import Callable
import contextlib
import dataclasses
from typing import BinaryIO
from typing import TypeVar
import uuid

from oslo_log import log as logging

from glance_artifacts.db import blobs
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import keeper as db_keeper
from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts.repository import places as repository_places
from glance_artifacts.store import backends as store_backends
from glance_artifacts.store import cutter
from glance_artifacts.store import health as store_health
from glance_artifacts.store import reader
from glance_artifacts.store import redaction

LOG = logging.getLogger(__name__)
Result = TypeVar('Result')


@dataclasses.dataclass(frozen=True)
class Stream:
    """Bytes on their way in.

    :param field: what they are for, to be named when they are not right
    :param too_large: what to say of more bytes than ``limit``
    :param size: bytes announced; None when the client did not say
    :param sha256: the digest that the client expects, in hex
    :param cut: they may become several segments
    """

    source: BinaryIO
    field: str
    limit: int
    too_large: reader.Refusal
    size: int | None = None
    sha256: str | None = None
    cut: bool = False


@dataclasses.dataclass(frozen=True)
class Moved:
    """What has arrived.

    :param sha256: of all segments together
    :param md5: the same; None where there are several
    """

    segments: list[records.Segment]
    sha256: str
    md5: str | None


#: Shows what has arrived.
Settle = Callable[[Moved], Result]


class Moving:
    """The way of one body.

    :param keeper: renews the leases meanwhile
    :param prefix: what the names of all our objects begin with
    :param most: bytes of a segment in a store that cannot seek; None: any
    """

    def __init__(self, database: db_engine.Database,
                 backends: store_backends.Backends,
                 places: repository_places.Places, keeper: db_keeper.Keeper,
                 health: store_health.Health, prefix: str, stream: Stream,
                 most: int | None) -> None:
        self._database = database
        self._backends = backends
        self._places = places
        self._keeper = keeper
        self._health = health
        self._prefix = prefix
        self._stream = stream
        self._most = most
        self._source = reader.Reader(stream.source, stream.limit,
                                     stream.size, stream.too_large)
        self._cutter = cutter.Cutter(self._source)

    def run(self, first: records.Segment, stores: list[str],
            settle: Settle[Result]) -> Result:
        """Bring the bytes in, and show them.

        :param first: it is noted already, for the first of the stores
        :param stores: to be tried in this order
        """
        segments = [first]
        with contextlib.ExitStack() as held:
            held.enter_context(self._keeper.holding(first.id))
            try:
                moved = self._all(segments, stores, held)
                self._check(moved)
                for segment in segments:
                    self._backends.sync(segment.backend, segment.location)
                return settle(moved)
            except BaseException:
                # the first one last: it has the place and the room
                for segment in reversed(segments):
                    undo(self._database, self._backends, self._places,
                         segment)
                raise

    def _all(self, segments: list[records.Segment], stores: list[str],
             held: contextlib.ExitStack) -> Moved:
        """Move segment after segment.

        :param segments: those that there are, the first one at the beginning
        """
        segments[0], stored = self._first(segments[0], stores)
        while self._cuts(segments[0].backend) and self._cutter.more:
            segment = dataclasses.replace(
                segments[0], id=str(uuid.uuid4()), n=len(segments) + 1,
                location=None, size=None, sha256=None)
            self._database.write(self._places.append, segments[0], segment)
            held.enter_context(self._keeper.holding(segment.id))
            segments.append(segment)
            segments[-1] = self._put(segment).of(segment)
        if len(segments) == 1:
            return Moved(segments, stored.sha256, stored.md5)
        return Moved(segments, self._cutter.sha256, None)

    def _first(self, segment: records.Segment, stores: list[str],
               ) -> tuple[records.Segment, store_backends.Stored]:
        """Have the first store take it that is up to it."""
        for store in stores:
            if store != segment.backend:
                segment = self._database.write(self._places.redirect,
                                               segment, store)
            try:
                stored = self._put(segment)
                return stored.of(segment), stored
            except exceptions.Unavailable as exc:
                if self._source.error is not None:
                    raise
                self._health.failed(store)
                # what a store has read nobody can give to another
                if self._source.count:
                    raise
                error = exc
        raise error

    def _put(self, segment: records.Segment) -> store_backends.Stored:
        """Write the next object."""
        name = self._prefix + segment.id
        size = self._stream.size
        if not self._cuts(segment.backend):
            return self._backends.put(segment.backend, name, self._source,
                                      size)
        if size is not None:
            size = min(self._most, size - (segment.n - 1) * self._most)
        return self._backends.put(
            segment.backend, name, self._cutter.piece(self._most), size)

    def _cuts(self, store: str) -> bool:
        """Whether there may be several objects; not where one would do."""
        if self._most is None or (self._stream.size is not None
                                  and self._stream.size <= self._most):
            return False
        return not self._backends.seeks(store)

    def _check(self, moved: Moved) -> None:
        expected = self._stream.sha256
        if expected not in (None, moved.sha256):
            raise exceptions.DigestMismatch(
                'The bytes have the sha256 %s, not %s as announced.'
                % (moved.sha256, expected), field=self._stream.field)


def undo(database: db_engine.Database, backends: store_backends.Backends,
         places: repository_places.Places, segment: records.Segment) -> None:
    """Leave neither bytes nor row; never hide what went wrong first.

    The row goes first: bytes that a store keeps stay in the ledger.
    """
    try:
        if not database.write(places.give_up, segment):
            return
        if segment.location is not None:
            backends.delete(segment.backend, segment.location)
        database.write(blobs.forget, segment)
    except Exception as exc:
        # the type alone: messages may hold locations
        redaction.say(
            LOG.error, 'Segment %s that was given up was not cleaned'
            ' up: %s', segment.id, type(exc).__name__)
