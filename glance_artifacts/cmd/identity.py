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

"""Keystone, as an administrator who runs a command sees it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
import contextlib
from typing import Any

from glance_artifacts.cmd import common

#: How commands that ask Keystone say who they are.
EPILOG = ('Without --os-cloud the identity is that of $OS_CLOUD, or of the'
          ' other $OS_ variables.')


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add those that each command on Keystone has."""
    parser.add_argument('--os-cloud', metavar='NAME',
                        help='authenticate as the cloud of this name in'
                             ' clouds.yaml says')
    parser.add_argument('--dry-run', action='store_true',
                        help='tell what would be done and change nothing')


@contextlib.contextmanager
def connected(cloud: str | None) -> Iterator[Any]:
    """The identity proxy of openstacksdk.

    :param cloud: of clouds.yaml; None: what the environment says
    :raises CommandError: when Keystone refuses or does not answer
    """
    # late: they take long to load, and few commands need them
    from keystoneauth1 import exceptions as auth_exc
    import openstack
    from openstack import exceptions as sdk_exc
    try:
        with common.quiet():
            yield openstack.connect(cloud=cloud).identity
    except (auth_exc.ClientException, sdk_exc.SDKException) as exc:
        raise common.CommandError('Keystone: %s' % exc) from exc
