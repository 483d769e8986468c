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

"""Links to artifacts and to the web."""

from glance_artifacts.tests.functional.api import base
from glance_artifacts.tests.functional.api import plugins

#: nobody answers there, so who fetched it would wait or fail
FAR = 'http://192.0.2.1:9/there?a=b#c'


class TestLinks(plugins.PluginTest):

    source = plugins.HOOKED
    enabled = ('generic', 'boxes', 'pointers')

    def pointer(self, **body):
        return self.create('pointers', **body)

    def link(self, artifact):
        return artifact['self'].removeprefix('/v2')

    def link_refused(self, field, value, **kwargs):
        return self.refused(400, 'artifact.field.invalid', 'POST',
                            '/artifacts/pointers', field=field,
                            json={'name': 'a', field: value}, **kwargs)

    def test_to_an_artifact(self):
        draft, box = self.create(), self.create('boxes')
        for target in (draft, box):
            made = self.pointer(any=self.link(target))
            self.assertEqual(self.link(target), made['any'])
            self.assertEqual(made, self.show(made))
        self.assertEqual(self.link(box),
                         self.pointer(box=self.link(box))['box'])
        self.assertEqual(
            [made['name']],
            self.names('any=' + self.link(box), type_name='pointers'))

    def test_to_nothing(self):
        artifact = self.create()
        for target in (
                '/artifacts/generic/' + base.NOBODYS_ID,
                # an artifact, though of another type
                '/artifacts/boxes/' + artifact['id'],
                '/artifacts/no_such_type/' + base.NOBODYS_ID,
                '/artifacts/schemas/' + base.NOBODYS_ID):
            entry = self.link_refused('any', target)
            self.assertIn('is not there', entry['detail'])
        self.call('DELETE', artifact['self'], 204)
        self.link_refused('any', self.link(artifact))
        self.assertEqual([], self.listed(type_name='pointers'))

    def test_to_what_the_caller_does_not_see(self):
        hidden = self.create(token=self.stranger)
        entry = self.link_refused('any', self.link(hidden))
        absent = self.link_refused(
            'any', '/artifacts/generic/' + base.NOBODYS_ID)
        self.assertEqual(absent['detail'], entry['detail'])
        self.pointer(any=self.link(hidden), token=self.stranger)
        public = self.active(public=True, token=self.stranger)
        self.pointer(any=self.link(public))

    def test_wrong_forms(self):
        artifact = self.create()
        for value in (
                artifact['self'], artifact['id'], self.link(artifact) + '/',
                self.link(artifact).upper(), '/artifacts/generic', '',
                self.link(artifact) + '?a', 'ftp://host/a', 'http://',
                'javascript:alert(1)', 'file:///etc/passwd', '//host/a',
                'http://host/a b', 'http://host/\xe9', 'http://host:0/',
                'http://user@host/', 'http://user:secret@host/', 1, ['a'],
                'https://host:99999/', 'http://host/' + 'a' * 2048):
            entry = self.link_refused('any', value)
            self.assertNotIn('secret', entry['detail'])
        self.link_refused('box', 'https://example.com/')
        self.link_refused('box', self.link(artifact))

    def test_to_the_web_without_a_look(self):
        for url in (FAR, 'https://example.invalid', 'http://[::1]:1/x',
                    'https://example.com/a%20b?user@host'):
            self.assertEqual(url, self.pointer(any=url)['any'])

    def test_set_by_patch(self):
        made, target = self.pointer(), self.create()
        operation = {'op': 'replace', 'path': '/any'}
        self.patch_refused(400, 'artifact.field.invalid', made, {
            **operation, 'value': '/artifacts/generic/' + base.NOBODYS_ID},
            field='any')
        self.assertEqual(made, self.show(made))
        self.patch(made, {**operation, 'value': self.link(target)})
        active = self.act(made, 'activate').json()
        self.patch(active, {**operation, 'value': FAR})
        self.patch(active, {'op': 'remove', 'path': '/any'})
        self.assertIsNone(self.show(active)['any'])

    def test_dangling(self):
        """What was linked may go; nothing else breaks."""
        target = self.create()
        link = self.link(target)
        made = self.pointer(any=link)
        self.call('DELETE', target['self'], 204)
        self.assertEqual(made, self.show(made))
        (entry,) = self.listed('any=' + link, type_name='pointers')
        self.assertEqual(link, entry['any'])
        said = self.patch(made, {'op': 'add', 'path': '/tags/-',
                                 'value': 'still'}).json()
        self.assertEqual((link, ['still']), (said['any'], said['tags']))
        self.patch(made, {'op': 'replace', 'path': '/any', 'value': link})
        self.assertEqual(link, self.act(made, 'activate').json()['any'])
        self.patch(made, {'op': 'replace', 'path': '/any', 'value': None})
        self.patch_refused(400, 'artifact.field.invalid', made, {
            'op': 'replace', 'path': '/any', 'value': link}, field='any')
        self.call('DELETE', made['self'], 204)

    def test_shown_to_those_who_do_not_see_the_target(self):
        target = self.create()
        made = self.pointer(any=self.link(target))
        self.act(made, 'activate')
        self.publish(made)
        shown = self.show(made, token=self.stranger)
        self.assertEqual(self.link(target), shown['any'])
        self.call('GET', '/v2' + shown['any'], 404, token=self.stranger)
