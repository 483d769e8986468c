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

from oslo_config import cfg
from oslotest import base

from glance_artifacts import conf as artifacts_conf


class TestRegister(base.BaseTestCase):

    def _conf(self):
        conf = cfg.ConfigOpts()
        artifacts_conf.register_opts(conf)
        conf([], default_config_files=[])
        return conf

    def test_again_is_harmless(self):
        conf = self._conf()
        artifacts_conf.register_opts(conf)
        for group, options in artifacts_conf.present(conf):
            for option in options:
                self.assertEqual(option.default,
                                 conf[group.name][option.dest])

    def test_a_group_for_each_pool(self):
        conf = self._conf()
        conf.set_override('pools', ['general', 'a-b'], 'artifacts')
        for _ in range(2):
            names = [group.name for group, _ in artifacts_conf.present(conf)]
            self.assertEqual(
                ['artifacts', 'artifacts_database', 'artifact_pool:general',
                 'artifact_pool:a-b'], names)
        self.assertEqual([], conf['artifact_pool:a-b'].types)

    def test_one_configuration_knows_nothing_of_another(self):
        one, other = self._conf(), self._conf()
        one.set_override('connection', 'sqlite://', 'artifacts_database')
        one.set_override('enabled_types', ['a'], 'artifacts')
        for conf in (other, self._conf()):
            self.assertIsNone(conf.artifacts_database.connection)
            self.assertNotEqual(['a'], conf.artifacts.enabled_types)

    def test_every_option_is_explained(self):
        for group, options in artifacts_conf.list_opts():
            self.assertTrue(group.title)
            for option in options:
                for text in ('Possible values:', 'Related options:'):
                    self.assertIn(text, option.help, option.name)
