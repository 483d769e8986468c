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

"""A Keystone of our own: on SQLite, under uWSGI, on the loopback.

Setting one up takes ten seconds of imports. It is done once for each
environment of services; each Keystone begins as a copy.
"""

from __future__ import annotations

import base64
import fcntl
import os
import pathlib
import shutil
from typing import Any

from glance_artifacts.dev import checks
from glance_artifacts.dev import config
from glance_artifacts.dev import process
from glance_artifacts.dev import services
from glance_artifacts.dev import uwsgi

#: Of every user.
PASSWORD = 'secret'
REGION = 'RegionOne'
#: The user, in the project ``service``, that a Glance works as.
GLANCE = 'glance'
_DOMAIN = 'default'
_KEYS = ('fernet', 'credential')

_CONF = """\
[database]
connection = sqlite:///{state}/keystone.sqlite
[token]
provider = fernet
# a run of the tests is shorter
expiration = 86400
[fernet_tokens]
key_repository = {state}/fernet
[fernet_receipts]
key_repository = {state}/fernet
[credential]
key_repository = {state}/credential
[identity]
# the least that it takes: nobody's secrets are kept here
password_hash_rounds = 4
[cache]
# a token takes a tenth of the time; there is one process, which knows of
# every change
enabled = true
backend = dogpile.cache.memory
"""


class Keystone:
    """A Keystone, what is in it, and its administrator.

    :param state: an empty directory to keep everything in, logs as well
    :ivar url: of its v3 API
    """

    def __init__(self, state: pathlib.Path) -> None:
        self.state = state
        self._port = checks.free_port()
        self._token: str | None = None
        self._process: process.Process | None = None
        self.url = 'http://%s:%d/v3' % (checks.HOST, self._port)

    def prepare(self) -> None:
        """Write the configuration, the tables, the keys, the first user.

        :raises SetupError: in one line, if something is wrong
        """
        shutil.copytree(_ready_made(), self.state, dirs_exist_ok=True)
        _configure(self.state)

    def start(self) -> None:
        """Start it and wait until it answers.

        :raises SetupError: with the end of the log, if it does not
        """
        self._process = process.Process(
            [process.program('uwsgi'), *uwsgi.OPTIONS,
             '--module=keystone.wsgi.api:application', '--threads=4',
             '--http-socket=%s:%d' % (checks.HOST, self._port),
             '--virtualenv=%s' % services.root()],
            self.state / 'keystone.log', {
                **os.environ, 'OS_KEYSTONE_CONFIG_FILES': str(
                    self.state / 'keystone.conf')})
        services.wait_for(self._process, self.url)

    def stop(self) -> None:
        """Stop it: it does not answer any more, and can be started again."""
        if self._process is not None:
            self._process.stop()

    def fill(self) -> None:
        """Have itself in its catalogue, and a service user for Glance."""
        self.register('identity', self.url)
        self.create('project', name='service', domain_id=_DOMAIN)
        self.user(GLANCE, service='service')
        # to ask for the limits of everybody
        self.grant(GLANCE, 'reader')

    def call(self, method: str, path: str, body: Any = None,
             headers: dict[str, str] | None = None, **query: str) -> Any:
        """Ask as the administrator; what is answered, None for nothing.

        :param path: below ``/v3/``
        :raises requests.HTTPError: when it is refused
        """
        if self._token is None:
            self._token = self.token('admin')
        answer = checks.session().request(
            method, '%s/%s' % (self.url, path), json=body, params=query,
            headers={'X-Auth-Token': self._token, **(headers or {})},
            timeout=60)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def create(self, kind: str, **values: Any) -> dict[str, Any]:
        """Create what has a collection: a project, a user, a service."""
        return self.call('POST', kind + 's', {kind: values})[kind]

    def find(self, kind: str, name: str) -> str:
        """The id of what has a name."""
        (found,) = self.call('GET', kind + 's', name=name)[kind + 's']
        return found['id']

    def register(self, kind: str, url: str, name: str | None = None,
                 ) -> dict[str, str]:
        """Put a service into the catalogue; its id and its endpoint's.

        :param kind: its type
        """
        service = self.create('service', type=kind, name=name or kind)['id']
        endpoint = [self.create(
            'endpoint', service_id=service, interface=interface, url=url,
            region_id=REGION)['id']
            for interface in ('admin', 'internal', 'public')][-1]
        return {'service': service, 'endpoint': endpoint}

    def user(self, name: str, **roles: str) -> str:
        """Create a user; the id.

        :param roles: by the names of projects
        """
        user = self.create('user', name=name, password=PASSWORD,
                           domain_id=_DOMAIN)['id']
        for project, role in roles.items():
            self.grant(name, role, project)
        return user

    def grant(self, user: str, role: str, project: str | None = None) -> None:
        """Give a user a role in a project; None: in the system."""
        where = ('system' if project is None
                 else 'projects/' + self.find('project', project))
        self.call('PUT', '%s/users/%s/roles/%s' % (
            where, self.find('user', user), self.find('role', role)))

    def credentials(self, user: str,
                    project: str | None = None) -> dict[str, str]:
        """What a user authenticates with, as keystoneauth calls it.

        :param project: None for the system
        """
        where = ({'system_scope': 'all'} if project is None else {
            'project_name': project, 'project_domain_id': _DOMAIN})
        return {'auth_url': self.url, 'username': user, 'password': PASSWORD,
                'user_domain_id': _DOMAIN, **where}

    def token(self, user: str, project: str | None = None) -> str:
        """A token of a user for a project; None: for the system.

        :raises requests.HTTPError: when it is refused
        """
        scope = ({'system': {'all': True}} if project is None else {
            'project': {'name': project, 'domain': {'id': _DOMAIN}}})
        answer = checks.session().post(
            self.url + '/auth/tokens', timeout=60,
            json={'auth': {'scope': scope, 'identity': {
                'methods': ['password'], 'password': {'user': {
                    'name': user, 'password': PASSWORD,
                    'domain': {'id': _DOMAIN}}}}}})
        answer.raise_for_status()
        return answer.headers['X-Subject-Token']

    def options(self) -> config.Options:
        """What a glance-api.conf says to believe it."""
        return {'keystone_authtoken': {
            **self.credentials(GLANCE, 'service'), 'auth_type': 'password',
            'www_authenticate_uri': self.url,
            'service_token_roles_required': 'true'}}


def _configure(state: pathlib.Path) -> pathlib.Path:
    path = state / 'keystone.conf'
    path.write_text(_CONF.format(state=state), encoding='utf-8')
    return path


def _ready_made() -> pathlib.Path:
    """One that nobody starts, beside its programs; made when it is absent."""
    ready = services.root() / 'keystone'
    with open(services.root() / 'keystone.lock', 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            draft = services.root() / 'keystone.new'
            shutil.rmtree(draft, ignore_errors=True)
            _make(draft)
            draft.rename(ready)
    return ready


def _make(state: pathlib.Path) -> None:
    for name in _KEYS:
        (state / name).mkdir(parents=True, mode=0o700)
        for number in '01':
            (state / name / number).write_bytes(
                base64.urlsafe_b64encode(os.urandom(32)))
    for words in (['db_sync'],
                  ['bootstrap', '--bootstrap-password', PASSWORD,
                   '--bootstrap-region-id', REGION]):
        process.run([services.program('keystone-manage'), '--config-file',
                     str(_configure(state)), *words], os.environ)
