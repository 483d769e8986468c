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
import shutil
import sqlite3

from glance_artifacts.tests.unit.cmd import base


class PoolTest(base.EtcTest):

    def setUp(self):
        super().setUp()
        for name in ('bulk', 'safe'):
            (self.etc / name).mkdir()
            self.options[name] = {
                'filesystem_store_datadir': self.etc / name}
        self.options.update({
            'artifacts': {'stores': 'bulk:file, safe:file',
                          'pools': 'general, data'},
            'artifact_pool:data': {
                'types': 'ml_models', 'allowed_types': '*',
                'stores': 'bulk, local', 'max_transfers': '2',
                'max_bytes': '1000'}})

    def printed(self, *words, code=0):
        """The lines that a command prints."""
        done, out, err = self.manage('pool', *words)
        self.assertEqual((code, ''), (done, err))
        return out.splitlines()

    def json(self, *words, code=0):
        (line,) = self.printed(*words, '--json', code=code)
        return json.loads(line)

    def refused(self, *words):
        code, out, err = self.manage('pool', *words)
        self.assertEqual((1, '', 1), (code, out, len(err.splitlines())))
        return err


class TestList(PoolTest):

    def test_plain(self):
        self.assertEqual(
            ['general *: types -; stores local',
             'data: types ml_models; stores bulk, local'],
            self.printed('list'))

    def test_json(self):
        self.assertEqual(
            [{'name': 'general', 'default': True, 'types': [],
              'allowed_types': [], 'stores': ['local'], 'endpoint': None,
              'local': True},
             {'name': 'data', 'default': False, 'types': ['ml_models'],
              'allowed_types': ['*'], 'stores': ['bulk', 'local'],
              'endpoint': None, 'local': True}],
            self.json('list'))

    def test_wrong_options(self):
        self.options['artifacts']['default_pool'] = 'dota'
        self.assertIn('[artifacts]/default_pool = dota',
                      self.refused('list'))


class TestElsewhere(PoolTest):

    def setUp(self):
        super().setUp()
        self.options['artifacts']['local_pools'] = 'general'
        self.options['artifact_pool:data']['endpoint'] = 'http://far/v2/'

    def test_list(self):
        self.assertEqual(
            ['general *: types -; stores local',
             'data: types ml_models; stores bulk, local; served at'
             ' http://far/v2'], self.printed('list'))
        self.assertEqual([(None, True), ('http://far/v2', False)], [
            (one['endpoint'], one['local']) for one in self.json('list')])

    def test_show(self):
        shown = self.printed('show', 'data')
        self.assertIn('endpoint: http://far/v2', shown)
        self.assertIn('local: False', shown)

    def test_check(self):
        shutil.rmtree(self.etc / 'bulk')
        self.assertEqual(['general: local: ok'], self.printed('check'))
        first, second = self.printed('check', 'data', code=1)
        self.assertIn(str(self.etc / 'bulk'), first)
        self.assertEqual('data: local: ok', second)


class TestShow(PoolTest):

    def test_plain(self):
        self.assertEqual(
            ['name: data', 'default: False', 'types: ml_models',
             'allowed_types: *', 'endpoint: -', 'local: True',
             'fallback: True', 'max_transfers: 2',
             'max_artifacts: -1', 'max_bytes: 1000', 'store: bulk (file)',
             'store: local (file), shared with images'],
            self.printed('show', 'data'))

    def test_json(self):
        found = self.json('show', 'data')
        self.assertEqual(
            [{'name': 'bulk', 'kind': 'file', 'shared_with_images': False},
             {'name': 'local', 'kind': 'file', 'shared_with_images': True}],
            found['stores'])
        self.assertEqual((2, -1, 1000), (
            found['max_transfers'], found['max_artifacts'],
            found['max_bytes']))

    def test_no_such_pool(self):
        self.assertIn('general, data', self.refused('show', 'dota'))


class TestCheck(PoolTest):

    def test_good(self):
        before = self.files()
        self.assertEqual(
            ['general: local: ok', 'data: bulk: ok', 'data: local: ok'],
            self.printed('check'))
        self.assertEqual(['general: local: ok'],
                         self.printed('check', 'general'))
        self.assertEqual(
            [{'pool': 'general', 'store': 'local', 'problem': None}],
            self.json('check', 'general'))
        self.assertEqual(
            set(), set(self.files()) - {*before, str(
                self.etc / 'glance-api.conf')})

    def test_a_store_that_fails(self):
        shutil.rmtree(self.etc / 'bulk')
        first, second, third = self.printed('check', code=1)
        self.assertIn(str(self.etc / 'bulk'), second)
        self.assertEqual(['general: local: ok', 'data: local: ok'],
                         [first, third])
        (found,) = [one for one in self.json('check', code=1)
                    if one['problem']]
        self.assertEqual(('data', 'bulk'), (found['pool'], found['store']))
        self.assertFalse((self.etc / 'bulk').exists())

    def test_no_such_pool(self):
        self.assertIn('"dota"', self.refused('check', 'dota'))


