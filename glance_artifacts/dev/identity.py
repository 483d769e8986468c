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

"""Who you say you are: identity for development, without Keystone.

A paste filter that stands where Keystone's ``authtoken`` would. It believes
every caller, so it guards itself: it loads only when the environment asks for
it and every socket of the uWSGI around it is on the loopback, and it answers
nobody who comes from elsewhere, through a proxy or from a web page.
"""

from __future__ import annotations

import dataclasses
import ipaddress
import os
import re
import urllib.parse
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from oslo_context import context
import webob

ENABLE = 'GLANCE_ARTIFACTS_DEV_IDENTITY'

# Keystone's bootstrap makes each role of this chain imply the next.
_CHAIN = ('admin', 'manager', 'member', 'reader')

# What keystoneauth's plugin "none" sends where others send a token.
_NO_TOKEN = 'notused'

_NAME = r'[A-Za-z0-9_.@-]{1,64}'
_TOKEN = re.compile(
    rf'(?P<user>{_NAME}):(?P<project>{_NAME}):(?P<roles>{_NAME}(?:,{_NAME})*)')

# What keystonemiddleware would set, and so what nobody may send.
_IDENTITY = re.compile(
    r'HTTP_(X_(USER|PROJECT|TENANT|DOMAIN|ROLE|SERVICE|IDENTITY|IS_ADMIN'
    r'|STORAGE_TOKEN|AUTH_(?!TOKEN$))|OPENSTACK_SYSTEM_SCOPE$)')
_PROXY = re.compile(r'HTTP_(FORWARDED$|X_FORWARDED|X_REAL_IP$|VIA$)')
_HOST = re.compile(r'(?P<name>\[[^]]*\]|[^:]*)(:\d+)?')

# uWSGI's options that open a socket and do not say so at their end.
_SOCKET_OPTIONS = frozenset((
    'fastrouter', 'http', 'http-to', 'http-to-https', 'https', 'https2',
    'rawrouter', 'sslrouter', 'sslrouter2', 'udp'))


@dataclasses.dataclass(frozen=True)
class Identity:
    """A user in a project, with the roles that Keystone would list."""

    user: str
    project: str
    roles: tuple[str, ...]

    def headers(self) -> dict[str, str]:
        """Return the WSGI variables that ``authtoken`` would set."""
        named = {
            'USER_ID': self.user, 'USER_NAME': self.user,
            'PROJECT_ID': self.project, 'PROJECT_NAME': self.project,
            'USER_DOMAIN_ID': 'default', 'USER_DOMAIN_NAME': 'Default',
            'PROJECT_DOMAIN_ID': 'default', 'PROJECT_DOMAIN_NAME': 'Default',
            'IDENTITY_STATUS': 'Confirmed', 'IS_ADMIN_PROJECT': 'True',
            'ROLES': ','.join(self.roles),
        }
        return {f'HTTP_X_{name}': value for name, value in named.items()}


def implied(roles: Iterable[str]) -> tuple[str, ...]:
    """Add the roles that Keystone's bootstrap implies."""
    result = list(dict.fromkeys(roles))
    for number, role in enumerate(_CHAIN):
        if role in result:
            result.extend(r for r in _CHAIN[number:] if r not in result)
            break
    return tuple(result)


DEMO = Identity('demo', 'demo', implied(['member']))


def parse_token(token: str) -> Identity | None:
    """Read ``USER:PROJECT:ROLE[,ROLE...]``, None if it is none.

    glanceclient quotes the token as part of a URL.
    """
    match = _TOKEN.fullmatch(urllib.parse.unquote(token))
    if match is None:
        return None
    return Identity(match['user'], match['project'],
                    implied(match['roles'].split(',')))


def is_loopback(host: str) -> bool:
    """Whether a name or an address means this machine alone."""
    if host.lower() == 'localhost':
        return True
    try:
        return ipaddress.ip_address(host.strip('[]')).is_loopback
    except ValueError:
        return False


