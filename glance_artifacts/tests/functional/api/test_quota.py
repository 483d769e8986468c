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

"""Limits from options, over HTTP."""

import concurrent.futures

from glance_artifacts.dev import checks
from glance_artifacts.tests.functional.api import base

CLIENTS, LIMIT, CHARTS = 100, 10, 2


class QuotaTest(base.ApiTest):
    """Few artifacts, fewer charts."""

    server_options = {'extra': {'artifacts': {
        'max_artifacts': str(LIMIT),
        'max_artifacts_by_type': 'helm_charts:%d' % CHARTS,
        'max_bytes': '1000', 'max_bytes_by_type': 'generic:900'}}}

    def usage(self, **kwargs):
        return self.call('GET', '/artifacts/usage', **kwargs).json()['usage']

    def used(self, type_name=None, **kwargs):
        """How many artifacts there are."""
        usage = self.usage(**kwargs)
        part = usage['types'][type_name] if type_name else usage
        return part['artifacts']['used']

    def fill(self, count=LIMIT):
        return [self.create() for _ in range(count)]

    def full(self, type_name='generic', **kwargs):
        """A create must be refused; return its numbers."""
        entry = self.refused(
            413, 'quota.artifacts', 'POST', '/artifacts/' + type_name,
            json={'name': 'one more', **kwargs.pop('body', {})}, **kwargs)
        return entry['limit'], entry['used'], entry['requested']


class TestUsage(QuotaTest):

    def test_of_a_project_that_has_nothing(self):
        usage = self.usage()
        nothing = {'used': 0, 'reserved': 0}
        self.assertEqual({**nothing, 'limit': LIMIT}, usage['artifacts'])
        self.assertEqual({**nothing, 'limit': 1000}, usage['bytes'])
        self.assertEqual({'general': {
            'artifacts': {**nothing, 'limit': -1},
            'bytes': {**nothing, 'limit': -1}}}, usage['pools'])
        self.assertEqual({'artifacts': {**nothing, 'limit': -1},
                          'bytes': {**nothing, 'limit': 900}},
                         usage['types']['generic'])
        self.assertEqual({'artifacts': {**nothing, 'limit': CHARTS},
                          'bytes': {**nothing, 'limit': -1}},
                         usage['types']['helm_charts'])
        self.assertEqual({'artifacts', 'bytes', 'types', 'pools'}, set(usage))

    def test_follows_what_happens(self):
        artifact = self.create()
        self.create('helm_charts')
        self.assertEqual(
            (2, 1, 1), (self.used(), self.used('generic'),
                        self.used('helm_charts')))
        self.call('DELETE', artifact['self'], 204)
        self.assertEqual((1, 0), (self.used(), self.used('generic')))
        # readers see it as well, and others their own
        self.assertEqual(1, self.used(token=self.reader))
        self.assertEqual(0, self.used(token=self.stranger))
        self.assertEqual(0, self.used(token=base.token_for(
            base.unique('p'), 'admin')))

    def test_nothing_but_reading(self):
        self.refused(405, 'request.method_not_allowed', 'POST',
                     '/artifacts/usage', json={})


class TestArtifacts(QuotaTest):

    def test_in_all(self):
        made = self.fill()
        entry = self.refused(413, 'quota.artifacts', 'POST',
                             '/artifacts/generic', json={'name': 'a'},
                             field='artifacts')
        self.assertEqual((LIMIT, LIMIT, 1), (
            entry['limit'], entry['used'], entry['requested']))
        self.assertEqual(LIMIT, len(self.listed()))
        self.create(token=self.stranger)
        # what is there goes on, and makes room
        self.patch(made[0], {'op': 'replace', 'path': '/description',
                             'value': 'x'})
        self.act(made[0], 'activate')
        self.call('DELETE', made[0]['self'], 204)
        self.create()
        self.full(field='artifacts')

    def test_of_a_type(self):
        for _ in range(CHARTS):
            self.create('helm_charts')
        self.refused(413, 'quota.artifacts', 'POST',
                     '/artifacts/helm_charts', json={'name': 'a'},
                     field='types.helm_charts.artifacts')
        self.create()
        self.assertEqual(CHARTS + 1, self.used())

    def test_what_is_refused_is_not_charged(self):
        self.refused(400, 'artifact.field.unknown', 'POST',
                     '/artifacts/generic', json={'name': 'a', 'b': 1},
                     field='b')
        self.create(name='a')
        self.refused(409, 'artifact.exists', 'POST', '/artifacts/generic',
                     json={'name': 'a'}, field='version')
        self.assertEqual(1, self.used())

    def test_administrators_are_held_to_it(self):
        self.fill()
        body = {'owner': self.project}
        self.assertEqual((LIMIT, LIMIT, 1),
                         self.full(token=base.ADMIN, body=body,
                                   field='artifacts'))

    def test_a_new_owner_must_have_room(self):
        (artifact,) = self.fill(1)
        other = base.unique('project')
        theirs = [self.create(token=base.token_for(other))
                  for _ in range(LIMIT)]
        give = {'op': 'replace', 'path': '/owner', 'value': other}
        entry = self.patch_refused(413, 'quota.artifacts', artifact, give,
                                   field='artifacts', token=base.ADMIN)
        self.assertEqual(LIMIT, entry['used'])
        self.assertEqual(self.project, self.show(artifact)['owner'])
        self.call('DELETE', theirs[0]['self'], 204, token=base.ADMIN)
        self.patch(artifact, give, token=base.ADMIN)
        self.assertEqual((0, LIMIT), (self.used(), self.used(
            token=base.token_for(other))))

    def test_all_at_once(self):
        def create(number):
            with checks.session() as session:
                return session.post(
                    self.url + '/artifacts/generic', timeout=60,
                    json={'name': 'n%d' % number},
                    headers={'X-Auth-Token': self.member})
        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            answers = list(pool.map(create, range(CLIENTS)))
        codes = [answer.status_code for answer in answers]
        self.assertEqual({201: LIMIT, 413: CLIENTS - LIMIT},
                         {code: codes.count(code) for code in set(codes)})
        for answer in answers:
            if answer.status_code == 413:
                self.check_errors(answer)
        self.assertEqual(LIMIT, len(self.listed('limit=1000')))
        self.assertEqual(LIMIT, self.used())


