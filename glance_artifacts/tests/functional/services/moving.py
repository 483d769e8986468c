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

"""Two pools, one in files and one in Swift, and what is at work on them."""

from __future__ import annotations

import atexit
from collections.abc import Callable
import functools
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import tempfile
import time
from typing import Any
import uuid

import fixtures
import sqlalchemy as sa

from glance_artifacts.db import migration
from glance_artifacts.db import models
from glance_artifacts.dev import checks
from glance_artifacts.dev import ini
from glance_artifacts.dev import process
from glance_artifacts.dev import server
from glance_artifacts.tests.functional import base
from glance_artifacts.tests.functional import databases
from glance_artifacts.tests.functional.hostile import base as hostile
from glance_artifacts.tests.functional import servers
from glance_artifacts.tests.functional.services import swift
from glance_artifacts.tests.functional.store import test_purge

MIB = 1024 * 1024
FILES, SWIFT = 'general', 'bulk'
#: Seconds: of a lease, which no busy machine is to outlast, and of old bytes
#: for those who read them.
LEASE, DELAY = 20, 10
_CONTAINER = 'moving'
_PATIENCE = 600.0
#: What every blob is a part of.
BLOCK = random.Random(hostile.SEED).randbytes(72 * MIB)


def some_bytes(chosen: random.Random, size: int) -> memoryview:
    """Bytes that no other blob has, or hardly any."""
    start = chosen.randrange(len(BLOCK) - size)
    return memoryview(BLOCK)[start:start + size]


class Mover(process.Process):
    """A ``pool move`` that runs."""

    def kill(self) -> None:
        """End it at once, if it has not ended."""
        os.kill(self.pid, signal.SIGKILL)
        self.wait()

    def numbers(self) -> dict[str, Any]:
        """What it said in the end."""
        return json.loads(self.tail().splitlines()[-1])


@functools.cache
def database_server() -> servers.Server:
    """What so many processes write to; SQLite lets some of them starve.

    :raises SkipTest: where there is none and none can be started
    """
    kind = servers.PostgreSQL
    for url in (os.environ.get(databases.variable('postgresql')),
                *kind.likely):
        if url and kind(url).answers():
            return kind(url)
    if None in kind.programs():
        databases.leave_out('tests of moving are left out: PostgreSQL'
                            ' neither runs nor is installed')
    home = tempfile.mkdtemp(prefix='glance-artifacts-')
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    return kind.private(pathlib.Path(home))


class Service(base.ServerFixture):
    """A glance-api on a database of that server."""

    def _setUp(self) -> None:
        state = pathlib.Path(tempfile.mkdtemp(prefix='glance-artifacts-'))
        self.addCleanup(shutil.rmtree, state, ignore_errors=True)
        found, name = database_server(), 'gart_test_' + uuid.uuid4().hex[:12]
        found.create(name)
        self.addCleanup(found.drop, name)
        self.server = server.Server(
            state, port=checks.free_port(), database_url=found.url_of(name),
            **self._options)
        self.addCleanup(self.server.stop)
        self.server.prepare()
        self.server.start()
        self.server.wait_ready()


