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

"""Options of Glance that we follow, where Glance has registered them."""

from __future__ import annotations

from oslo_config import cfg

#: What the names of the stores begin with that Glance keeps for itself.
RESERVED = 'os_glance_'


def stores(conf: cfg.ConfigOpts) -> dict[str, str]:
    """The stores that images are kept in: kinds of drivers by name."""
    if 'enabled_backends' not in conf:
        conf.register_opt(cfg.DictOpt('enabled_backends'))
    # glance-api adds those that it keeps for itself
    return {name: kind for name, kind in (conf.enabled_backends or {}).items()
            if not name.startswith(RESERVED)}


def default_store(conf: cfg.ConfigOpts) -> str | None:
    """The store of images that name none."""
    group = 'glance_store'
    # without enabled_backends Glance registers another set of options
    if group not in conf or 'default_backend' not in conf[group]:
        conf.register_opt(cfg.StrOpt('default_backend'), group=group)
    return conf[group].default_backend


def register(conf: cfg.ConfigOpts) -> None:
    """Know these options in a process that Glance is not in."""
    conf.register_opts([cfg.BoolOpt('delayed_delete', default=False),
                        cfg.IntOpt('scrub_time', default=0, min=0)])


def delete_delay(conf: cfg.ConfigOpts) -> int | None:
    """Seconds that the bytes of what is deleted are kept; None: they go.

    ``scrub_time`` counts where ``delayed_delete`` is on, as for images.
    """
    if not getattr(conf, 'delayed_delete', False):
        return None
    return getattr(conf, 'scrub_time', 0)
