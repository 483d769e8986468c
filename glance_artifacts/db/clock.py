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

"""The database's clock: the one that all hosts have in common."""

from __future__ import annotations

import datetime

import sqlalchemy as sa

from glance_artifacts.db import columns


def now(conn: sa.Connection, seconds: float = 0) -> sa.ColumnElement:
    """The moment in which a statement runs, in UTC to the microsecond.

    Not that in which its transaction began: it may have waited since.

    :param seconds: how much later is wanted
    """
    moment = _CLOCKS[conn.dialect.name](seconds)
    return sa.type_coerce(moment, columns.UTCDateTime())


def _sqlite(seconds: float) -> sa.ColumnElement:
    # to the millisecond, filled up to what SQLAlchemy writes
    return sa.func.strftime('%Y-%m-%d %H:%M:%f', 'now',
                            '%+.3f seconds' % seconds,
                            type_=sa.String()) + '000'


def _mysql(seconds: float) -> sa.ColumnElement:
    return sa.func.timestampadd(sa.text('MICROSECOND'),
                                round(seconds * 1_000_000),
                                sa.func.utc_timestamp(6))


def _postgresql(seconds: float) -> sa.ColumnElement:
    return (sa.func.timezone('UTC', sa.func.clock_timestamp(),
                             type_=sa.DateTime())
            + sa.literal(datetime.timedelta(seconds=seconds), sa.Interval()))


_CLOCKS = {'sqlite': _sqlite, 'mysql': _mysql, 'mariadb': _mysql,
           'postgresql': _postgresql}
