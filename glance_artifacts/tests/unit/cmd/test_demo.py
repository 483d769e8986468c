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

import contextlib
import hashlib
import io
import tarfile

import fixtures
from oslotest import base
import requests

from glance_artifacts.cmd import demo


class ChartTest(base.BaseTestCase):

    def test_a_real_archive(self):
        packed = io.BytesIO(demo.pack_chart())
        with tarfile.open(fileobj=packed, mode='r:gz') as archive:
            self.assertEqual(list(demo._CHART), archive.getnames())
            self.assertIn(b'name: hello',
                          archive.extractfile('hello/Chart.yaml').read())


class ClientTest(base.BaseTestCase):

    def call(self, status, *args, **kwargs):
        answer = requests.Response()
        answer.status_code = status
        answer.reason = 'Some Reason'
        answer._content = (
            b'{"name": "hello", "blob": {"size": 3, "md5": null}}')
        self.useFixture(fixtures.MockPatch(
            'requests.Session.request', return_value=answer))
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            demo.Client('http://x').call('GET', '/v2/x', *args, **kwargs)
        return printed.getvalue()

    def test_transcript(self):
        printed = self.call(200, 200, show=('name', 'blob'))
        self.assertEqual(
            ['GET /v2/x', '-> 200 Some Reason', 'name:          hello',
             'blob:          size 3'],
            [line.strip() for line in printed.splitlines()])

    def test_strict(self):
        error = self.assertRaises(demo.Failed, self.call, 500, 200)
        self.assertIn('500 instead of 200', str(error))


class CompareTest(base.BaseTestCase):

    def test_digests(self):
        with contextlib.redirect_stdout(io.StringIO()):
            demo._compare('x', b'abc',
                          kept=hashlib.sha256(b'abc').hexdigest())
            self.assertRaises(demo.Failed, demo._compare, 'x', b'abc',
                              kept=hashlib.sha256(b'abd').hexdigest())
