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

"""The Keystone that the tests of a process share."""

from __future__ import annotations

import atexit
import functools
import pathlib
import shutil
import tempfile
import uuid

import fixtures

from glance_artifacts.dev import keystone
from glance_artifacts.dev import services
from glance_artifacts.tests.functional import databases


class Keystone(fixtures.Fixture):
    """A running Keystone, with a user for Glance and images in its catalogue.

    :ivar server: what runs, and its administrator
    """

    def _setUp(self) -> None:
        for name in ('http_proxy', 'https_proxy', 'HTTP_PROXY'):
            self.useFixture(fixtures.EnvironmentVariable(name))
        state = pathlib.Path(tempfile.mkdtemp(prefix='glance-artifacts-'))
        self.addCleanup(shutil.rmtree, state, ignore_errors=True)
        self.server = keystone.Keystone(state)
        self.server.prepare()
        self.addCleanup(self.server.stop)
        self.server.start()
        self.server.fill()
        self._images = self.server.register('image', 'http://127.0.0.1:9292',
                                            'glance')

    def new_project(self) -> str:
        """The id of a project that has no limits of its own."""
        return self.server.create('project', name=uuid.uuid4().hex,
                                  domain_id='default')['id']

    def limits(self) -> dict[str, str]:
        """The section ``[oslo_limit]`` of a glance-api.conf."""
        return {**self.server.credentials(keystone.GLANCE),
                'auth_type': 'password',
                'endpoint_id': self._images['endpoint']}

    def environment(self) -> dict[str, str]:
        """An administrator of the system, for a command."""
        return {'OS_' + name.upper(): value for name, value in
                self.server.credentials('admin').items()
                } | {'OS_REGION_NAME': keystone.REGION}

    def registered(self) -> dict[str, int]:
        """The limits that are registered, by name."""
        return {one['resource_name']: one['default_limit'] for one in
                self.server.call('GET', 'registered_limits')[
                    'registered_limits']}

    def limit(self, project: str, name: str, number: int) -> None:
        """Give a project a limit of its own."""
        self.server.call('POST', 'limits', {'limits': [{
            'service_id': self._images['service'],
            'region_id': keystone.REGION, 'project_id': project,
            'resource_name': name, 'resource_limit': number}]})


@functools.cache
def shared() -> Keystone:
    """The one of this process.

    Not to be asked for first during a test, whose temporary files go with
    it.

    :raises SkipTest: where it cannot be started
    """
    if reason := services.missing():
        databases.leave_out('tests with Keystone are left out: ' + reason)
    fixture = Keystone()
    fixture.setUp()
    atexit.register(fixture.cleanUp)
    return fixture
