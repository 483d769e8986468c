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

import base64
import hashlib

from oslotest import base

from glance_artifacts.api import digests
from glance_artifacts import exceptions

DIGEST = hashlib.sha256(b'bytes')
HEX = DIGEST.hexdigest()
SEQUENCE = ':%s:' % base64.b64encode(DIGEST.digest()).decode()


class TestExpected(base.BaseTestCase):

    def test_none(self):
        for headers in ({}, {digests.STANDARD: ''},
                        {digests.STANDARD: 'sha-512=:AAAA:, unixsum=1'}):
            self.assertIsNone(digests.expected(headers))

    def test_one(self):
        for headers in ({digests.OWN: HEX}, {digests.OWN: HEX.upper()},
                        {digests.STANDARD: 'sha-256=' + SEQUENCE},
                        {digests.STANDARD: 'sha-512=:AAAA:, sha-256 = %s;a=b'
                                           % SEQUENCE}):
            self.assertEqual(HEX, digests.expected(headers))

    def test_both(self):
        self.assertEqual(HEX, digests.expected(
            {digests.OWN: HEX, digests.STANDARD: 'sha-256=' + SEQUENCE}))
        self.assertRaises(
            exceptions.BadRequest, digests.expected,
            {digests.OWN: '0' * 64, digests.STANDARD: 'sha-256=' + SEQUENCE})

    def test_no_digests(self):
        for text in ('', ':', '::', ':####:', ':\xe9:', ':AAAA:',
                     SEQUENCE[1:], SEQUENCE[:-1], HEX,
                     SEQUENCE.replace('=', '')):
            self.assert_named(digests.STANDARD, 'sha-256=' + text)
        for text in ('', 'x' * 64, HEX[1:], HEX + '0', ' ' + HEX):
            self.assert_named(digests.OWN, text)

    def assert_named(self, header, text):
        error = self.assertRaises(exceptions.BadRequest, digests.expected,
                                  {header: text})
        self.assertEqual(('request.header', header),
                         (error.code, error.field))
