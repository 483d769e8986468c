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

"""A Swift of our own: one device, four servers, and the API of S3.

Who somebody is it asks a Keystone.
"""

from __future__ import annotations

import getpass
import os
import pathlib
from typing import Any

from glance_artifacts.dev import checks
from glance_artifacts.dev import keystone
from glance_artifacts.dev import process
from glance_artifacts.dev import services

#: The user and the project that Glance keeps objects as.
STORE = 'store'
CONTAINER = 'glance'
BUCKET = 'glance-s3'
_SWIFT = 'swift'
_BACKENDS = ('account', 'container', 'object')
_PROXY = 'proxy'

_COMMON = """\
[DEFAULT]
swift_dir = {state}
devices = {state}/devices
mount_check = false
user = {user}
workers = 0
bind_ip = {host}
bind_port = {port}
"""

# nobody updates later what a slow disk was too slow for
_PATIENCE = """\
conn_timeout = 30
node_timeout = 120
container_update_timeout = 120"""

_BACKEND = _COMMON + """\
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
{patience}
"""

_PROXY_SERVER = _COMMON + """\
[pipeline:main]
pipeline = catch_errors gatekeeper bulk authtoken s3api s3token keystoneauth
    slo dlo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
{patience}
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:bulk]
use = egg:swift#bulk
[filter:slo]
use = egg:swift#slo
# there is no server that would do it later
allow_async_delete = false
[filter:dlo]
use = egg:swift#dlo
[filter:keystoneauth]
use = egg:swift#keystoneauth
operator_roles = member
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:s3token]
use = egg:swift#s3token
auth_uri = {auth_url}
{credentials}
[filter:authtoken]
paste.filter_factory = keystonemiddleware.auth_token:filter_factory
delay_auth_decision = true
{credentials}
"""

_SECRETS = """\
[swift-hash]
swift_hash_path_suffix = development
[storage-policy:0]
name = only
default = yes
"""

#: A ring of one device, in the environment that has swift.
_RING = """
import sys
from swift.common.ring import RingBuilder
directory, *servers = sys.argv[1:]
for server in servers:
    kind, ip, port = server.split(':')
    builder = RingBuilder(4, 1, 0)
    builder.add_dev({'region': 1, 'zone': 1, 'weight': 1, 'ip': ip,
                     'port': int(port), 'device': 'd1'})
    builder.rebalance()
    builder.get_ring().save('%s/%s.ring.gz' % (directory, kind))
"""


def missing(directory: pathlib.Path) -> str | None:
    """What keeps it from being kept in a directory, in one line.

    :param directory: it exists
    """
    probe = directory / '.xattr'
    probe.touch()
    try:
        os.setxattr(probe, 'user.swift', b'x')
    except OSError as exc:
        return 'Swift needs a file system with extended attributes: %s: %s' % (
            directory, exc.strerror)
    finally:
        probe.unlink()
    return None


class Swift:
    """A Swift in the catalogue of a Keystone.

    :param state: an empty directory to keep everything in, logs as well
    :param identity: a running Keystone
    """

    def __init__(self, state: pathlib.Path,
                 identity: keystone.Keystone) -> None:
        self.state = state
        self._identity = identity
        self._ports = {kind: checks.free_port()
                       for kind in (*_BACKENDS, _PROXY)}
        self._processes: list[process.Process] = []
        self.url = 'http://%s:%d' % (checks.HOST, self._ports[_PROXY])

    def prepare(self) -> None:
        """Write all files, and be in the catalogue.

        :raises SetupError: in one line, if something is wrong
        """
        if reason := missing(self.state):
            raise checks.SetupError(reason)
        self._register()
        (self.state / 'devices' / 'd1').mkdir(parents=True)
        (self.state / 'swift.conf').write_text(_SECRETS)
        for kind in _BACKENDS:
            self._write(kind, _BACKEND)
        credentials = {'auth_type': 'password',
                       **self._identity.credentials(_SWIFT, 'service')}
        self._write(_PROXY, _PROXY_SERVER, auth_url=self._identity.url,
                    credentials='\n'.join('%s = %s' % item for item
                                          in credentials.items()))
        process.run([services.program('python'), '-c', _RING, str(self.state),
                     *('%s:%s:%d' % (kind, checks.HOST, self._ports[kind])
                       for kind in _BACKENDS)], os.environ)

    def start(self) -> None:
        """Start its servers and wait until they answer.

        :raises SetupError: with the end of a log, if one does not
        """
        for kind in self._ports:
            self._processes.append(process.Process(
                [services.program('swift-%s-server' % kind),
                 str(self._conf(kind))], self.state / (kind + '.log'),
                os.environ))
        for child, port in zip(self._processes, self._ports.values()):
            services.wait_for(child, 'http://%s:%d/healthcheck'
                              % (checks.HOST, port))

    def stop(self) -> None:
        """Stop its servers."""
        while self._processes:
            self._processes.pop().stop()

    def options(self, name: str) -> dict[str, str]:
        """The section of a store of kind swift in a glance-api.conf.

        :param name: the store's
        """
        reference = self.state / (name + '.conf')
        who = self._identity.credentials(STORE, STORE)
        reference.write_text(
            '[%s]\nuser = %s:%s\nkey = %s\nauth_address = %s\n'
            'user_domain_id = default\nproject_domain_id = default\n'
            % (name, STORE, STORE, who['password'], who['auth_url']))
        return {
            'swift_store_config_file': str(reference),
            'default_swift_reference': name,
            'swift_store_container': CONTAINER,
            'swift_store_create_container_on_put': 'true',
            'swift_store_region': keystone.REGION}

    def s3_options(self) -> dict[str, str]:
        """The section of one of kind s3, in the same account."""
        key = self._identity.call(
            'POST', 'users/%s/credentials/OS-EC2'
            % self._identity.find('user', STORE),
            {'tenant_id': self._identity.find('project', STORE)},
        )['credential']
        return {
            's3_store_host': self.url,
            's3_store_access_key': key['access'],
            's3_store_secret_key': key['secret'],
            's3_store_bucket': BUCKET,
            's3_store_create_bucket_on_put': 'true',
            's3_store_bucket_url_format': 'path',
            's3_store_region_name': 'us-east-1'}

    def _register(self) -> None:
        self._identity.user(_SWIFT, service='service')
        self._identity.create('project', name=STORE, domain_id='default')
        self._identity.user(STORE, **{STORE: 'member'})
        self._identity.register(
            'object-store', self.url + '/v1/AUTH_$(project_id)s', _SWIFT)

    def _conf(self, kind: str) -> pathlib.Path:
        return self.state / ('%s-server.conf' % kind)

    def _write(self, kind: str, text: str, **values: Any) -> None:
        self._conf(kind).write_text(text.format(
            kind=kind, state=self.state, user=getpass.getuser(),
            host=checks.HOST, port=self._ports[kind], patience=_PATIENCE,
            **values))
