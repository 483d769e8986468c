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
import time

import fixtures
from oslotest import base

from glance_artifacts.dev import checks
from glance_artifacts.dev import process

# Says its child's process id, then waits like the child; deaf to SIGTERM.
STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
if child:
    print(child, flush=True)
time.sleep(60)
"""


def alive(pid):
    """Whether a process runs; one that merely awaits its parent does not."""
    try:
        stat = pathlib.Path(f'/proc/{pid}/stat').read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(')')[2].split()[0] != 'Z'


class ProcessTest(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        state = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        self.log = state / 'log' / 'some.log'

    def start(self, *command):
        started = process.Process(list(command), self.log, os.environ)
        self.addCleanup(started.stop)
        return started

    def python(self, code):
        return self.start('python3', '-c', code)

    def wait_for_output(self, started):
        deadline = time.monotonic() + 30
        while not started.tail() and time.monotonic() < deadline:
            time.sleep(0.01)
        return started.tail()

    def test_output_of_this_run_alone(self):
        self.log.parent.mkdir()
        self.log.write_text('an earlier run\n')
        started = self.start('sh', '-c', 'echo out; echo err >&2; exit 3')
        self.assertEqual(3, started.wait(30))
        self.assertEqual('out\nerr', started.tail())
        self.assertIn('an earlier run', self.log.read_text())

    def test_tail_is_short(self):
        started = self.start('sh', '-c', 'seq 1000')
        started.wait(30)
        self.assertEqual([str(n) for n in range(986, 1001)],
                         started.tail().splitlines())

    def test_polite_stop(self):
        started = self.start('sleep', '60')
        self.assertIsNone(started.status())
        started.stop()
        self.assertEqual(-15, started.status())

    def test_stop_takes_the_whole_group(self):
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.dev.process.STOP_TIMEOUT', 0.2))
        started = self.python(STUBBORN)
        child = int(self.wait_for_output(started))
        started.stop()
        self.assertEqual(-9, started.status())
        self.assertFalse(alive(child))

    def test_stop_after_the_end(self):
        started = self.start('true')
        started.wait(30)
        started.stop()
        started.stop()
        self.assertEqual(0, started.status())


class RunTest(base.BaseTestCase):

    def test_success(self):
        process.run(['true'], os.environ)

    def test_environment(self):
        process.run(['/bin/sh', '-c', 'test "$WHO" = me'], {'WHO': 'me'})

    def test_failure_tells_the_last_line(self):
        error = self.assertRaises(
            checks.SetupError, process.run,
            ['/bin/sh', '-c', 'echo first; echo last >&2; exit 1'],
            os.environ)
        self.assertEqual('sh failed: last', str(error))

    def test_silent_failure(self):
        error = self.assertRaises(checks.SetupError, process.run, ['false'],
                                  os.environ)
        self.assertEqual('false failed: 1', str(error))
