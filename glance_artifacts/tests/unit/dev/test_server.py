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

import os
import pathlib
import sys
from unittest import mock

import fixtures
from oslotest import base

from glance_artifacts.dev import checks
from glance_artifacts.dev import process
from glance_artifacts.dev import server
from glance_artifacts.dev import uwsgi


class ServerTest(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.state = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        self.port = checks.free_port()
        self.run = self.useFixture(fixtures.MockPatch(
            'glance_artifacts.dev.process.run')).mock
        self.useFixture(fixtures.MockPatchObject(
            process, 'program', lambda name: name))

    def prepare(self, **options):
        glance = server.Server(self.state, port=self.port, **options)
        self.addCleanup(glance.stop)
        glance.prepare()
        return glance

    def conf(self):
        return (self.state / 'etc' / 'glance-api.conf').read_text()

    def test_both_sets_of_tables_are_migrated(self):
        self.prepare()
        etc = str(self.state / 'etc')
        self.assertEqual(
            [['glance-manage', '--config-dir', etc, 'db_sync'],
             ['glance-artifacts-manage', '--config-dir', etc, 'db', 'sync']],
            [call.args[0] for call in self.run.call_args_list])

    def test_pools(self):
        self.prepare(pools=True)
        first = self.conf()
        for line in ('stores = general:file, second:file',
                     'pools = general, second', '[artifact_pool:second]',
                     f'filesystem_store_datadir = {self.state}/stores/second'):
            self.assertIn(line, first)

    def test_pools_are_not_forced_on_an_earlier_state(self):
        self.prepare().stop()
        first = self.conf()
        self.assertNotIn('pool', first)
        self.prepare(pools=True)
        self.assertEqual(first, self.conf())

    def test_environment(self):
        self.prepare()
        environ = self.run.call_args.args[1]
        self.assertEqual(str(self.state / 'etc'),
                         environ['OS_GLANCE_CONFIG_DIR'])
        self.assertEqual('1', environ['GLANCE_ARTIFACTS_DEV_IDENTITY'])

    def test_options_reach_the_configuration(self):
        url = f'sqlite:///{self.state}/other.sqlite'
        self.prepare(database_url=url, flavor='keystone',
                     extra={'artifacts': {'enabled_types': 'generic'}})
        for line in (f'connection = {url}', 'flavor = keystone',
                     'enabled_types = generic'):
            self.assertIn(f'\n{line}\n', self.conf())

    def test_default_flavor_of_glance(self):
        self.prepare(flavor='default')
        self.assertIn('\nflavor =\n', self.conf())

    def test_reused_without_options(self):
        self.prepare(flavor='keystone').stop()
        before = self.conf()
        self.prepare()
        self.assertEqual(before, self.conf())

    def test_a_wrong_option_is_not_kept(self):
        self.prepare().stop()
        before = self.conf()
        for options in ({'flavor': 'nonsense'}, {'database_url': 'nonsense'}):
            self.run.reset_mock()
            glance = server.Server(self.state, port=self.port, **options)
            self.assertRaises(checks.SetupError, glance.prepare)
            glance.stop()
            self.run.assert_not_called()
            self.assertEqual(before, self.conf())

    def test_one_server_for_a_directory(self):
        self.prepare()
        error = self.assertRaises(checks.SetupError, self.prepare)
        self.assertIn('another server', str(error))

    def test_stop_releases_the_directory(self):
        self.prepare().stop()
        self.prepare()

    def test_uwsgi_options(self):
        glance = self.prepare(processes=3, threads=5)
        with mock.patch('glance_artifacts.dev.process.Process',
                        autospec=True) as started:
            glance.start()
        command = started.call_args.args[0]
        for option in (f'--http-socket=127.0.0.1:{self.port}', '--master',
                       '--processes=3', '--threads=5', '--need-app',
                       '--lazy-apps', '--die-on-term', '--no-orphans',
                       '--enable-threads', f'--virtualenv={sys.prefix}'):
            self.assertIn(option, command)

    def test_urls(self):
        self.assertEqual('http://127.0.0.1:9292/v2',
                         server.Server(self.state).url)

    def test_not_started(self):
        self.assertRaises(RuntimeError, self.prepare().uwsgi.status)


class WaitTest(base.BaseTestCase):
    """Until the end of glance-api, with true children."""

    def setUp(self):
        super().setUp()
        self.state = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        self.said = []
        self.glance = server.Server(self.state, report=self.said.append)
        self.addCleanup(self.glance.stop)
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.dev.server._LOOK', 0.01))

    def child(self, code):
        return process.Process([sys.executable, '-c', code],
                               self.state / 'child.log', os.environ)

    def test_until_glance_ends(self):
        self.glance.uwsgi._process = self.child('')
        self.glance._worker = self.child('import time; time.sleep(100)')
        worker = self.glance._worker
        self.glance.wait()
        self.assertEqual([], self.said)
        self.assertIsNone(worker.status())
        self.glance.stop()
        self.assertIsNotNone(worker.status())

    def test_the_worker_ends_first(self):
        gone = self.state / 'gone'
        self.glance.uwsgi._process = self.child(
            'import pathlib, time\n'
            'while not pathlib.Path(%r).exists(): time.sleep(0.01)'
            % str(gone))
        self.glance._worker = self.child('raise SystemExit("no way")')
        self.glance.report = lambda text: (self.said.append(text),
                                           gone.touch())
        self.glance.wait()
        (text,) = self.said
        self.assertIn('the worker ended (status 1)', text)
        self.assertIn('no way', text)

    def test_the_last_of_several(self):
        gone = self.state / 'gone'
        other = uwsgi.Application('the other', '', 1, self.state / 'log', {},
                                  1, 1)
        other._process = self.child('raise SystemExit("enough")')
        self.glance.uwsgi._process = self.child(
            'import pathlib, time\n'
            'while not pathlib.Path(%r).exists(): time.sleep(0.01)'
            % str(gone))
        self.glance.report = lambda text: (self.said.append(text),
                                           gone.touch())
        self.assertIs(self.glance.uwsgi, self.glance.wait(other))
        (text,) = self.said
        self.assertIn('the other ended (status 1)', text)

    def test_command_of_the_worker(self):
        with mock.patch('glance_artifacts.dev.process.Process',
                        autospec=True) as started, mock.patch.object(
                            process, 'program', lambda name: name):
            self.glance.start_worker()
        self.assertEqual(
            ['glance-artifacts-manage', '--config-dir',
             str(self.state / 'etc'), 'worker'], started.call_args.args[0])


class WaitReadyTest(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.glance = server.Server(pathlib.Path('/nowhere'))
        self.process = self.glance.uwsgi._process = mock.Mock()
        self.process.status.return_value = None
        self.process.tail.return_value = 'last words'
        self.answers = {}
        self.useFixture(fixtures.MockPatchObject(
            self.glance.uwsgi, 'answer', self.answers.get))

    def assertFails(self, wait, text):
        error = self.assertRaises(checks.SetupError, wait)
        self.assertIn(text, str(error))
        self.assertIn('last words', str(error))

    def test_ready(self):
        self.answers.update({'/healthcheck': 200, '/v2/artifacts': 401})
        self.glance.wait_ready()

    def test_ended(self):
        self.process.status.return_value = 22
        self.assertFails(self.glance.wait_ready,
                         'glance-api ended (status 22)')

    def test_silent(self):
        self.assertFails(lambda: self.glance.uwsgi.wait_ready(0.2),
                         'did not answer')

    def test_late(self):
        """Artifacts are waited for that are not loaded yet."""
        state = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        self.glance = server.Server(state)
        self.glance.uwsgi._process = self.process
        self.glance.log.parent.mkdir()
        self.glance.log.write_text('the start is not done after 10 s; look')
        self.useFixture(fixtures.MockPatchObject(server, '_LOOK', 0.01))
        answers = iter((503, 503, 401))
        self.useFixture(fixtures.MockPatchObject(
            self.glance.uwsgi, 'answer', lambda path: (
                200 if path == '/healthcheck' else next(answers))))
        self.glance.wait_ready()
        self.assertIsNone(next(answers, None))

    def test_misconfigured(self):
        self.answers.update({'/healthcheck': 200, '/v2/artifacts': 503})
        self.assertFails(self.glance.wait_ready, 'artifacts are not served')
