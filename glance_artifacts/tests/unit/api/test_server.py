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

import types

import fixtures
from oslotest import base

from glance_artifacts.api import server


class ServerTest(base.BaseTestCase):

    def run_in(self, uwsgi):
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.api.server.uwsgi', uwsgi))


class TestThreads(ServerTest):

    def test_of_uwsgi(self):
        for options, expected in (
                ({'threads': b'4'}, 4), ({'threads': [b'2', b'8']}, 8),
                ({'enable-threads': True}, 1),
                ({'gevent': b'100'}, None), ({'async': b'9'}, None)):
            self.run_in(types.SimpleNamespace(opt=options))
            self.assertEqual(expected, server.threads())

    def test_of_another_server(self):
        self.run_in(None)
        self.assertIsNone(server.threads())


class TestConnection(ServerTest):

    def check(self, options, connection, outlet):
        self.run_in(types.SimpleNamespace(
            opt=options, connection_fd=lambda: 7))
        self.assertEqual((connection, outlet),
                         (server.connection(), server.outlet()))

    def test_of_uwsgi(self):
        self.check({'http-socket': b':80', 'socket-timeout': b'60'}, 7, 7)
        self.check({'http11-socket': b':80'}, 7, None)
        for name in ('https-socket', 'socket', 'fastcgi-socket', 'http'):
            self.check({name: b':80'}, None, None)
            self.check({name: b':80', 'http-socket': b':81'}, None, None)
        self.check({}, None, None)

    def test_where_others_have_a_hand_in_it(self):
        for name in ('gevent', 'async', 'route-run', 'response-route'):
            self.check({'http-socket': b':80', name: b'1'}, 7, None)

    def test_of_another_server(self):
        self.run_in(None)
        self.assertEqual((None, None),
                         (server.connection(), server.outlet()))


class TestPatience(ServerTest):

    def test_as_uwsgi_has_it(self):
        for options, expected in (({}, 4), ({'socket-timeout': b'60'}, 60),
                                  ({'socket-timeout': [b'1', b'2']}, 2)):
            self.run_in(types.SimpleNamespace(opt=options))
            self.assertEqual(expected, server.patience())


class TestChunks(ServerTest):

    def chunks(self, *sizes):
        self.data = bytes(number % 251 for number in range(sum(sizes)))
        found, begin = [], 0
        for size in sizes:
            found.append(self.data[begin:begin + size])
            begin += size
        left = iter(found)
        self.run_in(types.SimpleNamespace(
            chunked_read=lambda: next(left, b'')))
        return server.chunked()

    def test_in_reads_of_any_size(self):
        for size in (1, 3, 7, 100, 1000):
            found = self.chunks(5, 1, 300, 2)
            got = list(iter(lambda: found.read(size), b''))
            self.assertEqual(self.data, b''.join(got))
            self.assertEqual({size}, {len(one) for one in got[:-1]} or {size})

    def test_at_once(self):
        found = self.chunks(5, 6)
        self.assertEqual([b'', self.data, b''],
                         [found.read(0), found.read(), found.read()])

    def test_the_end_is_asked_for_once(self):
        asked = iter([b'a', b''])
        self.run_in(types.SimpleNamespace(chunked_read=lambda: next(asked)))
        found = server.chunked()
        self.assertEqual([b'a', b'', b''], [found.read(9) for _ in range(3)])

    def test_of_another_server(self):
        self.run_in(None)
        self.assertIsNone(server.chunked())
