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

"""An empty database for each test, with our tables or without."""

import contextlib
import hashlib
import pathlib

import fixtures
from oslo_config import cfg
from oslotest import base
import sqlalchemy as sa

from glance_artifacts import conf as artifacts_conf
from glance_artifacts.db import artifacts
from glance_artifacts.db import engine
from glance_artifacts.db import keeper
from glance_artifacts.db import migration
from glance_artifacts.db import models
from glance_artifacts.db import postings
from glance_artifacts import exceptions
from glance_artifacts.quota import limits
from glance_artifacts.repository import inspection
from glance_artifacts.repository import mover
from glance_artifacts.repository import places
from glance_artifacts.repository import reading
from glance_artifacts.repository import sql
from glance_artifacts.repository import type_versions
from glance_artifacts.store import backends
from glance_artifacts.store import pools
from glance_artifacts.store import search
from glance_artifacts.tests.functional import databases
from glance_artifacts.tests.unit import factories
from glance_artifacts.types import registry


class DatabaseTestCase(base.BaseTestCase):
    """An empty database, before any migration.

    :cvar purpose: which of the databases of this process it is
    """

    purpose = 'empty'

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # not in setUp: a server that is started may not go with a test
        databases.of_process(cls.purpose)

    def setUp(self):
        super().setUp()
        self.directory = pathlib.Path(
            self.useFixture(fixtures.TempDir()).path)
        self.conf = self.configured(databases.of_process(self.purpose).url)
        self.database = self.opened()
        self.clear()

    def clear(self):
        """Leave nothing of what earlier tests made."""
        databases.of_process(self.purpose).empty()

    def configured(self, url: str) -> cfg.ConfigOpts:
        """The configuration of a glance-api with this database."""
        path = self.directory / 'glance-api.conf'
        path.write_text('[database]\nconnection = %s\n'
                        'sqlite_synchronous = false\n' % url)
        conf = cfg.ConfigOpts()
        artifacts_conf.register_opts(conf)
        conf([], project='glance', default_config_files=[str(path)])
        return conf

    def opened(self) -> engine.Database:
        """The database, as another process would see it."""
        database = engine.Database.from_conf(self.conf)
        self.addCleanup(database.engine.dispose)
        return database


class MigratedTestCase(DatabaseTestCase):
    """Our tables without a row, and a repository on them.

    :cvar types: the types that the repository knows
    :cvar budget: bytes that they may read of an upload
    :cvar lease: seconds that a writer has
    :cvar pool: where the artifacts are
    """

    purpose = 'migrated'
    types = (factories.Sample,)
    budget = 64 * 1024
    lease = 60.0
    pool = pools.Pool('general', ('memory',))

    def setUp(self):
        super().setUp()
        self.backends = MemoryBackends()
        self.limits = Limits()
        self.repository = self.new_repository()

    def clear(self):
        """Leave no row but the id of the deployment."""
        if migration.check(self.database) is not migration.State.UP_TO_DATE:
            migration.sync(self.database)
        kept = models.settings.c.name == 'deployment_id'
        with self.database.writer() as conn:
            for table in models.METADATA.tables.values():
                conn.execute(sa.delete(table).where(
                    ~kept if table is models.settings else sa.true()))

    def new_repository(self, **options) -> sql.SqlRepository:
        types = type_versions.TypeVersions(self.database,
                                           registry.Registry(self.types))
        self.places = places.Places(types, self.lease)
        return sql.SqlRepository(
            self.database, self.backends, types, self.places,
            mover.Mover(self.database, self.backends,
                        pools.Pools([self.pool]), self.places,
                        keeper.Keeper(self.database, self.lease),
                        self.limits),
            inspection.Inspector(self.backends, self.budget), self.limits,
            **options)

    def create(self, **values):
        return self.repository.create(factories.artifact(**values))

    def get(self, artifact):
        """What is kept of an artifact now; None: it is gone."""
        with self.database.reader() as conn:
            return artifacts.get(conn, artifact.id)

    def bytes_of(self, artifact, blob, offset, length):
        """Bytes of a blob."""
        return b''.join(reading.chunks(self.repository.read(
            artifact, blob, offset, length)))

    def rows(self, table) -> list[dict]:
        with self.database.reader() as conn:
            return [dict(row) for row in conn.execute(
                sa.select(table)).mappings()]

    @contextlib.contextmanager
    def statements(self):
        """The statements of what is done meanwhile, BEGIN aside."""
        seen = []

        def listen(conn, cursor, statement, *_):
            if not statement.startswith('BEGIN'):
                seen.append(statement)

        args = self.database.engine, 'before_cursor_execute', listen
        sa.event.listen(*args)
        try:
            yield seen
        finally:
            sa.event.remove(*args)

    def assert_index_is_exact(self):
        """The index holds the postings of what is live, and no row more."""
        expected = set()
        for row in self.rows(models.artifacts):
            if row['live'] is None:
                continue
            with self.database.reader() as conn:
                record = artifacts.get(conn, row['id'])
            expected |= {
                (scope, value, record.id) for scope, value in postings.rows(
                    record.type_name, postings.dump(
                        postings.audiences(record),
                        postings.entries(record, factories.FIELDS)))}
        found = {(row['scope'], row['value'], row['id'])
                 for row in self.rows(models.index)}
        self.assertEqual(set(), expected - found, 'rows that are missing')
        self.assertEqual(set(), found - expected, 'rows too many')


