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

"""An existing Glance, with artifacts switched on and off again."""

import configparser
import pathlib
import sqlite3
import subprocess
import sys

from glance_artifacts.tests.functional.api import base as api_base
from glance_artifacts.tests.functional.glance import base
from glance_artifacts.tests.functional.glance import images

#: Glance's word, ours, and whether an upload is under way.
STATUSES = (('queued', 'drafted', False), ('saving', 'drafted', True),
            ('uploading', 'drafted', False), ('importing', 'drafted', True),
            ('killed', 'drafted', False), ('active', 'active', False),
            ('deactivated', 'deactivated', False))
GONE = ('pending_delete', 'deleted')
FILLED = ('active', 'deactivated', *GONE)
PROPERTIES = {'os_distro': 'cirros', 'artifact_version': '1.2'}


def manage(etc: pathlib.Path, *args: str) -> None:
    """Run the command that operators have."""
    command = pathlib.Path(sys.executable).with_name(
        'glance-artifacts-manage')
    subprocess.run([command, '--config-dir', etc, *args], check=True,
                   capture_output=True)


def before_us(etc: pathlib.Path) -> None:
    """Make it a Glance that has never heard of artifacts."""
    base.without_our_line(etc)
    manage(etc, 'db', 'drop', '--yes')


class TestMigration(images.ImageArtifactsTest):

    @classmethod
    def make_server(cls):
        return base.EditedServer(before_us)

    def setUp(self):
        super().setUp()
        self.etc = self.server.state / 'etc'
        self.kept = {status: self.kept_image(status)
                     for status, _, _ in STATUSES}
        self.gone = {status: self.kept_image(status) for status in GONE}

    def kept_image(self, status):
        """An image as years of use, imports and crashes leave them."""
        image = self.image(images.BYTES if status in FILLED else None)
        self.assertEqual(200, self.patch_image(image, *(
            {'op': 'add', 'path': '/' + name, 'value': value}
            for name, value in PROPERTIES.items())).status_code)
        self.call('PUT', '%s/tags/a tag' % image['self'], 204)
        self.call('POST', image['self'] + '/members', json={
            'member': 'other'})
        if status == 'deactivated':
            self.call('POST', image['self'] + '/actions/deactivate', 204)
        elif status == 'deleted':
            self.call('DELETE', image['self'], 204)
        else:
            self.set_status(image, status)
        return image

    def restart(self, *command):
        """Start again with what a command has made of the files."""
        self.server.stop()
        manage(self.etc, *command)
        self.server.start()
        self.server.wait_ready()

    def paste(self, action):
        self.restart('paste', action, str(self.etc / 'glance-api-paste.ini'))

    def database(self):
        """Every statement that makes Glance's tables what they are."""
        conf = configparser.RawConfigParser()
        conf.read(self.etc / 'glance-api.conf')
        path = conf['database']['connection'].removeprefix('sqlite:///')
        with sqlite3.connect(path) as conn:
            found = [line for line in conn.iterdump() if
                     'gart_' not in line.partition('VALUES')[0]]
        conn.close()
        return found

    def stored(self):
        """What is in the stores."""
        return {path.name: path.read_bytes() for path
                in (self.server.state / 'stores').rglob('*')
                if path.is_file()}

    def answers(self):
        """What Glance says of all images."""
        return [self.call('GET', path, token=token).text
                for token in (self.member, self.reader, api_base.ADMIN,
                              api_base.token_for('other'))
                for path in ('/images', '/images?visibility=all',
                             '/images?member_status=all')]

    def check_seen(self):
        """Each image is an artifact, or is not there."""
        for status, ours, saving in STATUSES:
            image = self.kept[status]
            shown = self.ours(image)
            self.assertEqual(
                (ours, status, image['name'], '1.2.0',
                 {'os_distro': 'cirros'}, ['a tag'], self.project),
                tuple(shown[name] for name in (
                    'status', 'image_status', 'name', 'version', 'metadata',
                    'tags', 'owner')))
            self.assertEqual(saving or status in FILLED,
                             shown['file'] is not None, status)
            self.assertEqual(image['created_at'], shown['created_at'])
        for image in self.gone.values():
            self.call('GET', '/artifacts/images/' + image['id'], 404)
        for name in ('images', 'all'):
            # Glance itself leaves those that were killed out of its lists
            self.assertEqual(
                {image['id'] for status, image in self.kept.items()
                 if status != 'killed'},
                {one['id'] for one in self.listed(type_name=name)})
        active = '/artifacts/images/%s/' % self.kept['active']['id']
        self.assertEqual(images.BYTES,
                         self.call('GET', active + 'file').content)
        (member,) = self.call('GET', active + 'members').json()['members']
        self.assertEqual(('other', 'pending'), (member['member_id'],
                                                member['status']))

    def test_on_and_off(self):
        before = self.database(), self.stored(), self.answers()
        self.assertEqual([], self.in_database(
            "SELECT name FROM sqlite_master WHERE name LIKE 'gart%'"))
        self.assertIn(self.kept['killed']['id'], '\n'.join(before[0]))
        self.assertEqual(404, self.http('GET', '/artifacts').status_code)
        paste = (self.etc / 'glance-api-paste.ini').read_bytes()
        manage(self.etc, 'db', 'sync')
        self.paste('enable')
        self.check_seen()
        self.assertEqual(before, (self.database(), self.stored(),
                                  self.answers()))
        self.paste('disable')
        self.assertEqual(404, self.http('GET', '/artifacts').status_code)
        manage(self.etc, 'db', 'drop', '--yes')
        self.assertEqual(before, (self.database(), self.stored(),
                                  self.answers()))
        self.assertEqual(
            paste, (self.etc / 'glance-api-paste.ini').read_bytes())

    def test_what_is_compared(self):
        """A change of one column shows."""
        before = self.database()
        self.set_status(self.kept['queued'], 'killed')
        after = self.database()
        self.assertEqual([1, 1], [len(set(before) - set(after)),
                                  len(set(after) - set(before))])
