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


import concurrent.futures
import json
import random

import jsonpatch

from glance_artifacts.dev import checks
from glance_artifacts.tests.functional.api import base

CLIENTS = 20
#: What a change leaves beside the fields that were patched.
OTHERS = ('updated_at',)


class TestParallelPatches(base.ApiTest):
    """Those that are answered 200 took place one after the other."""

    def patch_once(self, artifact, operations):
        with checks.session() as session:
            return session.patch(
                self.server.root + artifact['self'],
                data=json.dumps(operations), timeout=60,
                headers={**base.JSON_PATCH, 'X-Auth-Token': self.member})

    def check_serial(self, artifact, patches):
        """Apply what went through in the order of the revisions."""
        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            answers = list(pool.map(
                lambda patch: self.patch_once(artifact, patch), patches))
        for answer in answers:
            if answer.status_code == 409:
                self.check_errors(answer)
        self.assertLessEqual({answer.status_code for answer in answers},
                             {200, 409})
        done = sorted((int(answer.headers['ETag'].strip('"')), patch,
                       answer.json())
                      for answer, patch in zip(answers, patches, strict=True)
                      if answer.status_code == 200)
        self.assertEqual([2 + n for n in range(len(done))],
                         [revision for revision, _, _ in done])
        expected = artifact
        for _, patch, said in done:
            expected = jsonpatch.apply_patch(expected, patch)
            expected.update({name: said[name] for name in OTHERS})
            self.assertEqual(expected, said)
        self.assertEqual(expected, self.show(artifact))
        return len(done)

    def test_appending(self):
        artifact = self.create(tags=['first'])
        done = self.check_serial(artifact, [
            [{'op': 'add', 'path': '/tags/-', 'value': 'tag %d' % n},
             {'op': 'add', 'path': '/metadata/last', 'value': str(n)}]
            for n in range(CLIENTS)])
        # who is told 409 was overtaken by five others
        self.assertGreaterEqual(done, 5)

    def test_what_depends_on_what_is_there(self):
        """Moves and tests, some of which the others make impossible."""
        random.seed(self.id())
        artifact = self.create(metadata={'k%d' % n: str(n)
                                         for n in range(5)})
        patches = []
        for n in range(CLIENTS):
            source, target = random.sample(range(5), 2)
            patches.append([
                {'op': 'move', 'from': '/metadata/k%d' % source,
                 'path': '/metadata/k%d' % target},
                {'op': 'replace', 'path': '/description',
                 'value': 'By %d.' % n}])
        self.assertGreater(self.check_serial(artifact, patches), 0)

    def test_once_active(self):
        artifact = self.active(data=b'bytes')
        response = self.call('HEAD', artifact['self'])
        first = int(response.headers['ETag'].strip('"'))
        answers = []
        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            answers = list(pool.map(
                lambda n: self.patch_once(artifact, [
                    {'op': 'add', 'path': '/metadata/k%d' % n,
                     'value': 'v'}]), range(CLIENTS)))
        done = {n for n, answer in enumerate(answers)
                if answer.status_code == 200}
        self.assertLessEqual({answer.status_code for answer in answers},
                             {200, 409})
        response = self.call('GET', artifact['self'])
        self.assertEqual({'k%d' % n for n in done},
                         set(response.json()['metadata']))
        self.assertEqual('"%d"' % (first + len(done)),
                         response.headers['ETag'])
