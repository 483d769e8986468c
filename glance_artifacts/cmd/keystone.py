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

"""The command ``keystone bootstrap``."""

from __future__ import annotations

import argparse
import os
from typing import Any
import urllib.parse

from glance_artifacts.cmd import common
from glance_artifacts.cmd import configuration
from glance_artifacts.cmd import identity
from glance_artifacts.cmd import quota_register

TYPE = 'artifact'
_NAME = 'glance-artifacts'
_INTERFACES = ('public', 'internal', 'admin')


def add_parser(groups) -> None:
    """Add ``keystone`` to the commands."""
    group = groups.add_parser('keystone', help='what Keystone knows of us')
    commands = group.add_subparsers(metavar='COMMAND', required=True)
    parser = commands.add_parser(
        'bootstrap', help='register service, endpoints and limits',
        description='Register in Keystone a service of type "%s", its three'
                    ' endpoints in a region, and the limits that the options'
                    ' of [artifacts] say: for the endpoint that [oslo_limit]'
                    ' names, else for the one registered here. What is there'
                    ' already is left as it is, so it may be run again. Needs'
                    ' a system-scoped administrator.' % TYPE,
        epilog=identity.EPILOG)
    parser.add_argument('--public-url', required=True, metavar='URL',
                        type=_url, help='of the public endpoint, such as'
                                        ' https://host:9494/v2')
    for interface in _INTERFACES[1:]:
        parser.add_argument('--%s-url' % interface, metavar='URL', type=_url,
                            help='of the %s endpoint (default: the public'
                                 ' one)' % interface)
    parser.add_argument('--region', metavar='ID',
                        default=os.environ.get('OS_REGION_NAME'),
                        help='their region, which is made if it is not there'
                             ' (default: $OS_REGION_NAME)')
    parser.add_argument('--service-name', metavar='NAME', default=_NAME,
                        help='name of the service, if it is to be made'
                             ' (default: %(default)s)')
    identity.add_options(parser)
    parser.add_argument('--update', action='store_true',
                        help='change the URLs and limits that are there to'
                             ' what is said here')
    parser.set_defaults(run=_bootstrap)


def _url(text: str) -> str:
    parts = urllib.parse.urlsplit(text)
    if parts.scheme not in ('http', 'https') or not parts.netloc:
        raise argparse.ArgumentTypeError(
            '%s: must begin with http:// or https://' % text)
    return text.rstrip('/')


def _bootstrap(args: argparse.Namespace) -> int:
    if not args.region:
        raise common.CommandError(
            'Which region? Name it with --region, or in $OS_REGION_NAME.')
    conf = configuration.load(args.config)
    with identity.connected(args.os_cloud) as keystone:
        place = quota_register.named_place(keystone, conf)
        _region(args, keystone)
        service = _service(args, keystone)
        public = _endpoints(args, keystone, service)
        if place is None and service:
            place = quota_register.Place(service, args.region)
        if not conf.oslo_limit.endpoint_id:
            print('note: for limits of Keystone, set [oslo_limit]/endpoint_id'
                  ' to %s.' % (public or 'the id of the public endpoint'))
        quota_register.apply(args, keystone, place, conf)
    return 0


def _region(args: argparse.Namespace, keystone: Any) -> None:
    if any(one.id == args.region for one in keystone.regions()):
        print('region %s: is there already' % args.region)
        return
    print('region %s: create' % args.region)
    if not args.dry_run:
        keystone.create_region(id=args.region)


def _service(args: argparse.Namespace, keystone: Any) -> str | None:
    """The id of the service; None: it is yet to be made."""
    found = list(keystone.services(type=TYPE))
    if len(found) > 1:
        found = [one for one in found if one.name == args.service_name]
        if len(found) != 1:
            raise common.CommandError(
                'Keystone has several services of type "%s", %d of them with'
                ' the name "%s": choose one with --service-name.'
                % (TYPE, len(found), args.service_name))
    if found:
        print('service %s: is there already (%s)' % (TYPE, found[0].name))
        return found[0].id
    print('service %s: create (%s)' % (TYPE, args.service_name))
    if args.dry_run:
        return None
    return keystone.create_service(
        type=TYPE, name=args.service_name,
        description='Versioned artifacts beside images').id


def _endpoints(args: argparse.Namespace, keystone: Any,
               service: str | None) -> str | None:
    """Register all three; the id of the public one, unless it is unknown."""
    there = {} if service is None else {
        one.interface: one for one in keystone.endpoints(
            service_id=service, region_id=args.region)}
    ids = {interface: _endpoint(args, keystone, service, interface,
                                there.get(interface))
           for interface in _INTERFACES}
    return ids['public']


def _endpoint(args: argparse.Namespace, keystone: Any, service: str | None,
              interface: str, old: Any) -> str | None:
    url = getattr(args, interface + '_url') or args.public_url
    if old is None:
        print('%s endpoint: create %s' % (interface, url))
        if args.dry_run:
            return None
        return keystone.create_endpoint(
            service_id=service, interface=interface, url=url,
            region_id=args.region).id
    if old.url == url:
        print('%s endpoint: is %s already' % (interface, url))
    elif not args.update:
        print('%s endpoint: stays %s (not %s; see --update)'
              % (interface, old.url, url))
    else:
        print('%s endpoint: %s becomes %s' % (interface, old.url, url))
        if not args.dry_run:
            keystone.update_endpoint(old.id, url=url)
    return old.id
