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

"""The command ``smoke``: does a running service do its main job?

Reading ``clouds.yaml`` is left to openstacksdk, which only ``--os-cloud``
needs; keystoneauth1, which comes with Glance, cannot do it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
import contextlib
import os
import signal
import sys
import urllib.parse

import requests

from glance_artifacts.cmd import smoke_trial


def add_parser(groups) -> None:
    """Add ``smoke`` to the commands."""
    parser = groups.add_parser(
        'smoke', help='try a running service: upload, download, delete',
        description='Create an artifact on a running service, upload %d KiB'
                    ' to it, download them whole and in part, compare, and'
                    ' delete it. For use after each deployment. Exit code 0:'
                    ' all of it worked. The artifact is deleted in every'
                    ' case.' % (smoke_trial.SIZE // 1024),
        epilog='Without --os-cloud and --token the token in $OS_TOKEN is'
               ' sent, if there is one. $REQUESTS_CA_BUNDLE names the file'
               ' of a private certificate authority.')
    parser.add_argument('--url', required=True, metavar='URL',
                        help='of the service, such as http://host:9292 or'
                             ' https://host/image/v2')
    who = parser.add_mutually_exclusive_group()
    who.add_argument('--os-cloud', metavar='NAME',
                     help='authenticate as the cloud of this name in'
                          ' clouds.yaml says (needs openstacksdk)')
    who.add_argument('--token', metavar='TOKEN',
                     help='send this token; other users of this machine can'
                          ' see it, unlike the one in $OS_TOKEN')
    parser.add_argument('--type', default='generic', metavar='TYPE',
                        help='artifact type to use, one that takes any bytes'
                             ' (default: generic)')
    parser.add_argument('--blob', default='data', metavar='FIELD',
                        help='its blob field (default: data)')
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    try:
        session = _session(args)
        trial = smoke_trial.Trial(session, _base(args.url), args.type,
                                  args.blob)
    except smoke_trial.Failed as exc:
        print('glance-artifacts-manage: %s' % exc, file=sys.stderr)
        return 1
    with session, _terminable():
        return int(not trial.run())


@contextlib.contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM end us as an exception does, so that we clean up."""
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _base(url: str) -> str:
    """Where artifacts are, from the URL of the service."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ('http', 'https') or not parts.netloc:
        raise smoke_trial.Failed(
            '--url %s: must begin with http:// or https://' % url)
    root = url.rstrip('/')
    return (root if root.endswith('/v2') else root + '/v2') + '/artifacts'


def _session(args: argparse.Namespace) -> requests.Session:
    session = requests.Session()
    if args.os_cloud:
        _authenticate(session, args.os_cloud)
    else:
        token = args.token or os.environ.get('OS_TOKEN')
        if token:
            session.headers['X-Auth-Token'] = token
    return session


def _authenticate(session: requests.Session, cloud: str) -> None:
    try:
        from keystoneauth1 import exceptions as auth_exc
        import openstack.config
        from openstack import exceptions as sdk_exc
    except ImportError:
        raise smoke_trial.Failed(
            '--os-cloud needs openstacksdk (pip install openstacksdk);'
            ' --token does without') from None
    try:
        region = openstack.config.get_cloud_region(cloud=cloud)
        session.headers.update(region.get_session().get_auth_headers() or {})
        verify, session.cert = region.get_requests_verify_args()
        session.verify = True if verify is None else verify
    except (auth_exc.ClientException, sdk_exc.SDKException) as exc:
        raise smoke_trial.Failed(
            '--os-cloud %s: %s'
            % (cloud, ' '.join(str(exc).split()))) from None