class MovingTest(test_purge.PurgeTest):
    """A glance-api that has both pools."""

    @classmethod
    def setUpClass(cls) -> None:
        super(base.FunctionalTest, cls).setUpClass()
        cls.swift = swift.shared()
        cls.fixture = Service(extra={
            'artifacts': {
                'stores': 'far:swift', 'pools': '%s, %s' % (FILES, SWIFT),
                'lease_time': str(LEASE), 'delete_delay': str(DELAY)},
            'artifact_pool:' + SWIFT: {'stores': 'far', 'allowed_types': '*'},
            'artifact_pool:' + FILES: {'stores': 'local',
                                       'allowed_types': '*'},
            'far': {**cls.swift.server.options('moving'),
                    'swift_store_container': _CONTAINER}})
        cls.fixture.setUp()
        cls.addClassCleanup(cls.fixture.cleanUp)

    def setUp(self) -> None:
        super().setUp()
        print('GLANCE_ARTIFACTS_SEED=%d' % hostile.SEED)
        self.random = random.Random('%d %s' % (hostile.SEED, self.id()))
        self.engine = databases.engine_of(self.connection())
        self.addCleanup(self.engine.dispose)
        with self.engine.connect() as conn:
            self.prefix = migration.prefix(conn)

    def objects(self, pool: str) -> set[str]:
        """The ids of the segments that have an object there."""
        names = (self.files() if pool == FILES
                 else self.swift.names(_CONTAINER))
        return {name.removeprefix(self.prefix) for name in names
                if name.startswith(self.prefix)}

    def noted(self, *where: Any) -> list[dict[str, Any]]:
        """Segments in the ledger."""
        with self.engine.connect() as conn:
            return [dict(row) for row in conn.execute(sa.select(
                models.segments).where(*where)).mappings()]

    def arrived(self, store: str) -> int:
        """How many segments count as being in a store."""
        with self.engine.connect() as conn:
            return conn.scalar(sa.select(sa.func.count()).select_from(
                models.segments).where(
                models.segments.c.backend == store,
                models.segments.c.status == 'active'))

    def copied_now(self) -> set[str]:
        """What is being copied, or was by one that was killed."""
        return {row['copy_of'] for row in self.noted(
            models.segments.c.copy_of.is_not(None),
            models.segments.c.status == 'saving')}

    def patiently(self, condition: Callable[[], Any], what: str) -> None:
        """Wait for what takes a while."""
        deadline = time.monotonic() + _PATIENCE
        while not condition():
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(0.05)

    def mover(self, source: str, target: str, *args: str,
              etc: pathlib.Path | None = None) -> Mover:
        """Start to move."""
        command = self.command('pool', 'move', '--from', source, '--to',
                               target, '--json', *args)
        if etc is not None:
            command[command.index('--config-dir') + 1] = str(etc)
        log = pathlib.Path(self.useFixture(fixtures.TempDir()).path) / 'log'
        mover = Mover(command, log, os.environ)
        self.addCleanup(mover.stop)
        return mover

    def ended(self, mover: Mover) -> dict[str, Any]:
        """What one says that has come to the end; nothing went wrong."""
        self.assertEqual(0, mover.wait(_PATIENCE), mover.tail())
        numbers = mover.numbers()
        self.assertEqual((0, 0), (numbers['refused'], numbers['failed']))
        return numbers

    def keeping(self) -> pathlib.Path:
        """A configuration by which old bytes are kept for an hour."""
        etc = pathlib.Path(self.useFixture(fixtures.TempDir()).path) / 'etc'
        shutil.copytree(self.server.state / 'etc', etc)
        conf = etc / 'glance-api.conf'
        conf.write_text(ini.set_option(conf.read_text(), 'artifacts',
                                       'delete_delay', '3600'))
        return etc

    def hour_over(self) -> None:
        """Have what waits for its deletion be due."""
        with self.engine.begin() as conn:
            conn.execute(sa.update(models.segments).where(
                models.segments.c.status == 'deleted').values(
                lease_until=None))

    def cleared_up(self) -> None:
        """Nothing waits, and the stores have what the ledger names."""
        self.patiently(lambda: not self.noted(
            models.segments.c.status != 'active') or not self.purge(),
            'something waits for its deletion for ever')
        self.purge()
        for pool, store in ((FILES, 'local'), (SWIFT, 'far')):
            self.assertEqual({row['id'] for row in self.noted(
                models.segments.c.backend == store)}, self.objects(pool))
        self.nothing_to_correct()

    def verified(self) -> int:
        """How many segments were read again; all were right."""
        done = subprocess.run(
            self.command('verify', '--json'), stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=_PATIENCE)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        return json.loads(done.stdout.splitlines()[-1])['verified']
