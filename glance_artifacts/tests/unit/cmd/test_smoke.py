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

import contextlib
import io
import json
import re
import signal
import sys
from unittest import mock
import urllib.parse

import fixtures
from oslotest import base as test_base
import requests

from glance_artifacts.cmd import smoke
from glance_artifacts.cmd import smoke_trial
from glance_artifacts.tests.unit.cmd import base

BASE = 'http://glance.example.com:9292/v2/artifacts'


class FakeService(requests.adapters.BaseAdapter):
    """A service in memory, with one fault.

    :param fault: kind of request, and a function that makes the answer of
        the right one, or raises
    """

    def __init__(self, **fault):
        super().__init__()
        self.artifacts = {}
        self.requests = []
        self.fault = fault

    def close(self):
        pass

    def send(self, request, **kwargs):
        assert kwargs['timeout'], 'waits for ever'
        answer = requests.Response()
        answer.url, answer.request = request.url, request
        answer.status_code, answer._content = self.answer(request)
        answer.raw = io.BytesIO()
        self.requests.append((request.method, answer.status_code))
        return self.fault.get(self.key(request), lambda right: right)(answer)

    def key(self, request):
        if request.method == 'GET' and request.url.endswith('/data'):
            return 'RANGE' if 'Range' in request.headers else 'DATA'
        return request.method

    def answer(self, request):
        path = urllib.parse.urlsplit(request.url).path
        match = re.fullmatch('/v2/artifacts/generic(/id)?(/data)?', path)
        assert match, request.url
        one, data = match.groups()
        handler = getattr(self, request.method.lower() + (
            '_data' if data else '_one' if one else '_all'))
        if one and 'id' not in self.artifacts:
            return 404, b'{}'
        return handler(request)

    def post_all(self, request):
        self.artifacts['id'] = json.loads(request.body)['name'], b''
        return 201, b'{"id": "id"}'

    def get_all(self, request):
        query = urllib.parse.parse_qs(
            urllib.parse.urlsplit(request.url).query)
        return 200, json.dumps({'artifacts': [
            {'id': key} for key, (name, _) in self.artifacts.items()
            if query['name'] == [name]]}).encode()

    def get_one(self, request):
        return 200, b'{}'

    def delete_one(self, request):
        del self.artifacts['id']
        return 204, b''

    def put_data(self, request):
        self.artifacts['id'] = (self.artifacts['id'][0], request.body)
        return 201, json.dumps({
            'size': len(request.body),
            'sha256': request.headers['X-Artifact-SHA256']}).encode()

    def get_data(self, request):
        content = self.artifacts['id'][1]
        if 'Range' not in request.headers:
            return 200, content
        first, last = map(int, request.headers['Range'][6:].split('-'))
        return 206, content[first:last + 1]


def status(number, body=b''):
    def change(answer):
        answer.status_code, answer._content = number, body
        return answer
    return change


def broken(answer):
    raise requests.ConnectionError('the line broke')


def cut(answer):
    answer._content = answer._content[:-1]
    return answer


