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

import base64
import json
import random

from oslotest import base

from glance_artifacts.api import query
from glance_artifacts.db import encoding
from glance_artifacts.db import ids
from glance_artifacts import exceptions
from glance_artifacts.tests.unit import factories
from glance_artifacts.types import common


class QueryTestCase(base.BaseTestCase):

    def parse(self, *parameters):
        return query.parse(factories.Sample, list(parameters))

    def assert_refused(self, *parameters, field=None):
        error = self.assertRaises(exceptions.InvalidQuery, self.parse,
                                  *parameters)
        name = parameters[-1][0] if field is None else field
        self.assertEqual((400, 'query.invalid', name[:64]),
                         (error.status, error.code, error.field))
        self.assertIn('"%s"' % name[:64], error.detail)


class TestLimit(QueryTestCase):

    def test_default(self):
        self.assertEqual(25, self.parse()[0].limit)

    def test_given(self):
        for text, limit in (('1', 1), ('1000', 1000), ('025', 25)):
            self.assertEqual(limit, self.parse(('limit', text))[0].limit)

    def test_refused(self):
        for text in ('0', '1001', '-1', '', ' 1', '1.0', 'x', '1e2', '\u0661',
                     '9' * 5000, '00000'):
            self.assert_refused(('limit', text))


class TestSort(QueryTestCase):

    def _sort(self, *parameters):
        wanted, _ = self.parse(*parameters)
        return [(one.name, one.descending) for one in wanted.sort]

    def test_default(self):
        self.assertEqual([('created_at', True)], self._sort())

    def test_given(self):
        for parameters, expected in (
                ([('sort', 'name')], ('name', True)),
                ([('sort', 'name:asc')], ('name', False)),
                ([('sort', 'count:desc')], ('count', True)),
                ([('sort_key', 'name')], ('name', True)),
                ([('sort_dir', 'asc')], ('created_at', False)),
                ([('sort_dir', 'asc'), ('sort_key', 'version')],
                 ('version', False))):
            self.assertEqual([expected], self._sort(*parameters))

    def test_several(self):
        for parameters, expected in (
                ([('sort', 'name:asc,version')],
                 [('name', False), ('version', True)]),
                ([('sort', 'count,word:asc,flag:desc,ratio:asc,name')],
                 [('count', True), ('word', False), ('flag', True),
                  ('ratio', False), ('name', True)]),
                ([('sort_key', 'name'), ('sort_key', 'version')],
                 [('name', True), ('version', True)]),
                ([('sort_key', 'name'), ('sort_key', 'version'),
                  ('sort_dir', 'asc')],
                 [('name', False), ('version', False)]),
                ([('sort_dir', 'asc'), ('sort_key', 'name'),
                  ('sort_dir', 'desc'), ('sort_key', 'version')],
                 [('name', False), ('version', True)])):
            self.assertEqual(expected, self._sort(*parameters))

    def test_several_refused(self):
        for text in ('name,name:asc', 'name,', ',name', 'name,nil', ',',
                     'name:asc,version:up', 'name version',
                     'name,version,status,visibility,count,word'):
            self.assert_refused(('sort', text))
        keys = [('sort_key', name) for name in (
            'name', 'version', 'status', 'visibility', 'count', 'word')]
        self.assertEqual(5, len(self._sort(*keys[:5])))
        self.assert_refused(*keys)
        self.assert_refused(('sort_key', 'name'), ('sort_key', 'nil'))
        self.assert_refused(*keys[:2], ('sort_dir', 'up'))
        for count in (2, 4):
            self.assert_refused(*keys[:3], *[('sort_dir', 'asc')] * count)

    def test_what_sorts(self):
        fields = {**common.COMMON, **factories.FIELDS}
        for name, field in fields.items():
            if field.sortable:
                self.assertEqual([(name, False)], self._sort(
                    ('sort', name + ':asc')))
            else:
                self.assert_refused(('sort', name))
        self.assertEqual(
            {'type_name', 'type_version', 'name', 'version', 'visibility',
             'status', 'created_at', 'updated_at', 'activated_at'},
            {name for name in common.COMMON if fields[name].sortable})

    def test_refused(self):
        for text in ('nil', 'data', 'name:up', 'name:ASC', 'name:asc:asc',
                     'a' * 100, '', ':asc', 'name:'):
            self.assert_refused(('sort', text))
        self.assert_refused(('sort_key', ''))
        self.assert_refused(('sort_dir', ''))

    def test_one_way_of_saying_it(self):
        self.assert_refused(('sort', 'name'), ('sort_key', 'name'),
                            field='sort')
        self.assert_refused(('sort', 'name'), ('sort_dir', 'asc'),
                            field='sort')

    def test_said_once(self):
        for name, value in (('sort', 'name'), ('limit', '1'),
                            ('sort_dir', 'asc'), ('sort_key', 'name'),
                            ('marker', ids.new(factories.MOMENT))):
            self.assert_refused((name, value), (name, value))


