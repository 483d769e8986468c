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

import threading

from oslo_config import cfg
from oslo_db import exception as db_exc
from oslotest import base

from glance_artifacts.cmd import worker
from glance_artifacts import exceptions
from glance_artifacts.repository import move_queue
from glance_artifacts.repository import purge


class _Purge:
    """Answers as it is told: a list of outcomes, or an error."""

    def __init__(self, *rounds):
        self.rounds = list(rounds)
        self.calls = []
        self.empty = threading.Event()

    def settle(self):
        self.calls.append('settle')
        answer = self.rounds.pop(0) if self.rounds else []
        if not self.rounds:
            self.empty.set()
        if isinstance(answer, Exception):
            raise answer
        yield from answer

    def forget(self):
        self.calls.append('forget')
        return iter(())

    def sweep(self):
        self.calls.append('sweep')
        return iter((purge.Outcome(purge.SEEN, 'x'),))


class _Moves:
    """Moves one artifact after the other, a byte at a time."""

    def __init__(self):
        self.outcomes = []
        self.took = []

    def run(self, took):
        for outcome in self.outcomes:
            took(1)
            self.took.append(outcome)
            yield outcome


def done(kind=purge.OBJECTS):
    return purge.Outcome(kind, 'x')


def failed(problem):
    return purge.Outcome(purge.OBJECTS, 'x', problem)


class WorkerTest(base.BaseTestCase):

    def worker(self, *rounds, interval=0.001):
        self.purge, self.said = _Purge(*rounds), []
        return worker.Worker(worker.Purging(self.purge), interval,
                             self.said.append)

    def run_out(self, *rounds):
        """Run until all rounds are used up."""
        made = self.worker(*rounds)
        thread = threading.Thread(target=made.run)
        thread.start()
        self.assertTrue(self.purge.empty.wait(20))
        made.stop()
        thread.join(20)
        self.assertFalse(thread.is_alive())

    def test_once(self):
        made = self.worker([done(), done(), done(purge.UPLOADS),
                            done(purge.LEFT)])
        self.assertTrue(made.once())
        self.assertEqual(['2 objects, 1 uploads'], self.said)

    def test_nothing_is_worth_no_line(self):
        self.assertTrue(self.worker([]).once())
        self.assertEqual([], self.said)

    def test_sweeps_less_often(self):
        made = self.worker()
        made.once()
        made.once()
        self.assertEqual(['settle', 'forget', 'sweep', 'settle'],
                         self.purge.calls)

    def test_goes_on(self):
        self.run_out([done()], [done()], [])
        self.assertEqual(['1 objects', '1 objects'], self.said)

    def test_what_fails_and_fails_is_said_once(self):
        self.run_out([failed('a'), failed('a')], [failed('a'), failed('b')],
                     [failed('b')], [], [failed('a')], [])
        self.assertEqual(['a', 'b', 'a'], self.said)

    def test_once_tells_of_failures(self):
        self.assertFalse(self.worker([done(), failed('a')]).once())

    def test_a_database_that_is_away(self):
        self.run_out(db_exc.DBConnectionError(), db_exc.DBConnectionError(),
                     [done()], db_exc.DBConnectionError(), [])
        away = 'The database does not answer: DBConnectionError'
        self.assertEqual([away, '1 objects', away], self.said)

    def test_whatever_fails(self):
        """It is for one time, and the other work goes on."""
        self.run_out(KeyError('secret'), [done()])
        self.assertEqual(['Failed, and will be tried again: KeyError',
                          '1 objects'], self.said)

    def test_stops_between_two_objects(self):
        made = self.worker()
        taken = []

        def settle():
            for number in range(10):
                taken.append(number)
                if number == 3:
                    made.stop()
                yield done()

        self.purge.settle = settle
        made.run()
        self.assertEqual([0, 1, 2, 3], taken)
        self.assertEqual(['4 objects'], self.said)

    def test_stops_while_it_waits(self):
        made = self.worker([], interval=1000)
        thread = threading.Thread(target=made.run)
        thread.start()
        self.assertTrue(self.purge.empty.wait(20))
        made.stop()
        thread.join(20)
        self.assertFalse(thread.is_alive())


class MovingTest(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        self.moves, self.said = _Moves(), []
        self.moving = worker.Moving(lambda: self.moves)
        self.worker = worker.Worker(self.moving, 1, self.said.append)

    def test_moves(self):
        self.moves.outcomes = [done(move_queue.MOVES), done(purge.LEFT),
                               purge.Outcome(move_queue.MOVES, 'y',
                                             'y to pool b: It is full.')]
        self.assertFalse(self.worker.once())
        self.assertEqual(['1 moves', 'y to pool b: It is full.'], self.said)

    def test_stops_in_the_middle_of_a_copy(self):
        self.moves.outcomes = [done(move_queue.MOVES)]
        self.moving.stop()
        self.assertTrue(self.worker.once())
        self.assertEqual([], self.moves.took)

    def test_pools_that_are_wrong(self):
        made = []

        def make():
            made.append(1)
            raise exceptions.Misconfigured('it is wrong', option='[a]/b',
                                           remedy='mend it')
        self.worker = worker.Worker(worker.Moving(make), 1,
                                    self.said.append)
        for number in (1, 2):
            self.assertFalse(self.worker.once())
            self.assertEqual(number, len(made))
        self.assertEqual(['[a]/b: it is wrong. Remedy: mend it.'], self.said)

    def test_values_that_are_wrong(self):
        def make():
            raise cfg.ConfigFileValueError('Value for option a is not valid')
        self.worker = worker.Worker(worker.Moving(make), 1,
                                    self.said.append)
        self.assertFalse(self.worker.once())
        self.assertEqual(['Value for option a is not valid'], self.said)
