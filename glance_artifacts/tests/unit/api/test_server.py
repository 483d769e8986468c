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


class TestThreads(base.BaseTestCase):

    def run_in(self, uwsgi):
        self.useFixture(fixtures.MonkeyPatch(
            'glance_artifacts.api.server.uwsgi', uwsgi))

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
