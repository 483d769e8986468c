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

"""The Swift, with the API of S3, that the tests of a process share."""

from __future__ import annotations

import atexit
import functools
import pathlib
import shutil
import tempfile

import fixtures
import swiftclient

from glance_artifacts.dev import swift
from glance_artifacts.tests.functional import databases
from glance_artifacts.tests.functional.services import keystone


class Swift(fixtures.Fixture):
    """A running Swift.

    :ivar server: what runs
    :ivar account: a connection as who keeps Glance's objects, by either API
    """

    def _setUp(self) -> None:
        identity = keystone.shared().server
        state = pathlib.Path(tempfile.mkdtemp(prefix='glance-artifacts-'))
        self.addCleanup(shutil.rmtree, state, ignore_errors=True)
        if reason := swift.missing(state):
            databases.leave_out('tests with Swift are left out: ' + reason)
        self.server = swift.Swift(state, identity)
        self.server.prepare()
        self.addCleanup(self.server.stop)
        self.server.start()
        who = identity.credentials(swift.STORE, swift.STORE)
        self.account = swiftclient.Connection(
            who['auth_url'], who['username'], who['password'],
            tenant_name=swift.STORE, auth_version='3',
            os_options={'user_domain_id': 'default',
                        'project_domain_id': 'default'})
        self.addCleanup(self.account.close)

    def names(self, container: str) -> set[str]:
        """The objects in a container; none, if it is not there."""
        try:
            return {one['name'] for one in self.account.get_container(
                container, full_listing=True)[1]}
        except swiftclient.ClientException as exc:
            if exc.http_status != 404:
                raise
            return set()


@functools.cache
def shared() -> Swift:
    """The one of this process, with the Keystone of this process.

    Not to be asked for first during a test, whose temporary files go with
    it.

    :raises SkipTest: where it cannot be started
    """
    # a fixture would make an error of what it raises
    keystone.shared()
    fixture = Swift()
    fixture.setUp()
    atexit.register(fixture.cleanUp)
    return fixture
