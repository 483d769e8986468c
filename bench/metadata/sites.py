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

"""A database of one size, filled, and the glance-api before it."""

from __future__ import annotations

import pathlib
import sys
import time

import sqlalchemy as sa

from bench.metadata import databases
from bench.metadata import kinds
from bench.metadata import loading
from bench.metadata import spool
from glance_artifacts.cmd import progress
from glance_artifacts.db import models
from glance_artifacts.db import type_schemas
from glance_artifacts.dev import checks
from glance_artifacts.dev import server
from glance_artifacts.repository import type_versions

#: Noted when a database is complete; another number means other data.
_FILLED = 'bench_filled', '1'


class Site:
    """One database and its server.

    :param state: where the server keeps its files, for each site anew
    :ivar filled: how long it took to fill, in seconds; None: it was there
    """

    def __init__(self, place: databases.Place, size: int,
                 state: pathlib.Path) -> None:
        self.size = size
        self.kind = place.kind
        self.url = place.url(size)
        self.filled: float | None = None
        self._place = place
        self.server = server.Server(
            state / ('%s-%d' % (place.kind, size)), port=checks.free_port(),
            database_url=self.url, processes=1, extra={'artifacts': {
                'enabled_types': ', '.join(('images', *kinds.NAMES))}})

    @property
    def conf(self) -> pathlib.Path:
        """The configuration of the server."""
        return self.server.state / 'etc' / 'glance-api.conf'

    def fill(self, directory: pathlib.Path) -> None:
        """Have what belongs into the database in it.

        :param directory: where the rows are kept, or to be made
        """
        if self._is_full():
            self.server.prepare()
            return
        rows = spool.make(directory, self.size)
        self._place.make(self.size)
        self.server.prepare()
        began = time.perf_counter()
        self._load(rows)
        self.filled = time.perf_counter() - began

    def start(self, processes: int = 1) -> None:
        """Start the server, anew if it runs."""
        self.server.stop()
        self.server.processes = processes
        self.server.start()
        self.server.wait_ready()

    def stop(self, *, keep: bool) -> None:
        """Stop the server.

        :param keep: leave the database
        """
        self.server.stop()
        if not keep:
            self._place.drop(self.size)

    def _is_full(self) -> bool:
        if not self._place.exists(self.size):
            return False
        with loading.connect(self.url).connect() as conn:
            if not sa.inspect(conn).has_table(models.settings.name):
                return False
            kept = conn.scalar(sa.select(models.settings.c.value).where(
                models.settings.c.name == _FILLED[0]))
        return kept == _FILLED[1]

    def _load(self, rows: pathlib.Path) -> None:
        engine = loading.connect(self.url)
        todo = spool.files(rows)
        shown = progress.Progress(len(todo), sys.stderr)
        shown.note('%s: loading %d artifacts' % (self.kind, self.size))
        for table, path in todo:
            loading.load(engine, table, path)
            shown.step()
        shown.close()
        loading.finish(engine)
        with engine.begin() as conn:
            for one in kinds.SHARES:
                type_schemas.put(conn, str(one.type_name), one.type_version,
                                 type_versions.schema_of(one))
            conn.execute(sa.insert(models.settings).values(
                name=_FILLED[0], value=_FILLED[1]))
