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

"""What the log tells of a request, and what it must never tell."""

import contextlib
import os
import re
import urllib.parse

from glance_artifacts.tests.functional.api import base
from glance_artifacts.tests.functional.api import plugins
from glance_artifacts.tests.functional.hostile import wire

_LINE = re.compile(r'[0-9-]{10} [0-9:.]{12} [0-9]+ (?P<level>[A-Z]+)'
                   r' (?P<logger>[\w.]+) (?P<rest>.*)')
#: Stands before the filter that makes a request's context.
_BEFORE = 'glance.api.middleware.version_negotiation'
#: Tokens that are none, each of them a word that nothing else says.
BAD_TOKENS = ('gAAAAAB-not-a-token', 'a:b', 'stolen:token:admin:extra',
              'x' * 3000)


class TraceTest(base.ApiTest):
    """On a server of its own, whose log is nobody else's.

    :cvar debug: glance-api's option
    """

    debug = 'false'

    @classmethod
    def setUpClass(cls):
        installed = plugins.Installed(plugins.SAMPLE)
        installed.setUp()
        cls.addClassCleanup(installed.cleanUp)
        cls.server_options = {'processes': 1, 'extra': {
            'DEFAULT': {'debug': cls.debug},
            'artifacts': {'enabled_types': 'generic, sample_types'}}}
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self.tokens = [self.member, self.reader, self.stranger, base.ADMIN]
        self.store = self.server.state / 'stores' / 'local'

    def written(self, start=0):
        with open(self.server.log, 'rb') as log:
            log.seek(start)
            return log.read().decode(errors='replace')

    def traced(self, method, path, expected, artifact=None, **kwargs):
        """Send a request; return its lines once each bears its ids.

        :param artifact: whose id the lines bear; None if they need not
        """
        start = self.server.log.stat().st_size
        response = self.call(method, path, expected, **kwargs)
        if artifact is None and expected == 201:
            artifact = response.json()
        ids = [response.headers['x-openstack-request-id']]
        if artifact is not None:
            ids.append(artifact['id'])
        lines = self.lines(self.written(start))
        for line in lines:
            for one in ids:
                self.assertIn(one, line)
        return lines

    def lines(self, text):
        """What was logged by all but uWSGI and what comes before us."""
        found = []
        for line in text.splitlines():
            match = _LINE.match(line)
            if match is None:
                # uWSGI's own are like this, and these alone
                self.assertRegex(line, r'^(\[(pid|uwsgi)|$)')
            elif match['logger'] != _BEFORE:
                found.append(line)
        return found

    def check_discreet(self, text):
        """No token, no location."""
        secrets = ['gart-', 'file://', 'filesystem://', str(self.store)]
        for token in (*self.tokens, *BAD_TOKENS):
            secrets += [token, urllib.parse.quote(token)]
        for line in text.splitlines():
            for secret in secrets:
                self.assertNotIn(secret, line)

    @contextlib.contextmanager
    def store_away(self):
        away = self.store.with_name('away')
        self.store.rename(away)
        try:
            yield
        finally:
            away.rename(self.store)

    def live(self):
        """All that may happen to an artifact; the lines that tell of it."""
        draft = self.create()
        path, blob = draft['self'], draft['self'] + '/data'
        data = os.urandom(100000)
        lines = []
        for method, target, expected, kwargs in (
                ('GET', path, 200, {}), ('GET', blob, 404, {}),
                ('PUT', blob, 400, {'data': b'x', 'headers': {
                    'X-Artifact-SHA256': '0' * 64}}),
                ('PUT', blob, 403, {'data': data, 'token': self.reader}),
                ('PUT', blob, 404, {'data': data, 'token': self.stranger}),
                ('PUT', blob, 201, {'data': data}),
                ('PUT', blob, 409, {'data': data}),
                ('GET', blob, 200, {}), ('HEAD', blob, 200, {}),
                ('GET', blob, 206, {'headers': {'Range': 'bytes=5-9'}}),
                ('GET', blob, 416, {'headers': {'Range': 'bytes=100000-'}}),
                ('DELETE', blob, 204, {}),
                ('PUT', blob, 201, {'data': iter([data, data])}),
                ('PATCH', path, 200, {'headers': base.JSON_PATCH,
                                      'data': '[]'}),
                ('PATCH', path, 400, {'headers': base.JSON_PATCH,
                                      'data': '{}'}),
                ('POST', path + '/actions/activate', 200, {}),
                ('DELETE', path, 404, {'token': self.stranger}),
                ('DELETE', path, 204, {'token': base.ADMIN}),
                ('GET', path, 404, {})):
            lines += self.traced(method, target, expected, draft, **kwargs)
        return lines

    def break_store(self):
        """What a store that fails is told of."""
        draft, kept = self.create(), self.create()
        self.upload(kept, b'bytes')
        lines = []
        with self.store_away():
            # something in its place, or the driver would not even be asked
            self.store.touch()
            lines += self.traced('PUT', draft['self'] + '/data', 503, draft,
                                 data=b'bytes')
            self.store.unlink()
            for method, expected in (('GET', 503), ('DELETE', 204)):
                lines += self.traced(method, kept['self'] + '/data', expected,
                                     kept)
            lines += self.traced('GET', kept['self'] + '/data', 404, kept,
                                 headers={'Range': 'bytes=0-1'})
        self.assertIsNone(self.show(draft)['data'])
        return lines

    def break_off(self):
        """An upload whose client goes away."""
        draft = self.create()
        with wire.Client(self.server.address) as client:
            client.send(wire.head('PUT', draft['self'] + '/data', {
                'Host': self.server.address, 'X-Auth-Token': self.member,
                'Content-Length': '500000'}) + b'x' * 100000)
            self.eventually(lambda: self.blob_rows(draft) != [], 'it begins')
        self.eventually(lambda: not self.blob_rows(draft), 'it is over')

    def stumble(self):
        artifact = self.create('sample_types', word='a', limits={'cpu': 1})
        return self.traced('POST', artifact['self'] + '/actions/stumble', 500,
                           artifact)

    def refuse(self):
        """What nobody may do, with tokens that are none and without."""
        for token in BAD_TOKENS:
            for path in ('/artifacts', '/artifacts/generic', '/images'):
                self.http('GET', path, token=token)
                self.http('POST', path, token=token, json={'name': 'a'})
        for path in ('/artifacts/generic?colour=red', '/artifacts/nothing',
                     '/artifacts/generic?limit=0'):
            self.http('GET', path, token=self.member)


