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

import pathlib

import fixtures
from oslotest import base

from glance_artifacts.dev import checks
from glance_artifacts.dev import services


class TestServices(base.BaseTestCase):

    def name(self, directory):
        self.useFixture(fixtures.EnvironmentVariable(
            services.VARIABLE, directory and str(directory)))

    def test_none(self):
        empty = self.useFixture(fixtures.TempDir()).path
        for directory in (None, '', empty):
            self.name(directory)
            self.assertIn('./toxw -e services', services.missing())
            error = self.assertRaises(checks.SetupError, services.root)
            self.assertEqual(services.missing(), str(error))

    def test_one(self):
        root = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        (root / 'bin').mkdir()
        for name in ('keystone-manage', 'swift-proxy-server'):
            self.name(root)
            self.assertIsNotNone(services.missing())
            (root / 'bin' / name).touch()
        self.assertIsNone(services.missing())
        self.assertEqual(str(root / 'bin/keystone-manage'),
                         services.program('keystone-manage'))
