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

"""What nobody who keeps and hashes the bytes can be faster than."""

from __future__ import annotations

import abc
from collections.abc import Iterator
import dataclasses
import hashlib
import os
import pathlib
import uuid

from bench.transfer import peers
from bench.transfer import wire

_PIECE = 1024 * 1024


@dataclasses.dataclass(frozen=True)
class Floor(peers.Peer):
    """Something done by the process that makes the load, for each upload."""

    address: str = ''

    @abc.abstractmethod
    def upload(self, caller: wire.Caller, piece: wire.Piece,
               digest: str) -> str:
        """Do it."""

    def delete(self, caller: wire.Caller, kept: str) -> None:
        """Leave nothing behind."""


@dataclasses.dataclass(frozen=True)
class Disk(Floor):
    """Writing to a file, and having it on the disk.

    :param directory: on the file system of the stores
    """

    directory: pathlib.Path = pathlib.Path()
    name = 'write + fsync'

    def upload(self, caller: wire.Caller, piece: wire.Piece,
               digest: str) -> str:
        path = self.directory / uuid.uuid4().hex
        with open(path, 'wb', buffering=0) as target:
            for part in _parts(piece):
                target.write(part)
            os.fsync(target.fileno())
        return str(path)

    def delete(self, caller: wire.Caller, kept: str) -> None:
        os.unlink(kept)


class Hash(Floor):
    """The two digests of a stream: Glance's stores make one of them."""

    name = 'md5 + sha256'

    def upload(self, caller: wire.Caller, piece: wire.Piece,
               digest: str) -> str:
        digests = hashlib.md5(usedforsecurity=False), hashlib.sha256()
        for part in _parts(piece):
            for one in digests:
                one.update(part)
        return digests[0].hexdigest()


def _parts(piece: wire.Piece) -> Iterator[memoryview]:
    buffer, left = memoryview(bytearray(_PIECE)), piece.size
    with open(piece.path, 'rb', buffering=0) as source:
        source.seek(piece.offset)
        while left:
            length = source.readinto(buffer[:left])
            left -= length
            yield buffer[:length]
