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

"""Many artifacts by many clients at once."""

import concurrent.futures
import random

from glance_artifacts.dev import checks
from glance_artifacts.tests.functional.api import base

MIB = 1024 * 1024
CLIENTS = 8
ARTIFACTS = 200
#: Small ones are the rule; one in eight is of several MiB.
SIZES = ([1, 2, 255, 4096, 65535, 65536, 65537] + [8 * MIB]) * 25


class TestMany(base.ApiTest):

    def test_two_hundred(self):
        sizes = list(SIZES)
        # some of each size between
        for number in range(0, ARTIFACTS, 8):
            sizes[number + 7] = random.randint(65537, 8 * MIB)
        sizes[7] = 8 * MIB
        self.assertEqual(ARTIFACTS, len(sizes))
        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            sent = dict(pool.map(self.put_one, range(ARTIFACTS), sizes))
            shown = [one for page in self.pages('limit=7') for one in page]
            self.assertEqual(sorted(sent), sorted(one['id'] for one in shown))
            self.assertEqual({'active'}, {one['status'] for one in shown})
            got = dict(pool.map(self.get_one, shown))
        self.assertEqual(sent, got)
        self.assertEqual(sent, {one['id']: (one['data']['size'],
                                            one['data']['sha256'])
                                for one in shown})

    def request(self, method, path, expected, **kwargs):
        with checks.session() as session:
            session.headers['X-Auth-Token'] = self.member
            response = base.unless_busy(lambda: session.request(
                method, self.server.root + path, timeout=60,
                **{name: make() if callable(make) else make
                   for name, make in kwargs.items()}))
        if response.status_code != expected:
            raise AssertionError('%s %s: %d %r' % (
                method, path, response.status_code, response.content[:500]))
        return response

    def put_one(self, number, size):
        data = random.Random(number).randbytes(size)
        artifact = self.request('POST', '/v2/artifacts/generic', 201, json={
            'name': 'artifact', 'version': str(number)}).json()
        path = artifact['self']
        self.request('PUT', path + '/data', 201, data=lambda: (
            data if number % 2 else
            iter([data[at:at + MIB] for at in range(0, size, MIB)])))
        self.request('POST', path + '/actions/activate', 200)
        return artifact['id'], (size, base.sha256(data))

    def get_one(self, artifact):
        response = self.request('GET', artifact['self'] + '/data', 200)
        return artifact['id'], (len(response.content),
                                base.sha256(response.content))

    def test_fifty_equal_ones(self):
        """Of those that want one name, one gets it."""
        def create(_):
            with checks.session() as session:
                return session.post(
                    self.url + '/artifacts/generic', json={'name': 'same'},
                    headers={'X-Auth-Token': self.member}).status_code

        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            statuses = sorted(pool.map(create, range(50)))
        self.assertEqual([201] + [409] * 49, statuses)
        self.assertEqual(['same'], self.names())