class Limits(limits.Source):
    """Limits that a test sets, for every project.

    :ivar now: what holds
    """

    def __init__(self):
        self.now = limits.ProjectLimits()

    def of(self, project):
        return self.now


class MemoryBackends:
    """Stores that fail when they are told to.

    :ivar objects: the bytes kept, by location
    :ivar failing: names of the verbs that fail, and of the stores that do
    :ivar ages: of objects in seconds, by location
    :ivar seeking: whether they read any range
    :ivar searched: whether it can tell where an object is
    :ivar during_put: called while the bytes are on their way
    """

    far: frozenset[str] = frozenset()

    def __init__(self):
        self.objects = {}
        self.failing = set()
        self.ages = {}
        self.searched = True
        self.seeking = True
        self.synced = []
        self.during_put = lambda: None

    def seeks(self, backend):
        return self.seeking

    def put(self, backend, name, source, size):
        self._perhaps(backend)
        data = b''
        try:
            while piece := source.read(4):
                data += piece
        except exceptions.ArtifactsError:
            raise source.error
        self.during_put()
        self._perhaps('put')
        location = 'memory://%s/%s' % (backend, name)
        self.objects[location] = data
        return backends.Stored(
            location, len(data), hashlib.sha256(data).hexdigest(),
            hashlib.md5(data, usedforsecurity=False).hexdigest())

    def sync(self, backend, location):
        self._perhaps('sync')
        self.synced.append(location)

    def read(self, backend, location, offset, length):
        self._perhaps('read')
        self._check_there(location)
        return (piece for piece in (
            self.objects[location][offset:offset + length],))

    def whole(self, backend, location):
        self._perhaps('whole')
        self._perhaps(backend)
        self._check_there(location)
        for byte in self.objects[location]:
            yield bytes([byte])

    def path(self, backend, location):
        return None

    def delete(self, backend, location):
        self._perhaps('delete')
        self.objects.pop(location, None)

    def names(self):
        return ['memory']

    def find(self, backend, name):
        self._perhaps('find')
        if not self.searched:
            return None
        return [self._found('memory://%s/%s' % (backend, each))
                for each in (name, name + '-00001')
                if 'memory://%s/%s' % (backend, each) in self.objects]

    def listed(self, backend, prefix):
        self._perhaps('listed')
        for location in sorted(self.objects):
            name = location.rpartition('/')[2]
            if name.startswith(prefix):
                yield self._found(location)

    def discard(self, backend, one):
        self._perhaps('delete')
        one.delete()

    def _found(self, location):
        return search.Object(
            location.rpartition('/')[2], self.ages.get(location, 0),
            lambda: self.objects.pop(location, None))

    def _check_there(self, location):
        if location not in self.objects:
            raise exceptions.Unavailable('It is gone.',
                                         code='store.object_missing')

    def _perhaps(self, verb):
        if verb in self.failing:
            raise exceptions.Unavailable('The store does not answer now.')
