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

"""A body in pieces, for stores that get one object of each."""

from __future__ import annotations

import hashlib

from glance_artifacts.store import reader

_BLOCK = 64 * 1024


class Cutter:
    """Cuts what a reader gives, and digests the whole on the way.

    :param source: is read to its end, piece after piece
    """

    def __init__(self, source: reader.Reader) -> None:
        self._source = source
        self._digest = hashlib.sha256()
        self._ahead = b''

    def piece(self, length: int) -> Piece:
        """The next bytes; read it to its end before you take another.

        :param length: at most
        """
        return Piece(self, length)

    @property
    def more(self) -> bool:
        """Whether anything is left; reads on to find out."""
        if not self._ahead:
            self._ahead = self._source.read(_BLOCK)
        return bool(self._ahead)

    @property
    def count(self) -> int:
        """Bytes that the reader has given."""
        return self._source.count

    @property
    def error(self) -> Exception | None:
        """See ``Reader``."""
        return self._source.error

    @property
    def sha256(self) -> str:
        """The digest of all pieces so far, in hex."""
        return self._digest.hexdigest()

    def take(self, size: int) -> bytes:
        """Read on."""
        if self._ahead:
            data, self._ahead = self._ahead[:size], self._ahead[size:]
        else:
            data = self._source.read(size)
        self._digest.update(data)
        return data


class Piece:
    """A part of a body, for a driver to read."""

    def __init__(self, cutter: Cutter, length: int) -> None:
        self._cutter = cutter
        self._left = length

    @property
    def error(self) -> Exception | None:
        """See ``Reader``."""
        return self._cutter.error

    def read(self, size: int = -1) -> bytes:
        if not self._left:
            return b''
        data = self._cutter.take(
            self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        return data
