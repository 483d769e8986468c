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

"""How the service starts when something is wrong with it."""

import logging
import threading

import fixtures
from oslo_config import cfg
from oslotest import base

from glance_artifacts import conf as artifacts_conf
from glance_artifacts import exceptions
from glance_artifacts import service


class StarterTest(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.log = self.useFixture(fixtures.FakeLogger(level=logging.ERROR))
        self.now = 1000.0
        self.useFixture(fixtures.MockPatchObject(
            service.time, 'monotonic', lambda: self.now))
        self.tries = 0
        self.useFixture(fixtures.MockPatchObject(
            service, '_service', self.make))
        self.problem = exceptions.Misconfigured(
            'is wrong', option='[a]/b', value='c', remedy='write d')
        self.seconds = 0.0
        self.starter = service._Starter(cfg.ConfigOpts())

    def make(self, conf):
        self.tries += 1
        self.now += self.seconds
        if self.problem:
            raise self.problem
        return 'the service'

    def assertAway(self):
        error = self.assertRaises(exceptions.Unavailable, self.starter)
        self.assertEqual('service.misconfigured', error.code)
        self.assertEqual('60', error.headers['Retry-After'])
        for secret in ('[a]/b', ' c', 'write d'):
            self.assertNotIn(secret, error.detail)

    def test_good(self):
        self.problem = None
        self.assertEqual('the service', self.starter())
        self.assertEqual('the service', self.starter())
        self.assertEqual(1, self.tries)
        self.assertEqual('', self.log.output)

    def test_said_once(self):
        for _ in range(3):
            self.assertAway()
        self.assertEqual(3, self.tries)
        self.assertEqual(
            'Artifacts are not served: [a]/b = c: is wrong.'
            ' Remedy: write d.\n', self.log.output)

    def test_another_problem_is_said(self):
        self.assertAway()
        self.problem = exceptions.Misconfigured(
            'is wrong, too', option='[e]/f', remedy='write g')
        self.assertAway()
        self.assertEqual(2, len(self.log.output.splitlines()))

    def test_what_nobody_thought_of(self):
        self.problem = ZeroDivisionError('by zero')
        self.assertAway()
        self.assertAway()
        self.assertEqual(1, self.log.output.count('Artifacts are not'))
        self.assertIn('ZeroDivisionError: by zero', self.log.output)
        self.assertIn('Traceback', self.log.output)

    def test_mended(self):
        self.assertAway()
        self.problem = None
        self.assertEqual('the service', self.starter())

    def test_trying_takes_a_tenth_of_the_time_at_most(self):
        self.seconds = 10.0
        began = self.now
        self.assertAway()
        while self.now < began + 1000:
            before = self.tries
            self.assertAway()
            if self.tries == before:
                self.now += 1
        self.assertLessEqual(self.tries * self.seconds,
                             (self.now - began) / 10 + self.seconds)
        self.assertGreater(self.tries, 5)

    def test_nobody_waits_while_another_tries(self):
        entered, go_on = threading.Event(), threading.Event()
        self.addCleanup(go_on.set)

        def wait(conf):
            entered.set()
            go_on.wait(60)
            return 'the service'

        self.useFixture(fixtures.MockPatchObject(service, '_service', wait))
        other = threading.Thread(target=self.starter, daemon=True)
        other.start()
        self.assertTrue(entered.wait(60))
        self.assertAway()
        go_on.set()
        other.join(60)
        self.assertEqual('the service', self.starter())
        self.assertEqual('', self.log.output)

    def test_a_start_that_does_not_end(self):
        go_on = threading.Event()
        self.addCleanup(go_on.set)
        self.useFixture(fixtures.MockPatchObject(
            service, '_service', lambda conf: go_on.wait(60)))
        self.useFixture(fixtures.MockPatchObject(service, '_PATIENCE', 0))
        conf = cfg.ConfigOpts()
        artifacts_conf.register_opts(conf)
        conf([])
        self.starter = service._Starter(conf)
        for _ in range(3):
            self.assertAway()
        self.assertEqual(1, len(self.log.output.splitlines()))
        self.assertIn('[database]/connection', self.log.output)

    def test_a_plugin_that_ends_the_thread(self):
        self.problem = SystemExit(3)
        self.assertAway()
        self.assertIn('SystemExit: 3', self.log.output)
