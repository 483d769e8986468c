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

"""glanceclient against the development identity."""

import io

from glanceclient import client

from glance_artifacts.tests.functional import base


class GlanceClientTest(base.FunctionalTest):

    def test_token_is_sent_quoted(self):
        ann = client.Client('2', endpoint=self.server.root,
                            token='ann:lab:member')
        image = ann.images.create(name='glanceclient', disk_format='raw',
                                  container_format='bare')
        self.assertEqual('lab', image['owner'])
        ann.images.upload(image['id'], io.BytesIO(b'some bytes'))
        self.assertEqual(b'some bytes',
                         b''.join(ann.images.data(image['id'])))
        self.assertIn(image['id'], [each['id'] for each in ann.images.list()])