class TestMarker(QueryTestCase):

    def test_round_trip(self):
        rand = random.Random(1)
        for sort, descending in (('created_at', True), ('word', False),
                                 ('version', True)):
            parameters = [('sort', '%s:%s' % (
                sort, 'desc' if descending else 'asc'))]
            wanted, _ = self.parse(*parameters)
            for length in (0, 1, 2, 3, 992):
                place = ((rand.randbytes(length),),
                         ids.new(factories.MOMENT))
                text = query.marker(wanted, place)
                self.assertRegex(text, r'\A[A-Za-z0-9_-]+\Z')
                again, bare_id = self.parse(('marker', text), *parameters)
                self.assertEqual((place, None), (again.after, bare_id))

    def test_a_bare_id(self):
        artifact_id = ids.new(factories.MOMENT)
        wanted, bare_id = self.parse(('marker', artifact_id))
        self.assertEqual((None, artifact_id), (wanted.after, bare_id))

    def test_of_another_order(self):
        wanted, _ = self.parse(('sort', 'name:asc'))
        text = query.marker(wanted, ((b'',), ids.new(factories.MOMENT)))
        for order in ('name:desc', 'count:asc', 'created_at:asc',
                      'name:asc,count:asc', 'count:asc,name:asc'):
            self.assert_refused(('sort', order), ('marker', text))

    def test_not_ours(self):
        artifact_id = ids.new(factories.MOMENT)
        for value in ('', 'x', '!', 'e30', '\xe9', '=', 'AA==', artifact_id
                      + 'x', artifact_id.upper(), ' ' + artifact_id,
                      'A' * 100000):
            self.assert_refused(('marker', value))
        order = 'created_at:desc'
        for value in ({}, None, 1, 'abcd', [], [1, 2, 3, 4],
                      [order, [''], None], [order, [''], 'x'],
                      [order, [''], artifact_id + '\n'],
                      [order, ['xx'], artifact_id],
                      [order, [None], artifact_id],
                      [order, None, artifact_id], [order, 1, artifact_id],
                      [order, [], artifact_id], [order, '', artifact_id],
                      [order, ['', ''], artifact_id],
                      [order, [['']], artifact_id],
                      [order, [''], artifact_id, 1],
                      [[order], [''], artifact_id], [order, ['']],
                      ['created_at', True, '', artifact_id],
                      {'a': 1, 'b': 2, 'c': 3}):
            self.assert_refused(('marker', base64.urlsafe_b64encode(
                json.dumps(value).encode()).decode().rstrip('=')))

    def test_hostile(self):
        for raw in (b'[' * 30000, b'{"a":' * 30000, b'1' * 30000, b'\xff'):
            self.assert_refused(('marker', base64.urlsafe_b64encode(
                raw).decode().rstrip('=')))


