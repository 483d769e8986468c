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

"""What the tests with hostile clients have in common."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
import configparser
import contextlib
import os
import random
from typing import Any

import sqlalchemy as sa
from testtools import content

from glance_artifacts.db import models
from glance_artifacts.tests.functional.api import base
from glance_artifacts.tests.functional import databases
from glance_artifacts.tests.functional.hostile import wire

#: Says what was random; the same number gives the same run.
SEED = int(os.environ.get('GLANCE_ARTIFACTS_SEED')
           or random.SystemRandom().randrange(2 ** 32))
SOAK = os.environ.get('GLANCE_ARTIFACTS_SOAK') == '1'
JSON = {'Content-Type': 'application/json'}
_TABLES = (models.artifacts, models.blobs, models.segments, models.members)
#: Where what is tried depends on others' code, rare finds are for the soak.
STEADY_SEED = SEED if SOAK else 11


def times(number: int) -> range:
    """So often in a soak, a tenth as often otherwise."""
    return range(number if SOAK else max(1, number // 10))


class Hostility:
    """Mixed into an ApiTest: what it sends is nobody's idea of HTTP."""

    def setUp(self) -> None:
        super().setUp()
        print('GLANCE_ARTIFACTS_SEED=%d' % SEED)
        self.addDetail('seed', content.text_content(str(SEED)))
        self.random = random.Random('%d %s' % (SEED, self.id()))

    def some(self, values: Iterable[Any]) -> list[Any]:
        """All of them in a soak, a few otherwise."""
        values = list(values)
        if SOAK:
            return values
        return self.random.sample(values, max(1, len(values) // 5))

    def send(self, method: bytes | str, path: bytes | str,
             body: bytes | str = b'',
             headers: Mapping[str, bytes | str] | None = None) -> wire.Answer:
        """Send a request as the member; headers may replace all of ours."""
        if isinstance(body, str):
            body = body.encode('utf-8', 'surrogatepass')
        sent = {'Host': self.server.address, 'X-Auth-Token': self.member,
                'Content-Length': str(len(body)), **(headers or {})}
        return self.raw(wire.head(method, path, sent) + body)

    def raw(self, data: bytes) -> wire.Answer:
        """Send bytes and no more; return what comes back."""
        with wire.Client(self.server.address) as client:
            client.send(data)
            client.end()
            return client.answer()

    def check_refused(self, answer: wire.Answer, sent: Any) -> dict[str, Any]:
        """It is a 4xx with the body that errors have; return its entry."""
        if answer.status_code not in range(400, 500):
            self.fail('%r for %.2000r' % (answer.raw[:500], sent))
        self.check_errors(answer)
        return answer.json()['errors'][0]

    def check_silent(self, answer: wire.Answer) -> None:
        """Who refused it has not said a word."""
        self.assertEqual(b'', answer.raw)

    @contextlib.contextmanager
    def nothing_stored(self) -> Iterator[None]:
        """All that is kept stays as it is, and the server serves on."""
        before = self._kept()
        yield
        self.assertEqual(before, self._kept())
        self.call('GET', '/images')
        self.call('GET', '/artifacts')

    def _kept(self) -> tuple[Any, ...]:
        shown = self.listed('limit=1000')
        for artifact in shown:
            # the place of an upload was taken and given up: that shows
            del artifact['updated_at']
        return self._counts(), self.files(), shown

    def _counts(self) -> list[int]:
        """How many rows there are in each of our tables."""
        conf = configparser.RawConfigParser()
        conf.read(self.server.state / 'etc' / 'glance-api.conf')
        engine = databases.engine_of(conf['database']['connection'])
        try:
            with engine.connect() as conn:
                return [conn.scalar(sa.select(sa.func.count())
                                    .select_from(table))
                        for table in _TABLES]
        finally:
            engine.dispose()


class HostileTest(Hostility, base.ApiTest):
    """On the shared server."""
