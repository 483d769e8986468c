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
from collections.abc import Mapping
import dataclasses
from typing import Any

from oslo_config import cfg

from glance_artifacts.cmd import common
from glance_artifacts.cmd import configuration
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
        epilog='Without --os-cloud the identity is that of $OS_CLOUD, or of'
               ' the other $OS_ variables.')
    parser.add_argument('--os-cloud', metavar='NAME',
                        help='authenticate as the cloud of this name in'
                             ' clouds.yaml says')
    parser.add_argument('--update', action='store_true',
                        help='change registered limits to what the options'
                             ' say')
    parser.add_argument('--dry-run', action='store_true',
                        help='tell what would be done and change nothing')
    parser.set_defaults(run=_register)


def _register(args: argparse.Namespace) -> int:
    # late: they take long to load, and no other command needs them
    from keystoneauth1 import exceptions as auth_exc
    from openstack import exceptions as sdk_exc
    conf = configuration.load(args.config)
    conf.register_opts(_OPTS, group=_GROUP)
    wanted = names.to_keystone(limits.Options(conf).of(''))
    try:
        with common.quiet():
            identity = _identity(args.os_cloud)
            place = _place(identity, conf[_GROUP])
            there = _registered(identity, place)
            _apply(args, identity, place, wanted, there)
    except (auth_exc.ClientException, sdk_exc.SDKException) as exc:
        raise common.CommandError('Keystone: %s' % exc) from exc
    if not limits.in_keystone(conf):
        print('note: [DEFAULT] %s is off: they hold once it is on.'
              % limits.USE_KEYSTONE)
    return 0


def _identity(cloud: str | None) -> Any:
    import openstack
    return openstack.connect(cloud=cloud).identity


def _place(identity: Any, group: cfg.ConfigOpts.GroupAttr) -> Place:
    """The service and region of Glance's endpoint, as oslo.limit has it."""
    if group.endpoint_id:
        endpoint = identity.get_endpoint(group.endpoint_id)
        return Place(endpoint.service_id, endpoint.region_id)
    if not (group.endpoint_service_type or group.endpoint_service_name):
        raise common.CommandError(
            '[oslo_limit]/endpoint_id is not set: set it to the id of'
            ' Glance\'s public endpoint.')
    service = _only('service', identity.services(**_given(
        type=group.endpoint_service_type, name=group.endpoint_service_name)))
    endpoint = _only('endpoint', identity.endpoints(**_given(
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


def _registered(identity: Any, place: Place) -> dict[str, Any]:
    """What is registered for a place, by name."""
    return {one.resource_name: one
            for one in identity.registered_limits(
                service_id=place.service_id)
            if one.region_id == place.region_id}


def _apply(args: argparse.Namespace, identity: Any, place: Place,
           wanted: Mapping[str, int], there: Mapping[str, Any]) -> None:
    for name, number in wanted.items():
        old = there.get(name)
        if old is None:
            print('%s: register %d' % (name, number))
            if not args.dry_run:
                identity.create_registered_limit(
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
                identity.update_registered_limit(old.id, default_limit=number)
