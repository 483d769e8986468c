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

"""openstacksdk against the development identity."""

import openstack

from glance_artifacts.tests.functional import base


class OpenstackSDKTest(base.FunctionalTest):

    def connect(self, **auth):
        connection = openstack.connection.Connection(
            image_endpoint_override=self.server.root, image_api_version='2',
            **auth)
        connection.session.session = self.session  # no proxy in between
        self.addCleanup(connection.close)
        return connection

    def with_token(self, token):
        return self.connect(auth_type='admin_token', auth={
            'endpoint': self.server.root, 'token': token})

    def test_create_and_list_without_a_token(self):
        image = self.connect(auth_type='none').image
        created = image.create_image(
            'sdk', data=b'some bytes', disk_format='raw',
            container_format='bare', wait=True)
        self.assertEqual('demo', created.owner_id)
        self.assertIn(created.id, [each.id for each in image.images()])
        self.assertEqual(b'some bytes',
                         image.download_image(created).content)

    def test_token_chooses_the_project(self):
        ann = self.with_token('ann:lab:member').image
        created = ann.create_image('sdk-ann', disk_format='raw',
                                   container_format='bare')
        self.assertEqual('lab', ann.get_image(created.id).owner_id)
        bob = self.with_token('bob:other:member').image
        self.assertNotIn(created.id, [each.id for each in bob.images()])
        admin = self.with_token('root:root:admin').image
        self.assertIn(created.id, [each.id for each in admin.images()])
