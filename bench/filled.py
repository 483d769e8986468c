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

"""A great many artifacts, as the repository would have written them."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
import dataclasses
import datetime
import itertools
import json
import pathlib
import random
import tempfile

from oslo_config import cfg
import sqlalchemy as sa

from glance_artifacts import conf as artifacts_conf
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import ids
from glance_artifacts.db import migration
from glance_artifacts.db import models
from glance_artifacts.db import postings
from glance_artifacts.db import records
from glance_artifacts.tests.unit import factories
from glance_artifacts.types import field as declared

BEGAN = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
_BATCH = 200
_ANALYZE = {'sqlite': ('ANALYZE',), 'postgresql': ('VACUUM ANALYZE',)}
_ANALYZE_MYSQL = ('ANALYZE TABLE gart_artifacts, gart_index, gart_blobs,'
                  ' gart_members',)


def opened(url: str) -> db_engine.Database:
    """An empty database with our tables."""
    with tempfile.TemporaryDirectory(prefix='glance-artifacts-') as top:
        path = pathlib.Path(top, 'glance-api.conf')
        path.write_text('[database]\nconnection = %s\n' % url)
        conf = cfg.ConfigOpts()
        artifacts_conf.register_opts(conf)
        conf([], project='glance', default_config_files=[str(path)])
    database = db_engine.Database.from_conf(conf)
    migration.sync(database)
    return database


def samples(count: int, type_name: str = 'samples',
            ) -> Iterable[records.Artifact]:
    """Artifacts with a value for each shape of a list."""
    chance = random.Random(count)
    for number in range(count):
        moment = BEGAN + datetime.timedelta(seconds=number)
        yield factories.with_blobs(
            factories.blob(), members=factories.members(
                p='accepted', **{'m%d' % (number % 50): 'pending'}),
            id=ids.new(moment), type_name=type_name, created_at=moment,
            owner=chance.choice(('p', *'abcdefghi')),
            name='n%d' % (number // 5), version='%d.0.0' % (number % 5),
            status=chance.choice(('drafted', *['active'] * 18,
                                  'deactivated')),
            visibility=chance.choice(('public', 'shared', 'community',
                                      *['private'] * 7)),
            tags=['t%d' % tag for tag in chance.sample(range(500), 3)],
            metadata={'team': 'm%d' % chance.randrange(100)},
            fields={'word': 'w%d' % chance.randrange(1000),
                    'count': chance.randrange(1000),
                    'flag': chance.random() < 0.5})


def fill(database: db_engine.Database,
         wanted: Iterable[records.Artifact],
         fields: Mapping[str, declared.Field]) -> None:
    """Write artifacts and their postings, and nothing else."""
    wanted = iter(wanted)
    while some := list(itertools.islice(wanted, _BATCH)):
        rows = [_row(one, fields) for one in some]
        entries = sorted(
            (scope, value, row['id']) for row in rows
            for scope, value in postings.rows(row['type_name'],
                                              row['postings']))
        with database.writer() as conn:
            conn.execute(sa.insert(models.artifacts), rows)
            conn.execute(sa.insert(models.index), [
                dict(zip(('scope', 'value', 'id'), entry))
                for entry in entries])
            for table, kept in ((models.blobs, 'blobs'),
                                (models.members, 'members')):
                conn.execute(sa.insert(table), [
                    {'artifact_id': one.id, **dataclasses.asdict(each)}
                    for one in some for each in getattr(one, kept).values()])


def analyze(database: db_engine.Database) -> None:
    """Have the database know how much there is."""
    with database.engine.connect() as conn:
        conn = conn.execution_options(isolation_level='AUTOCOMMIT')
        for statement in _ANALYZE.get(conn.dialect.name, _ANALYZE_MYSQL):
            conn.exec_driver_sql(statement)


def _row(record: records.Artifact,
         fields: Mapping[str, declared.Field]) -> dict:
    values = {column.name: getattr(record, column.name)
              for column in models.artifacts.c
              if column.name not in ('live', 'document')}
    return {**values, 'live': 1, 'document': json.dumps(record.document()),
            'postings': postings.of(record, fields)}