class TestTraces(TraceTest):

    def test_a_life_without_trouble_is_told_in_no_line(self):
        self.assertEqual([], self.live())

    def test_a_failure_of_a_plugin(self):
        """Each line of its traceback, too."""
        lines = self.stumble()
        self.assertIn('the sample plugin stumbled', lines[0])
        self.assertTrue(any('Traceback' in line for line in lines))
        self.assertGreater(len(lines), 5)
        for line in lines:
            self.assertEqual('ERROR', _LINE.match(line)['level'])

    def test_a_store_that_fails(self):
        lines = self.break_store()
        said = '\n'.join(lines)
        # by the driver, and by us
        self.assertIn(' ERROR glance_store._drivers.filesystem ', said)
        self.assertIn('Store local failed', said)
        self.assertIn('An object was gone', said)
        self.check_discreet(said)

    def test_nothing_that_must_stay_secret(self):
        # Glance names the directory of a new store when it makes it
        start = self.server.log.stat().st_size
        for play in (self.live, self.stumble, self.break_store,
                     self.break_off, self.refuse):
            play()
        self.check_discreet(self.written(start))


class TestTracesOfDebugging(TraceTest):

    debug = 'true'

    def test_every_line_bears_its_ids(self):
        start = self.server.log.stat().st_size
        lines = self.live()
        lines += self.traced('POST', '/artifacts/generic', 201,
                             json={'name': base.unique('traced')})
        lines += self.traced('GET', '/artifacts/generic', 200)
        # what drivers have to say, less the place
        self.assertIn('Wrote 100000 bytes to (an object)', '\n'.join(lines))
        self.check_discreet(self.written(start))

    def test_failures(self):
        start = self.server.log.stat().st_size
        for play in (self.stumble, self.break_store, self.break_off,
                     self.refuse):
            play()
        self.check_discreet(self.written(start))

    def test_what_drivers_say_of_images_stays(self):
        """An operator who debugs images wants their places."""
        image = self.call('POST', '/images', 201, json={
            'name': 'image', 'disk_format': 'raw',
            'container_format': 'bare'}).json()
        self.call('PUT', image['file'], 204, data=b'image bytes', headers={
            'Content-Type': 'application/octet-stream'})
        self.assertIn('%s/%s' % (self.store, image['id']), self.written())
