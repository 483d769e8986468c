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

"""The database at the start: there, ours, and of this release."""

from __future__ import annotations

from oslo_config import cfg
from oslo_db import exception as db_exc
import sqlalchemy as sa

from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import migration
from glance_artifacts import exceptions


def database(conf: cfg.ConfigOpts) -> db_engine.Database:
    """The database that ``conf`` names, ready for work.

    :raises Misconfigured: when it does not answer, or lacks our tables
    """
    found, state = look(conf)
    if state is migration.State.EXPAND:
        raise outdated(conf)
    return found


def outdated(conf: cfg.ConfigOpts) -> exceptions.Misconfigured:
    """What to say of a database that lacks our tables."""
    return exceptions.Misconfigured(
        'the tables of artifacts are missing or old',
        option=db_engine.option(conf), value=shown(conf),
        remedy='run "glance-artifacts-manage db sync"')


def look(conf: cfg.ConfigOpts,
         ) -> tuple[db_engine.Database, migration.State]:
    """The database that ``conf`` names and what is to be done about it.

    :raises Misconfigured: when it does not answer
    """
    try:
        found = db_engine.Database.from_conf(conf)
        return found, migration.check(found, db_engine.option(conf))
    except cfg.Error:
        raise  # a value that is none of the option's kind
    except (db_exc.DBError, sa.exc.SQLAlchemyError, ImportError, TypeError,
            ValueError) as exc:
        raise exceptions.Misconfigured(
            'the database does not answer: %s' % _reason(exc),
            option=db_engine.option(conf), value=shown(conf),
            remedy='correct the URL, install its driver or start the'
                   ' database') from exc


def has_images(conf: cfg.ConfigOpts) -> bool:
    """Whether ``[database] connection`` names a database of Glance.

    :raises DBError: when it does not answer
    """
    if not conf.database.connection:
        return False
    engine = db_engine.create_engine(conf, conf.database.connection)
    try:
        return sa.inspect(engine).has_table('images')
    finally:
        engine.dispose()


def shown(conf: cfg.ConfigOpts) -> str:
    """The URL of the database without what is secret in it."""
    url = db_engine.url(conf)
    return sa.URL.create(url.drivername, host=url.host, port=url.port,
                         database=url.database).render_as_string()


def _reason(exc: Exception) -> str:
    lines = str(exc).strip().splitlines()
    return lines[0].rstrip(':. ') if lines else type(exc).__name__
