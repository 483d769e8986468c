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

"""Types change, and go: their artifacts stay."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import fixtures

from glance_artifacts.tests.functional.api import base
from glance_artifacts.tests.functional.api import plugins

TYPE = 'versioned_types'
PATH = '/artifacts/' + TYPE


class TypeVersionsTest(plugins.PluginTest):
    """One server, started again with another plugin where a test says so."""

    enabled = ('generic', TYPE)

    @classmethod
    def setUpClass(cls):
        work = fixtures.TempDir()
        work.setUp()
        cls.addClassCleanup(work.cleanUp)
        cls.targets = {}
        for name, source in (('first', plugins.FIRST),
                             ('second', plugins.SECOND)):
            (pathlib.Path(work.path) / name).mkdir()
            cls.targets[name] = plugins.install(
                source, pathlib.Path(work.path) / name)
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self.serve('first')

    def python_path(self, plugin: str | None) -> str:
        return plugins.path_with(*filter(None, [self.targets.get(plugin)]))

    def serve(self, plugin: str | None) -> None:
        """Start the server again, with one of the plugins or none."""
        self.server.stop()
        with fixtures.EnvironmentVariable('PYTHONPATH',
                                          self.python_path(plugin)):
            self.server.start()
        self.server.wait_ready()

    def manage(self, *args: str, plugin: str | None = 'second',
               **environment: str) -> subprocess.CompletedProcess:
        """Run ``glance-artifacts-manage types``."""
        return subprocess.run(
            [sys.executable, '-m', 'glance_artifacts.cmd.manage',
             '--config-dir', str(self.server.state / 'etc'), 'types', *args],
            env={**os.environ, 'PYTHONPATH': self.python_path(plugin),
                 **environment}, text=True, capture_output=True)

    def first(self, word='a', **body):
        return self.create(TYPE, word=word, **body)

    def first_active(self, word='a', **body):
        draft = self.first(word, **body)
        self.upload(draft, b'bytes of ' + word.encode())
        self.upload(draft, b'an entry', 'files/k/1')
        return self.act(draft, 'activate').json()

    def pinned(self, artifact, version):
        """The artifact's URL with a type version in it."""
        return artifact['self'].replace(TYPE, '%s/v%s' % (TYPE, version))

    def versions(self, query='', version=''):
        """The type versions that a list shows, by name."""
        path = PATH + ('/v' + version if version else '')
        page = self.call('GET', '%s?%s' % (path, query)).json()
        return {entry['name']: entry['type_version']
                for entry in page['artifacts']}


