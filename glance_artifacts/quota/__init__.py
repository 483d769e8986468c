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

"""Quota: how much projects may have. What they have is in ``db.usage``."""

from oslo_config import cfg

from glance_artifacts.quota import keystone
from glance_artifacts.quota import limits


def source(conf: cfg.ConfigOpts) -> limits.Source:
    """Where the limits of this service come from; asks nobody yet."""
    if limits.in_keystone(conf):
        return keystone.Keystone()
    return limits.Options(conf)
