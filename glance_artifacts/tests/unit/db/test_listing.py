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

import dataclasses

from oslotest import base

from glance_artifacts.db import encoding
from glance_artifacts.db import listing


class TestSpan(base.BaseTestCase):

    def test_both(self):
        for one, other, expected in (
                ((None, None), (None, None), (b'', None)),
                ((b'b', None), (None, None), (b'b', None)),
                ((None, b'y'), (None, None), (b'', b'y')),
                ((b'b', b'y'), (b'c', b'z'), (b'c', b'y')),
                ((b'b', None), (b'', b'y'), (b'b', b'y')),
                ((b'm', b'z'), (b'', b'c'), (b'm', b'c'))):
            for pair in ((one, other), (other, one)):
                first, second = (listing.Span('name', *part) for part in pair)
                self.assertEqual(listing.Span('name', *expected),
                                 first.both(second))

    def test_empty(self):
        for low, high, expected in (
                (None, None, False), (b'a', None, False), (None, b'a', False),
                (b'a', b'a\x00', False), (b'a', b'a', True),
                (b'b', b'a', True), (None, b'', True)):
            span = listing.Span('name', low, high)
            self.assertEqual(expected, span.is_empty, (low, high))


class TestWalk(base.BaseTestCase):

    WALK = listing.Walk(('samples',), ('*',), 'name', True)

    def test_only_one_value(self):
        for value in (encoding.ABSENT, encoding.encode('string', 'a')):
            walk = self.WALK.only(value)
            self.assertTrue(walk.one_value)
            self.assertEqual((value, value + encoding.ABOVE),
                             (walk.low, walk.high))
            self.assertEqual(self.WALK.key, walk.key)

    def test_many_values(self):
        low, high = (encoding.encode('string', text) for text in 'ac')
        for bounds in ((None, None), (low, None), (None, high), (low, high)):
            walk = listing.Walk(('samples',), ('*',), 'name', True, *bounds)
            self.assertFalse(walk.one_value, bounds)

    def test_lists_that_it_goes_through(self):
        for more, expected in (
                ({}, [('*', 'samples')]),
                ({'low': b'a', 'high': b'b'}, [('*', 'samples')]),
                ({'low': b'b', 'high': b'b'}, []),
                ({'first_id': 'a'}, [('*', 'samples')]),
                ({'last_id': 'b'}, [('*', 'samples')]),
                ({'first_id': 'a', 'last_id': 'b'}, [('*', 'samples')]),
                ({'first_id': 'b', 'last_id': 'b'}, [])):
            walk = dataclasses.replace(self.WALK, **more)
            self.assertEqual(expected, walk.lists, more)
