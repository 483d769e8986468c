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

"""Images and artifacts split on one host, by the files we give operators.

Started as systemd would, with no other changes than paths and ports.
"""

from __future__ import annotations

import configparser
import json
import os
import pathlib
import sys
import tempfile

import fixtures
from oslotest import base

from glance_artifacts.cmd import configuration
from glance_artifacts.dev import config
from glance_artifacts.dev import ini
from glance_artifacts.tests.functional.services import operator

_ETC = '/etc/glance-artifacts'


def unit(name: str) -> configparser.SectionProxy:
    """The section of a unit that says how it is run."""
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str
    parser.read(config.own_sample(name))
    return parser['Service']


def command(service: configparser.SectionProxy) -> list[str]:
    """What a unit starts, at its priority."""
    start = service['ExecStart'].replace(
        _ETC, str(config.own_sample('uwsgi.ini').parent))
    return ['nice', '-n', service.get('Nice', '0'), *start.split(),
            '--virtualenv', sys.prefix, '--processes', '1']


class Images(operator.GlanceApi):
    """glance-api as its unit starts it."""

    def command(self) -> list[str]:
        return command(unit('glance-api.service'))


class Artifacts(operator.GlanceApi):
    """The standalone service as its unit starts it."""

    title, socket = 'glance-artifacts', 'GLANCE_ARTIFACTS_SOCKET'

    def command(self) -> list[str]:
        return command(unit('glance-artifacts.service'))


class Etc(fixtures.Fixture):
    """What the manual has an operator do to the samples."""

    def _setUp(self) -> None:
        directory = tempfile.TemporaryDirectory(prefix='glance-artifacts-')
        self.addCleanup(directory.cleanup)
        state = pathlib.Path(directory.name)
        self.path = state / 'etc'
        self.path.mkdir()
        self.conf = self.path / configuration.OWN_CONF
        text = config.own_sample(configuration.OWN_CONF).read_text()
        for section, key, value in (
                ('artifacts_database', 'connection',
                 'sqlite:///%s/artifacts.sqlite' % state),
                ('local', 'filesystem_store_datadir', state / 'artifacts'),
                ('paste_deploy', 'flavor', config.DEVELOPMENT)):
            text = ini.set_option(text, section, key, str(value))
        self.conf.write_text(text)
        (self.path / config.OWN_PASTE_INI).write_text(
            config.own_paste_text())
        done = operator.manage('--config-file', self.conf, 'db', 'sync')
        if done.returncode:
            raise AssertionError(done.stderr)


class TestSplit(base.BaseTestCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.etc, cls.own = operator.Etc(), Etc()
        for fixture in (cls.etc, cls.own):
            fixture.setUp()
            cls.addClassCleanup(fixture.cleanUp)
        cls.etc.develop()
        cls.images = Images(cls.etc.path)
        cls.artifacts = Artifacts(cls.own.path, env={
            configuration.OWN_FILES: str(cls.own.conf)})
        for fixture in (cls.images, cls.artifacts):
            fixture.setUp()
            cls.addClassCleanup(fixture.cleanUp)
        for fixture in (cls.images, cls.artifacts):
            fixture.wait_ready()

    def ask(self, server, method, path, expected, body=None):
        status, _, answer = server.request(
            method, path, json.dumps(body).encode() if body else None,
            Content_Type='application/json')
        self.assertEqual(expected, status, answer)
        return json.loads(answer)

    def test_each_serves_its_own(self):
        image = {'name': 'a', 'disk_format': 'raw',
                 'container_format': 'bare'}
        self.ask(self.images, 'POST', '/v2/images', 201, image)
        self.ask(self.artifacts, 'POST', '/v2/images', 404, image)
        draft = self.ask(self.artifacts, 'POST', '/v2/artifacts/generic', 201,
                         {'name': 'a'})
        path = draft['self'] + '/data'
        self.assertEqual(201, self.artifacts.request('PUT', path,
                                                     b'bytes')[0])
        self.assertEqual(b'bytes', self.artifacts.request('GET', path)[2])
        self.assertEqual(404, self.images.request('GET', path)[0])
        (version,) = self.ask(self.artifacts, 'GET', '/', 300)['versions']
        self.assertEqual('v2.0', version['id'])

    def test_artifacts_come_second(self):
        first, second = (unit('%s.service' % name) for name in (
            'glance-api', 'glance-artifacts'))
        self.assertLess(int(second['CPUWeight']), int(first['CPUWeight']))
        nice = [os.getpriority(os.PRIO_PROCESS, server.process.pid)
                for server in (self.images, self.artifacts)]
        self.assertEqual(int(second['Nice']), nice[1] - nice[0])

    def test_their_configuration_has_no_findings(self):
        for path in (self.own.conf, self.etc.path / 'glance-api.conf'):
            done = operator.manage('--config-file', path, 'config', 'check',
                                   GLANCE_ARTIFACTS_DEV_IDENTITY='1')
            self.assertEqual(0, done.returncode, done.stdout + done.stderr)
