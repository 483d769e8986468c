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

"""What the tests of the HTTP API have in common."""

from __future__ import annotations

from collections.abc import Callable
import configparser
import hashlib
import json
import time
from typing import Any
import uuid

import requests
import sqlalchemy as sa

from glance_artifacts.db import models
from glance_artifacts.tests.functional.api import charts
from glance_artifacts.tests.functional import base
from glance_artifacts.tests.functional import databases

ERROR_KEYS = {'status', 'code', 'title', 'detail', 'request_id'}
#: In 400s and 409s about one field; in 413s.
MORE_KEYS = {'field', 'limit', 'used', 'requested'}
JSON_PATCH = {'Content-Type': 'application/json-patch+json'}
NOBODYS_ID = '01900000-0000-7000-8000-000000000000'
DEADLINE = 60.0


def unique(word: str) -> str:
    """A name that no other test uses."""
    return '%s-%s' % (word, uuid.uuid4().hex[:12])


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def unless_busy(send: Callable[[], Any]) -> Any:
    """What a request is answered with once there is a place for it.

    For the many transfers of a test that is not about how many there may be.

    :param send: sends it; the answer has ``status_code`` and ``text``
    """
    deadline = time.monotonic() + DEADLINE
    while True:
        answer = send()
        if (answer.status_code != 503 or 'pool.busy' not in answer.text
                or time.monotonic() > deadline):
            return answer
        time.sleep(0.1)


def token_for(project: str, role: str = 'member') -> str:
    return 'someone:%s:%s' % (project, role)


ADMIN = token_for('operators', 'admin')


