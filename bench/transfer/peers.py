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

"""What is compared, as its clients see it.

What is here is sent to the process that makes the load.
"""

from __future__ import annotations

import abc
import concurrent.futures
import dataclasses
import json
import uuid

from bench.transfer import wire

_JSON = {'Content-Type': 'application/json'}
_BYTES = {'Content-Type': 'application/octet-stream'}
PARTS = 4
#: The least part of an upload session.
_LEAST = 5 * 1024 * 1024


@dataclasses.dataclass(frozen=True)
class Peer(abc.ABC):
    """One system.

    :cvar name: what the tables call it
    :param address: host and port
    """

    address: str
    name = ''

    @abc.abstractmethod
    def upload(self, caller: wire.Caller, piece: wire.Piece,
               digest: str) -> str:
        """Have the bytes kept; where they are.

        :param digest: their sha256
        """

    def serves(self, size: int, clients: int) -> bool:
        """Whether it is measured with bytes of that size."""
        return True

    def download(self, caller: wire.Caller, kept: str, check: bool,
                 ) -> wire.Answer:
        """Receive the bytes.

        :param check: hash them
        """
        return caller.call(self.address, 'GET', kept, count=True,
                           check=check)

    def delete(self, caller: wire.Caller, kept: str) -> None:
        """Have the bytes deleted."""
        caller.call(self.address, 'DELETE', kept)


class Artifacts(Peer):
    """Ours: create, upload and activate."""

    name = 'artifacts'

    def upload(self, caller: wire.Caller, piece: wire.Piece,
               digest: str) -> str:
        draft = self._create(caller)
        self._put(caller, draft, piece)
        caller.call(self.address, 'POST', draft + '/actions/activate')
        return draft + '/data'

    def delete(self, caller: wire.Caller, kept: str) -> None:
        super().delete(caller, kept.removesuffix('/data'))

    def _create(self, caller: wire.Caller) -> str:
        answer = caller.call(
            self.address, 'POST', '/v2/artifacts/generic', _JSON,
            json.dumps({'name': uuid.uuid4().hex}).encode())
        return json.loads(answer.body)['self']

    def _put(self, caller: wire.Caller, draft: str,
             piece: wire.Piece) -> None:
        caller.call(self.address, 'PUT', draft + '/data', _BYTES, piece)


class Parts(Artifacts):
    """Ours, in four parts at a time."""

    name = 'artifacts, %d parts' % PARTS

    def serves(self, size: int, clients: int) -> bool:
        return clients == 1 and size >= PARTS * _LEAST

    def _put(self, caller: wire.Caller, draft: str,
             piece: wire.Piece) -> None:
        length = -(-piece.size // PARTS)
        session = json.loads(caller.call(
            self.address, 'POST', draft + '/uploads', _JSON, json.dumps({
                'blob': 'data', 'size': piece.size, 'part_size': length,
            }).encode()).body)
        where = '%s/uploads/%s' % (draft, session['id'])

        def put(number: int) -> int:
            # a caller has one buffer
            own, start = wire.Caller(), number * length
            own.call(self.address, 'PUT', '%s/parts/%d' % (
                where, number + 1), _BYTES, wire.Piece(
                    piece.path, piece.offset + start,
                    min(length, piece.size - start)))
            return own.refused

        with concurrent.futures.ThreadPoolExecutor(PARTS) as pool:
            caller.refused += sum(pool.map(put, range(PARTS)))
        caller.call(self.address, 'POST', where + '/complete', _JSON,
                    b'{}')


class Images(Peer):
    """Stock Glance."""

    name = 'stock Glance'

    def upload(self, caller: wire.Caller, piece: wire.Piece,
               digest: str) -> str:
        image = json.loads(caller.call(
            self.address, 'POST', '/v2/images', _JSON, json.dumps({
                'name': uuid.uuid4().hex, 'disk_format': 'raw',
                'container_format': 'bare'}).encode()).body)
        kept = image['self'] + '/file'
        caller.call(self.address, 'PUT', kept, _BYTES, piece)
        return kept

    def delete(self, caller: wire.Caller, kept: str) -> None:
        super().delete(caller, kept.removesuffix('/file'))


class Registry(Peer):
    """docker-registry: a blob of OCI, in one piece."""

    name = 'docker-registry'

    def upload(self, caller: wire.Caller, piece: wire.Piece,
               digest: str) -> str:
        # of its own: a repository that has the blob is no new one
        blobs = '/v2/bench/%s/blobs/' % uuid.uuid4().hex
        begun = caller.call(self.address, 'POST', blobs + 'uploads/')
        where = begun.headers['location'].partition(self.address)[2]
        caller.call(self.address, 'PUT', '%s%sdigest=sha256:%s' % (
            where, '&' if '?' in where else '?', digest), _BYTES, piece)
        return blobs + 'sha256:' + digest


class Nginx(Peer):
    """nginx: WebDAV and sendfile."""

    name = 'nginx'

    def upload(self, caller: wire.Caller, piece: wire.Piece,
               digest: str) -> str:
        kept = '/' + uuid.uuid4().hex
        caller.call(self.address, 'PUT', kept, _BYTES, piece)
        return kept
