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

import io

from oslotest import base

from glance_artifacts.api import incoming


class TestBody(base.BaseTestCase):

    def _body(self, data=b'abcdef', length=6, waits=False):
        return incoming.Body(io.BytesIO(data), length, waits)

    def test_reads(self):
        body = self._body()
        self.assertEqual([b'abcd', b'ef', b''],
                         [body.read(4) for _ in range(3)])
        self.assertEqual(b'abcdef', self._body().read())

    def test_of_a_length(self):
        body = self._body()
        self.assertTrue(body.unread)
        body.read(5)
        self.assertTrue(body.unread)
        body.read(1)
        self.assertFalse(body.unread)

    def test_of_no_length(self):
        self.assertFalse(self._body(b'', 0).unread)

    def test_in_chunks(self):
        body = self._body(length=None)
        for read in (3, 3, 0):
            body.read(read)
            self.assertTrue(body.unread)
        self.assertEqual(b'', body.read(3))
        self.assertFalse(body.unread)

    def test_a_client_that_waits_sends_nothing(self):
        body = self._body(waits=True)
        self.assertFalse(body.unread)
        body.read(3)
        self.assertTrue(body.unread)

    def test_a_client_that_breaks_off(self):
        class Source:
            def read(self, size):
                raise OSError('gone')
        body = incoming.Body(Source(), 6, False)
        self.assertRaises(OSError, body.read, 3)
        self.assertTrue(body.unread)


class TestThenDrain(base.BaseTestCase):

    def test_another_server_looks_after_its_connections(self):
        parts = [b'a']
        self.assertIs(parts, incoming.then_drain(parts, 1.0))
