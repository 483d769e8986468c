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

"""Requests, and how long they take."""

from __future__ import annotations

import contextlib
import dataclasses
import http.client
import json
import time
from typing import Any

JSON = 'application/json'


@dataclasses.dataclass(frozen=True)
class Request:
    """What is sent.

    :param path: below ``/v2``
    """

    path: str
    token: str
    method: str = 'GET'
    body: Any = None
    content_type: str = JSON
    headers: tuple[tuple[str, str], ...] = ()


@dataclasses.dataclass(frozen=True)
class Answer:
    """What comes back.

    :param seconds: from the connection to the last byte
    """

    status: int
    body: Any
    seconds: float
    headers: dict[str, str]


def send(address: str, request: Request) -> Answer:
    """Send a request; the server closes each connection, so on a new one."""
    body = (None if request.body is None
            else json.dumps(request.body).encode())
    began = time.perf_counter()
    conn = http.client.HTTPConnection(address, timeout=120)
    with contextlib.closing(conn):
        conn.request(request.method, '/v2' + request.path, body, {
            'X-Auth-Token': request.token,
            'Content-Type': request.content_type, **dict(request.headers)})
        response = conn.getresponse()
        data = response.read()
    took = time.perf_counter() - began
    is_json = JSON in response.headers.get('Content-Type', '')
    return Answer(response.status, json.loads(data) if is_json else data,
                  took, {name.lower(): value
                         for name, value in response.headers.items()})


def must(address: str, request: Request) -> Answer:
    """The same for a request that has to succeed.

    :raises RuntimeError: when it does not
    """
    answer = send(address, request)
    if answer.status >= 300:
        raise RuntimeError('%s %s: %d %r' % (
            request.method, request.path, answer.status, answer.body))
    return answer
