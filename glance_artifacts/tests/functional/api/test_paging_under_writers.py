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

"""Pages while others write: nothing that stays is missed or doubled."""

import concurrent.futures
import os
import random
import threading

from testtools import content

from glance_artifacts.dev import checks
from glance_artifacts.tests.functional.api import base

SOAK = os.environ.get('GLANCE_ARTIFACTS_SOAK') == '1'
SEED = int(os.environ.get('GLANCE_ARTIFACTS_SEED')
           or random.SystemRandom().randrange(2 ** 32))
ARTIFACTS = 2000 if SOAK else 200
WRITERS = 4
LIMIT = 3
SORTS = ('created_at', 'name:asc', 'status:asc,version:desc')
FILTERS = ('', '&metadata.kind=stays', '&tags-any=stays,also',
           '&name=or:like:name%&status=or:active')


class TestPagingUnderWriters(base.ApiTest):

    def setUp(self):
        super().setUp()
        print('GLANCE_ARTIFACTS_SEED=%d' % SEED)
        self.addDetail('seed', content.text_content(str(SEED)))
        self.done = threading.Event()
        self.written = [0] * WRITERS

    def send(self, method, path, expected, **kwargs):
        with checks.session() as session:
            response = session.request(
                method, self.server.root + path, timeout=120, headers={
                    'X-Auth-Token': self.member,
                    **kwargs.pop('headers', {})}, **kwargs)
        if response.status_code not in expected:
            raise AssertionError('%s %s: %d %r' % (
                method, path, response.status_code, response.content[:500]))
        return response

    def make(self, number, kind='stays'):
        rand = random.Random('%d %s %d' % (SEED, kind, number))
        artifact = self.send('POST', '/v2/artifacts/generic', (201,), json={
            'name': 'name %d' % rand.randrange(40), 'tags': [kind, 'also'],
            'version': '%d.%d.%s' % (rand.randrange(4), number,
                                     '0' if kind == 'stays' else '1'),
            'metadata': {'kind': kind}}).json()
        if rand.random() < 0.5:
            self.send('POST', artifact['self'] + '/actions/activate', (200,))
        return artifact

    def write(self, writer, stays):
        """Create, change and delete, until all have read."""
        rand = random.Random('%d %d' % (SEED, writer))
        mine = []
        while not self.done.is_set():
            number = self.written[writer]
            self.written[writer] += 1
            if number % 3 == 0 or not mine:
                mine.append(self.make(number * WRITERS + writer, 'passes'))
            elif number % 3 == 1:
                self.change(rand.choice(stays), rand)
            else:
                self.send('DELETE', mine.pop(rand.randrange(len(mine)))[
                    'self'], (204,))

    def change(self, artifact, rand):
        """Change what no list here is sorted or filtered by."""
        self.send('PATCH', artifact['self'], (200, 409), json=[
            {'op': 'add', 'path': '/description', 'value': 'text %d'
             % rand.randrange(10 ** 6)},
            {'op': 'add', 'path': '/metadata/n',
             'value': str(rand.randrange(9))}],
            headers=base.JSON_PATCH)

    def read(self, text):
        """The ids of a whole list, page by page."""
        found = []
        path = '/v2/artifacts/generic?limit=%d&%s' % (LIMIT, text)
        while path:
            page = self.send('GET', path, (200,)).json()
            found += [one['id'] for one in page['artifacts']]
            path = page.get('next')
        return found

    def check(self, text, stays):
        found = self.read(text)
        self.assertEqual(len(set(found)), len(found), 'doubled: ' + text)
        self.assertEqual(set(), stays - set(found), 'missed: ' + text)
        if '=stays' in text and 'also' not in text:
            self.assertEqual(stays, set(found))

    def test_nothing_is_missed_or_doubled(self):
        with concurrent.futures.ThreadPoolExecutor(WRITERS + 2) as pool:
            stays = list(pool.map(self.make, range(ARTIFACTS)))
            ids = {one['id'] for one in stays}
            writers = [pool.submit(self.write, writer, stays)
                       for writer in range(WRITERS)]
            try:
                for number, sort in enumerate(SORTS):
                    for text in FILTERS[number::3]:
                        self.check('sort=%s%s' % (sort, text), ids)
            finally:
                self.done.set()
            for writer in writers:
                writer.result()
        self.assertTrue(all(count > 3 for count in self.written),
                        self.written)