class ApiTest(base.FunctionalTest):
    """Each test has a project of its own; ``call`` acts as its member."""

    def setUp(self) -> None:
        super().setUp()
        self.project = unique('project')
        self.member = token_for(self.project)
        self.reader = token_for(self.project, 'reader')
        self.stranger = token_for(unique('stranger'))

    def http(self, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request on a connection of its own.

        uWSGI closes each one without saying so: what is sent on it next
        would now and then be lost.
        """
        self.session.close()
        return super().http(*args, **kwargs)

    def call(self, method: str, path: str, expected: int = 200, *,
             token: str | None = None, **kwargs: Any) -> requests.Response:
        """Send a request that must be answered with a status."""
        response = self.http(method, path, token=token or self.member,
                             **kwargs)
        if response.status_code != expected:
            self.fail('%s %s: %d, not %d: %r' % (
                method, path, response.status_code, expected,
                response.content[:500]))
        if expected >= 400 and method != 'HEAD':
            self.check_errors(response)
        return response

    def refused(self, status: int, code: str, method: str, path: str, *,
                field: str | None = None, **kwargs: Any) -> dict[str, Any]:
        """Send a request that must be refused; return the error's entry."""
        response = self.call(method, path, status, **kwargs)
        entry = response.json()['errors'][0]
        self.assertEqual((code, field), (entry['code'], entry.get('field')),
                         entry)
        return entry

    def check_errors(self, response: requests.Response) -> None:
        """Every error body has this form."""
        self.assertEqual('application/json',
                         response.headers['Content-Type'].partition(';')[0])
        body = response.json()
        self.assertEqual(['errors'], list(body))
        self.assertTrue(body['errors'])
        for entry in body['errors']:
            self.assertEqual(ERROR_KEYS, set(entry) - MORE_KEYS)
            self.assertEqual(response.status_code, entry['status'])
            self.assertEqual(response.headers['x-openstack-request-id'],
                             entry['request_id'])
            self.assertRegex(entry['code'], r'^[a-z]+(\.[a-z_]+)+$')
            self.assertTrue(entry['title'] and entry['detail'], entry)

    def create(self, type_name: str = 'generic', *, token: str | None = None,
               **body: Any) -> dict[str, Any]:
        """Create a draft, by a name of its own unless one is given."""
        body.setdefault('name', unique('artifact'))
        artifact = self.call('POST', '/artifacts/' + type_name, 201,
                             token=token, json=body).json()
        if artifact['visibility'] == 'public':
            self.withdraw(artifact)
        return artifact

    def upload_chart(self, draft: dict[str, Any]) -> requests.Response:
        """Upload the chart that belongs to a draft of a Helm chart."""
        return self.upload(
            draft, charts.pack(draft['name'], draft['version']), 'chart')

    def publish(self, artifact: dict[str, Any]) -> requests.Response:
        self.withdraw(artifact)
        return self.patch(artifact, {'op': 'replace', 'path': '/visibility',
                                     'value': 'public'}, token=ADMIN)

    def withdraw(self, artifact: dict[str, Any]) -> None:
        """Delete it after the test: what is public is in everyone's lists."""
        self.addCleanup(self.http, 'DELETE', artifact['self'], token=ADMIN)

    def show(self, artifact: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        return self.call('GET', artifact['self'], **kwargs).json()

    def patch(self, artifact: dict[str, Any], *operations: dict[str, Any],
              expected: int = 200, **kwargs: Any) -> requests.Response:
        """Send a JSON Patch."""
        headers = {**JSON_PATCH, **kwargs.pop('headers', {})}
        return self.call('PATCH', artifact['self'], expected, headers=headers,
                         data=json.dumps(operations), **kwargs)

    def patch_refused(self, status: int, code: str, artifact: dict[str, Any],
                      *operations: dict[str, Any], field: str | None = None,
                      **kwargs: Any) -> dict[str, Any]:
        headers = {**JSON_PATCH, **kwargs.pop('headers', {})}
        return self.refused(status, code, 'PATCH', artifact['self'],
                            field=field, headers=headers,
                            data=json.dumps(operations), **kwargs)

    def upload(self, artifact: dict[str, Any], data: Any, blob: str = 'data',
               expected: int = 201, **kwargs: Any) -> requests.Response:
        return self.call('PUT', '%s/%s' % (artifact['self'], blob), expected,
                         data=data, **kwargs)

    def act(self, artifact: dict[str, Any], action: str, expected: int = 200,
            **kwargs: Any) -> requests.Response:
        """Send one of the actions of the life cycle."""
        return self.call('POST', '%s/actions/%s' % (artifact['self'], action),
                         expected, **kwargs)

    def active(self, *, data: bytes | None = None, public: bool = False,
               token: str | None = None, **body: Any) -> dict[str, Any]:
        """Create an active artifact of type generic."""
        artifact = self.create(token=token, **body)
        if data is not None:
            self.upload(artifact, data, token=token)
        if public:
            self.publish(artifact)
        return self.act(artifact, 'activate', token=token).json()

    def listed(self, query: str = '', *, type_name: str = 'generic',
               **kwargs: Any) -> list[dict[str, Any]]:
        """The artifacts on the one page that a query answers."""
        page = self.call('GET', '/artifacts/%s?%s' % (type_name, query),
                         **kwargs).json()
        self.assertNotIn('next', page)
        return page['artifacts']

    def names(self, query: str = '', **kwargs: Any) -> list[str]:
        return [artifact['name'] for artifact in self.listed(query, **kwargs)]

    def pages(self, query: str = '', *, type_name: str = 'generic',
              **kwargs: Any) -> list[list[dict[str, Any]]]:
        """Every page, following ``next`` to the end."""
        found = []
        url = '/v2/artifacts/%s?%s' % (type_name, query)
        while url:
            page = self.call('GET', url, **kwargs).json()
            found.append(page['artifacts'])
            self.assertLess(len(found), 1000, 'the list does not end')
            url = page.get('next')
        return found

    def same_bytes(self, expected: bytes, found: bytes) -> None:
        """Compare bytes without printing megabytes of them."""
        self.assertEqual((len(expected), sha256(expected)),
                         (len(found), sha256(found)))

    def eventually(self, condition: Callable[[], bool], what: str) -> None:
        """Wait until a condition holds, but not for ever."""
        deadline = time.monotonic() + DEADLINE
        while not condition():
            self.assertLess(time.monotonic(), deadline,
                            '%s: not within %d s' % (what, DEADLINE))
            time.sleep(0.02)

    def files(self) -> set[str]:
        """The objects in the store of this server."""
        return {path.name for path in
                (self.server.state / 'stores' / 'local').iterdir()}

    def segments(self, artifact: dict[str, Any]) -> list[dict[str, Any]]:
        """The ledger's rows of an artifact."""
        return self._rows(models.segments, artifact)

    def member_rows(self, artifact: dict[str, Any]) -> list[dict[str, Any]]:
        return self._rows(models.members, artifact)

    def blob_rows(self, artifact: dict[str, Any]) -> list[dict[str, Any]]:
        return self._rows(models.blobs, artifact)

    def _rows(self, table: sa.Table,
              artifact: dict[str, Any]) -> list[dict[str, Any]]:
        conf = configparser.RawConfigParser()
        conf.read(self.server.state / 'etc' / 'glance-api.conf')
        engine = databases.engine_of(conf.get(
            'artifacts_database', 'connection',
            fallback=conf['database']['connection']))
        try:
            with engine.connect() as conn:
                return [dict(row) for row in conn.execute(
                    sa.select(table)
                    .where(table.c.artifact_id == artifact['id'])).mappings()]
        finally:
            engine.dispose()
