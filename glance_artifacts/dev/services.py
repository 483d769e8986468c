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

"""Where the programs of other services are: Keystone's and Swift's.

They live in a virtual environment of their own, which
``./toxw -e services --notest`` makes.
"""

from __future__ import annotations

import os
import pathlib
import time

import requests

from glance_artifacts.dev import checks
from glance_artifacts.dev import process

#: Names the directory of the environment.
VARIABLE = 'GLANCE_ARTIFACTS_TEST_SERVICES'
_START_TIMEOUT = 60.0
_NEEDED = ('keystone-manage', 'swift-proxy-server')


def missing() -> str | None:
    """What keeps them from being started, in one line; None for nothing."""
    directory = os.environ.get(VARIABLE)
    if directory and all((pathlib.Path(directory) / 'bin' / name).exists()
                         for name in _NEEDED):
        return None
    return ('%s does not name an environment that "./toxw -e services'
            ' --notest" has made' % VARIABLE)


def root() -> pathlib.Path:
    """The directory of the environment.

    :raises SetupError: when none is named
    """
    if reason := missing():
        raise checks.SetupError(reason)
    return pathlib.Path(os.environ[VARIABLE]).absolute()


def program(name: str) -> str:
    """A command of the environment."""
    return str(root() / 'bin' / name)


def wait_for(child: process.Process, url: str,
             timeout: float = _START_TIMEOUT) -> None:
    """Wait until a server answers at a URL, whatever it answers.

    :raises SetupError: with the end of its log, if it does not
    """
    deadline = time.monotonic() + timeout
    while child.status() is None and time.monotonic() < deadline:
        try:
            checks.session().get(url, timeout=10)
            return
        except requests.RequestException:
            time.sleep(0.05)
    raise checks.SetupError('nothing answers at %s: %s' % (url, child.tail()))
