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
"""A host whose services are started by the units that we give operators.

What systemd would do, less systemd: of a unit, and of what is laid over it in
``NAME.service.d``, this knows what our units use.
"""

from __future__ import annotations

from collections.abc import Mapping
import os
import pathlib
import re
import signal
import subprocess
import sys

import fixtures

from glance_artifacts.dev import config
from glance_artifacts.dev import identity
from glance_artifacts.dev import process
from glance_artifacts.dev import services
from glance_artifacts.tests.functional.services import operator

_PATIENCE = 60
_OPTION = re.compile(r'^(\w+)=(.*)$', re.M)
#: The variable that tells our uwsgi.ini of an address.
_SOCKETS = {'glance-api': 'GLANCE_API_SOCKET',
            'glance-artifacts': 'GLANCE_ARTIFACTS_SOCKET'}
#: One process after the other is reloaded where there are several.
_PROCESSES = {'glance-api': 2}
#: As Debian has it.
_HAPROXY = """\
ExecStart=haproxy -Ws -f /etc/haproxy/haproxy.cfg
ExecReload=haproxy -c -q -f /etc/haproxy/haproxy.cfg
ExecReload=/bin/kill -USR2 $MAINPID
"""


class Host(fixtures.Fixture):
    """Has its own ``/etc``, ``/run`` and ``/var/lib``, in a directory.

    :param texts: what stands for what in commands and files: the addresses
        of a manual and those that there are
    :param addresses: where services listen, by unit
    """

    def __init__(self, texts: Mapping[str, str],
                 addresses: Mapping[str, str]) -> None:
        super().__init__()
        self._texts = texts
        self._addresses = addresses

    def _setUp(self) -> None:
        self.root = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        self._texts = {
            **{name: '%s%s' % (self.root, name)
               for name in ('/etc/', '/run/', '/var/lib/')}, **self._texts}
        self._children: dict[str, process.Process] = {}
        self.addCleanup(self._kill_all)

    def here(self, text: str) -> str:
        """A text with the paths and addresses of this host."""
        return re.sub('|'.join(map(re.escape, self._texts)),
                      lambda found: self._texts[found[0]], text)

    def path(self, name: str) -> pathlib.Path:
        """A file, by its name on a real host; its directory is made."""
        path = pathlib.Path(self.here(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def log(self, unit: str) -> pathlib.Path:
        """What a service writes."""
        return self.root / ('%s.log' % unit)

    def run(self, line: str, **env: str) -> str:
        """Run a line of a shell; what it prints.

        :raises AssertionError: when it fails
        """
        words = line.split()
        if words[0] == 'systemctl':
            self.systemctl(*words[1:])
            return ''
        done = subprocess.run(
            ['sh', '-c', self.here(line)], text=True, timeout=_PATIENCE,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, env=self._environment(env))
        if done.returncode:
            raise AssertionError('%s: %s' % (line, done.stdout))
        return done.stdout

    def systemctl(self, verb: str, *names: str) -> None:
        """Do what systemd does when it is asked to."""
        for name in names:
            if verb == 'reload':
                self._reload(name)
            if verb in ('stop', 'restart'):
                self._children.pop(name).stop()
            if verb in ('start', 'restart'):
                self._start(name)

    def _start(self, name: str) -> None:
        options = self._unit(name)
        (start,) = options['ExecStart']
        if name in _SOCKETS:
            start += ' --virtualenv %s --processes %d' % (
                sys.prefix, _PROCESSES.get(name, 1))
        self._children[name] = child = process.Process(
            ['nice', '-n', options.get('Nice', ['0'])[0],
             *self.here(start).split()],
            self.log(name), self._environment(self._variables(name)))
        if name in self._addresses:
            services.wait_for(child, 'http://%s/healthcheck'
                              % self._addresses[name])

    def _reload(self, name: str) -> None:
        for line in self._unit(name)['ExecReload']:
            self.run(line, MAINPID=str(self._children[name].pid),
                     **self._variables(name))

    def _unit(self, name: str) -> dict[str, list[str]]:
        text = (_HAPROXY if name == 'haproxy' else
                config.own_sample('%s.service' % name).read_text())
        over = pathlib.Path(self.here(
            '/etc/systemd/system/%s.service.d' % name))
        found: dict[str, list[str]] = {}
        for each in (text, *(path.read_text() for path
                             in sorted(over.glob('*.conf')))):
            for key, value in _OPTION.findall(each):
                found.setdefault(key, []).append(value)
        return found

    def _variables(self, name: str) -> dict[str, str]:
        """What the environment of a service has beside what all have."""
        options = self._unit(name)
        found = dict(self.here(each).split('=', 1)
                     for each in options.get('Environment', ()))
        if name in _SOCKETS:
            found[_SOCKETS[name]] = self._addresses[name]
        for directory in options.get('RuntimeDirectory', ()):
            path = self.path('/run/%s/reload' % directory).parent
            found['RUNTIME_DIRECTORY'] = str(path)
        return found

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        return {**os.environ, identity.ENABLE: '1',
                'PATH': '%s:%s:/usr/sbin' % (operator.BIN,
                                             os.environ['PATH']), **more}

    def _kill_all(self) -> None:
        for child in self._children.values():
            try:
                # a polite end takes seconds, which add up
                os.killpg(child.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            child.stop()