class TestBytes(QuotaTest):

    def bytes(self):
        usage = self.usage()['bytes']
        return usage['used'], usage['reserved']

    def of_unknown_length(self, data):
        """A body that is sent chunked."""
        yield from (data[at:at + 100] for at in range(0, len(data), 100))

    def bodies(self, data):
        return data, self.of_unknown_length(data)

    def test_in_all_and_of_a_type(self):
        for body in self.bodies(bytes(901)):
            draft = self.create()
            entry = self.refused(413, 'quota.bytes', 'PUT',
                                 draft['self'] + '/data', data=body,
                                 field='types.generic.bytes')
            self.assertEqual((900, 0, 901), (
                entry['limit'], entry['used'], entry['requested']))
            self.assertIsNone(self.show(draft)['data'])
            self.assertEqual((0, 0), self.bytes())
            self.assertEqual([], self.segments(draft))

    def test_follows_what_happens(self):
        for body in self.bodies(bytes(900)):
            draft = self.create()
            self.upload(draft, body)
            self.assertEqual((900, 0), self.bytes())
            self.refused(413, 'quota.bytes', 'PUT',
                         self.create()['self'] + '/data', data=b'x',
                         field='types.generic.bytes')
            self.call('DELETE', draft['self'] + '/data', 204)
            self.assertEqual((0, 0), self.bytes())
            self.upload(draft, bytes(900))
            self.call('DELETE', draft['self'], 204)
            self.assertEqual((0, 0), self.bytes())

    def test_a_failed_upload_is_not_charged(self):
        draft = self.create()
        for body in self.bodies(b'bytes'):
            self.refused(400, 'artifact.blob.digest', 'PUT',
                         draft['self'] + '/data', data=body, field='data',
                         headers={'X-Artifact-SHA256': '0' * 64})
            self.assertEqual((0, 0), self.bytes())

    def test_a_new_owner_must_have_room(self):
        other = base.unique('project')
        self.upload(self.create(token=base.token_for(other)), bytes(500),
                    token=base.token_for(other))
        draft = self.create()
        self.upload(draft, bytes(500))
        entry = self.patch_refused(
            413, 'quota.bytes', draft,
            {'op': 'replace', 'path': '/owner', 'value': other},
            field='types.generic.bytes', token=base.ADMIN)
        self.assertEqual((900, 500, 500), (
            entry['limit'], entry['used'], entry['requested']))
        self.assertEqual((500, 0), self.bytes())


class TestPools(QuotaTest):

    server_options = {'extra': {
        'artifacts': {'pools': 'general, small'},
        'artifact_pool:small': {'allowed_types': '*', 'max_artifacts': '2',
                                'max_bytes': '10'}}}

    def pools(self):
        return {name: tuple(
            (part['used'], part['limit']) for part in (
                pool['artifacts'], pool['bytes']))
            for name, pool in self.usage()['pools'].items()}

    def test_limits(self):
        nothing = ((0, -1), (0, -1))
        self.assertEqual({'general': nothing, 'small': ((0, 2), (0, 10))},
                         self.pools())
        draft, other = self.create(pool='small'), self.create(pool='small')
        self.refused(413, 'quota.artifacts', 'POST', '/artifacts/generic',
                     field='pools.small.artifacts',
                     json={'name': 'third', 'pool': 'small'})
        self.upload(draft, b'x' * 8)
        for body in (b'x' * 3, iter([b'x' * 3])):
            self.refused(413, 'quota.bytes', 'PUT', other['self'] + '/data',
                         field='pools.small.bytes', data=body)
        self.upload(other, b'xx')
        self.upload(self.create(), b'x' * 100)
        self.assertEqual({'general': ((1, -1), (100, -1)),
                          'small': ((2, 2), (10, 10))}, self.pools())
        self.call('DELETE', draft['self'], 204)
        self.assertEqual(((1, 2), (2, 10)), self.pools()['small'])


class TestUploadsAtOnce(QuotaTest):
    """There are more drafts than there is room for their bytes."""

    server_options = {'extra': {'artifacts': {'max_bytes': '1000'}}}

    def test_all_at_once(self):
        drafts = [self.create() for _ in range(CLIENTS)]
        for chunked in (False, True):
            answers = self.uploads(drafts, chunked)
            codes = [answer.status_code for answer in answers]
            self.assertEqual({201: LIMIT, 413: CLIENTS - LIMIT},
                             {code: codes.count(code) for code in set(codes)})
            for answer in answers:
                if answer.status_code == 413:
                    self.check_errors(answer)
            usage = self.usage()['bytes']
            self.assertEqual((1000, 0), (usage['used'], usage['reserved']))
            filled = [draft for draft in drafts if self.show(draft)['data']]
            self.assertEqual(LIMIT, len(filled))
            for draft in filled:
                self.call('DELETE', draft['self'] + '/data', 204)

    def uploads(self, drafts, chunked):
        def upload(draft):
            data = bytes(1000 // LIMIT)
            with checks.session() as session:
                return base.unless_busy(lambda: session.put(
                    self.server.root + draft['self'] + '/data', timeout=60,
                    data=iter([data]) if chunked else data,
                    headers={'X-Auth-Token': self.member}))
        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            return list(pool.map(upload, drafts))