class TestFilters(QueryTestCase):

    def _filters(self, *parameters):
        return [(one.field.name, one.kind, one.op, one.values, one.key)
                for one in self.parse(*parameters)[0].filters]

    def test_values(self):
        for name, text, kind, value in (
                ('word', 'a', 'string', 'a'), ('word', '', 'string', ''),
                ('word', '\U0001f600', 'string', '\U0001f600'),
                ('word', 'x' * 999, 'string', 'x' * 999),
                ('count', '-5', 'integer', -5),
                ('count', '9223372036854775807', 'integer', 2 ** 63 - 1),
                ('ratio', '1', 'float', 1.0), ('ratio', '-.5e2', 'float',
                                               -50.0),
                ('ratio', '-0.0', 'float', 0.0),
                ('flag', 'true', 'boolean', True),
                ('flag', 'False', 'boolean', False),
                ('version', '1.2', 'semver', '1.2.0'),
                ('words', 'a', 'string', 'a'), ('counts', '7', 'integer', 7),
                ('moment', '2026-01-02T03:04:05+01:00', 'datetime',
                 '2026-01-02T02:04:05.000000Z'),
                ('created_at', '2026-01-02T03:04:05Z', 'datetime',
                 '2026-01-02T03:04:05.000000Z')):
            ((field, found, op, values, key),) = self._filters((name, text))
            self.assertEqual((name, kind, 'eq', (value,), None),
                             (field, found, op, values, key))
            self.assertIs(type(value), type(values[0]))

    def test_entries_of_maps(self):
        self.assertEqual(
            [('metadata', 'string', 'eq', ('v',), 'k'),
             ('metadata', 'string', 'lt', ('v',), 'a.b c/\xe9'),
             ('scores', 'float', 'gte', (0.5,), 'f1')],
            self._filters(('metadata.k', 'v'),
                          ('metadata.a.b c/\xe9', 'lt:v'),
                          ('scores.f1', 'gte:0.5')))

    def test_operators(self):
        for op in ('eq', 'neq', 'gt', 'gte', 'lt', 'lte'):
            self.assertEqual([('count', 'integer', op, (3,), None)],
                             self._filters(('count', op + ':3')))
        for op in ('in', 'nin'):
            self.assertEqual([('count', 'integer', op, (3, 4), None)],
                             self._filters(('count', op + ':3,4')))

    def test_text_before_a_colon_is_an_operator(self):
        self.assertEqual([('word', 'string', 'eq', ('a:b',), None)],
                         self._filters(('word', 'eq:a:b')))
        for text in ('a:b', ':b', 'EQ:b', 'like :b', 'eq :b'):
            self.assert_refused(('word', text))

    def test_null(self):
        for name in ('word', 'count', 'words', 'scores.k', 'activated_at',
                     'name', 'moment', 'flag', 'version', 'metadata.k'):
            for text, value in (('true', True), ('false', False),
                                ('True', True)):
                ((_, _, op, values, _),) = self._filters(
                    (name, 'null:' + text))
                self.assertEqual(('null', (value,)), (op, values))
            for text in ('', '1', 'none', 'true,false', ' true'):
                self.assert_refused((name, 'null:' + text))

    def test_like(self):
        for name, text in (('word', 'a%'), ('words', 'a%b'), ('id', '0%'),
                           ('metadata.k', 'a:b%'), ('status', 'dr%'),
                           ('word', '_%')):
            ((_, kind, op, values, _),) = self._filters(
                (name, 'like:' + text))
            self.assertEqual(('string', 'like', (text,)), (kind, op, values))
        self.assertEqual([('word', 'string', 'eq', ('a_',), None)],
                         self._filters(('word', 'like:a_')))
        self.assertEqual([('word', 'string', 'eq', ('',), None)],
                         self._filters(('word', 'like:')))
        for text in ('%', '%a', '%%', 'a%\x00'):
            self.assert_refused(('word', 'like:' + text))
        for name in ('count', 'version', 'flag', 'ratio', 'moment',
                     'created_at', 'counts', 'scores.k'):
            self.assert_refused((name, 'like:1%'))

    def test_but_not_in_a_time(self):
        for text, op in (('2026-01-02T03:04:05Z', 'eq'),
                         ('eq:2026-01-02T03:04:05Z', 'eq'),
                         ('gte:2026-01-02T03:04:05Z', 'gte')):
            self.assertEqual(
                [('moment', 'datetime', op,
                  ('2026-01-02T03:04:05.000000Z',), None)],
                self._filters(('moment', text)))

    def test_only_lists_are_quoted(self):
        for text, values in (
                ('in:a,b', ('a', 'b')), ('in:"a,b",c', ('a,b', 'c')),
                (r'in:"a\"b","c\\d"', ('a"b', r'c\d')), ('in:', ('',)),
                ('in:a,', ('a', '')), ('in:,a', ('', 'a')),
                ('in:"",a', ('', 'a')), ('in: a', (' a',)),
                (r'in:a\b', (r'a\b',)), ('eq:"a"', ('"a"',)),
                ('eq:a,b', ('a,b',)), ('"a', ('"a',))):
            ((_, _, _, found, _),) = self._filters(('word', text))
            self.assertEqual(values, found, text)

    def test_quotes_in_the_wrong_place(self):
        for text in ('"a', 'a"', '"a"b', 'a,"b', r'"a\"', r'"a\b"', '"a" ,b',
                     'a"b"'):
            self.assert_refused(('word', 'in:' + text))
            self.assert_refused(('tags', text))

    def test_not_a_value(self):
        for name, text in (
                ('count', 'x'), ('count', ''), ('count', '1.0'),
                ('count', '9223372036854775808'), ('count', '1_0'),
                ('count', ' 1'), ('count', '+1'), ('count', 'in:1,x'),
                ('count', '\u0661'), ('ratio', 'nan'), ('ratio', 'inf'),
                ('ratio', '1e999'), ('ratio', ''), ('ratio', '1_0'),
                ('flag', '1'), ('flag', ''), ('flag', 'yes'),
                ('moment', 'x'), ('moment', '2026-01-02'),
                ('moment', '2026-13-02T03:04:05Z'), ('version', 'x'),
                ('version', ''), ('version', 'gt:1.x'), ('counts', 'a'),
                ('scores.a', 'x')):
            self.assert_refused((name, text))

    def test_no_nul(self):
        for name in ('word', 'name', 'tags', 'tags-any', 'words',
                     'metadata.k'):
            for text in ('\x00', 'a\x00b'):
                self.assert_refused((name, text))
        for text in ('in:\x00', 'nin:a,\x00', 'in:"\x00"'):
            self.assert_refused(('word', text))
        self.assert_refused(('tags', '"\x00"'))

    def test_bounds_of_a_field_bind_values_not_filters(self):
        # a bound outside of them is a good question with an easy answer
        field = factories.types.Integer('', minimum=1, maximum=9,
                                        filterable=True)
        bounded = type('Bounded', (factories.types.ArtifactType,),
                       {'type_name': 'bounded', 'grade': field})
        wanted, _ = query.parse(bounded, [('grade', 'gte:0'),
                                          ('grade', 'in:10,11')])
        self.assertEqual([(0,), (10, 11)],
                         [one.values for one in wanted.filters])

    def test_what_filters(self):
        values = {'integer': '1', 'float': '1', 'boolean': 'true',
                  'datetime': '2026-01-02T03:04:05Z', 'semver': '1'}
        for name, field in {**common.COMMON, **factories.FIELDS}.items():
            parameter = (name + '.k' if field.kind == 'dict' else name)
            of = getattr(field, 'of', field)
            text = values.get(of.kind, 'x')
            if field.filterable:
                self.assertEqual(1, len(self._filters((parameter, text))))
            else:
                self.assert_refused((parameter, text))

    def test_unknown(self):
        for name in ('nil', 'metadata', 'metadata.', 'scores', 'word.k',
                     'tags.k', 'needed.k', 'secret', 'data', 'links', '',
                     'nil.k', '.', 'self', 'schema', 'description',
                     'a' * 100):
            self.assert_refused((name, 'x'))

    def test_all_together(self):
        self.assertEqual(['count', 'word', 'count'], [
            one[0] for one in self._filters(
                ('count', 'gt:1'), ('limit', '1'), ('word', 'x'),
                ('count', 'lt:5'))])


