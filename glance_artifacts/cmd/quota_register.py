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

"""The command ``quota register``."""

from __future__ import annotations

import argparse
import dataclasses
from typing import Any

from oslo_config import cfg

from glance_artifacts.cmd import common
from glance_artifacts.cmd import configuration
from glance_artifacts.cmd import identity
from glance_artifacts.quota import limits
from glance_artifacts.quota import names

_GROUP = 'oslo_limit'
#: Of oslo.limit, which registers them on the global configuration only.
_OPTS = [cfg.StrOpt(name) for name in (
    'endpoint_id', 'endpoint_service_type', 'endpoint_service_name',
    'endpoint_region_name')] + [
    cfg.StrOpt('endpoint_interface', default='public')]


@dataclasses.dataclass(frozen=True)
class Place:
    """What registered limits belong to."""

    service_id: str
    region_id: str | None


def add_parser(commands) -> None:
    """Add ``register`` to the commands of ``quota``."""
    parser = commands.add_parser(
        'register', help='register the limits of artifacts in Keystone',
        description='Register in Keystone what the options of [artifacts]'
                    ' say: the limits in all, and those of the types and'
                    ' pools that have one. They are the defaults of all'
                    ' projects, for the service and region of the endpoint'
                    ' that [oslo_limit] names. What is registered already is'
                    ' left as it is. Needs a system-scoped administrator.',
        epilog=identity.EPILOG)
    identity.add_options(parser)
    parser.add_argument('--update', action='store_true',
                        help='change registered limits to what the options'
                             ' say')
    parser.set_defaults(run=_register)


def _register(args: argparse.Namespace) -> int:
    conf = configuration.load(args.config)
    with identity.connected(args.os_cloud) as keystone:
        place = named_place(keystone, conf)
        if place is None:
            raise common.CommandError(
                '[oslo_limit]/endpoint_id is not set: set it to the id of'
                ' the public endpoint of Glance, or of the standalone'
                ' service.')
        apply(args, keystone, place, conf)
    return 0


def apply(args: argparse.Namespace, keystone: Any, place: Place | None,
          conf: cfg.ConfigOpts) -> None:
    """Register what the options of artifacts say.

    :param args: with ``update`` and ``dry_run``
    :param place: what they belong to; None: what is yet to be made
    """
    there = _registered(keystone, place) if place else {}
    for name, number in names.to_keystone(
            limits.Options(conf).of('')).items():
        _apply(args, keystone, place, there.get(name), name, number)
    if not limits.in_keystone(conf):
        print('note: [DEFAULT] %s is off: they hold once it is on.'
              % limits.USE_KEYSTONE)


def named_place(keystone: Any, conf: cfg.ConfigOpts) -> Place | None:
    """What ``[oslo_limit]`` names, as oslo.limit has it; None: nothing.

    :raises CommandError: when Keystone does not have just one of it
    """
    conf.register_opts(_OPTS, group=_GROUP)
    return _place(keystone, conf[_GROUP])


def _place(keystone: Any,
           group: cfg.ConfigOpts.GroupAttr) -> Place | None:
    if group.endpoint_id:
        endpoint = keystone.get_endpoint(group.endpoint_id)
        return Place(endpoint.service_id, endpoint.region_id)
    if not (group.endpoint_service_type or group.endpoint_service_name):
        return None
    service = _only('service', keystone.services(**_given(
        type=group.endpoint_service_type, name=group.endpoint_service_name)))
    endpoint = _only('endpoint', keystone.endpoints(**_given(
        service_id=service.id, region_id=group.endpoint_region_name,
        interface=group.endpoint_interface.removesuffix('URL'))))
    return Place(service.id, endpoint.region_id)


def _only(what: str, found: Any) -> Any:
    found = list(found)
    if len(found) != 1:
        raise common.CommandError(
            'Keystone has %d of the %s that [oslo_limit] describes.'
            % (len(found), what))
    return found[0]


def _given(**values: str | None) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _registered(keystone: Any, place: Place) -> dict[str, Any]:
    """What is registered for a place, by name."""
    return {one.resource_name: one
            for one in keystone.registered_limits(
                service_id=place.service_id)
            if one.region_id == place.region_id}


def _apply(args: argparse.Namespace, keystone: Any, place: Place | None,
           old: Any, name: str, number: int) -> None:
    if old is None:
        print('%s: register %d' % (name, number))
        if not args.dry_run:
            keystone.create_registered_limit(
                service_id=place.service_id, region_id=place.region_id,
                resource_name=name, default_limit=number)
    elif old.default_limit == number:
        print('%s: is %d already' % (name, number))
    elif not args.update:
        print('%s: stays %d (the options say %d; see --update)'
              % (name, old.default_limit, number))
    else:
        print('%s: %d becomes %d' % (name, old.default_limit, number))
        if not args.dry_run:
            keystone.update_registered_limit(old.id, default_limit=number)
