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

"""Whether the standalone service can offer images, where it is to."""

from __future__ import annotations

from collections.abc import Iterable

from oslo_config import cfg

from glance_artifacts.cmd import configuration
from glance_artifacts.conf import glance as glance_conf
from glance_artifacts.db import startup
from glance_artifacts import exceptions

OPTION = '[artifacts]/standalone_images'


def check(conf: cfg.ConfigOpts) -> Iterable[exceptions.Misconfigured]:
    """Glance's stores and its database are configured beside ours."""
    if not (configuration.is_standalone(conf)
            and conf.artifacts.standalone_images):
        return
    stores = glance_conf.stores(conf)
    if not stores or glance_conf.default_store(conf) not in stores:
        yield _needs('stores', '[DEFAULT]/enabled_backends and'
                     ' [glance_store]/default_backend')
    if not startup.has_images(conf):
        yield _needs('tables', '[database]/connection')


def _needs(what: str, options: str) -> exceptions.Misconfigured:
    return exceptions.Misconfigured(
        'the %s of images are not configured here' % what, option=OPTION,
        value=True, remedy='set %s as in glance-api.conf, or this to false'
        % options)