class TestAlternatives(QueryTestCase):

    def _filters(self, *parameters):
        return self.parse(*parameters)[0].filters

    def test_one_group(self):
        plain, group = self._filters(
            ('name', 'or:eq:a'), ('status', 'active'),
            ('count', 'or:in:1,2'), ('metadata.k', 'or:b'),
            ('version', 'or:gt:1'), ('words', 'or:like:a%'),
            ('moment', 'or:2026-01-02T03:04:05Z'),
            ('moment', 'or:null:true'))
        self.assertEqual('status', plain.field.name)
        self.assertEqual(
            [('name', 'eq', ('a',)), ('count', 'in', (1, 2)),
             ('metadata', 'eq', ('b',)), ('version', 'gt', ('1.0.0',)),
             ('words', 'like', ('a%',)),
             ('moment', 'eq', ('2026-01-02T03:04:05.000000Z',)),
             ('moment', 'null', (True,))],
            [(one.field.name, one.op, one.values) for one in group.members])

    def test_a_group_of_one(self):
        (one,) = self._filters(('name', 'or:neq:a'))
        self.assertEqual(('neq', ('a',)), (one.op, one.values))

    def test_only_before_the_operator(self):
        (one,) = self._filters(('name', 'eq:or:a'))
        self.assertEqual(('or:a',), one.values)
        (one,) = self._filters(('name', 'or'))
        self.assertEqual(('or',), one.values)
        for text in ('or:or:a', 'or:a:b', 'or::a', 'OR:a'):
            self.assert_refused(('name', text))
        self.assert_refused(('version', 'or:latest'))

    def test_not_of_tags(self):
        (one,) = self._filters(('tags', 'or:a'))
        self.assertEqual(('or:a',), one.values)


class TestMostFilters(QueryTestCase):

    def test_in_all(self):
        many = [('name', 'or:a')] * 30 + [('name', 'a')] * 20
        self.assertEqual(21, len(self.parse(*many)[0].filters))
        self.assert_refused(*many, ('name', 'a'), field='filter')
        self.assert_refused(*many, ('name', 'or:a'), field='filter')

    def test_values(self):
        for name, text in (('name', 'in:' + 'a,' * 99 + 'a'),
                           ('tags-any', 'a,' * 99 + 'a')):
            self.parse((name, text))
            self.assert_refused((name, text + ',a'))


