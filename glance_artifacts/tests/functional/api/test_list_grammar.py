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

"""Lists: several sort keys, or, like and null, the latest versions."""

import itertools
import random
import urllib.parse

from glance_artifacts.tests.functional.api import base
from glance_artifacts.tests.functional.api import plugins


def query(**parameters):
    return urllib.parse.urlencode(parameters)


class GrammarTest(base.ApiTest):

    def wrong(self, parameters, field, **kwargs):
        self.refused(400, 'query.invalid', 'GET',
                     '/artifacts/generic?' + parameters, field=field, **kwargs)

    def finds(self, expected, text):
        for more in ('', '&sort=name', '&sort=updated_at,name:asc'):
            self.assertEqual(sorted(expected.split()),
                             sorted(self.names(text + more)), text + more)


class TestFilters(GrammarTest):

    def setUp(self):
        super().setUp()
        for name, body in (
                ('alpha', {'version': '1', 'tags': ['red'],
                           'metadata': {'os': 'linux', 'arch': 'x86'}}),
                ('beta', {'version': '2', 'tags': ['red', 'blue'],
                          'metadata': {'os': ''}}),
                ('alp%a', {'version': '3'}), ('ALPHA', {'version': '4'})):
            self.create(name=name, **body)
        self.act(self.listed('name=alpha')[0], 'activate')

    def test_like(self):
        for expected, pattern in (
                ('alpha alp%a', 'al%'), ('alpha', 'alp%ha'),
                ('alpha alp%a', 'a%a'), ('ALPHA', 'A%'), ('', 'b%b'),
                ('alpha', 'alpha'), ('', 'alph'), ('', 'a_pha'),
                ('beta', 'b%t%'), ('', 'alpha%a')):
            self.finds(expected, query(name='like:' + pattern))
        self.finds('alpha', query(**{'metadata.os': 'like:l%x'}))
        self.finds('alpha', query(status='like:act%'))
        self.finds('alpha beta alp%a ALPHA', query(owner='like:%s%%'
                                                   % self.project))
        for name, text in (('name', '%a'), ('name', '%'), ('version', '1%'),
                           ('created_at', '2%'), ('metadata.os', '%')):
            self.wrong(query(**{name: 'like:' + text}), name)

    def test_null(self):
        self.finds('beta alp%a ALPHA', 'activated_at=null:true')
        self.finds('alpha', 'activated_at=null:false')
        self.finds('alp%a ALPHA', 'metadata.os=null:true')
        self.finds('alpha beta', 'metadata.os=null:false')
        self.finds('', 'name=null:true')
        self.finds('alpha beta alp%a ALPHA', 'version=null:false')
        for text in ('null:', 'null:maybe', 'null:1'):
            self.wrong('name=' + text, 'name')

    def test_or(self):
        self.finds('alpha beta', 'name=or:alpha&name=or:eq:beta')
        self.finds('alpha ALPHA', 'status=or:active&version=or:gt:3')
        self.finds('alpha', 'status=or:active&version=or:gt:3&tags=red')
        self.finds('beta alp%a', query(**{
            'metadata.os': 'or:eq:', 'name': 'or:like:alp%a',
            'version': 'neq:1'}))
        self.finds('ALPHA alp%a', 'metadata.os=or:null:true&name=or:nobody')
        self.finds('beta alp%a ALPHA', 'name=or:neq:alpha&status=or:nothing')
        self.finds('beta', 'name=or:beta')
        self.finds('alpha beta alp%a', 'version=or:in:1,2&version=or:3.0')
        for text in ('or:is:a', 'or:or:a', 'or::a'):
            self.wrong('name=' + text, 'name')

    def test_many_lists_at_once(self):
        """More than are merged: walked and tested."""
        names = ','.join('name-%d' % number for number in range(97))
        self.finds('alpha beta', 'name=in:alpha,beta,' + names)
        self.finds('alpha beta', 'tags-any=red,' + names)


