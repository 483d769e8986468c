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

import configparser

from oslotest import base

from glance_artifacts.dev import ini

TEXT = """\
# who wrote this
[DEFAULT]
debug = true
stores = a,
  b,
  c
# why

[database]
connection: sqlite://   ; old
"""


class SetOptionTest(base.BaseTestCase):

    def test_replaced_where_it_stands(self):
        self.assertEqual(
            TEXT.replace('connection: sqlite://   ; old',
                         'connection = mysql://'),
            ini.set_option(TEXT, 'database', 'connection', 'mysql://'))

    def test_continuation_lines_go(self):
        self.assertEqual(
            TEXT.replace('stores = a,\n  b,\n  c\n', 'stores = d\n'),
            ini.set_option(TEXT, 'DEFAULT', 'stores', 'd'))

    def test_added_to_its_section(self):
        self.assertEqual(
            TEXT.replace('# why\n', '# why\nverbose = 1\n'),
            ini.set_option(TEXT, 'DEFAULT', 'verbose', '1'))

    def test_added_to_the_last_section(self):
        self.assertEqual(
            TEXT + 'retries = 3\n',
            ini.set_option(TEXT, 'database', 'retries', '3'))

    def test_new_section(self):
        self.assertEqual(
            TEXT + '\n[new]\nkey = value\n',
            ini.set_option(TEXT, 'new', 'key', 'value'))

    def test_other_sections_are_left_alone(self):
        changed = ini.set_option(TEXT, 'new', 'debug', 'false')
        self.assertTrue(changed.startswith(TEXT))

    def test_a_longer_key_is_another(self):
        text = '[a]\n/v2/x: one\n/v2: two\n'
        self.assertEqual('[a]\n/v2/x: one\n/v2: three\n',
                         ini.set_option(text, 'a', '/v2', 'three', ': '))

    def test_every_copy_goes(self):
        text = '[a]\nk = 1\nk = 2\n[b]\n[a]\nk = 3\n'
        self.assertEqual('[a]\nk = 4\n[b]\n[a]\n',
                         ini.set_option(text, 'a', 'k', '4'))

    def test_no_newline_at_the_end(self):
        self.assertEqual('[a]\nk = 1\nl = 2\n',
                         ini.set_option('[a]\nk = 1', 'a', 'l', '2'))

    def test_from_nothing(self):
        parser = configparser.ConfigParser()
        parser.read_string(ini.set_option('', 'a', 'k', ''))
        self.assertEqual('', parser['a']['k'])
