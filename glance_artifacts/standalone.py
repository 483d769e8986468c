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

"""The artifact service without a glance-api around it.

It reads files of its own, has a paste file of its own and may have a database
and stores of its own. Unlike glance-api it does not start while anything is
wrong with artifacts: there is nothing else that it would serve.
"""

from __future__ import annotations

from collections.abc import Callable
import sys
from typing import Any

from glance.common import config as glance_config
from oslo_config import cfg
from oslo_log import log as logging
from oslo_middleware import cors

from glance_artifacts.api import endpoint
from glance_artifacts.cmd import common
from glance_artifacts.cmd import config_check
from glance_artifacts.cmd import configuration
from glance_artifacts import conf as artifacts_conf
from glance_artifacts import exceptions
from glance_artifacts import service as artifacts_service
from glance_artifacts.store import glances

LOG = logging.getLogger(__name__)


class NotStarted(Exception):
    """There are findings; standard error has them, one line each."""


def load() -> Any:
    """The WSGI application, from the files that the environment names.

    :raises NotStarted: when something is wrong with the configuration
    """
    try:
        files = configuration.own_files()
        said = configuration.load(files)
        with common.quiet():
            findings, notes = config_check.run(said)
    except exceptions.Misconfigured as exc:
        raise _not_started([exc.detail]) from None
    if findings:
        raise _not_started(findings)
    _configure(files, said.artifacts.standalone_images)
    for note in notes:
        LOG.info('%s', note)
    try:
        return glance_config.load_paste_app(configuration.STANDALONE)
    except exceptions.Misconfigured as exc:
        raise _not_started([exc.detail]) from None


def app_factory(global_conf: dict, **local_conf) -> endpoint.Endpoint:
    """The paste app factory of what is below ``/v2/artifacts``.

    :raises Misconfigured: naming the option that is wrong
    """
    conf = cfg.CONF
    images = conf.artifacts.standalone_images
    if images:
        _prepare_glance(conf)
    service = artifacts_service.Service(conf, beside_glance=images,
                                        name=configuration.STANDALONE)
    return endpoint.Endpoint(lambda: service)


def cors_factory(global_conf: dict, **local_conf) -> Callable[[Any], Any]:
    """The paste filter factory of CORS, with the options of this service.

    That of oslo.middleware has it read files again, from one place only.
    """
    return lambda app: cors.CORS(app, cfg.CONF)


def _prepare_glance(conf: cfg.ConfigOpts) -> None:
    """Do what glance-api does before its API is asked."""
    # late: it loads half of Glance
    from glance import async_
    from glance.common import wsgi_app
    async_.set_threadpool_model('native')
    glances.make(conf, wsgi_app.RESERVED_STORES)


def _configure(files: list[str], images: bool) -> None:
    conf = cfg.CONF
    if images:
        # now: it has options of the command line, which is about to be read
        from glance.common import wsgi_app  # noqa: F401
    logging.register_options(conf)
    artifacts_conf.register_opts(conf)
    glance_config.set_config_defaults()
    conf([], project='glance', prog=configuration.STANDALONE,
         default_config_files=files, default_config_dirs=[])
    logging.setup(conf, configuration.STANDALONE)


def _not_started(findings: list[str]) -> NotStarted:
    for finding in findings:
        print('%s: %s' % (configuration.STANDALONE, finding),
              file=sys.stderr, flush=True)
    return NotStarted('the configuration has %d findings' % len(findings))
