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

"""Glance's stores, in a process that Glance has not started."""

from __future__ import annotations

from collections.abc import Mapping

import glance_store
from oslo_config import cfg


def make(conf: cfg.ConfigOpts, reserved: Mapping[str, str]) -> None:
    """Make the drivers of all stores of images, as glance-api does.

    :param conf: the global one
    :param reserved: the stores that Glance keeps for itself: kinds by name
    """
    glance_store.register_store_opts(conf, reserved_stores=dict(reserved))
    glance_store.create_multi_stores(conf, reserved_stores=dict(reserved))
    glance_store.verify_store()
