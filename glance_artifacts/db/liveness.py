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

"""Whether a pooled connection still lives: asked of those that were idle.

SQLAlchemy's ``pool_pre_ping``, which oslo.db turns on, asks before each use
and so adds a round trip to every request. A connection that was used a moment
ago is believed here. One that dies in that moment costs its request; then
SQLAlchemy drops all that are as old.
"""

from __future__ import annotations

import time

import sqlalchemy as sa
from sqlalchemy import dialects

#: Seconds for which a connection that was used is believed to live.
BELIEVED = 1.0
_PLUGIN = 'glance_artifacts_liveness'
_USED = 'glance_artifacts.used'


class Plugin(sa.engine.CreateEnginePlugin):
    """Asks in place of ``pool_pre_ping``, in an engine made by whomever."""

    def update_url(self, url: sa.URL) -> sa.URL:
        return url

    def handle_pool_kwargs(self, pool_cls, pool_args) -> None:
        pool_args['pre_ping'] = False

    def engine_created(self, engine: sa.Engine) -> None:
        self._dialect = engine.dialect
        for event in ('connect', 'checkin'):
            sa.event.listen(engine, event, _note)
        sa.event.listen(engine, 'checkout', self._ask)

    def _ask(self, dbapi_connection, record, proxy) -> None:
        if time.monotonic() - record.info[_USED] < BELIEVED:
            return
        try:
            self._dialect.do_ping(dbapi_connection)
        except self._dialect.loaded_dbapi.Error as exc:
            # the pool tries another one, and asks the old ones no more
            raise sa.exc.InvalidatePoolError() from exc


def asked(url: sa.URL) -> sa.URL:
    """The URL of an engine whose connections are asked so."""
    return url.update_query_dict({'plugin': _PLUGIN}, append=True)


def _note(dbapi_connection, record) -> None:
    record.info[_USED] = time.monotonic()


dialects.plugins.register(_PLUGIN, __name__, Plugin.__name__)