class TestUsage(PoolTest):

    def setUp(self):
        super().setUp()
        with sqlite3.connect(self.database) as conn:
            for number, (pool, kind) in enumerate((
                    ('general', 'generic'), ('data', 'ml_models'))):
                conn.execute(
                    "INSERT INTO gart_artifacts VALUES (?, ?, '1.0', 'p',"
                    " 'n', '1', 1, 'active', 'private', ?, 1, 0, 0, 0,"
                    " '{}', '[]')", (bytes([number]), kind, pool))
            for number, (artifact, store, status, size, lease) in enumerate((
                    (0, 'local', 'active', 5, None),
                    (1, 'bulk', 'active', 7, None),
                    (1, 'bulk', 'active', 8, None),
                    (1, 'safe', 'active', 9, None),
                    (1, 'bulk', 'deleted', 3, None),
                    (1, 'bulk', 'part', 6, None),
                    (1, 'safe', 'copied', 7, '2100-01-01 00:00:00.0'),
                    (1, 'bulk', 'saving', None, '2100-01-01 00:00:00.0'),
                    (1, 'bulk', 'saving', None, '2000-01-01 00:00:00.0'))):
                conn.execute(
                    "INSERT INTO gart_segments VALUES (?, ?, 'f', '', 1, ?,"
                    " ?, NULL, ?, NULL, 0, ?, NULL)",
                    (bytes([number]), bytes([artifact]), status, store, size,
                     lease))
            for process, running, refused, seen in (
                    ('x on h:1', 1, 0, "strftime('%Y-%m-%d %H:%M:%f', 'now')"
                                       " || '000'"),
                    ('a', 1, 5, "strftime('%Y-%m-%d %H:%M:%f', 'now')"
                                " || '000'"),
                    ('b', 9, 1, "'2000-01-01 00:00:00.000000'")):
                conn.execute("INSERT INTO gart_transfers VALUES (?, 'data',"
                             " ?, ?, %s)" % seen, (process, running, refused))
            conn.execute("INSERT INTO gart_moves VALUES (x'00', 'data')")
        conn.close()

    def test_json(self):
        nothing = {'objects': 0, 'bytes': 0}
        self.assertEqual({
            'general': {
                'objects': 1, 'bytes': 5, 'transfers': 0, 'uploads': 0,
                'refused': 0, 'moves': 0, 'backlog': nothing,
                'waiting': {},
                'services': {}, 'types': {
                    'generic': {'local': {'objects': 1, 'bytes': 5}}}},
            'data': {
                'objects': 3, 'bytes': 24, 'transfers': 2, 'uploads': 1,
                'refused': 6, 'moves': 1,
                'backlog': {'objects': 1, 'bytes': 3},
                'waiting': {'bulk': {'objects': 1, 'bytes': 6},
                            'safe': {'objects': 1, 'bytes': 7}},
                'services': {'x on h': 1, 'unknown': 1},
                'types': {'ml_models': {
                    'bulk': {'objects': 2, 'bytes': 15},
                    'safe': {'objects': 1, 'bytes': 9}}}}},
            self.json('usage'))

    def test_plain(self):
        self.assertEqual(
            ['data: 3 objects, 24 bytes; 2 transfers under way, 1 of them'
             ' uploads; 6 refused; 1 objects to be deleted',
             '    in bulk, of uploads in parts and of moves that are not'
             ' complete: 1 objects, 6 bytes',
             '    in safe, of uploads in parts and of moves that are not'
             ' complete: 1 objects, 7 bytes',
             '    1 artifacts are to move here',
             '    unknown: 1 transfers', '    x on h: 1 transfers',
             '    ml_models in bulk: 2 objects, 15 bytes',
             '    ml_models in safe: 1 objects, 9 bytes'],
            self.printed('usage', 'data'))

    def test_no_such_pool(self):
        self.assertIn('"dota"', self.refused('usage', 'dota'))
