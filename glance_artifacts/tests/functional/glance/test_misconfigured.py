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

"""Images are served whatever is wrong with artifacts."""

import pathlib
import subprocess
import sys

from glance_artifacts.dev import ini
from glance_artifacts.tests.functional.glance import base

NOWHERE = '/nowhere/at/all/secret.sqlite'


def set_database(etc, path):
    """Give artifacts a database of their own."""
    conf = etc / 'glance-api.conf'
    conf.write_text(ini.set_option(
        conf.read_text(), 'artifacts_database', 'connection',
        'sqlite:///%s' % path))


class MisconfiguredTest(base.ImagesTest):

    @classmethod
    def make_server(cls):
        return base.EditedServer(cls.edit)

    def check(self):
        """503 for everything of ours, and images as ever."""
        for method, path in (('GET', '/artifacts'),
                             ('GET', '/artifacts/generic'),
                             ('POST', '/artifacts/generic'),
                             ('GET', '/artifacts/nothing/at/all')):
            response = self.call(method, path, 503)
            (entry,) = response.json()['errors']
            self.assertEqual('service.misconfigured', entry['code'])
            self.assertGreater(int(response.headers['Retry-After']), 0)
            self.assertNotIn('sqlite', response.text)
        image = self.image(b'image bytes')
        self.assertEqual(b'image bytes',
                         self.call('GET', image['file']).content)

    def complaints(self):
        return [line for line in
                self.server.log.read_text(errors='replace').splitlines()
                if 'Artifacts are not served' in line]


class TestWithoutTables(MisconfiguredTest):

    @staticmethod
    def edit(etc):
        set_database(etc, etc.parent / 'empty.sqlite')

    def test_until_they_are_there(self):
        self.check()
        (line,) = self.complaints()
        self.assertIn(' ERROR ', line)
        self.assertIn('glance-artifacts-manage db sync', line)
        manage = pathlib.Path(sys.executable).with_name(
            'glance-artifacts-manage')
        subprocess.run([manage, '--config-dir', self.server.state / 'etc',
                        'db', 'sync'], check=True, capture_output=True)
        self.eventually(
            lambda: self.http('GET', '/artifacts').status_code == 200,
            'artifacts are served without a new start')
        self.active(data=b'bytes')
        self.assertEqual([line], self.complaints())


class TestWithoutDatabase(MisconfiguredTest):

    @staticmethod
    def edit(etc):
        set_database(etc, NOWHERE)

    def test_it_is_named_in_the_log_alone(self):
        self.check()
        self.check()
        self.assertEqual(1, len(self.complaints()))
