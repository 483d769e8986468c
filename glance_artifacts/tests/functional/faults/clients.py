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

"""Clients that remember what they were told, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
import dataclasses
import random
from typing import Any

import requests

from glance_artifacts.dev import checks
from glance_artifacts.tests.functional.api import base as api
from glance_artifacts.tests.functional.hostile import base as hostile
from glance_artifacts.tests.functional.store import test_uploads

MIB = 1024 * 1024
_PIECE = 64 * 1024
WAYS = ('length', 'chunks', 'part')
#: What a client knows of something that it asked for.
NO, MAYBE, YES = 'no', 'maybe', 'yes'


@dataclasses.dataclass
class Thing:
    """An artifact of type generic, as its client believes it to be.

    :param draft: the answer to its creation
    :param data: what belongs in its one blob
    :param stored: whether that was acknowledged
    """

    draft: dict[str, Any]
    data: bytes
    way: str
    stored: str = NO
    active: str = NO
    deleted: str = NO

    @property
    def path(self) -> str:
        """Of the blob."""
        return self.draft['self'] + '/data'

    def release(self, test: Any) -> None:
        """Give up an upload in parts that was not completed."""
        if self.way == 'part' and self.stored != YES:
            shown = test.http('GET', self.draft['self'], token=test.member)
            if shown.status_code == 200 and (
                    shown.json()['data'] or {}).get('status') == 'saving':
                test.call('DELETE', self.path, 204)

    def check(self, test: Any) -> None:
        """It is what its client was told."""
        expected = {NO: (200,), MAYBE: (200, 404), YES: (404,)}[self.deleted]
        answer = test.http('GET', self.draft['self'], token=test.member)
        test.assertIn(answer.status_code, expected, self)
        if answer.status_code == 200:
            self._check_shown(test, answer.json())

    def _check_shown(self, test: Any, shown: dict[str, Any]) -> None:
        status = {NO: ('drafted',), MAYBE: ('drafted', 'active'),
                  YES: ('active',)}[self.active]
        test.assertIn(shown['status'], status)
        if shown['data'] is None:
            test.assertNotEqual(YES, self.stored, 'it is lost: %s' % self)
            return
        test.assertNotEqual(NO, self.stored, 'nobody was told of %s' % self)
        test.assertEqual(('active', len(self.data)), (
            shown['data']['status'], shown['data']['size']))
        test.same_bytes(self.data, test.call('GET', self.path).content)

    def __repr__(self) -> str:
        return '<%s: %d bytes, %s; stored: %s, active: %s, deleted: %s>' % (
            self.draft['self'], len(self.data), self.way, self.stored,
            self.active, self.deleted)


class Client:
    """Sends requests from a thread of its own, each on a new connection.

    :param test: an ApiTest, which it acts for the member of
    :param name: gives it the same random numbers in each run
    :ivar told: how many requests were answered as the client wanted
    """

    def __init__(self, test: Any, *name: Any) -> None:
        self._test = test
        self.random = random.Random('%d %s %s' % (hostile.SEED, test.id(),
                                                  name))
        self.things: list[Thing] = []
        self.told = 0

    def ask(self, method: str, path: str, expected: int,
            **kwargs: Any) -> requests.Response | None:
        """Send a request; None when it came to nothing, or nobody knows.

        A server that is too busy, or on its way out, may answer 503.
        """
        try:
            with checks.session() as session:
                answer = session.request(
                    method, self._test.server.root + path,
                    headers={'X-Auth-Token': self._test.member},
                    timeout=api.DEADLINE, **kwargs)
        except requests.RequestException:
            return None
        if answer.status_code == expected:
            self.told += 1
            return answer
        self.refused(answer)
        return None

    def refused(self, answer: requests.Response) -> None:
        """Tell whether a refusal is one that a fault may cause."""
        self._test.assertEqual(503, answer.status_code, answer.text)
        self._test.check_errors(answer)
        self._test.assertIn('Retry-After', answer.headers)

    def make(self, most: int = 2 * MIB, way: str | None = None) -> Thing:
        """A draft, and bytes for it; it may take several attempts."""
        answer = None
        while answer is None:
            answer = self.ask('POST', '/v2/artifacts/generic', 201,
                              json={'name': api.unique('fault')})
        thing = Thing(answer.json(), self.random.randbytes(
            self.random.randint(2, most)), way or self.random.choice(WAYS))
        self.things.append(thing)
        return thing

    def upload(self, thing: Thing) -> bool:
        """Upload the bytes of a thing; whether that was acknowledged."""
        if thing.way == 'part':
            return self._upload_part(thing)
        thing.stored = MAYBE
        body = (thing.data if thing.way == 'length'
                else self._pieces(thing.data))
        return self._stored(thing, self.ask('PUT', thing.path, 201,
                                            data=body))

    def begin(self, thing: Thing) -> str | None:
        """Begin an upload in parts; its path."""
        answer = self.ask('POST', thing.draft['self'] + '/uploads', 201,
                          json={'blob': 'data', 'part_size': 5 * MIB})
        return answer and '%s/uploads/%s' % (thing.draft['self'],
                                             answer.json()['id'])

    def complete(self, thing: Thing, path: str) -> bool:
        """Send the only part, and complete the upload."""
        if self.ask('PUT', path + '/parts/1', 200, data=thing.data) is None:
            return False
        thing.stored = MAYBE
        return self._stored(thing, self.ask('POST', path + '/complete', 201))

    def activate(self, thing: Thing) -> None:
        thing.active = MAYBE
        if self.ask('POST', thing.draft['self'] + '/actions/activate', 200):
            thing.active = YES

    def delete(self, thing: Thing) -> None:
        thing.deleted = MAYBE
        if self.ask('DELETE', thing.draft['self'], 204):
            thing.deleted = YES

    def break_off(self, thing: Thing, blob: str = 'data') -> None:
        """Upload some of the bytes, at most all but the end of them."""
        chunked = thing.way == 'chunks'
        upload = test_uploads.Upload(
            self._test, thing.draft, None if chunked else len(thing.data),
            blob)
        offset = self.random.randrange(len(thing.data) + chunked)
        if chunked:
            upload.raw('%x\r\n' % len(thing.data))
        upload.raw(thing.data[:offset])
        upload.break_off(abruptly=self.random.random() < 0.5)

    def _upload_part(self, thing: Thing) -> bool:
        path = self.begin(thing)
        return path is not None and self.complete(thing, path)

    @staticmethod
    def _stored(thing: Thing, answer: requests.Response | None) -> bool:
        if answer is not None:
            thing.stored = YES
        return answer is not None

    @staticmethod
    def _pieces(data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _PIECE):
            yield data[start:start + _PIECE]
