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

import hashlib

from oslotest import base

from glance_artifacts import exceptions
from glance_artifacts.repository import manifest
from glance_artifacts.tests.unit.repository import sessions

DIGESTS = [hashlib.sha256(bytes([n])).hexdigest() for n in range(4)]


def part(n, size=5, digest=None):
    return sessions.part(n, size, digest or DIGESTS[n - 1])


class TestCheck(base.BaseTestCase):

    def refused(self, parts, listed=None, **values):
        return self.assertRaises(
            exceptions.Conflict, manifest.check,
            sessions.session(part_size=5, **values), parts, listed)

    def test_whole(self):
        found = manifest.check(sessions.session(part_size=5),
                               [part(1), part(2), part(3, 1)], None)
        self.assertEqual(hashlib.sha256(
            bytes.fromhex(''.join(DIGESTS[:3]))).hexdigest(), found)

    def test_one_part_of_any_size(self):
        for size in (0, 1, 5):
            manifest.check(sessions.session(part_size=5, size=size),
                           [part(1, size)], None)

    def test_nothing(self):
        self.assertIn('no parts', self.refused([]).detail)

    def test_a_gap(self):
        for parts in ([part(2)], [part(1), part(3)]):
            error = self.refused(parts)
            self.assertEqual('artifact.upload.incomplete', error.code)
            self.assertIn('is missing', error.detail)

    def test_a_short_part_that_is_not_the_last(self):
        self.assertIn('Part 1 has 4 bytes',
                      self.refused([part(1, 4), part(2)]).detail)

    def test_another_total(self):
        self.assertIn('10 bytes, not 11',
                      self.refused([part(1), part(2)], size=11).detail)

    def test_what_is_listed(self):
        parts = [part(1), part(2)]
        good = [(1, DIGESTS[0]), (2, DIGESTS[1])]
        session = sessions.session(part_size=5)
        manifest.check(session, parts, good)
        for listed in ([], good[:1], [*good, (3, DIGESTS[2])], good[::-1],
                       [(1, DIGESTS[0]), (2, DIGESTS[2])]):
            error = self.refused(parts, listed)
            self.assertEqual('parts', error.field)

    def test_the_digest_that_is_expected(self):
        parts = [part(1), part(2)]
        digest = manifest.tree(DIGESTS[:2])
        manifest.check(sessions.session(part_size=5, tree_sha256=digest),
                       parts, None)
        error = self.assertRaises(
            exceptions.DigestMismatch, manifest.check,
            sessions.session(part_size=5, tree_sha256=DIGESTS[0]), parts,
            None)
        self.assertEqual('tree_sha256', error.field)