def _is_loopback_host(value: str) -> bool:
    """The same for ``HOST`` or ``HOST:PORT``, as in the Host header."""
    match = _HOST.fullmatch(value)
    return match is not None and is_loopback(match['name'])


def _text(value: Any) -> str:
    return value.decode(errors='replace') if isinstance(value, bytes) \
        else str(value)


def open_sockets(options: Mapping[Any, Any]) -> list[tuple[str, str]]:
    """List the sockets in ``uwsgi.opt``: option and address."""
    found = []
    for key, value in options.items():
        name = _text(key)
        if name in _SOCKET_OPTIONS or name.endswith('socket'):
            values = value if isinstance(value, (list, tuple)) else [value]
            found.extend((name, _text(v)) for v in values)
    return found


def check_surroundings(environ: Mapping[str, str]) -> None:
    """Refuse to exist anywhere but in a development server.

    :raises RuntimeError: saying what is wrong; the app then does not load
    """
    refusal = 'the development identity filter does not load: '
    if environ.get(ENABLE) != '1':
        raise RuntimeError(f'{refusal}{ENABLE}=1 is not in the environment')
    try:
        import uwsgi
    except ImportError:
        raise RuntimeError(f'{refusal}it needs uWSGI, to see its sockets')
    sockets = open_sockets(uwsgi.opt)
    if not sockets:
        raise RuntimeError(f'{refusal}uWSGI names no socket')
    for option, address in sockets:
        # What follows a comma are a router's certificate and key.
        if not _is_loopback_host(address.split(',')[0]):
            raise RuntimeError(f'{refusal}uWSGI option {option} = {address}'
                               ' is not an address of the loopback')


class DevelopmentIdentity:
    """The filter: refuses strangers, then says who the caller is."""

    def __init__(self, app: Callable) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any],
                 start_response: Callable) -> Iterable[bytes]:
        reason = _stranger(environ)
        if reason:
            return _error(403, 'Forbidden', 'auth.development_only',
                          f'Development identity: {reason}.'
                          )(environ, start_response)
        identity = _caller(environ.get('HTTP_X_AUTH_TOKEN', ''))
        if identity is None:
            return _error(401, 'Unauthorized', 'auth.token_invalid',
                          'A development token is USER:PROJECT:ROLE[,ROLE...].'
                          )(environ, start_response)
        for key in [key for key in environ if _IDENTITY.match(key)]:
            del environ[key]
        environ.update(identity.headers())
        return self.app(environ, start_response)


def _caller(token: str) -> Identity | None:
    """Return who sent the token, None if it is malformed."""
    return DEMO if token in ('', _NO_TOKEN) else parse_token(token)


def _stranger(environ: Mapping[str, Any]) -> str | None:
    """Say why a request is not one from this machine's own tools."""
    if not is_loopback(environ.get('REMOTE_ADDR', '')):
        return 'the peer is not on the loopback'
    # A web page that the developer looks at could send requests here: a
    # browser tells by Origin, a name rebound to 127.0.0.1 by Host.
    if 'HTTP_ORIGIN' in environ:
        return 'requests of web pages are refused'
    if not _is_loopback_host(environ.get('HTTP_HOST', '')):
        return 'the Host is not localhost'
    if any(_PROXY.match(key) for key in environ):
        return 'requests through a proxy are refused'
    return None


def _error(status: int, title: str, code: str, detail: str) -> webob.Response:
    request_id = context.generate_request_id()
    body = {'errors': [{'status': status, 'code': code, 'title': title,
                        'detail': detail, 'request_id': request_id}]}
    response = webob.Response(status=status, json_body=body)
    response.headers['X-Openstack-Request-Id'] = request_id
    return response


def filter_factory(global_conf: Mapping[str, str],
                   **local_conf: str) -> Callable[[Callable], Callable]:
    """Paste's entry to the filter.

    :raises RuntimeError: outside a development server
    """
    check_surroundings(os.environ)
    return DevelopmentIdentity
