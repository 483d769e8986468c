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

"""Bringing the database to the version this code needs.

Two alembic branches: ``expand`` only adds, so that it runs while the old
code still serves; ``contract`` removes what nobody reads any more. The
version table is ours (``gart_alembic_version``): Glance's stays Glance's.
"""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import enum
import pathlib
import uuid

from alembic import command
from alembic import config as alembic_config
from alembic.runtime import migration as alembic_migration
from alembic import script
from alembic.script import revision as alembic_revision
from alembic import util as alembic_util
import sqlalchemy as sa

from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import models
from glance_artifacts import exceptions

BRANCHES = ('expand', 'contract')
VERSION_TABLE = 'gart_alembic_version'
_DEPLOYMENT = 'deployment_id'
_MIGRATIONS = pathlib.Path(__file__).parent / 'migrations'


class State(enum.IntEnum):
    """What is to be done; the values are exit codes of glance-manage."""

    UP_TO_DATE = 0
    EXPAND = 3
    CONTRACT = 5


def sync(database: db_engine.Database, branch: str | None = None) -> None:
    """Migrate to the newest version, or one branch of it.

    Also gives the deployment its id, once and for all.

    :param branch: expand or contract; None: both, in this order
    :raises Misconfigured: when a newer release has migrated it, or for
        contract before expand
    """
    if branch == 'contract' and check(database) is State.EXPAND:
        raise exceptions.Misconfigured(
            'the tables lack what this release needs',
            option='--contract',
            remedy='run "glance-artifacts-manage db sync --expand" first')
    for name in (branch,) if branch else BRANCHES:
        with database.writer() as conn, _known_revisions():
            command.upgrade(_config(conn), '%s@head' % name)
    # whichever branch it was: the table is there
    with database.writer() as conn:
        _set_deployment_id(conn)


def heads(database: db_engine.Database) -> tuple[str, ...]:
    """The revisions that the database stands at, sorted."""
    with database.reader() as conn:
        context = alembic_migration.MigrationContext.configure(
            conn, opts={'version_table': VERSION_TABLE})
        return tuple(sorted(context.get_current_heads()))


def check(database: db_engine.Database,
          option: str = '[database]/connection') -> State:
    """What keeps the database from being up to date.

    :param option: the one that names it
    :raises Misconfigured: when a newer release has migrated it
    """
    directory = script.ScriptDirectory.from_config(_config())
    with _known_revisions(option):
        known = {revision.revision for head in heads(database)
                 for revision in directory.iterate_revisions(head, 'base')}
    for branch, state in zip(BRANCHES, (State.EXPAND, State.CONTRACT)):
        if directory.get_revision('%s@head' % branch).revision not in known:
            return state
    return State.UP_TO_DATE


def deployment_id(conn: sa.Connection) -> str | None:
    """The id that is part of the name of each object of ours."""
    return conn.scalar(sa.select(models.settings.c.value)
                       .where(models.settings.c.name == _DEPLOYMENT))


def prefix(conn: sa.Connection) -> str:
    """What the names of all objects of ours begin with."""
    return 'gart-%s-' % deployment_id(conn)


@contextlib.contextmanager
def _known_revisions(
        option: str = '[database]/connection') -> Iterator[None]:
    try:
        yield
    except (alembic_util.CommandError,
            alembic_revision.RevisionError) as exc:
        raise exceptions.Misconfigured(
            'the tables were migrated by a newer release (%s)' % exc,
            option=option,
            remedy='run that release, or name another database') from exc


def _set_deployment_id(conn: sa.Connection) -> None:
    if deployment_id(conn) is None:
        conn.execute(sa.insert(models.settings).values(
            name=_DEPLOYMENT, value=uuid.uuid4().hex[:12]))


def _config(conn: sa.Connection | None = None) -> alembic_config.Config:
    config = alembic_config.Config(attributes={'connection': conn})
    config.set_main_option('script_location', str(_MIGRATIONS))
    return config
