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

from glance_artifacts.tests.unit.types import base
from glance_artifacts import types


class TestDateTime(base.FieldTestCase):

    def test_accepts(self):
        self.assert_accepts(
            types.DateTime(),
            (None, None),
            ('2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000000Z'),
            ('2026-01-02t03:04:05z', '2026-01-02T03:04:05.000000Z'),
            ('2026-01-02T03:04:05.5Z', '2026-01-02T03:04:05.500000Z'),
            ('2026-01-02T03:04:05.1234569Z', '2026-01-02T03:04:05.123456Z'),
            ('2026-01-02T03:04:05+05:30', '2026-01-01T21:34:05.000000Z'),
            ('2026-01-02T03:04:05-00:00', '2026-01-02T03:04:05.000000Z'),
            ('2024-02-28T23:30:00-01:00', '2024-02-29T00:30:00.000000Z'),
            ('0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000000Z'),
            ('9999-12-31T23:59:59.999999Z', '9999-12-31T23:59:59.999999Z'))

    def test_rejects_what_is_not_rfc_3339(self):
        self.assert_rejects(
            types.DateTime(), '', 'now', '2026-01-02', '2026-01-02T03:04Z',
            '2026-01-02T03:04:05', '2026-01-02 03:04:05Z',
            '2026-01-02T03:04:05.Z', '2026-01-02T03:04:05Z\n',
            ' 2026-01-02T03:04:05Z', '2026-01-02T03:04:05+0530',
            '2026-01-02T03:04:05+24:00', '2026-01-02T03:04:05+05:60',
            '12026-01-02T03:04:05Z', '20260102T030405Z',
            '-026-01-02T03:04:05Z', '2026-W01-1T03:04:05Z',
            # Arabic digits are digits to Python, not to the RFC.
            '\u0662\u0660\u0662\u0666-01-02T03:04:05Z',
            '2026-01-02T03:04:05.%sZ' % ('1' * 5000),
            rule='RFC 3339')

    def test_rejects_times_that_do_not_exist(self):
        self.assert_rejects(
            types.DateTime(), '2026-13-01T00:00:00Z', '2026-02-29T00:00:00Z',
            '2026-01-01T24:00:00Z', '2026-01-01T00:60:00Z',
            '2016-12-31T23:59:60Z', '0000-01-01T00:00:00Z',
            '0001-01-01T00:00:00+00:01', '9999-12-31T23:59:59-00:01',
            rule='exists')

    def test_rejects_other_types(self):
        self.assert_rejects(types.DateTime(), 0, 1767323045, 1.5, True, [],
                            {}, rule='must be a string')
        self.assert_rejects(types.DateTime(), '2026-01-02T03:04:05Z\0')
        self.assert_rejects(types.DateTime(), '\ud800')
