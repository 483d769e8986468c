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

"""The artifact service: its parts, put together once for each process."""

from __future__ import annotations

import functools
import hashlib
import json
import threading
import time
from typing import Any

from oslo_config import cfg
from oslo_log import log as logging

from glance_artifacts.api import endpoint
from glance_artifacts.api import openapi
from glance_artifacts.api import router as api_router
from glance_artifacts.api import server
from glance_artifacts import conf as artifacts_conf
from glance_artifacts.conf import glance as glance_conf
from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import in_use
from glance_artifacts.db import keeper
from glance_artifacts.db import startup
from glance_artifacts import exceptions
from glance_artifacts import policy
from glance_artifacts import quota
from glance_artifacts.quota import report
from glance_artifacts.repository import base as repository_base
from glance_artifacts.repository import everything
from glance_artifacts.repository.images import client as images_client
from glance_artifacts.repository.images import mapping
from glance_artifacts.repository.images import paging
from glance_artifacts.repository.images import repository as images
from glance_artifacts.repository import inspection
from glance_artifacts.repository import mover as repository_mover
from glance_artifacts.repository import places as repository_places
from glance_artifacts.repository import sql
from glance_artifacts.repository import teller
from glance_artifacts.repository import type_versions
from glance_artifacts.store import backends as store_backends
from glance_artifacts.store import bulkhead as store_bulkhead
from glance_artifacts.store import own as own_stores
from glance_artifacts.store import pools as store_pools
from glance_artifacts.types import base as types_base
from glance_artifacts.types import registry as types_registry

LOG = logging.getLogger(__name__)
_PATIENCE = 10  # seconds


class Service:
    """What handlers work with; holds no state of a request.

    :param conf: options that are registered and parsed
    :param beside_glance: this process has what Glance needs, and its stores
    :param name: of the service that this process is one of
    :raises Misconfigured: naming the option that is wrong
    """

    def __init__(self, conf: cfg.ConfigOpts, *,
                 beside_glance: bool = True,
                 name: str = 'glance-api') -> None:
        database = startup.database(conf)
        self.pools = store_pools.Pools.from_conf(conf)
        self.bulkhead = store_bulkhead.Bulkhead.of(self.pools,
                                                   server.threads())
        self._teller = teller.Teller(database, self.bulkhead, name)
        for problem in in_use.problems(database, conf):
            raise problem
        self.member_quota = conf.artifacts.member_quota
        self.enforcer = policy.Enforcer(conf)
        self.enforcer.load()
        self.registry = types_registry.Registry.load(
            conf.artifacts.enabled_types)
        if not beside_glance:
            self.registry.leave_out(mapping.TYPE,
                                    'Glance serves images elsewhere')
        #: Who has the images that are not offered here.
        self.images_endpoint = (
            None if mapping.TYPE in self.registry.enabled
            else store_pools.url(conf.artifacts.images_endpoint))
        self.router = api_router.Router.load()
        self.enforcer.register(route.policy for route in self.router.routes)
        backends = store_backends.Backends(conf, own_stores.Stores.from_conf(
            conf, glances=not beside_glance))
        self.types = type_versions.TypeVersions(database, self.registry)
        self._glance = images_client.Glance()
        self._glances_database = db_engine.glances(conf, database)
        lease = conf.artifacts.lease_time
        places = repository_places.Places(self.types, lease)
        limits = quota.source(conf)
        self.usage = report.Usage(database, limits)
        self._sql = sql.SqlRepository(
            database, backends, self.types, places,
            repository_mover.Mover(database, backends, self.pools, places,
                                   keeper.Keeper(database, lease), limits),
            inspection.Inspector(backends, conf.artifacts.inspect_budget),
            limits, delay=glance_conf.delete_delay(conf))

    @functools.cached_property
    def openapi(self) -> tuple[bytes, str]:
        """The OpenAPI document as JSON, and its ETag."""
        body = json.dumps(openapi.build(self.router.routes, self.registry),
                          separators=(',', ':')).encode()
        return body, hashlib.sha256(body).hexdigest()

    def repository(
            self, type_class: type[types_base.ArtifactType],
            environ: dict[str, Any],
    ) -> repository_base.Repository:
        """What keeps the artifacts of a type.

        :param environ: of the request that asks, with its context
        """
        if self.in_glance(type_class.type_name):
            return images.ImagesRepository(
                images_client.Session(self._glance, environ), type_class,
                self._glances_database)
        return self._sql

    def in_glance(self, type_name: str | None) -> bool:
        """Whether Glance keeps the artifacts of a type, and judges."""
        return type_name == mapping.TYPE

    def everything(self, environ: dict[str, Any]) -> everything.Lister:
        """What lists the artifacts of several types."""
        return everything.Everything(self._sql, paging.Reader(
            images_client.Session(self._glance, environ),
            self._glances_database))

    def actions(self, type_name: str) -> list[str]:
        """The routes that plugins add to a type, as ``METHOD path``."""
        return sorted('%s %s' % (route.method, route.path)
                      for route in self.router.routes
                      if route.path.startswith('/%s/' % type_name))


