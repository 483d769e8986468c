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

"""Room for the bytes of an upload, reserved before they move.

What a client announces is reserved as its place is taken. Where the length is
unknown, room is taken as the bytes come: exactly, for a body that is not
long; in steps that are larger than what is needed, for one that is, unless
only what is needed is left.
"""

from __future__ import annotations

import io
from typing import BinaryIO

from oslo_utils import units

from glance_artifacts.db import amounts
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts.quota import limits as quota_limits
from glance_artifacts.repository import places as repository_places

#: How much is read before room is taken, to learn how long a body is.
AHEAD = units.Mi
STEP = 16 * units.Mi
_BLOCK = 64 * units.Ki


class Room:
    """What one upload has reserved.

    :param artifact: whose owner has to have room
    """

    def __init__(self, database: db_engine.Database,
                 places: repository_places.Places,
                 source: quota_limits.Source, artifact: records.Artifact,
                 segment: records.Segment) -> None:
        self._database = database
        self._places = places
        self._source = source
        self._type_name, self._pool = artifact.type_name, artifact.pool
        self._segment = segment
        self._held = 0
        self._ask(artifact.owner)

    @property
    def limits(self) -> amounts.Limits:
        """Those of the owner."""
        return self._limits

    def cover(self, count: int, *, exactly: bool) -> None:
        """Have room for so many bytes, those that have it already included.

        :param exactly: no more will come
        :raises TooLarge: ``quota.bytes``
        """
        missing = count - self._held
        if missing <= 0:
            return
        if not exactly and missing < STEP:
            try:
                self._take(STEP)
                return
            except exceptions.TooLarge:
                pass  # but perhaps there is room for what is here
        self._take(missing)

    def _take(self, count: int) -> None:
        # as often as the artifact is given away meanwhile
        while True:
            owner = self._database.write(
                self._places.extend, self._segment, count, self._owner,
                self._limits)
            if owner == self._owner:
                break
            self._ask(owner)
        self._held += count

    def _ask(self, owner: str) -> None:
        self._owner = owner
        self._limits = self._source.of(owner).on(self._type_name, self._pool)


class Body:
    """A body of unknown length that takes room for what it hands on."""

    def __init__(self, source: BinaryIO, room: Room) -> None:
        self._source = source
        self._room = room
        self._ahead: io.BytesIO | None = None
        self._count = 0
        self._ended = False

    def read(self, size: int = -1) -> bytes:
        if self._ahead is None:
            self._ahead = io.BytesIO(self._begin())
        data = self._ahead.read(size)
        if not data and size:
            data = self._next(size)
            self._room.cover(self._count, exactly=False)
        return data

    def _begin(self) -> bytes:
        parts = []
        while self._count < AHEAD and (part := self._next(_BLOCK)):
            parts.append(part)
        self._room.cover(self._count, exactly=self._ended)
        return b''.join(parts)

    def _next(self, size: int) -> bytes:
        # a server need not be asked for more behind the end
        data = b'' if self._ended else self._source.read(size)
        self._count += len(data)
        self._ended = self._ended or not data and size != 0
        return data
