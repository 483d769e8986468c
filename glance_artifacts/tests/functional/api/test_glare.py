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


"""What its predecessor did wrong, one test each."""

import concurrent.futures
import os
import pathlib
import signal
import socket

from glance_artifacts.dev import checks
from glance_artifacts.tests.functional.api import base
from glance_artifacts.tests.functional.api import plugins
from glance_artifacts.tests.functional.store import test_uploads

MIB = 1024 * 1024
EMOJI = '\U0001f600'


class GlareTest(plugins.PluginTest):

    source = plugins.HOOKED
    enabled = ('generic', 'helm_charts', 'boxes', 'pointers')


class TestLinks(GlareTest):

    def test_a_deleted_target_breaks_nothing(self):
        target = self.create()
        made = self.create('pointers', any=target['self'][len('/v2'):])
        self.call('DELETE', target['self'], 204)
        self.assertEqual(made, self.show(made))
        self.assertEqual([made['name']], self.names(type_name='pointers'))
        self.call('DELETE', made['self'], 204)

    def test_urls_are_never_fetched(self):
        with socket.create_server(('127.0.0.1', 0)) as listener:
            listener.setblocking(False)
            made = self.create('pointers', any='http://127.0.0.1:%d/there'
                               % listener.getsockname()[1])
            self.show(made)
            self.listed(type_name='pointers')
            self.patch(made, {'op': 'add', 'path': '/tags/-', 'value': 'a'})
            self.act(made, 'activate')
            self.assertRaises(BlockingIOError, listener.accept)


class TestUploads(GlareTest):

    def setUp(self):
        super().setUp()
        self.before = self.files()

    def kill_workers(self):
        """The master, which makes new ones, is left alone."""
        master = self.server.uwsgi.pid
        children = pathlib.Path('/proc/%d/task/%d/children'
                                % (master, master)).read_text().split()
        self.assertTrue(children)
        for child in children:
            os.kill(int(child), signal.SIGKILL)

    def test_a_killed_one_can_be_cleared_away(self):
        draft = self.create()
        upload = test_uploads.Upload(self, draft, 2 * MIB)
        upload.send(b'x' * MIB)
        self.eventually(lambda: len(self.files() - self.before) == 1,
                        'the upload begins')
        self.kill_workers()
        self.eventually(self._answers, 'the server is back')
        self.assertEqual('saving', self.show(draft)['data']['status'])
        self.call('DELETE', draft['self'] + '/data', 204)
        self.upload(draft, b'the second time')
        self.act(draft, 'activate')
        self.assertEqual(b'the second time', self.call(
            'GET', draft['self'] + '/data').content)

    def _answers(self):
        try:
            return self.http('GET', '/artifacts').status_code == 200
        except OSError:
            return False

    def test_another_one_leaves_nothing_of_the_first(self):
        draft = self.create()
        self.upload(draft, b'first')
        first = self.files() - self.before
        self.upload(draft, b'second', expected=409)
        self.assertEqual(first, self.files() - self.before)
        self.call('DELETE', draft['self'] + '/data', 204)
        self.upload(draft, b'second')
        (second,) = self.files() - self.before
        self.assertNotIn(second, first)

    def test_no_location_is_shown(self):
        draft = self.create()
        self.upload(draft, b'bytes')
        answers = [self.call('GET', draft['self']),
                   self.call('GET', draft['self'] + '/data'),
                   self.call('PUT', draft['self'] + '/data', 409, data=b'x'),
                   self.call('GET', '/artifacts/generic')]
        (name,) = self.files() - self.before
        for answer in answers:
            for text in ('file:/', name, str(self.server.state)):
                self.assertNotIn(text, answer.text)
                self.assertNotIn(text, str(answer.headers))

    def test_many_tags_and_blobs_cost_little(self):
        """Tags, metadata and blobs are never multiplied in a query."""
        full = self.create('boxes', tags=['tag %d' % n for n in range(255)],
                           metadata={'key %d' % n: 'v' for n in range(255)})
        for number in range(50):
            self.upload(full, b'x', 'texts/k%d' % number,
                        headers={'Content-Type': 'text/plain'})
        bare = self.create('boxes')
        times = {}
        for artifact in (bare, full) * 3:
            response = self.upload(artifact, b'x', 'files/one')
            times.setdefault(artifact['id'], []).append(
                response.elapsed.total_seconds())
            self.call('DELETE', artifact['self'] + '/files/one', 204)
        # theirs took 36 seconds; a factor would fail on a busy machine
        self.assertLess(min(times[full['id']]), 5)

    def test_limits_hold_for_parallel_requests(self):
        box = self.create('boxes')

        def send(number):
            with checks.session() as session:
                return base.unless_busy(lambda: session.put(
                    '%s%s/files/k%d' % (self.server.root, box['self'],
                                        number),
                    data=b'x', headers={'X-Auth-Token': self.member,
                                        'Content-Type': 'text/plain'},
                )).status_code

        with concurrent.futures.ThreadPoolExecutor(10) as pool:
            statuses = sorted(pool.map(send, range(10)))
        self.assertEqual([201] * 3 + [413] * 7, statuses)
        self.assertEqual(3, len(self.show(box)['files']))
        self.assertEqual(3, len(self.files() - self.before))


