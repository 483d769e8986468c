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

import contextlib
import io
import pathlib
import signal
import subprocess
import sys
from unittest import mock

import fixtures
from oslotest import base

from glance_artifacts.cmd import serve
from glance_artifacts.dev import checks

_FORK = """
import os, signal, time
from glance_artifacts.cmd import serve

def terminate():
    os.kill(os.getpid(), signal.SIGTERM)

os.register_at_fork(after_in_parent=terminate)
serve._stop_on_signals()
try:
    child = os.fork()
    if not child:
        os._exit(0)
    time.sleep(50)
except serve.Stopped:
    serve._ignore_signals()
    print('stopped')
"""


class ServeTest(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        for number in serve._STOP_SIGNALS:
            self.addCleanup(signal.signal, number, signal.getsignal(number))
        self.server = self.useFixture(fixtures.MockPatch(
            'glance_artifacts.dev.server.Server')).mock
        self.glance = self.server.return_value
        self.glance.url = 'http://127.0.0.1:1/v2'

    def main(self, *args):
        self.out, self.err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(self.out), \
                contextlib.redirect_stderr(self.err):
            return serve.main(args)

    def test_options(self):
        self.glance.prepare.side_effect = checks.SetupError('enough')
        self.main('--port', '1234', '--state', '/some/dir', '--processes',
                  '3', '--threads', '5', '--flavor', 'keystone',
                  '--database-url', 'sqlite:///x')
        self.server.assert_called_once_with(
            report=mock.ANY, pools=True, port=1234,
            state=pathlib.Path('/some/dir'), processes=3, threads=5,
            flavor='keystone', database_url='sqlite:///x')

    def test_what_is_not_named_is_left_to_the_server(self):
        self.glance.prepare.side_effect = checks.SetupError('enough')
        self.main()
        self.server.assert_called_once_with(
            report=mock.ANY, pools=True, port=None,
            state=serve.default_state(), processes=2, threads=8,
            flavor=None, database_url=None)

    def test_state_directory(self):
        self.useFixture(fixtures.EnvironmentVariable(
            'XDG_CACHE_HOME', '/cache'))
        self.assertEqual(pathlib.Path('/cache/glance-artifacts'),
                         serve.default_state())
        self.useFixture(fixtures.EnvironmentVariable('XDG_CACHE_HOME'))
        self.useFixture(fixtures.EnvironmentVariable('HOME', '/home/ann'))
        self.assertEqual(pathlib.Path('/home/ann/.cache/glance-artifacts'),
                         serve.default_state())

    def test_set_up_error_is_one_line(self):
        self.glance.prepare.side_effect = checks.SetupError('no such thing')
        self.assertEqual(1, self.main())
        self.assertEqual('serve: no such thing\n', self.err.getvalue())
        self.glance.stop.assert_called_once_with()

    def test_ready_and_stopped_by_a_signal(self):
        self.glance.wait.side_effect = (
            lambda: signal.raise_signal(signal.SIGTERM))
        self.assertEqual(0, self.main())
        lines = self.out.getvalue().splitlines()
        self.assertEqual('ready: http://127.0.0.1:1/v2', lines[0])
        self.assertEqual(['curl', 'curl'],
                         [line.split()[0] for line in lines[1:3]])
        self.glance.start_worker.assert_called_once_with()
        self.glance.stop.assert_called_once_with()

    def test_a_second_signal_does_not_cut_stopping_short(self):
        self.glance.wait.side_effect = (
            lambda: signal.raise_signal(signal.SIGINT))
        self.glance.stop.side_effect = (
            lambda: signal.raise_signal(signal.SIGINT))
        self.assertEqual(0, self.main())

    def test_glance_dies(self):
        ended = self.glance.wait.return_value
        ended.last_words.return_value = 'glance-api ended'
        self.assertEqual(1, self.main())
        self.assertIn('glance-api ended', self.err.getvalue())

    def test_standalone(self):
        made = self.useFixture(fixtures.MockPatch(
            'glance_artifacts.dev.standalone.Standalone')).mock
        beside = made.return_value
        beside.port, beside.url = checks.free_port(), 'http://127.0.0.1:2/v2'
        self.glance.wait.side_effect = (
            lambda *others: signal.raise_signal(signal.SIGTERM))
        self.assertEqual(0, self.main('--standalone', '--artifacts-port', '2',
                                      '--state', '/some/dir'))
        made.assert_called_once_with(
            pathlib.Path('/some/dir'), port=2, processes=2, threads=8,
            flavor=None, beside=True, report=mock.ANY)
        self.assertEqual(
            ['ready: http://127.0.0.1:1/v2', 'ready: http://127.0.0.1:2/v2'],
            [line for line in self.out.getvalue().splitlines()
             if line.startswith('ready:')])
        self.glance.wait.assert_called_once_with(beside.uwsgi)
        beside.stop.assert_called_once_with()

    def test_bad_numbers(self):
        for option in ('--port', '--processes', '--threads',
                       '--artifacts-port'):
            for value in ('0', '-1', 'x'):
                error = self.assertRaises(SystemExit, self.main, option,
                                          value)
                self.assertEqual(2, error.code)


class TestSignals(base.BaseTestCase):

    def test_one_that_comes_around_a_fork(self):
        """Python swallows what a handler raises there."""
        done = subprocess.run(
            [sys.executable, '-c', _FORK], capture_output=True, text=True,
            timeout=60)
        self.assertEqual((0, 'stopped\n', ''),
                         (done.returncode, done.stdout, done.stderr))