class _Starter:
    """Makes the service; again at later requests until it can be made.

    A database that is away may take long to say so, or never say anything.
    So this happens in a thread of its own, which is waited for with limited
    patience, and at most a tenth of the time goes to trying: the threads
    that it would take are there for images.
    """

    def __init__(self, conf: cfg.ConfigOpts) -> None:
        self._conf = conf
        self._lock = threading.Lock()
        self._service: Service | None = None
        self._busy = False
        self._next_try = 0.0
        self._said = ''

    def __call__(self) -> Service:
        if self._service is None:
            self._try()
        if self._service is None:
            # the option and its value are the operator's business
            raise exceptions.Unavailable(
                'Artifacts are not served: the operator has to act.',
                code=exceptions.Misconfigured.code, retry_after=60)
        return self._service

    def _try(self) -> None:
        with self._lock:
            if self._busy or time.monotonic() < self._next_try:
                return
            self._busy = True
        attempt = threading.Thread(target=self._make, daemon=True)
        attempt.start()
        attempt.join(_PATIENCE)
        if attempt.is_alive():
            self._say('the start is not done after %d s; look for a database'
                      ' that takes connections and then is silent (%s)'
                      % (_PATIENCE, db_engine.option(self._conf)))

    def _make(self) -> None:
        began = time.monotonic()
        try:
            self._service = _service(self._conf)
        except exceptions.Misconfigured as exc:
            self._say(exc.detail)
        except (Exception, SystemExit) as exc:
            self._say('%s: %s' % (type(exc).__name__, exc), exc)
        ended = time.monotonic()
        self._next_try = ended + 9 * (ended - began)
        self._busy = False

    def _say(self, reason: str, exc: BaseException | None = None) -> None:
        # once: clients that try again must not flood the log
        if self._said != reason:
            self._said = reason
            LOG.error('Artifacts are not served: %s', reason, exc_info=exc)


def app_factory(global_conf: dict, **local_conf) -> endpoint.Endpoint:
    """The paste app factory: ``/v2/artifacts`` inside glance-api.

    Does not raise for a wrong option: images must be served whatever is
    wrong with artifacts. Requests are then answered with 503.
    """
    conf = cfg.CONF
    artifacts_conf.register_opts(conf)
    starter = _Starter(conf)
    try:
        starter()
    except exceptions.Unavailable:
        pass  # it is in the log; a later request tries again
    return endpoint.Endpoint(starter)


def _service(conf: cfg.ConfigOpts) -> Service:
    try:
        return Service(conf)
    except cfg.ConfigFileValueError as exc:
        raise exceptions.Misconfigured(
            ' '.join(str(exc).split()), option='glance-api.conf',
            remedy='give the option a value of its kind') from exc