class TestValues(GlareTest):

    def test_large_parts_of_versions(self):
        versions = ['65536.0.0', '1.4294967296.0', '1.0.999999999999999999']
        for version in versions:
            self.assertEqual(version, self.create(
                name='large', version=version)['version'])
        self.assertEqual(
            ['1.0.999999999999999999', '1.4294967296.0', '65536.0.0'],
            [one['version'] for one in
             self.listed('name=large&sort=version:asc')])

    def test_emoji_everywhere(self):
        made = self.create(name=EMOJI, description=EMOJI, tags=[EMOJI],
                           metadata={EMOJI: EMOJI})
        self.assertEqual(made, self.show(made))
        for query in ('name=' + EMOJI, 'tags=' + EMOJI,
                      'metadata.%s=%s' % (EMOJI, EMOJI)):
            self.assertEqual([EMOJI], self.names(query))

    def test_sorting_drops_nobody(self):
        for name, link in (('a', None), ('b', 'http://example.org/'),
                           ('c', None)):
            self.create('pointers', name=name, any=link)
        for key in ('activated_at', 'version'):
            for direction in ('asc', 'desc'):
                self.assertEqual({'a', 'b', 'c'}, set(self.names(
                    'sort=%s:%s' % (key, direction), type_name='pointers')))


class TestReaders(GlareTest):

    def test_others_download_what_is_public(self):
        made = self.active(data=b'for all', public=True)
        for token in (self.stranger, self.reader, self.member):
            self.assertEqual(b'for all', self.call(
                'GET', made['self'] + '/data', token=token).content)

    def test_nothing_is_shown_inline(self):
        draft = self.create()
        self.upload(draft, b'<script>alert(1)</script>',
                    headers={'Content-Type': 'text/html'})
        headers = self.call('GET', draft['self'] + '/data').headers
        self.assertEqual(
            ('attachment', 'nosniff', 'sandbox'),
            (headers['Content-Disposition'],
             headers['X-Content-Type-Options'],
             headers['Content-Security-Policy']))

    def test_ranges_etags_and_head(self):
        made = self.active(data=b'0123456789')
        path = made['self'] + '/data'
        part = self.call('GET', path, 206, headers={'Range': 'bytes=3-5'})
        self.assertEqual((b'345', 'bytes 3-5/10'), (
            part.content, part.headers['Content-Range']))
        for url in (path, made['self']):
            head = self.call('HEAD', url)
            self.assertEqual(b'', head.content)
            self.call('GET', url, 304, headers={
                'If-None-Match': head.headers['ETag']})
