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

import fixtures
from oslotest import base

from glance_artifacts.api import changes
from glance_artifacts import exceptions
from glance_artifacts.repository import base as repository_base
from glance_artifacts.tests.unit import factories


class _Request:
    """Reads an artifact that others change all the time."""

    def __init__(self, matches=True):
        self.read = 0
        self.authorized = []
        self.matches = matches

    def record(self, as_kept=False):
        self.read += 1
        return factories.artifact(revision=self.read)

    def class_of(self, artifact):
        return factories.Sample

    def authorize(self, artifact):
        self.authorized.append(artifact.revision)

    def check_if_match(self, artifact):
        if not self.matches:
            raise exceptions.RevisionMismatch('moved on')


class TestApply(base.BaseTestCase):

    def setUp(self):
        super().setUp()
        # what is waited between attempts is not what is tested
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.api.changes.apply.retry.sleep',
            lambda seconds: None))

    def _overtaken(self, times):
        def change(artifact):
            if artifact.revision <= times:
                raise repository_base.Stale('changed')
            return artifact.revision
        return change

    def test_at_once(self):
        req = _Request()
        self.assertEqual(1, changes.apply(req, self._overtaken(0)))
        self.assertEqual([1], req.authorized)

    def test_reads_again_and_authorizes_again(self):
        req = _Request()
        self.assertEqual(5, changes.apply(req, self._overtaken(4)))
        self.assertEqual([1, 2, 3, 4, 5], req.authorized)

    def test_gives_up(self):
        req = _Request()
        error = self.assertRaises(repository_base.Stale, changes.apply, req,
                                  self._overtaken(5))
        self.assertEqual((409, 5), (error.status, req.read))

    def test_if_match_that_does_not_hold(self):
        req = _Request(matches=False)
        self.assertRaises(exceptions.RevisionMismatch, changes.apply, req,
                          self._overtaken(0))
        self.assertEqual(1, req.read)

    def test_other_errors_are_final(self):
        def change(artifact):
            raise exceptions.Conflict('no')
        req = _Request()
        self.assertRaises(exceptions.Conflict, changes.apply, req, change)
        self.assertEqual(1, req.read)

    def test_if_match_is_asked_before_the_change(self):
        req = _Request(matches=False)
        done = []
        self.assertRaises(exceptions.RevisionMismatch, changes.apply, req,
                          done.append)
        self.assertEqual([], done)