class TestSort(GrammarTest):

    def setUp(self):
        super().setUp()
        rand = random.Random(1)
        for number in range(18):
            draft = self.create(name='name %d' % (number % 3),
                                version='%d.%d' % (number % 6, number))
            if rand.random() < 0.5:
                self.act(draft, 'activate')
        self.all = self.listed()

    def expected(self, *keys):
        found = sorted(self.all, key=lambda one: one['id'],
                       reverse=keys[-1].startswith('-'))
        for key in reversed(keys):
            found.sort(key=lambda one: self.sort_value(one, key.strip('-')),
                       reverse=key.startswith('-'))
        return [one['id'] for one in found]

    @staticmethod
    def sort_value(artifact, key):
        if key == 'version':
            return [int(part) for part in artifact[key].split('.')]
        return artifact[key] or ''

    def test_each_key_in_its_direction(self):
        names = ('name', 'status', 'version', 'activated_at', 'created_at',
                 'updated_at', 'type_name')
        for keys in itertools.permutations(names, 2):
            for signs in (('', '-'), ('-', '')):
                words = [sign + key for sign, key in zip(signs, keys)]
                text = ','.join('%s:%s' % (key, 'desc' if sign else 'asc')
                                for sign, key in zip(signs, keys))
                found = [one['id'] for page in self.pages(
                    'limit=7&sort=' + text) for one in page]
                self.assertEqual(self.expected(*words), found, text)

    def test_glances_way(self):
        for old, new in (
                ('sort_key=name&sort_key=version', 'name,version'),
                ('sort_key=name&sort_key=version&sort_dir=asc',
                 'name:asc,version:asc'),
                ('sort_key=status&sort_dir=asc&sort_key=name&sort_dir=desc',
                 'status:asc,name:desc')):
            self.assertEqual(self.listed('sort=' + new), self.listed(old))
            pages = self.pages(old + '&limit=5')
            self.assertEqual(self.listed(old), list(itertools.chain(*pages)))

    def test_refused(self):
        for text in ('name,name', 'name,', 'name,nothing', 'name:up,version',
                     'name,version,status,visibility,created_at,updated_at'):
            self.wrong('sort=' + text, 'sort')
        self.wrong('sort_key=name&sort_dir=asc&sort_dir=asc', 'sort_dir')
        self.wrong('sort_key=name&sort_key=name', 'sort_key')

    def test_a_bare_id_is_a_marker(self):
        found = self.listed('sort=status:asc,name')
        for number in (0, 5, 16):
            self.assertEqual(found[number + 1:], self.listed(
                'sort=status:asc,name&marker=' + found[number]['id']))

    def test_a_marker_outlives_its_artifact(self):
        sort = 'sort=status:asc,name&limit='
        before = self.listed(sort + '25')
        page = self.call('GET', '/artifacts/generic?%s4' % sort).json()
        self.call('DELETE', before[3]['self'], 204)
        self.create(name='name 1', version='0.0.1')
        rest = self.call('GET', page['next'].replace('limit=4',
                                                     'limit=25')).json()
        shown = [one['id'] for one in rest['artifacts']]
        self.assertEqual([one['id'] for one in before[4:]],
                         [one for one in shown if one in
                          {old['id'] for old in before}])


class TestWithoutValues(plugins.PluginTest):
    """Sorting by a field neither drops nor adds what has no value."""

    source, enabled = plugins.SAMPLE, ('generic', 'sample_types')
    KEYS = ('count', 'ratio', 'ready', 'due', 'word', 'colour')

    def setUp(self):
        super().setUp()
        rand = random.Random(2)
        for number in range(12):
            body = {'count': rand.randrange(-2, 3), 'ready': False,
                    'ratio': rand.choice((-0.5, 0.0, 2.5)), 'word': 'a',
                    'due': '2026-01-01T00:00:0%dZ' % rand.randrange(3)}
            self.create('sample_types', **{
                key: value for key, value in body.items()
                if rand.random() < 0.5})
        self.ids = {one['id'] for one in self.listed(
            type_name='sample_types')}
        self.assertEqual(12, len(self.ids))

    def test_every_key(self):
        for key in self.KEYS:
            for direction in ('asc', 'desc'):
                for text in (key, '%s:%s,count' % (
                        'ratio' if key == 'count' else key, direction)):
                    shown = [one for page in self.pages(
                        'limit=5&sort=%s' % text.replace(
                            key, '%s:%s' % (key, direction), 1)
                        if text == key else 'limit=5&sort=' + text,
                        type_name='sample_types') for one in page]
                    self.assertEqual(12, len(shown), text)
                    self.assertEqual(self.ids, {one['id'] for one in shown})

    def test_they_come_first_going_up_and_last_going_down(self):
        for key in ('count', 'ratio', 'due', 'word'):
            for direction in ('asc', 'desc'):
                there = [one[key] is not None for one in self.listed(
                    'sort=%s:%s' % (key, direction),
                    type_name='sample_types')]
                self.assertEqual(
                    sorted(there, reverse=direction == 'desc'), there)
                self.assertEqual({True, False}, set(there))

    def test_a_filter_and_its_opposite_are_all(self):
        for text in ('count=null:%s', 'ratio=null:%s', 'due=null:%s',
                     'sizes=null:%s', 'scores.k=null:%s'):
            found = [one['id'] for word in ('true', 'false')
                     for one in self.listed(text % word,
                                            type_name='sample_types')]
            self.assertEqual(sorted(self.ids), sorted(found), text)
