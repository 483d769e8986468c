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

"""Limits that are kept in Keystone: how they get there, and that they hold."""

from __future__ import annotations

import contextlib
import io

import fixtures

from glance_artifacts.cmd import manage
from glance_artifacts.dev import ini
from glance_artifacts.tests.functional.api import base
from glance_artifacts.tests.functional.services import keystone

OPTIONS = {'max_artifacts': '4', 'max_bytes': '5242880',
           'max_artifacts_by_type': 'helm_charts:2'}
REGISTERED = {'artifact_count_total': 4, 'artifact_size_total': 5,
              'artifact_count_type_helm_charts': 2,
              'artifact_count_pool_second': 5}


class LimitsTest(base.ApiTest):
    """A glance-api whose limits are in Keystone."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.keystone = keystone.shared()
        # what is known of limits is known to one process
        cls.server_options = {'pools': True, 'processes': 1, 'extra': {
            'DEFAULT': {'use_keystone_limits': 'true'},
            'artifacts': OPTIONS, 'oslo_limit': cls.keystone.limits(),
            'artifact_pool:second': {'max_artifacts': '5'}}}
        super().setUpClass()

    def setUp(self) -> None:
        super().setUp()
        self.use(self.keystone.new_project())

    def use(self, project: str) -> None:
        """Be a member of a project."""
        self.project, self.member = project, base.token_for(project)

    def register(self, *words: str, code: int = 0) -> tuple[str, str]:
        """Run ``quota register``; what it prints."""
        for name, value in self.keystone.environment().items():
            self.useFixture(fixtures.EnvironmentVariable(name, value))
        return self.manage('quota', 'register', *words, code=code)

    def manage(self, *words: str, code: int = 0) -> tuple[str, str]:
        """Run a command; what it prints."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), \
                contextlib.redirect_stderr(err):
            done = manage.main(['--config-dir',
                                str(self.server.state / 'etc'), *words])
        self.assertEqual(code, done, out.getvalue() + err.getvalue())
        return out.getvalue(), err.getvalue()

    def of_keystone(self):
        """The limits of artifacts that are registered."""
        return {name: number
                for name, number in self.keystone.registered().items()
                if name.startswith('artifact_')}

    def usage(self):
        return self.call('GET', '/artifacts/usage').json()['usage']


class TestLimits(LimitsTest):
    """All in one: what is registered is there for all that follows."""

    def test_from_registering_to_silence(self):
        self.check_nothing_is_registered()
        self.check_register()
        self.check_defaults_hold()
        self.check_own_limits_hold()
        self.check_silence()

    def check_nothing_is_registered(self):
        """The limit is 0, as for all who use oslo.limit."""
        usage = self.usage()
        self.assertEqual((0, 0), (usage['artifacts']['limit'],
                                  usage['bytes']['limit']))
        self.assertEqual(-1, usage['types']['generic']['artifacts']['limit'])
        entry = self.refused(413, 'quota.artifacts', 'POST',
                             '/artifacts/generic', json={'name': 'a'},
                             field='artifacts')
        self.assertEqual(0, entry['limit'])

    def check_register(self):
        out, _ = self.register('--dry-run')
        self.assertIn('artifact_count_total: register 4\n', out)
        self.assertEqual({}, self.of_keystone())
        again, _ = self.register()
        self.assertEqual(out, again)
        self.assertEqual(REGISTERED, self.of_keystone())
        out, _ = self.register()
        self.assertIn('artifact_size_total: is 5 already\n', out)
        self.assertEqual(REGISTERED, self.of_keystone())
        self.check_update()

    def check_update(self):
        conf = self.server.state / 'etc' / 'glance-api.conf'
        before = conf.read_text()
        conf.write_text(ini.set_option(before, 'artifacts', 'max_artifacts',
                                       '3'))
        self.addCleanup(conf.write_text, before)
        out, _ = self.register()
        self.assertIn('artifact_count_total: stays 4 ', out)
        out, _ = self.register('--update', '--dry-run')
        self.assertIn('artifact_count_total: 4 becomes 3\n', out)
        self.assertEqual(REGISTERED, self.of_keystone())
        self.register('--update')
        self.assertEqual({**REGISTERED, 'artifact_count_total': 3},
                         self.of_keystone())

    def check_defaults_hold(self):
        # another: the server still believes what it heard of the first
        self.use(self.keystone.new_project())
        self.assertEqual(5 * 1024 * 1024, self.usage()['bytes']['limit'])
        for _ in range(2):
            self.create('helm_charts')
        self.refused(413, 'quota.artifacts', 'POST',
                     '/artifacts/helm_charts', json={'name': 'a'},
                     field='types.helm_charts.artifacts')
        self.create()
        self.refused(413, 'quota.artifacts', 'POST', '/artifacts/generic',
                     json={'name': 'a'}, field='artifacts')

    def check_own_limits_hold(self):
        self.use(self.keystone.new_project())
        self.keystone.limit(self.project, 'artifact_count_total', -1)
        self.keystone.limit(self.project, 'artifact_count_type_helm_charts',
                            0)
        usage = self.usage()
        self.assertEqual((-1, 0), (
            usage['artifacts']['limit'],
            usage['types']['helm_charts']['artifacts']['limit']))
        for _ in range(5):
            self.create()
        self.refused(413, 'quota.artifacts', 'POST',
                     '/artifacts/helm_charts', json={'name': 'a'},
                     field='types.helm_charts.artifacts')

        self.check_move()

    def check_move(self):
        """A command asks Keystone, too; of what has moved first, first."""
        move = ('pool', 'move', '--from', 'general', '--to', 'second',
                '--owner', self.project)
        self.keystone.limit(self.project, 'artifact_count_pool_second', 3)
        out, err = self.manage(*move, code=1)
        self.assertIn('3 artifacts moved to second; 0 bytes', out)
        self.assertEqual(2, err.count('may have 3 artifacts'), err)

    def check_silence(self):
        """Nobody has no limits because Keystone does not answer."""
        self.use(self.keystone.new_project())  # of which nothing is old
        artifact = self.create()
        self.addCleanup(self.keystone.server.start)
        self.keystone.server.stop()
        self.create()  # what is known is believed for a while
        self.use('never-heard-of')
        for method, path, body in (
                ('POST', '/artifacts/generic', {'json': {'name': 'a'}}),
                ('GET', '/artifacts/usage', {})):
            self.refused(503, 'quota.unavailable', method, path, **body)
        self.listed()
        self.call('DELETE', artifact['self'], 204, token=base.ADMIN)
        self.assertIn('Limits cannot be read from Keystone:',
                      self.server.log.read_text(errors='replace'))
        _, err = self.register(code=1)
        self.assertRegex(err, r'\Aglance-artifacts-manage: [^\n]+\n\Z')
