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

"""Objects in the store: when they go, and when they are gone."""

import os

from glance_artifacts.tests.functional.api import base
from glance_artifacts.tests.functional.api import charts


class ObjectTest(base.ApiTest):

    def setUp(self):
        super().setUp()
        self.before = self.files()

    def new_files(self):
        return self.files() - self.before

    def file_of(self, artifact):
        """The only object of an artifact with one blob."""
        (segment,) = self.segments(artifact)
        (name,) = [name for name in self.files()
                   if name.endswith(segment['id'])]
        return self.server.state / 'stores' / 'local' / name


class TestDeletion(ObjectTest):

    def test_of_an_artifact(self):
        for data in (b'', b'x', os.urandom(3 * 1024 * 1024)):
            for make in (self.create, self.active):
                artifact = make()
                if artifact['status'] == 'drafted':
                    self.upload(artifact, data)
                self.call('DELETE', artifact['self'], 204)
                self.assertEqual(set(), self.new_files())
                self.assertEqual([], self.segments(artifact))
                self.assertEqual([], self.blob_rows(artifact))

    def test_of_an_active_artifact_with_two_blobs(self):
        chart = self.create('helm_charts')
        self.upload_chart(chart)
        self.upload(chart, charts.sign(), 'provenance')
        self.act(chart, 'activate')
        self.assertEqual(2, len(self.new_files()))
        self.call('DELETE', chart['self'], 204)
        self.assertEqual(set(), self.new_files())
        self.assertEqual([], self.segments(chart))

    def test_of_equal_bytes(self):
        """Each artifact has bytes of its own."""
        one, other = self.active(data=b'same'), self.active(data=b'same')
        self.call('DELETE', one['self'], 204)
        self.assertEqual(b'same', self.call(
            'GET', other['self'] + '/data').content)

    def test_what_the_store_has_lost_can_be_deleted(self):
        artifact = self.active(data=b'bytes')
        self.file_of(artifact).unlink()
        self.call('DELETE', artifact['self'], 204)
        self.assertEqual([], self.segments(artifact))
        self.call('GET', artifact['self'], 404)


class TestLoss(ObjectTest):

    def test_a_file_that_is_gone(self):
        artifact = self.active(data=b'bytes of an artifact')
        path = artifact['self'] + '/data'
        kept = self.file_of(artifact)
        kept.rename(kept.with_suffix('.away'))
        for headers in ({}, {'Range': 'bytes=2-4'}, {'Range': 'bytes=-1'}):
            response = self.call('GET', path, 503, headers=headers)
            self.assertEqual('store.object_missing',
                             response.json()['errors'][0]['code'])
            self.assertGreater(int(response.headers['Retry-After']), 0)
            self.assertNotIn('gart-', response.text)
        self.call('GET', artifact['self'])
        kept.with_suffix('.away').rename(kept)
        self.assertEqual(b'bytes of an artifact',
                         self.call('GET', path).content)

    def test_bytes_read_while_they_are_deleted(self):
        """A download that has begun ends whole."""
        data = os.urandom(8 * 1024 * 1024)
        artifact = self.active(data=data)
        response = self.call('GET', artifact['self'] + '/data', stream=True)
        first = response.raw.read(1000)
        self.call('DELETE', artifact['self'], 204)
        self.same_bytes(data, first + response.raw.read())
        self.assertEqual(set(), self.new_files())
