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


import jsonschema

from glance_artifacts.api import member_schema
from glance_artifacts.api import views
from glance_artifacts.tests.unit import factories
from glance_artifacts.tests.unit.types import base


class TestValues(base.FieldTestCase):

    def test_member(self):
        self.assert_accepts(member_schema.MEMBER, *((one, one) for one in (
            'p', 'a' * 64, 'a-b_c.d', '...', ' ', '\xe9', '%', 'a\\b')))
        self.assert_rejects(
            member_schema.MEMBER, '', 'a' * 65, 'a/b', '/', '.', '..', 'a\n',
            '\x00', '\x7f', '\x9f', '\ud800', 1, True, [], {}, path='member')

    def test_status(self):
        self.assert_accepts(member_schema.STATUS, *((one, one) for one in (
            'pending', 'accepted', 'rejected')))
        self.assert_rejects(member_schema.STATUS, '', 'all', 'ACCEPTED',
                            ' accepted', 1, True, [], {}, path='status')


class TestSchemas(base.FieldTestCase):

    def setUp(self):
        super().setUp()
        record = factories.artifact(
            visibility='shared', members=factories.members(q='pending'))
        self.shown = views.member(record, record.members['q'])

    def test_ids_are_their_paths(self):
        for schema, name in ((member_schema.member(), 'member'),
                             (member_schema.members(), 'members')):
            jsonschema.Draft202012Validator.check_schema(schema)
            self.assertEqual('/v2/artifacts/schemas/all/' + name,
                             schema['$id'])

    def test_what_is_shown_is_valid(self):
        self.assertEqual(member_schema.member()['$id'],
                         self.shown['schema'])
        jsonschema.validate(self.shown, member_schema.member())
        jsonschema.validate({'members': [self.shown], 'schema': 'x'},
                            member_schema.members())

    def test_what_else_is_not(self):
        validator = jsonschema.Draft202012Validator(member_schema.member())
        for more in ({'status': 'all'}, {'member_id': ''}, {'image_id': 'x'},
                     {'member_id': 'a' * 65}, {'artifact_id': 'x'}):
            self.assertFalse(validator.is_valid({**self.shown, **more}), more)
        for name in self.shown:
            less = {key: value for key, value in self.shown.items()
                    if key != name}
            self.assertFalse(validator.is_valid(less), name)