class TrialTest(test_base.BaseTestCase):

    def try_it(self, **fault):
        """Run against a service with this fault; what was printed."""
        self.service = FakeService(**fault)
        session = requests.Session()
        session.mount('http://', self.service)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            self.good = smoke_trial.Trial(session, BASE, 'generic',
                                          'data').run()
        return printed.getvalue()

    def assertFailed(self, step, text, **fault):
        """This step fails, is the last, and nothing is left."""
        lines = self.try_it(**fault).splitlines()
        self.assertFalse(self.good)
        self.assertEqual([], list(self.service.artifacts))
        failed = [line for line in lines if 'failed: ' in line]
        self.assertEqual(1, len(failed), lines)
        self.assertTrue(failed[0].startswith(step), lines)
        self.assertIn(text, failed[0])
        self.assertEqual([failed[0], 'clean up'],
                         [lines[-2], lines[-1][:8]])

    def test_good(self):
        lines = self.try_it().splitlines()
        self.assertTrue(self.good)
        self.assertEqual(
            ['create', 'upload', 'download', 'range', 'delete'],
            [line.split()[0] for line in lines])
        for line in lines:
            self.assertRegex(line, r' [0-9.]+ ms  ok\Z')
        self.assertEqual([], list(self.service.artifacts))
        self.assertEqual(
            [('POST', 201), ('PUT', 201), ('GET', 200), ('GET', 206),
             ('DELETE', 204), ('GET', 404)], self.service.requests)

    def test_create_is_refused(self):
        error = {'code': 'policy.forbidden', 'detail': 'No.',
                 'request_id': 'req-1'}
        self.assertFailed('create', '403', POST=status(
            403, json.dumps({'errors': [error]}).encode()))
        self.assertFailed('create', 'policy.forbidden: No. request req-1',
                          POST=status(403, json.dumps(
                              {'errors': [error]}).encode()))

    def test_create_is_done_but_not_answered(self):
        self.assertFailed('create', 'the line broke', POST=broken)

    def test_create_is_answered_by_something_else(self):
        self.assertFailed('create', 'not JSON', POST=status(201, b'<html>'))

    def test_upload_breaks(self):
        self.assertFailed('upload', 'the line broke', PUT=broken)
        self.assertFailed('upload', '503', PUT=status(503))
        self.assertFailed('upload', '1 bytes', PUT=status(
            201, b'{"size": 1}'))

    def test_other_bytes(self):
        self.assertFailed('download', '262143 bytes', DATA=cut)
        self.assertFailed('range', '69000 bytes', RANGE=cut)

    def test_no_ranges(self):
        self.assertFailed('range', '200 instead of 206', RANGE=status(200))

    def test_delete_fails_once(self):
        answers = [status(503), lambda right: right]
        service = {'DELETE': lambda right: answers.pop(0)(right)}
        self.assertFailed('delete', '503', **service)

    def test_not_cleaned_up(self):
        self.useFixture(fixtures.MockPatchObject(
            FakeService, 'delete_one', lambda *_: (503, b'')))
        lines = self.try_it().splitlines()
        self.assertFalse(self.good)
        self.assertRegex(lines[-1], 'clean up .* failed: %s/generic/id is'
                         ' left: .*503' % BASE)

    def test_interrupted(self):
        def interrupt(answer):
            raise KeyboardInterrupt
        self.assertRaises(KeyboardInterrupt, self.try_it, PUT=interrupt)
        self.assertEqual([], list(self.service.artifacts))

    def test_ended(self):
        def terminate(answer):
            signal.raise_signal(signal.SIGTERM)
        before = signal.getsignal(signal.SIGTERM)
        with smoke._terminable():
            self.assertRaises(SystemExit, self.try_it, PUT=terminate)
        self.assertEqual([], list(self.service.artifacts))
        self.assertEqual(before, signal.getsignal(signal.SIGTERM))


class OptionsTest(test_base.BaseTestCase):

    def test_url(self):
        for url in ('http://h:9292', 'http://h:9292/', 'http://h:9292/v2',
                    'http://h:9292/v2/'):
            self.assertEqual('http://h:9292/v2/artifacts', smoke._base(url))
        self.assertEqual('https://h/image/v2/artifacts',
                         smoke._base('https://h/image'))

    def assertRefused(self, text, *args):
        code, out, err = base.run('smoke', *args)
        self.assertEqual((1, '', 1), (code, out, len(err.splitlines())))
        self.assertIn(text, err)

    def test_no_url(self):
        for url in ('', 'host:9292', 'ftp://host', 'http://'):
            self.assertRefused('--url', '--url', url)

    def test_nobody_there(self):
        code, out, err = base.run('smoke', '--url', 'http://127.0.0.1:1')
        self.assertEqual((1, ''), (code, err))
        self.assertRegex(out, 'create .* failed: ')

    def test_openstacksdk_is_missing(self):
        missing = {name: None for name in sys.modules
                   if name.startswith('openstack.')}
        with mock.patch.dict(sys.modules, missing, openstack=None):
            self.assertRefused('openstacksdk', '--url', 'http://h',
                               '--os-cloud', 'x')

    def test_no_such_cloud(self):
        self.assertRefused('nonesuch', '--url', 'http://h', '--os-cloud',
                           'nonesuch')

    def session(self, *args):
        parser = smoke.argparse.ArgumentParser()
        smoke.add_parser(parser.add_subparsers())
        return smoke._session(parser.parse_args(
            ['smoke', '--url', 'http://h', *args]))

    def test_tokens(self):
        self.useFixture(fixtures.EnvironmentVariable('OS_TOKEN', None))
        self.assertNotIn('X-Auth-Token', self.session().headers)
        self.useFixture(fixtures.EnvironmentVariable('OS_TOKEN', 'mine'))
        self.assertEqual('mine', self.session().headers['X-Auth-Token'])
        self.assertEqual('yours', self.session(
            '--token', 'yours').headers['X-Auth-Token'])

    def test_clouds_yaml(self):
        path = self.create_tempfiles([('clouds', '''
clouds:
  test:
    auth_type: admin_token
    auth: {endpoint: "http://h", token: "ann:lab:member"}
    cacert: /some/ca.pem
  dead:
    auth: {auth_url: "http://127.0.0.1:1/v3", username: u, password: secret,
           project_name: p}
''')], ext='.yaml')[0]
        self.useFixture(fixtures.EnvironmentVariable(
            'OS_CLIENT_CONFIG_FILE', path))
        session = self.session('--os-cloud', 'test')
        self.assertEqual(('ann:lab:member', '/some/ca.pem'),
                         (session.headers['X-Auth-Token'], session.verify))
        self.assertRefused('127.0.0.1', '--url', 'http://h', '--os-cloud',
                           'dead')
