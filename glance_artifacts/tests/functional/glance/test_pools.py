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

"""Pools: where bytes go, and what one does not feel of another."""

import os
import time

from glance_artifacts.store import health
from glance_artifacts.tests.functional.api import base as api_base
from glance_artifacts.tests.functional.glance import plugged
from glance_artifacts.tests.functional.glance import pools

DATA = b'some bytes'


class TestWhere(pools.PoolsTest):

    def test_the_catalogue(self):
        body = self.call('GET', '/artifacts').json()
        self.assertEqual(
            [{'name': name, 'endpoint': None, 'abilities': ['ranges']}
             for name in ('critical', 'general', 'images')], body['pools'])
        homes = {one['name']: one['pool'] for one in body['types']}
        self.assertEqual(('critical', 'general', 'images'), tuple(
            homes[name] for name in ('ml_models', 'generic', 'images')))

    def test_of_the_type(self):
        self.assertEqual('general', self.create()['pool'])
        self.assertEqual('critical', self.create('ml_models')['pool'])
        self.assertEqual('critical', self.create(
            'ml_models', pool='critical')['pool'])

    def test_for_the_asking(self):
        draft = self.critical(DATA)
        self.assertEqual('critical', draft['pool'])
        self.assertEqual('bulk', self.backend(draft))
        self.assertEqual([draft['id']], [
            one['id'] for one in self.listed('pool=critical')])
        self.assertEqual(DATA, self.call(
            'GET', draft['self'] + '/data').content)
        self.call('DELETE', draft['self'], 204)
        self.assertEqual(set(), self.objects('bulk'))

    def test_not_for_the_asking(self):
        for type_name, pool in (('ml_models', 'general'),
                                ('helm_charts', 'critical'),
                                ('generic', 'bulk'), ('generic', 'images')):
            self.refused(400, 'artifact.field.invalid', 'POST',
                         '/artifacts/' + type_name, field='pool',
                         json={'name': 'n', 'pool': pool})

    def test_it_stays(self):
        draft = self.create()
        self.refused(400, 'artifact.field.read_only', 'PATCH', draft['self'],
                     field='pool', json={'pool': 'critical'}, headers={
                         'Content-Type': 'application/merge-patch+json'})


class TestWhoMay(pools.PoolsTest):

    @staticmethod
    def edit(etc):
        pools.two_pools(etc)
        (etc / 'policy.yaml').write_text(
            '"artifact:create_in_pool": "role:admin'
            ' and \'critical\':%(pool)s"\n')

    def test_the_policy(self):
        self.refused(403, 'policy.forbidden', 'POST', '/artifacts/generic',
                     json={'name': 'n', 'pool': 'critical'})
        self.create('ml_models', pool='critical')
        self.create(pool='general')
        self.create(pool='critical', token=api_base.token_for(
            self.project, 'admin'))


class TestUnplugged(pools.PoolsTest):

    def images_work(self):
        data = os.urandom(100000)
        image = self.image(data)
        self.same_bytes(data, self.call('GET', image['file']).content)
        self.call('DELETE', image['self'], 204)

    def others_work(self):
        other = self.active(data=DATA)
        self.assertEqual(DATA, self.call(
            'GET', other['self'] + '/data').content)
        self.assertEqual('local', self.backend(other))

    def test_one_store(self):
        there = self.critical(DATA)
        self.unplug('bulk')
        self.assertEqual('safe', self.backend(self.critical(DATA)))
        path = there['self'] + '/data'
        self.refused(503, 'store.object_missing', 'GET', path)
        self.images_work()
        self.others_work()
        self.assertFalse(self.store('bulk').exists())
        self.plug('bulk')
        self.assertEqual(DATA, self.call('GET', path).content)

    def test_the_whole_pool(self):
        self.unplug('bulk', 'safe')
        draft = self.critical()
        path = draft['self'] + '/data'
        for body in (DATA, iter([DATA])):
            began = time.monotonic()
            self.refused(503, 'store.unavailable', 'PUT', path, data=body)
            self.assertLess(time.monotonic() - began, health.SECONDS)
        self.assertIsNone(self.show(draft)['data'])
        self.assertEqual([], self.segments(draft))
        self.images_work()
        self.others_work()
        # what is deleted now is deleted
        self.call('DELETE', draft['self'], 204)
        self.plug('bulk', 'safe')
        self.critical(DATA)

    def test_that_of_glance(self):
        """Ours go on where Glance cannot."""
        self.unplug('local')
        draft = self.critical(DATA)
        self.assertEqual(DATA, self.call(
            'GET', draft['self'] + '/data').content)
        self.refused(503, 'store.unavailable', 'PUT',
                     self.create()['self'] + '/data', data=DATA)


class TestTakenAway(pools.PoolsTest):
    """A configuration without what bytes depend on."""

    def restart(self, **options):
        """Start again with other options; the line of the log about it."""
        self.server.stop()
        plugged.set_options(self.server.state / 'etc', 'artifacts', **options)
        self.server.prepare()
        start = self.server.log.stat().st_size
        self.server.start()
        self.fixture._wait()
        with open(self.server.log) as log:
            log.seek(start)
            return [line for line in log if 'Artifacts are not served' in line]

    def refuses(self, draft, option, name):
        (line,) = self.restart(**option)
        for word in ('[artifacts]/%s' % list(option)[0], '"%s"' % name,
                     'Remedy: '):
            self.assertIn(word, line)
        self.refused(503, 'service.misconfigured', 'GET',
                     draft['self'] + '/data')
        self.image(DATA)
        self.assertEqual([], self.restart(
            stores='bulk:file, safe:file', pools='general, critical'))
        self.assertEqual(DATA, self.call(
            'GET', draft['self'] + '/data').content)

    def test_it(self):
        draft = self.critical(DATA)
        self.refuses(draft, {'pools': 'general'}, 'critical')
        plugged.set_options(self.server.state / 'etc',
                            'artifact_pool:critical', stores='safe')
        self.refuses(draft, {'stores': 'safe:file'}, 'bulk')
        # it is read as long as it is named
        self.assertEqual('safe', self.backend(self.critical(DATA)))
