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

"""What the tests of field kinds share."""

from oslotest import base

from glance_artifacts import exceptions


class FieldTestCase(base.BaseTestCase):

    def assert_accepts(self, field, *pairs):
        """Each pair is a JSON value and the normal form that it has."""
        field.name = field.name or 'a'
        field.check()
        for value, expected in pairs:
            normal = field.coerce(value)
            self.assertEqual(expected, normal)
            self.assertIs(type(expected), type(normal))
            self.assertEqual(normal, field.coerce(normal))

    def assert_rejects(self, field, *values, rule='', path='a'):
        field.name = field.name or 'a'
        field.check()
        for value in values:
            error = self.assertRaises(exceptions.InvalidValue, field.coerce,
                                      value)
            self.assertEqual(path, error.field)
            self.assertIn(rule, error.detail)
            self.assertIn('"%s"' % path, error.detail)
            # A message may reach a log or an answer: it has to be UTF-8.
            error.detail.encode('utf-8')

    def assert_mistake(self, kind, field, text):
        error = self.assertRaises(kind, field.check)
        self.assertIn(text, str(error))
