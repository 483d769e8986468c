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

"""What can be known to be wrong before the slow steps of a start."""

from __future__ import annotations

import collections
import fcntl
import os
import pathlib
import socket
from typing import TextIO

import requests
import sqlalchemy
from sqlalchemy import exc

HOST = '127.0.0.1'
_PROBES: collections.deque[socket.socket] = collections.deque(maxlen=256)


class SetupError(Exception):
    """The server cannot be started; the text is one line for the user."""


def one_line(error: object) -> str:
    """Return the first line of an error's text."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


def free_port() -> int:
    """Return a port of the loopback address that nobody uses now.

    Who listens there with ``SO_REUSEADDR``, as servers do, can. Nobody else is
    given it meanwhile: it stays bound, by the last so many of these sockets.
    """
    probe = socket.socket()
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind((HOST, 0))
    _PROBES.append(probe)
    return probe.getsockname()[1]


def session() -> requests.Session:
    """For requests to the loopback, which no proxy stands before."""
    made = requests.Session()
    made.trust_env = False
    return made


def port(number: int) -> None:
    """Refuse a port that cannot be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, number))
        except (OSError, OverflowError) as error:
            reason = getattr(error, 'strerror', None) or error
            raise SetupError(f'cannot listen on {HOST}:{number}: {reason}')


def directory(path: pathlib.Path) -> None:
    """Make the directory, and refuse one that cannot be written to."""
    if set('$%?#') & set(str(path)):
        raise SetupError(f'{path}: oslo.config, paste and database URLs give'
                         ' $ % ? # a meaning of their own; choose another'
                         ' directory')
    probe = path / f'.probe-{os.getpid()}'
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise SetupError(f'cannot write to {path}: {error.strerror}')


def lock(path: pathlib.Path) -> TextIO:
    """Hold a state directory for this process, or refuse a second server.

    The lock goes when the returned file is closed, by whatever end.
    """
    handle = open(path / 'serve.lock', 'w')
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        raise SetupError(f'another server is running on {path}')
    return handle


def database(connection: str) -> None:
    """Refuse a database that cannot be connected to."""
    try:
        url = sqlalchemy.make_url(connection)
        sqlite = url.get_backend_name() == 'sqlite'
        if sqlite and url.database in (None, '', ':memory:'):
            raise SetupError('database URL: processes cannot share a SQLite'
                             ' database in memory')
        engine = sqlalchemy.create_engine(
            url, connect_args={} if sqlite else {'connect_timeout': 5})
        with engine.connect():
            pass
        engine.dispose()
    except (exc.SQLAlchemyError, ImportError, TypeError, ValueError) as error:
        cause = getattr(error, 'orig', None) or error
        raise SetupError(f'database URL: {one_line(cause)}')
