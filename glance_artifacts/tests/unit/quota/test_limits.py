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
from oslo_config import cfg
from oslotest import base

from glance_artifacts import conf as artifacts_conf
from glance_artifacts.conf import values
from glance_artifacts.db import amounts
from glance_artifacts import quota
from glance_artifacts.quota import keystone
from glance_artifacts.quota import limits


class SourceTest(base.BaseTestCase):

    def conf(self, text='', *options):
        """The configuration of a file."""
        path = pathlib.Path(self.useFixture(fixtures.TempDir()).path) / 'conf'
        path.write_text(text)
        conf = cfg.ConfigOpts()
        artifacts_conf.register_opts(conf)
        conf.register_opts(options)
        conf([], default_config_files=[str(path)])
        return conf

    def test_nothing_is_limited_unless_said(self):
        found = quota.source(self.conf()).of('p')
        self.assertEqual(limits.ProjectLimits(), found)
        self.assertEqual(amounts.UNLIMITED, found.on('generic', 'general'))

    def test_options(self):
        found = quota.source(self.conf("""
            [artifacts]
            max_artifacts = 5
            max_bytes = 1000
            max_artifacts_by_type = a:1, b:0
            max_bytes_by_type = b:20""".replace('  ', ''))).of('p')
        total = amounts.Limit(5, 1000)
        self.assertEqual(
            {'a': amounts.Limits(total, amounts.Limit(1, -1)),
             'b': amounts.Limits(total, amounts.Limit(0, 20)),
             'c': amounts.Limits(total, amounts.Limit(-1, -1))},
            {name: found.on(name, 'general') for name in 'abc'})

    def test_of_pools(self):
        found = quota.source(self.conf("""
            [artifacts]
            pools = a, b
            [artifact_pool:b]
            max_artifacts = 5
            max_bytes = 10""".replace('  ', ''))).of('p')
        self.assertEqual({'b': amounts.Limit(5, 10)}, found.pools)
        self.assertEqual(amounts.Limits(of_pool=amounts.Limit(5, 10)),
                         found.on('t', 'b'))
        self.assertEqual(amounts.UNLIMITED, found.on('t', 'a'))

    def test_values_that_are_none(self):
        for line in ('max_artifacts = -2', 'max_bytes = many',
                     'max_artifacts_by_type = helm_charts',
                     'max_artifacts_by_type = a:b',
                     'max_bytes_by_type = a:-2'):
            conf = self.conf('[artifacts]\n%s\n' % line)
            self.assertRaises(cfg.ConfigFileValueError, quota.source, conf)
            (problem,) = values.problems(
                conf, 'artifacts', artifacts_conf.artifacts.OPTS)
            self.assertIn(line.split()[0], problem.detail)

    def test_whose_limits(self):
        self.assertIsInstance(quota.source(self.conf()), limits.Options)
        # nobody is asked yet: there is no Keystone here
        self.assertIsInstance(quota.source(self.conf(
            '[DEFAULT]\nuse_keystone_limits = true\n')), keystone.Keystone)

    def test_the_option_is_glances_where_glance_is(self):
        conf = self.conf('', cfg.BoolOpt('use_keystone_limits', default=True,
                                         help='As Glance has it.'))
        self.assertTrue(limits.in_keystone(conf))
