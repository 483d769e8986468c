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
"""From embedded to standalone and back, by the manual, under live traffic."""

from __future__ import annotations

import json
import re
import shutil
import time

from oslotest import base
from testtools import content

from glance_artifacts.dev import checks
from glance_artifacts.dev import config
from glance_artifacts.dev import ini
from glance_artifacts.tests.functional import databases
from glance_artifacts.tests.functional.glance import endpoints
from glance_artifacts.tests.functional.services import hosts
from glance_artifacts.tests.functional.services import runbook
from glance_artifacts.tests.functional.services import traffic
from glance_artifacts.tests.functional.services import workload

_THERE, _BACK = 'Embedded to standalone', 'Standalone to embedded'
#: Machines that test have other things to do, too.
_DEADLINE = 150
TOKEN = 'ann:lab:member'


class TestRunbook(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        endpoints.need_haproxy()
        ports = {name: '%s:%d' % (checks.HOST, checks.free_port()) for name
                 in ('glance-api', 'glance-artifacts', 'haproxy')}
        self.ports = ports
        self.host = self.useFixture(hosts.Host({
            '192.0.2.11:9292': ports['glance-api'],
            '192.0.2.21:9494': ports['glance-artifacts'],
            'bind :9292': 'bind ' + ports['haproxy']}, ports))
        self.addOnException(self.show_logs)
        self.database = self.useFixture(databases.Database(self.host.root))
        self.write_files()
        for name in ('glance-api', 'glance-artifacts-worker', 'haproxy'):
            self.host.systemctl('start', name)
        self.traffic = traffic.Traffic(ports['haproxy'], TOKEN)
        self.workload = workload.Workload()
        self.addCleanup(self.traffic.end)

    def write_files(self):
        """What there is before the runbook begins."""
        self.write('/etc/glance/glance-api-paste.ini', config.paste_text())
        for name in ('uwsgi.ini', 'glance-artifacts-uwsgi.ini'):
            self.write('/etc/glance-artifacts/' + name,
                       config.own_sample(name).read_text())
        self.write('/etc/glance-artifacts/glance-artifacts-paste.ini',
                   config.own_paste_text())
        head, checked = endpoints.patient(config.own_sample(
            'haproxy.cfg').read_text().partition('frontend ')[0])
        self.assertEqual(1, checked)
        self.write('/etc/haproxy/haproxy.cfg', head + runbook.file('text'))
        self.write('/etc/glance/glance-api.conf', self.glances(
            self.options(self.database.url)))
        self.database.migrate(self.migrate)
        # two services that write to Glance's would have its requests fail
        ours = self.database.url
        if databases.KIND == 'sqlite':
            ours = ours.replace('glance.sqlite', 'ours.sqlite')
            shutil.copy(self.host.root / 'glance.sqlite',
                        self.host.root / 'ours.sqlite')
        self.own = self.options(ours)
        self.write('/etc/glance/glance-api.conf', self.glances(self.own))

    def migrate(self):
        self.host.run('glance-manage --config-dir /etc/glance db_sync')
        self.host.run('glance-artifacts-manage --config-dir /etc/glance'
                      ' db sync')

    def options(self, database):
        """What the manual has in the file of the standalone service."""
        text = ini.set_option(runbook.file('ini'), 'artifacts_database',
                              'connection', database)
        return ini.set_option(text, 'paste_deploy', 'flavor',
                              config.DEVELOPMENT)

    def glances(self, text):
        """The same, with what glance-api wants beside."""
        state = '/var/lib/glance/'
        for section, option, value in (
                ('DEFAULT', 'worker_self_reference_url',
                 'http://' + self.ports['glance-api']),
                ('database', 'connection', self.database.url),
                ('oslo_concurrency', 'lock_path', state + 'lock'),
                ('paste_deploy', 'config_file',
                 '/etc/glance/glance-api-paste.ini'),
                *(('os_glance_%s_store' % name, 'filesystem_store_datadir',
                   state + name) for name in ('staging', 'tasks'))):
            text = ini.set_option(text, section, option, value)
        return text

    def write(self, name, text):
        self.host.path(name).write_text(self.host.here(text))

    def show_logs(self, exc_info):
        for path in sorted(self.host.root.glob('*.log')):
            self.addDetail(path.name, content.text_content(path.read_text()))

    def test_there_and_back(self):
        for name, once in self.workload.clients().items():
            self.traffic.start(name, once)
        self.goes_on()
        self.follow(_THERE)
        self.serves('glance-artifacts')
        self.assertEqual(404, self.status('glance-api'))
        self.follow(_BACK)
        self.serves('glance-api')
        self.goes_on()
        self.traffic.end()
        self.addDetail('traffic', content.text_content(str(self.traffic)))
        self.assertEqual([], self.traffic.failures)
        self.everything_is_whole()

    def follow(self, chapter):
        """Do a chapter of the manual, step by step."""
        steps = runbook.steps(chapter)
        self.assertLess(4, len(steps))
        for name, commands in steps.items():
            if name.startswith('1. Configure'):
                self.write('/etc/glance-artifacts/glance-artifacts.conf',
                           self.own)
            for command in commands:
                self.do(command)
            self.goes_on()

    def do(self, command):
        """Run one line; wait where the text says so."""
        line = command.line
        if line.endswith('pool usage'):
            self.eventually(lambda: self.proxies_ended() > self.ended, line)
            self.until_idle(line)
            return
        if line == 'systemctl reload haproxy':
            self.ended = self.proxies_ended()
        reloads = self.reloads()
        printed = self.host.run(line, OS_TOKEN=TOKEN).splitlines()
        for expected in command.output:
            self.assertIn(expected, printed, line)
        if line == 'systemctl reload glance-api':
            self.eventually(lambda: self.reloads() > reloads, line)

    def reloads(self):
        return self.host.log('glance-api').read_text().count(
            'chain reloading complete')

    def proxies_ended(self):
        return len(re.findall(r'Former worker \(\d+\) exited',
                              self.host.log('haproxy').read_text()))

    def until_idle(self, line):
        """Until the service that is left has no transfers."""
        left = ('glance-artifacts' if self.proxied('embedded')
                else 'glance-api')
        self.eventually(lambda: not re.search(
            '^ *%s on ' % left, self.host.run(line), re.M), line)

    def proxied(self, name):
        return re.search('^ *server %s' % name, self.host.path(
            '/etc/haproxy/haproxy.cfg').read_text(), re.M)

    def goes_on(self):
        """Each client has done all that it does, since now."""
        self.traffic.after(1, but='slow')

    def serves(self, name):
        self.assertEqual(200, self.status(name))

    def status(self, name):
        client = traffic.Client(self.ports[name], TOKEN)
        self.addCleanup(client.close)
        return client.ask('GET', '/v2/artifacts', 200, 404).status

    def everything_is_whole(self):
        client = traffic.Client(self.ports['haproxy'], TOKEN)
        self.addCleanup(client.close)
        count = self.workload.check(client)
        self.assertEqual([], self.manage('quota recount --dry-run --json')[
            'differences'])
        self.assertEqual(count, self.manage('verify --json')['verified'])
        left = self.manage('purge --older-than 0 --json')
        self.assertEqual([0, 0, 0], [
            left[name] for name in ('uploads', 'objects', 'orphans')])

    def manage(self, words):
        return json.loads(self.host.run(
            'glance-artifacts-manage --config-dir /etc/glance '
            + words).splitlines()[-1])

    def eventually(self, condition, what):
        deadline = time.monotonic() + _DEADLINE
        while not condition():
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(0.1)
