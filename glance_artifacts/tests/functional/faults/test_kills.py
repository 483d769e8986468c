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

"""Processes that are killed at any moment, while several clients go on."""

import os
import signal

from glance_artifacts.dev import process
from glance_artifacts.tests.functional.faults import base
from glance_artifacts.tests.functional.faults import clients


class TestKills(base.FaultTest):
    """A lost answer is no acknowledgement, and no refusal either."""

    def test_of_processes_that_serve(self):
        """30 in the soak."""
        self.go_on(30, self.kill_one, self.work)

    def test_of_the_whole_server(self):
        self.go_on(10, self.kill_server, self.work)

    def test_of_what_clears_up(self):
        self.worker = self.start_worker()
        self.go_on(10, self.kill_worker, self.work)

    def work(self, client):
        """Upload, and perhaps activate and delete."""
        thing = client.make()
        if client.upload(thing) and client.random.random() < 0.5:
            client.activate(thing)
        mine = [one for one in client.things if one.deleted == clients.NO]
        if len(mine) > 2 and client.random.random() < 0.4:
            client.delete(client.random.choice(mine))

    def kill_one(self):
        workers = self.workers()
        victim = self.random.choice(workers)
        os.kill(victim, signal.SIGKILL)
        self.eventually(
            lambda: victim not in self.workers()
            and len(self.workers()) == len(workers), 'uWSGI starts another')

    def kill_server(self):
        """The master, and so all of its processes; then start it again."""
        os.kill(self.server.uwsgi.pid, signal.SIGKILL)
        self.server.uwsgi.stop()
        self.server.start()
        self.server.wait_ready()

    def start_worker(self):
        child = process.Process(
            self.command('worker', '--interval', '0.2'),
            self.server.state / 'worker.log', os.environ)
        self.addCleanup(child.stop)
        return child

    def kill_worker(self):
        os.kill(self.worker.pid, signal.SIGKILL)
        self.worker.wait(20)
        self.worker = self.start_worker()
