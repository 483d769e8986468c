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

import re

from glance_artifacts.tests.unit.types import base
from glance_artifacts import types

ID = '018f0000-0000-7000-8000-00000000000a'
INTERNAL = '/artifacts/ml_models/' + ID


class TestLink(base.FieldTestCase):

    def test_accepts(self):
        self.assert_accepts(types.Link(), *((value, value) for value in (
            INTERNAL, '/artifacts/a/' + ID, 'http://a', 'https://a/',
            'https://a.example.com:8443/x/y?z=1&y=%20#top', 'http://a?b',
            'http://a#b', 'http://[::1]:80/', 'http://127.0.0.1/',
            'https://example.com/user@domain', 'http://a/' + 'b' * 2039)))
        self.assertIsNone(types.Link().coerce(None))

    def test_rejects(self):
        self.assert_rejects(
            types.Link(), 1, True, [], {}, '', ' ', ID, 'ml_models/' + ID,
            '/v2' + INTERNAL, INTERNAL.upper(), INTERNAL[:-1],
            INTERNAL + '/', INTERNAL + '\n', '/artifacts/ML/' + ID,
            '/artifacts//' + ID, '/artifacts/a/b',
            '/artifacts/a/' + ID.replace('a', 'A'), 'ftp://a', 'file:///a',
            'javascript:alert(1)', '//a/b', 'http:a', 'http:/a', 'http://',
            'http:///a', 'http://?a', 'http://:80/', 'http://a:b@c/',
            'http://a@b', 'http://a b', ' http://a', 'http://a\n',
            'http://a/\t', 'http://a/\0', 'http://a/\x7f', 'http://a/\ud800',
            'http://a/\xe9', 'http://\xe9/', 'http://a/<b>', 'http://a\\b',
            'http://a:port/', 'http://a:99999/', 'http://a:0/',
            'http://[::1', 'http://[x]/', 'http://a/' + 'b' * 2040,
            rule='must')

    def test_to(self):
        field = types.Link(to=('ml_models', 'generic'))
        self.assert_accepts(field, (INTERNAL, INTERNAL),
                            ('http://a', 'http://a'))
        self.assert_rejects(field, '/artifacts/images/' + ID,
                            rule='ml_models or generic (to)')

    def test_internal_alone(self):
        field = types.Link(external=False)
        self.assert_accepts(field, (INTERNAL, INTERNAL))
        self.assert_rejects(field, 'https://example.com', rule='external')

    def test_internal_target(self):
        field = types.Link()
        self.assertEqual(('ml_models', ID), field.internal_target(INTERNAL))
        for value in ('http://a' + INTERNAL, None, '', 'http://a'):
            self.assertIsNone(field.internal_target(value))

    def test_attributes(self):
        types.Link(required=True, mutable=True, filterable=True,
                   default=INTERNAL).check()
        self.assert_mistake(TypeError, types.Link(sortable=True), 'sortable')
        self.assert_mistake(TypeError, types.Link(to='images'), 'to')
        self.assert_mistake(ValueError, types.Link(to=()), 'to')
        self.assert_mistake(ValueError, types.Link(to=('Images',)), 'to')
        self.assert_mistake(ValueError, types.Link(to=(1,)), 'to')
        self.assert_mistake(ValueError, types.Link(default='x'), 'default')
        self.assert_mistake(TypeError, types.List(of=types.Link()), 'of')

    def test_schema(self):
        for field, good, bad in (
                (types.Link(), (INTERNAL, 'https://a/b'), ('x', 'ftp://a')),
                (types.Link(to=('generic', 'ml_models'), external=False),
                 (INTERNAL,), ('/artifacts/images/' + ID, 'https://a'))):
            pattern = field.value_schema()['pattern']
            for value in good:
                self.assertTrue(re.search(pattern, value))
            for value in bad:
                self.assertFalse(re.search(pattern, value))
