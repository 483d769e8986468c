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

"""One artifact on a running service, from its creation to its end."""

from __future__ import annotations

from collections.abc import Callable
import hashlib
import os
import secrets
import sys
import time
from typing import Any

import requests

SIZE = 256 * 1024
_RANGE = (1000, 70000)  # first and last byte
_TIMEOUT = 60


class Failed(Exception):
    """A step did not end as it should; the text says how."""


class Trial:
    """One artifact, from its creation to its end.

    :param base: URL of the artifacts of the service
    """

    def __init__(self, session: requests.Session, base: str, type_name: str,
                 blob: str) -> None:
        self._session = session
        self._artifacts = '%s/%s' % (base, type_name)
        self._blob = blob
        self._name = 'smoke-' + secrets.token_hex(16)
        self._content = secrets.token_bytes(SIZE)
        self._url: str | None = None
        self._begun = False

    def run(self) -> bool:
        """Do and print all steps up to the first that fails."""
        try:
            good = all(self._step(name, step) for name, step in (
                ('create', self._create), ('upload', self._upload),
                ('download', self._download), ('range', self._range),
                ('delete', self._delete)))
        finally:
            clean = not self._begun or self._step('clean up', self._clean_up)
        return good and clean

    def _step(self, name: str, step: Callable[[], None]) -> bool:
        began = time.monotonic()
        try:
            step()
            outcome = 'ok'
        except (Failed, requests.RequestException) as exc:
            outcome = 'failed: %s' % ' '.join(str(exc).split())
        _print('%-9s %7.1f ms  %s'
               % (name, (time.monotonic() - began) * 1000, outcome))
        return outcome == 'ok'

    def _call(self, method: str, url: str, expected: int,
              **kwargs: Any) -> requests.Response:
        answer = self._session.request(method, url, timeout=_TIMEOUT,
                                       **kwargs)
        if answer.status_code != expected:
            raise Failed('%s %s: %d instead of %d%s' % (
                method, url, answer.status_code, expected, _detail(answer)))
        return answer

    def _one(self) -> str:
        if self._url is None:
            raise Failed('there is no artifact')
        return self._url

    def _create(self) -> None:
        self._begun = True
        created = self._call('POST', self._artifacts, 201,
                             json={'name': self._name})
        self._url = '%s/%s' % (self._artifacts, _json(created)['id'])

    def _upload(self) -> None:
        digest = hashlib.sha256(self._content).hexdigest()
        blob = _json(self._call(
            'PUT', '%s/%s' % (self._one(), self._blob), 201,
            data=self._content, headers={
                'Content-Type': 'application/octet-stream',
                'X-Artifact-SHA256': digest}))
        if (blob.get('size'), blob.get('sha256')) != (SIZE, digest):
            raise Failed('%s bytes with sha256 %s arrived, sent were %d with'
                         ' %s' % (blob.get('size'), blob.get('sha256'),
                                  SIZE, digest))

    def _download(self) -> None:
        got = self._call('GET', '%s/%s' % (self._one(), self._blob), 200)
        _compare(got.content, self._content)

    def _range(self) -> None:
        first, last = _RANGE
        got = self._call('GET', '%s/%s' % (self._one(), self._blob), 206,
                         headers={'Range': 'bytes=%d-%d' % _RANGE})
        _compare(got.content, self._content[first:last + 1])

    def _delete(self) -> None:
        self._call('DELETE', self._one(), 204)
        self._call('GET', self._one(), 404)
        self._begun = False

    def _clean_up(self) -> None:
        """Delete what is there, also if its creation was not answered."""
        found = self._call('GET', self._artifacts, 200,
                           params={'name': self._name})
        for artifact in _json(found)['artifacts']:
            url = '%s/%s' % (self._artifacts, artifact['id'])
            try:
                self._call('DELETE', url, 204)
            except (Failed, requests.RequestException) as exc:
                raise Failed('%s is left: %s' % (url, exc)) from exc


def _print(line: str) -> None:
    try:
        print(line, flush=True)
    except BrokenPipeError:
        # nobody reads on; there is still something to clean up
        sys.stdout = open(os.devnull, 'w')


def _json(answer: requests.Response) -> dict[str, Any]:
    try:
        return answer.json()
    except requests.JSONDecodeError:
        raise Failed('the answer is not JSON') from None


def _detail(answer: requests.Response) -> str:
    """What the error says, with the id to look for in the log."""
    try:
        error = answer.json()['errors'][0]
        return ' (%(code)s: %(detail)s request %(request_id)s)' % error
    except (ValueError, LookupError, TypeError):
        return ' %s' % answer.reason


def _compare(got: bytes, sent: bytes) -> None:
    if got != sent:
        raise Failed('%d bytes came back that are not the %d that were sent'
                     % (len(got), len(sent)))
