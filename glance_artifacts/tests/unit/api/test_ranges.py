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

import itertools

from oslotest import base

from glance_artifacts.api import ranges
from glance_artifacts import exceptions


class TestParse(base.BaseTestCase):

    def test_one_range(self):
        for header, expected in (
                ('bytes=0-0', (0, 1)), ('bytes=0-9', (0, 10)),
                ('bytes=0-10', (0, 10)), ('bytes=0-' + '9' * 60, (0, 10)),
                ('bytes=9-9', (9, 10)), ('bytes=3-', (3, 10)),
                ('bytes=3-5', (3, 6)), ('bytes=-1', (9, 10)),
                ('bytes=-10', (0, 10)), ('bytes=-11', (0, 10)),
                ('bytes=-' + '9' * 60, (0, 10)), ('BYTES=3-5', (3, 6)),
                ('bytes= 3-5 ', (3, 6)), ('bytes=03-005', (3, 6))):
            self.assertEqual(expected, ranges.parse(header, 10), header)

    def test_the_whole(self):
        for header in (None, '', 'bytes', 'bytes=', 'bytes=-', 'bytes=a-b',
                       'bytes=1', 'bytes=--1', 'bytes=1--2', 'bytes=5-3',
                       'bytes=0-1,3-4', 'bytes=0-1,', 'items=0-1',
                       'bytes 0-1', 'bytes=0 -1', 'bytes=0x1-2',
                       'bytes=\u0661-\u0662', 'bytes=1.0-2', '0-1'):
            self.assertIsNone(ranges.parse(header, 10), header)

    def test_beyond_the_end(self):
        for header, size in (('bytes=10-', 10), ('bytes=10-20', 10),
                             ('bytes=' + '9' * 60 + '-', 10),
                             ('bytes=-0', 10), ('bytes=0-', 0),
                             ('bytes=0-0', 0), ('bytes=-5', 0)):
            error = self.assertRaises(exceptions.RangeNotSatisfiable,
                                      ranges.parse, header, size)
            self.assertEqual({'Content-Range': 'bytes */%d' % size},
                             error.headers)

    def test_against_slices(self):
        data = bytes(range(7))
        for first, last in itertools.product(range(9), repeat=2):
            wanted = data[first:last + 1]
            if first > last or not wanted:
                continue
            start, stop = ranges.parse('bytes=%d-%d' % (first, last), 7)
            self.assertEqual(wanted, data[start:stop])