class TestSideBySide(TypeVersionsTest):

    def test_new_artifacts(self):
        self.serve('second')
        entry = self.catalogue()[TYPE]
        self.assertEqual((['1.0', '2.0'], '2.0'),
                         (entry['versions'], entry['default_version']))
        newest = self.create(TYPE, words=['x'])
        self.assertEqual(('2.0', 'red'),
                         (newest['type_version'], newest['colour']))
        self.assertEqual('2.0', self.create(TYPE + '/v2.0')['type_version'])
        older = self.create(TYPE + '/v1.0', word='x')
        self.assertEqual(('1.0', 'x'), (older['type_version'], older['word']))
        self.assertEqual('/v2' + PATH + '/' + older['id'], older['self'])
        self.refused(400, 'artifact.field.unknown', 'POST', PATH,
                     field='word', json={'name': 'a', 'word': 'x'})
        self.refused(400, 'artifact.field.unknown', 'POST', PATH + '/v1.0',
                     field='words', json={'name': 'a', 'words': ['x']})
        self.refused(404, 'type.not_found', 'POST', PATH + '/v3.0',
                     json={'name': 'a'})
        # a name is taken whatever the version of the type
        self.refused(409, 'artifact.exists', 'POST', PATH, field='version',
                     json={'name': older['name']})

    def test_pinned(self):
        self.serve('second')
        older = self.create(TYPE + '/v1.0', word='x', size='3')
        newest = self.create(TYPE, words=['x'], size=3)
        for artifact, mine, other in ((older, '1.0', '2.0'),
                                      (newest, '2.0', '1.0')):
            self.assertEqual(artifact, self.call(
                'GET', self.pinned(artifact, mine)).json())
            for method in ('GET', 'DELETE'):
                self.refused(404, 'artifact.not_found', method,
                             self.pinned(artifact, other))
            self.refused(404, 'type.not_found', 'GET',
                         self.pinned(artifact, '3.0'))
            self.assertEqual({artifact['name']: mine},
                             self.versions(version=mine))
        self.assertEqual({older['name']: '2.0', newest['name']: '2.0'},
                         self.versions())
        for version, field in (('1.0', 'word'), ('2.0', 'words')):
            schema = self.call('GET', '/artifacts/schemas/%s/v%s' % (
                TYPE, version)).json()
            self.assertIn(field, schema['properties'])
        self.assertEqual(schema, self.call(
            'GET', '/artifacts/schemas/' + TYPE).json())

    def test_pinned_lists_page_by_page(self):
        self.serve('second')
        made = [self.create(TYPE + '/v1.0', word=word)['name']
                for word in 'abc']
        self.create(TYPE, words=['d'])
        pages = self.pages('limit=1&sort=word:asc', type_name=TYPE + '/v1.0')
        self.assertEqual(made, [entry['name'] for page in pages
                                for entry in page])
        self.assertEqual('abc', ''.join(entry['word'] for page in pages
                                        for entry in page))

    def test_life_of_a_pinned_one(self):
        self.serve('second')
        draft = self.create(TYPE + '/v1.0', word='x')
        path = self.pinned(draft, '1.0')
        self.call('PUT', path + '/data', 201, data=b'bytes')
        self.call('PUT', path + '/files/a/b', 201, data=b'entry')
        active = self.call('POST', path + '/actions/activate').json()
        self.assertEqual(('1.0', 'active'),
                         (active['type_version'], active['status']))
        self.assertEqual(b'entry',
                         self.call('GET', path + '/files/a/b').content)
        self.call('DELETE', path, 204)


