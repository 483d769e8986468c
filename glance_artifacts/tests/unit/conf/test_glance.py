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

from glance_artifacts.conf import glance


class TestDeleteDelay(base.BaseTestCase):

    def delay(self, **values):
        conf = cfg.ConfigOpts()
        glance.register(conf)
        conf([], default_config_files=[])
        for name, value in values.items():
            conf.set_override(name, value)
        return glance.delete_delay(conf)

    def test_as_glance_says(self):
        self.assertIsNone(self.delay())
        self.assertIsNone(self.delay(scrub_time=60))
        self.assertEqual(0, self.delay(delayed_delete=True))
        self.assertEqual(60, self.delay(delayed_delete=True, scrub_time=60))

    def test_where_glance_is_not(self):
        self.assertIsNone(glance.delete_delay(cfg.ConfigOpts()))
