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


from oslotest import base

from glance_artifacts import exceptions
from glance_artifacts.repository import move_queue
from glance_artifacts.repository import relocation
from glance_artifacts.store import pools

_ROTTEN = exceptions.DigestMismatch('They have another sha256.')
_LOST = exceptions.Unavailable('It is gone.', code='store.object_missing')
_DOWN = exceptions.Unavailable('It does not answer.')


class _Relocations:
    """Fails with what it is told to, and notes what it was asked for."""

    def __init__(self, errors):
        self.errors = errors
        self.asked = []

    def run(self, artifact_id, pool, took, *, asked):
        assert asked, 'a move that is called off would be made'
        self.asked.append(artifact_id)
        error = self.errors.get(artifact_id)
        if error is not None:
            raise error
        return relocation.MOVED


class _Queue(move_queue.MoveQueue):
    """Thirty moves to two pools."""

    def _next(self, last):
        return [] if last else [
            ('%02d' % number, 'ab'[number % 2]) for number in range(30)]


class TestRun(base.BaseTestCase):

    def run_queue(self, errors):
        """What was tried, and how often it failed."""
        made = _Relocations(errors)
        outcomes = list(_Queue(None, pools.Pools([
            pools.Pool(name, ('store',)) for name in 'ab']), made).run(None))
        return made.asked, sum(one.problem is not None for one in outcomes)

    def numbers(self, found):
        return ['%02d' % number for number in found]

    def test_objects_that_are_bad_keep_nobody_waiting(self):
        for error in (_ROTTEN, _LOST):
            errors = dict.fromkeys(self.numbers(range(24)), error)
            self.assertEqual((self.numbers(range(30)), 24),
                             self.run_queue(errors))

    def test_a_pool_that_is_down_waits_for_the_next_time(self):
        errors = dict.fromkeys(self.numbers(range(0, 30, 2)), _DOWN)
        asked, failures = self.run_queue(errors)
        self.assertEqual(10, failures)
        self.assertEqual(self.numbers(
            [*range(20), *range(21, 30, 2)]), asked)

    def test_one_that_works_at_times(self):
        errors = dict.fromkeys(self.numbers(range(0, 30, 2)), _DOWN)
        del errors['16']
        asked, _ = self.run_queue(errors)
        self.assertEqual(self.numbers(range(30)), asked)