class TestUpgradeOnRead(TypeVersionsTest):

    def test_show_and_list(self):
        made = self.first_active(size='7')
        self.serve('second')
        shown = self.call('GET', made['self'])
        new = shown.json()
        self.assertEqual(('2.0', ['a'], 7, 'red'), tuple(
            new[key] for key in ('type_version', 'words', 'size', 'colour')))
        self.assertNotIn('word', new)
        common = set(made) & set(new) - {'type_version', 'size'}
        self.assertEqual({key: made[key] for key in common},
                         {key: new[key] for key in common})
        self.assertEqual(shown.headers['ETag'], self.call(
            'GET', self.pinned(made, '1.0')).headers['ETag'])
        (entry,) = self.listed(type_name=TYPE)
        self.assertEqual(new['words'], entry['words'])
        # nothing was written
        self.assertEqual({made['name']: '1.0'}, self.versions(version='1.0'))
        self.assertEqual(b'bytes of a', self.call(
            'GET', made['self'] + '/data').content)

    def test_patch_keeps_it(self):
        made = self.first_active()
        self.serve('second')
        said = self.patch(made, {'op': 'replace', 'path': '/colour',
                                 'value': 'blue'}).json()
        self.assertEqual(('2.0', 'blue', ['a']), (
            said['type_version'], said['colour'], said['words']))
        self.assertEqual(said, self.show(made))
        self.assertEqual({}, self.versions(version='1.0'))
        self.assertEqual(said, self.call(
            'GET', self.pinned(made, '2.0')).json())
        self.assertEqual([made['name']], self.names(
            'words=a&colour=blue', type_name=TYPE))
        self.assertEqual([], self.names('words=b', type_name=TYPE))

    def test_pinned_patch_leaves_it(self):
        made = self.first_active(size='1')
        self.serve('second')
        path = self.pinned(made, '1.0')
        said = self.call('PATCH', path, headers=base.JSON_PATCH, data=(
            '[{"op": "replace", "path": "/size", "value": "2"}]')).json()
        self.assertEqual(('1.0', '2'), (said['type_version'], said['size']))
        self.assertEqual(2, self.show(made)['size'])

    def test_uploads_and_activation_keep_it(self):
        drafts = [self.first(word) for word in 'abc']
        self.serve('second')
        self.upload(drafts[0], b'bytes')
        self.upload(drafts[1], b'entry', 'files/a')
        self.act(drafts[2], 'activate')
        self.assertEqual({}, self.versions(version='1.0'))
        self.assertEqual({draft['name']: '2.0' for draft in drafts},
                         self.versions(version='2.0'))
        for draft, word in zip(drafts, 'abc'):
            self.assertEqual([draft['name']], self.names(
                'words=' + word, type_name=TYPE))

    def test_what_cannot_be_upgraded(self):
        wrong = self.first_active('wrong', size='1')
        right = self.first_active('a', size='2')
        self.serve('second')
        for method, path in (('GET', wrong['self']),
                             ('POST', wrong['self'] + '/actions/deactivate'),
                             ):
            self.refused(500, 'type.failed', method, path)
        self.assertIn('upgrade stumbled', self.log())
        self.assertEqual({wrong['name']: '1.0', right['name']: '2.0'},
                         self.versions())
        self.assertEqual('wrong', self.call(
            'GET', self.pinned(wrong, '1.0')).json()['word'])
        self.assertEqual(2, self.show(right)['size'])
        self.call('DELETE', wrong['self'], 204)
        self.assertEqual({right['name']: '2.0'}, self.versions())

    def test_lists_where_both_forms_are_kept(self):
        """A field that changed its kind disturbs no list."""
        for number, size in enumerate(('5', '30', None)):
            self.first('w%d' % number, size=size)
        self.serve('second')
        for size in (5, 30, None):
            self.create(TYPE, words=['new'], size=size)
        for query in ('sort=size', 'sort=size:asc', 'size=gt:3', 'size=30',
                      'size=in:5,30', 'size=neq:5', 'words=new&sort=size',
                      'words=neq:new', 'colour=red',
                      'size=gt:3&sort=size&limit=1'):
            for page in self.pages(query, type_name=TYPE):
                for entry in page:
                    self.assertEqual('2.0', entry['type_version'])
        self.assertEqual(6, len(self.listed('sort=size', type_name=TYPE)))
        self.assertEqual(3, len(self.listed('words=new', type_name=TYPE)))


class TestBulk(TypeVersionsTest):

    def test_dry_run_and_run(self):
        made = [self.first_active('w%d' % number) for number in range(3)]
        done = self.manage('upgrade', TYPE, '--dry-run')
        self.assertEqual(
            (0, '%s 1.0: 3 artifacts\n3 artifacts to be upgraded to %s 2.0.\n'
             % (TYPE, TYPE), ''), (done.returncode, done.stdout, done.stderr))
        # services may go on meanwhile, once they know the new version
        self.serve('second')
        self.assertEqual(3, len(self.versions(version='1.0')))
        done = self.manage('upgrade', TYPE)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertIn('3 artifacts upgraded to %s 2.0, 0 failed.' % TYPE,
                      done.stdout)
        self.assertEqual({}, self.versions(version='1.0'))
        for number, artifact in enumerate(made):
            self.assertEqual(['w%d' % number], self.show(artifact)['words'])
            self.assertEqual([artifact['name']], self.names(
                'words=w%d' % number, type_name=TYPE))
            self.assertEqual(
                b'bytes of w%d' % number,
                self.call('GET', artifact['self'] + '/data').content)

    def test_killed_and_resumed(self):
        made = [self.first('w%d' % number) for number in range(6)]
        self.first('wrong')
        done = self.manage('upgrade', TYPE, GART_TEST_KILL_AT='4')
        self.assertEqual(-9, done.returncode)
        self.serve('second')
        self.assertEqual(4, len(self.versions(version='1.0')))
        done = self.manage('upgrade', TYPE)
        self.assertEqual(1, done.returncode)
        self.assertIn('%s 1.0: 4 artifacts' % TYPE, done.stdout)
        self.assertIn('3 artifacts upgraded to %s 2.0, 1 failed.' % TYPE,
                      done.stdout)
        self.assertIn('upgrade failed: RuntimeError: upgrade stumbled',
                      done.stderr)
        self.assertEqual({artifact['name'] for artifact in made},
                         set(self.versions(version='2.0')))
        self.assertEqual(1, len(self.versions(version='1.0')))

    def test_without_the_plugin(self):
        done = self.manage('upgrade', TYPE, plugin=None)
        self.assertEqual((1, ''), (done.returncode, done.stdout))
        self.assertIn('no plugin provides it', done.stderr)
        self.assertEqual(1, done.stderr.count('\n'))


