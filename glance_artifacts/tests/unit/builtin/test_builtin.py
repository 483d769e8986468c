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
import pathlib

import jsonschema
from oslotest import base

import glance_artifacts
from glance_artifacts.conf import artifacts as options
from glance_artifacts.types import registry
from glance_artifacts.types import schema

BUILTIN = ['images', 'generic', 'heat_templates', 'helm_charts', 'ml_models',
           'tosca_csars']


class TestBuiltin(base.BaseTestCase):

    def test_all_are_enabled_by_default(self):
        option, = (option for option in options.OPTS
                   if option.name == 'enabled_types')
        self.assertEqual(BUILTIN, option.default)

    def test_all_are_entry_points(self):
        setup = configparser.ConfigParser()
        setup.read(pathlib.Path(glance_artifacts.__file__).parent.parent
                   / 'setup.cfg')
        lines = setup['entry_points']['glance_artifacts.types'].split('\n')
        self.assertEqual(BUILTIN, [line.partition(' = ')[0]
                                   for line in lines if line])

    def test_all_load(self):
        found = registry.Registry.load(BUILTIN)
        self.assertEqual({}, found.disabled)
        self.assertEqual(BUILTIN, list(found.enabled))
        for cls in found.all():
            jsonschema.Draft202012Validator.check_schema(
                schema.artifact_schema(cls))
            self.assertNotEqual('', cls.title)
