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

import json

from glance_artifacts.tests.unit.cmd import base


class ProjectTest(base.EtcTest):

    def purge(self, *args):
        return self.manage('project', 'purge', *args)

    def test_nothing_there(self):
        self.assertEqual(
            (0, 'Project p has 0 artifacts; others share 0 with it. Its'
                ' images are not counted and not touched.\n'
                '0 artifacts deleted, 0 memberships ended; 0 and 0 are'
                ' left.\n', ''), self.purge('p'))
        code, out, _ = self.purge('p', '--dry-run', '--json')
        self.assertEqual((0, {
            'project': 'p', 'types': {}, 'memberships': 0,
            'deleted': {'artifacts': 0, 'memberships': 0},
            'left': {'artifacts': 0, 'memberships': 0},
            'failed': 0, 'dry_run': True}), (code, json.loads(out)))

    def test_no_project(self):
        for args in ((), ('',), (' ',)):
            error = self.assertRaises(SystemExit, self.purge, *args)
            self.assertEqual(2, error.code)

    def test_a_database_that_is_not_ready(self):
        self.database.unlink()
        code, out, err = self.purge('p')
        self.assertEqual((1, ''), (code, out))
        self.assertIn('db sync', err)