class RemovedTest(TypeVersionsTest):

    def setUp(self):
        super().setUp()
        self.made = self.first_active('a', size='5')
        self.draft = self.first('b')
        self.upload(self.draft, b'draft bytes')
        self.upload(self.draft, b'draft entry', 'files/x')
        self.serve(None)


class TestRemoved(RemovedTest):

    def test_what_stays(self):
        self.assertEqual('disabled', self.catalogue()[TYPE]['status'])
        self.assertEqual(self.made, self.show(self.made))
        self.assertEqual(self.made, self.call(
            'GET', self.pinned(self.made, '1.0')).json())
        (entry,) = self.listed('status=active', type_name=TYPE)
        self.assertEqual(
            {**self.made, 'files': {'entries': 1, 'size': 8}}, entry)
        self.assertEqual([entry], self.listed('status=active',
                                              type_name='all'))
        for query, expected in (
                ('word=a', [self.made]), ('word=c', []),
                ('sort=word:asc', [self.made, self.draft]),
                ('size=5', [self.made]),
                ('sort=size:desc', [self.made, self.draft])):
            self.assertEqual([one['name'] for one in expected],
                             self.names(query, type_name=TYPE))
        self.assertEqual(b'bytes of a', self.call(
            'GET', self.made['self'] + '/data').content)
        self.assertEqual(b'an entry', self.call(
            'GET', self.made['self'] + '/files/k/1').content)
        self.assertEqual(['k/1'], list(self.call(
            'GET', self.made['self'] + '/files').json()))
        self.assertIn('word', self.call(
            'GET', '/artifacts/schemas/' + TYPE).json()['properties'])

    def test_what_is_refused(self):
        for method, path, kwargs in (
                ('POST', PATH, {'json': {'name': 'a'}}),
                ('POST', PATH + '/v1.0', {'json': {'name': 'a'}}),
                ('PUT', self.draft['self'] + '/files/y', {'data': b'x'}),
                ('POST', self.draft['self'] + '/actions/activate', {}),
                ('POST', self.made['self'] + '/actions/deactivate', {}),
                ('PATCH', self.made['self'], {
                    'headers': base.JSON_PATCH, 'data':
                    '[{"op": "add", "path": "/tags/-", "value": "a"}]'})):
            self.refused(409, 'type.gone', method, path, **kwargs)
        self.assertEqual(self.made, self.show(self.made))
        self.refused(404, 'type.not_found', 'GET', PATH + '/v2.0')
        self.call('GET', self.made['self'], 404, token=self.stranger)

    def test_what_can_be_deleted(self):
        for blob in ('data', 'files/x'):
            self.call('DELETE', '%s/%s' % (self.draft['self'], blob), 204)
        self.assertEqual([], self.segments(self.draft))
        self.assertIsNone(self.show(self.draft)['data'])
        for artifact in (self.draft, self.made):
            self.call('DELETE', artifact['self'], 204)
            self.call('GET', artifact['self'], 404)
            self.assertEqual([], self.segments(artifact))
        self.assertEqual([], self.listed(type_name=TYPE))

    def test_other_types(self):
        self.check_images()
        self.active(data=b'bytes')


class TestBackAgain(RemovedTest):

    def test_in_a_newer_version(self):
        self.serve('second')
        self.assertEqual(['a'], self.show(self.made)['words'])
        self.assertEqual('2.0', self.act(
            self.draft, 'activate').json()['type_version'])
