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

"""Three services behind HAProxy, each with the bytes of one pool.

As on three hosts: what keeps the bytes of other pools is out of reach of each
of them. HAProxy has the file that we give operators.
"""

from __future__ import annotations

import atexit
import functools
import os
import pathlib
import re
import shutil
import tempfile

import fixtures

from glance_artifacts.dev import checks
from glance_artifacts.dev import config
from glance_artifacts.dev import process
from glance_artifacts.dev import services
from glance_artifacts.dev import standalone
from glance_artifacts.tests.functional import databases
from glance_artifacts.tests.functional.glance import base
from glance_artifacts.tests.functional.glance import plugged

POOLS = ('general', 'critical', 'models')
TYPES = {'critical': 'helm_charts', 'models': 'ml_models'}
#: Debian has it outside the PATH of most users.
_HAPROXY = shutil.which('haproxy', path=os.environ.get('PATH', '')
                        + ':/usr/sbin:/usr/local/sbin')
_BIND = re.compile(r'^    bind :9292$', re.M)
_SERVER = re.compile(r'^(    server \w+-1) 192\.0\.2\.\d+:\d+$', re.M)


class Proxy(fixtures.Fixture):
    """HAProxy in front of services.

    :param ports: of the services, in the order of the file
    :ivar address: where it listens
    """

    def __init__(self, ports: list[int], port: int) -> None:
        super().__init__()
        self._ports = ports
        self.address = '%s:%d' % (checks.HOST, port)

    def _setUp(self) -> None:
        directory = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        text, binds = _BIND.subn('    bind ' + self.address, config.own_sample(
            'haproxy.cfg').read_text())
        text, checked = patient(text)
        ports = iter(self._ports)
        text, servers = _SERVER.subn(
            lambda found: '%s %s:%d' % (found[1], checks.HOST, next(ports)),
            text)
        if (binds, servers, checked) != (1, len(self._ports), 1):
            raise AssertionError('the file has %d addresses, %d servers and'
                                 ' %d rules of checks' % (binds, servers,
                                                          checked))
        path = directory / 'haproxy.cfg'
        path.write_text(text)
        child = process.Process([_HAPROXY, '-db', '-f', str(path)],
                                directory / 'haproxy.log', os.environ)
        self.addCleanup(child.stop)
        services.wait_for(child, 'http://%s/healthcheck' % self.address)


class Endpoints(fixtures.Fixture):
    """All of it.

    :ivar servers: by pool; that of ``general`` is a glance-api
    :ivar proxy: in front of them
    """

    def _setUp(self) -> None:
        port = checks.free_port()
        self.root = 'http://%s:%d' % (checks.HOST, port)
        glance = self.useFixture(base.EditedServer(self._edit)).server
        self.server, self.url = glance, glance.url
        self.state = glance.state
        self.servers = {'general': glance}
        for pool in POOLS[1:]:
            self.servers[pool] = self._standalone(pool)
        self.proxy = self.useFixture(Proxy(
            [self.servers[pool].uwsgi.port for pool in POOLS], port))

    def store(self, pool: str, of: str | None = None) -> pathlib.Path:
        """The directory of a pool's store, as one of the services has it.

        :param of: the pool of that service; None: of this pool
        """
        return self.servers[of or pool].state / 'stores' / (
            '%s-files' % pool)

    def _edit(self, etc: pathlib.Path) -> None:
        plugged.set_options(
            etc, 'artifacts', pools=', '.join(POOLS), local_pools='general',
            stores=', '.join('%s-files:file' % pool for pool in POOLS))
        for pool in POOLS:
            plugged.set_options(
                etc, 'artifact_pool:' + pool, types=TYPES.get(pool, ''),
                allowed_types='*', stores='%s-files' % pool,
                endpoint='%s/%s/v2' % (self.root, pool))
        for section, options in _stores(etc.parent).items():
            plugged.set_options(etc, section, **options)
        plugged.own_database(etc)

    def _standalone(self, pool: str) -> standalone.Standalone:
        """A service that has the database of glance-api, and no disk of it."""
        state = pathlib.Path(tempfile.mkdtemp(prefix='glance-artifacts-'))
        self.addCleanup(shutil.rmtree, state, ignore_errors=True)
        (state / 'etc').mkdir()
        shutil.copy(self.state / 'etc' / config.API_CONF, state / 'etc')
        made = standalone.Standalone(
            state, port=checks.free_port(), processes=1, beside=True, extra={
                'artifacts': {'local_pools': pool,
                              'images_endpoint': self.root + '/v2'},
                **_stores(state)})
        self.addCleanup(made.stop)
        made.configure()
        made.start()
        made.wait_ready()
        return made


def patient(text: str) -> tuple[str, int]:
    """A file of HAProxy that bears with services on a busy machine.

    :returns: how many places were changed, too
    """
    return text.replace(' fall 3 ', ' fall 30 '), text.count(' fall 3 ')


def need_haproxy() -> None:
    """Leave the test out, or fail, where HAProxy is not installed."""
    if _HAPROXY is None:
        databases.leave_out('tests behind HAProxy are left out: it is not'
                            ' installed (Debian package: haproxy)')


@functools.cache
def shared() -> Endpoints:
    """Those of this process.

    Not to be asked for first during a test, whose temporary files go with it.
    """
    need_haproxy()
    found = Endpoints()
    found.setUp()
    atexit.register(found.cleanUp)
    return found


def _stores(state: pathlib.Path) -> dict[str, dict[str, str]]:
    return {'%s-files' % pool: {'filesystem_store_datadir': str(
        state / 'stores' / ('%s-files' % pool))} for pool in POOLS}