class TestLatest(QueryTestCase):

    def test_given(self):
        wanted, _ = self.parse(('version', 'latest'), ('version', 'gte:1'))
        self.assertTrue(wanted.latest)
        self.assertEqual(
            [('version', 'gte', ('1.0.0',)), ('status', 'eq', ('active',))],
            [(one.field.name, one.op, one.values) for one in wanted.filters])
        self.assertFalse(self.parse(('version', '1'))[0].latest)

    def test_refused(self):
        for text in ('eq:latest', 'in:latest', 'Latest', 'latest '):
            self.assert_refused(('version', text))


class TestAllTypes(QueryTestCase):

    def parse(self, *parameters):
        return query.parse(None, list(parameters), ('a', 'b'))

    def test_common_fields_filter(self):
        wanted, _ = self.parse(('name', 'a'), ('metadata.k', 'or:v'),
                               ('type_name', 'or:a'), ('tags', 't'),
                               ('version', 'gt:1'))
        self.assertEqual((None, ('a', 'b')),
                         (wanted.type_class, wanted.listed_types))
        for name in ('word', 'count', 'scores.k', 'word.k'):
            self.assert_refused((name, '1'))

    def test_two_keys_sort(self):
        for text in ('created_at', 'updated_at:asc',
                     'updated_at:asc,created_at:desc'):
            self.parse(('sort', text))
        for name in common.COMMON:
            if name not in ('created_at', 'updated_at'):
                self.assert_refused(('sort', name))
        self.assert_refused(('sort', 'word'))

    def test_no_latest(self):
        self.assert_refused(('version', 'latest'))


class TestTags(QueryTestCase):

    def _tags(self, *parameters):
        return [(one.op, one.values)
                for one in self.parse(*parameters)[0].filters]

    def test_all_of(self):
        self.assertEqual([('eq', ('a',)), ('eq', ('b,c',))],
                         self._tags(('tags', 'a,"b,c"')))
        self.assertEqual([('eq', ('a',)), ('eq', ('b',))],
                         self._tags(('tags', 'a'), ('tags', 'b')))

    def test_any_of(self):
        self.assertEqual([('in', ('a', 'b'))],
                         self._tags(('tags-any', 'a,b')))

    def test_a_colon_is_part_of_a_tag(self):
        self.assertEqual([('eq', ('in:a',))], self._tags(('tags', 'in:a')))


class TestShared(QueryTestCase):

    def test_member_status(self):
        for words, expected in (
                ((), 'accepted'), (('accepted',), 'accepted'),
                (('pending',), 'pending'), (('rejected',), 'rejected'),
                (('all',), 'all')):
            wanted, _ = self.parse(*(('member_status', word)
                                     for word in words))
            self.assertEqual(expected, wanted.member_status)

    def test_no_member_status(self):
        for words in (('',), ('ALL',), ('in:all',), ('eq:all',), ('none',),
                      ('all', 'all')):
            self.assert_refused(*(('member_status', word)
                                  for word in words))

    def test_community_is_asked_for_by_name(self):
        for expected, *texts in (
                (False,), (False, 'public'), (False, 'neq:public'),
                (False, 'nin:public,shared'), (False, 'gte:community'),
                (True, 'community'), (True, 'eq:community'),
                (True, 'in:public,community'), (False, 'neq:community'),
                (False, 'in:public,shared')):
            wanted, _ = self.parse(*(('visibility', text) for text in texts))
            self.assertIs(expected, wanted.community, texts)

    def test_another_field_with_this_value_asks_for_nothing(self):
        wanted, _ = self.parse(('name', 'community'), ('tags', 'community'))
        self.assertFalse(wanted.community)


class TestQuery(QueryTestCase):

    def test_the_rest(self):
        wanted, _ = self.parse()
        self.assertIs(factories.Sample, wanted.type_class)
        self.assertEqual(((), None), (wanted.filters, wanted.after))

    def test_a_marker_of_a_page_fits_its_list(self):
        wanted, _ = self.parse(('sort', 'word:asc'), ('limit', '7'))
        place = ((encoding.encode('string', 'a'),),
                 ids.new(factories.MOMENT))
        again, _ = self.parse(('sort', 'word:asc'),
                              ('marker', query.marker(wanted, place)))
        self.assertEqual(place, again.after)
