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
"""What clients do while services come and go, and what must be left of it."""

from __future__ import annotations

from collections.abc import Callable
import hashlib
import os
import random
import threading
import uuid

from glance_artifacts.tests.functional.services import traffic

MIB = 1024 * 1024
_PART = 5 * MIB
_OCTETS = {'Content-Type': 'application/octet-stream'}
_MERGE = {'Content-Type': 'application/merge-patch+json'}
_ARTIFACTS = '/v2/artifacts/generic'


class Wrong(Exception):
    """An answer that is not what was acknowledged before."""


class Workload:
    """Remembers what was acknowledged.

    Artifacts are of a type whose pool has a store of its own; names say who
    has made them.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, int]] = {}
        self._lock = threading.Lock()
        self._large = os.urandom(_PART)

    def clients(self) -> dict[str, Callable[[traffic.Client], None]]:
        """What each of the clients does in a round."""
        return {'whole': self.whole, 'whole too': self.whole,
                'parts': self.parts, 'slow': self.slow,
                'images': self.images}

    def whole(self, client: traffic.Client) -> None:
        """An artifact's life, with a body of some size in one piece."""
        data = os.urandom(random.randint(1, 300000))
        draft = _create(client)
        path = draft['self'] + '/data'
        _put(client, path, data)
        _same(data, client.ask('GET', path, 200).body)
        _same(data[1:], client.ask('GET', path, 206, headers={
            'Range': 'bytes=1-'}).body if len(data) > 1 else b'')
        changed = client.ask('PATCH', draft['self'], 200, body={
            'description': 'changed'}, headers=_MERGE).json
        if changed['description'] != 'changed':
            raise Wrong('%s: %s' % (draft['self'], changed['description']))
        client.ask('POST', draft['self'] + '/actions/activate', 200)
        self._listed(client, draft['name'], 1)
        if random.random() < 0.5:
            self._keep(draft, data)
            return
        answer = client.ask('DELETE', draft['self'], 204, 404)
        if answer.status == 404 and not answer.repeated:
            raise Wrong('%s is gone' % draft['self'])
        self._listed(client, draft['name'], 0)
        client.ask('GET', path, 404)

    def parts(self, client: traffic.Client) -> None:
        """An upload in parts."""
        data = self._large + os.urandom(random.randint(1, 1000))
        draft = _create(client)
        uploads = draft['self'] + '/uploads'
        upload = '%s/%s' % (uploads, client.ask('POST', uploads, 201, body={
            'blob': 'data', 'part_size': _PART, 'size': len(data)}).json['id'])
        for n in (2, 1):
            part = data[(n - 1) * _PART:n * _PART]
            client.ask('PUT', '%s/parts/%d' % (upload, n), 200, body=part,
                       headers=_OCTETS)
        there = client.ask('GET', upload, 200).json['parts']
        if [part['n'] for part in there] != [1, 2]:
            raise Wrong('%s has %s' % (upload, there))
        client.ask('POST', upload + '/complete', 201, body={})
        _same(data, client.ask('GET', draft['self'] + '/data', 200).body)
        client.ask('DELETE', draft['self'], 204, 404)

    def slow(self, client: traffic.Client) -> None:
        """Transfers that last, so that one is under way at each step."""
        draft = _create(client)
        path = draft['self'] + '/data'
        _put(client, path, traffic.Slow(self._large, 2.5))
        _same(self._large, client.ask('GET', path, 200, slowly=2.5).body)
        self._keep(draft, self._large)

    def images(self, client: traffic.Client) -> None:
        """Images stay where they are."""
        data = os.urandom(20000)
        image = client.ask('POST', '/v2/images', 201, body={
            'name': 'image', 'disk_format': 'raw',
            'container_format': 'bare'}).json
        client.ask('PUT', image['file'], 204, body=data, headers=_OCTETS)
        _same(data, client.ask('GET', image['file'], 200).body)
        client.ask('GET', '/v2/images?limit=5', 200)
        client.ask('DELETE', image['self'], 204)

    def check(self, client: traffic.Client) -> int:
        """Compare all that was kept with what there is; how many."""
        for path, (digest, size) in self._kept.items():
            artifact = client.ask('GET', path, 200).json
            blob = artifact['data']
            body = client.ask('GET', path + '/data', 200).body
            if (digest, size) != (_digest(body), blob['size']):
                raise Wrong('%s: %s' % (path, blob))
        return len(self._kept)

    def _keep(self, draft: dict, data: bytes) -> None:
        with self._lock:
            self._kept[draft['self']] = (_digest(data), len(data))

    def _listed(self, client: traffic.Client, name: str, count: int) -> None:
        found = client.ask('GET', '%s?name=%s' % (_ARTIFACTS, name),
                           200).json['artifacts']
        if len(found) != count:
            raise Wrong('%s: %d in the list' % (name, len(found)))


def _create(client: traffic.Client) -> dict:
    return client.ask('POST', _ARTIFACTS, 201, body={
        'name': uuid.uuid4().hex}).json


def _put(client: traffic.Client, path: str,
         data: bytes | traffic.Slow) -> None:
    answer = client.ask('PUT', path, 201, 409, body=data, headers=_OCTETS)
    if answer.status == 409 and not answer.repeated:
        raise Wrong('%s was there: %r' % (path, answer.body))


def _same(expected: bytes, found: bytes) -> None:
    if expected != found:
        raise Wrong('%d bytes are not those: %d' % (len(found),
                                                    len(expected)))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
