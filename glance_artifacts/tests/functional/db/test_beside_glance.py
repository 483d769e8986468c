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

"""Two migrations in one database: Glance's own, and ours."""

import os
import pathlib
import sys

import sqlalchemy as sa

from glance_artifacts.db import migration
from glance_artifacts.db import models
from glance_artifacts.dev import process
from glance_artifacts.tests.functional.db import base

OURS = {*models.METADATA.tables, migration.VERSION_TABLE}


class TestBesideGlance(base.DatabaseTestCase):

    def glance(self):
        """Migrate Glance's own tables."""
        program = pathlib.Path(sys.executable).parent / 'glance-manage'
        process.run([str(program), '--config-dir', str(self.directory),
                     'db_sync'], os.environ)

    def tables(self):
        return set(sa.inspect(self.database.engine).get_table_names())

    def versions(self):
        """What both keep for themselves."""
        with self.database.reader() as conn:
            return (list(conn.scalars(sa.text(
                'SELECT version_num FROM alembic_version'))),
                migration.heads(self.database), migration.deployment_id(conn))

    def test_theirs_before_ours_and_again(self):
        self.glance()
        theirs = self.tables()
        self.assertIn('images', theirs)
        self.assertEqual(set(), theirs & OURS)
        migration.sync(self.database)
        self.assertEqual(theirs | OURS, self.tables())
        versions = self.versions()
        self.glance()
        self.assertEqual(theirs | OURS, self.tables())
        self.assertEqual(versions, self.versions())

    def test_ours_before_theirs(self):
        migration.sync(self.database)
        self.assertEqual(OURS, self.tables())
        with self.database.reader() as conn:
            deployment = migration.deployment_id(conn)
        self.glance()
        self.assertLess({'images', 'alembic_version', *OURS}, self.tables())
        self.assertIs(migration.State.UP_TO_DATE,
                      migration.check(self.database))
        self.assertEqual(deployment, self.versions()[-1])
