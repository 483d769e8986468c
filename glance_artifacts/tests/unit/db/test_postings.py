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

from oslotest import base

from glance_artifacts.db import encoding
from glance_artifacts.db import postings
from glance_artifacts.tests.unit import factories
from glance_artifacts.types import common

STATUSES = ('drafted', 'active', 'deactivated')


def _entries(record, fields=factories.FIELDS):
    found = {}
    for key, value in postings.entries(record, fields):
        found.setdefault(key, set()).add(value)
    return found


class TestAudiences(base.BaseTestCase):

    def test_table(self):
        for visibility in common.VISIBILITIES:
            for status in STATUSES:
                expected = {'*', 'project:p'}
                if (visibility in ('public', 'community')
                        and status != 'drafted'):
                    expected.add(visibility)
                self.assertEqual(expected, postings.audiences(
                    factories.artifact(status=status,
                                       visibility=visibility)))

    def test_members(self):
        mine = {'*', 'project:p'}
        members = factories.members(q='accepted', r='pending', s='rejected',
                                    p='pending')
        for visibility in common.VISIBILITIES:
            for status in STATUSES:
                found = postings.audiences(factories.artifact(
                    status=status, visibility=visibility, members=members))
                if visibility == 'shared' and status != 'drafted':
                    self.assertEqual(mine | {
                        'project:q', 'pending:r', 'rejected:s', 'pending:p'},
                        found)
                else:
                    self.assertEqual(mine | (found & {visibility}), found)

    def test_nobody_finds_what_is_deleted(self):
        for visibility in common.VISIBILITIES:
            self.assertEqual(set(), postings.audiences(factories.artifact(
                status='deleted', visibility=visibility)))

    def test_no_project_can_pose_as_another_audience(self):
        for name in ('*', 'public', 'community', '', 'project:', 'p\x00',
                     'pending:p', 'rejected:p'):
            for status in STATUSES:
                mine = postings.audiences(factories.artifact(
                    owner=name, status=status)) - {postings.ADMIN}
                self.assertEqual({'project:' + name}, mine)
                self.assertNotIn(postings.PUBLIC, mine)

    def test_no_member_can_either(self):
        names = ('*', 'public', 'community', 'project:q', 'pending:q')
        found = set()
        for status in ('pending', 'accepted', 'rejected'):
            found |= postings.audiences(factories.artifact(
                visibility='shared', members=factories.members(
                    **dict.fromkeys(names, status))))
        self.assertEqual(3 * len(names) + 2, len(found))
        self.assertEqual({'*'}, found & {*names, 'pending:q', 'project:q'})


class TestScope(base.BaseTestCase):

    def test_is_sixteen_bytes_of_its_parts_alone(self):
        self.assertEqual(16, len(postings.scope('*', 'a', 'b')))
        self.assertEqual(postings.scope('*', 'a', 'b'),
                         postings.scope('*', 'a', 'b'))

    def test_each_list_has_one_of_its_own(self):
        names = ('a', 'b', 'ab', 'aab', 'public', '*')
        scopes = {postings.scope('project:' + one, two, three)
                  for one in names for two in names for three in names}
        self.assertEqual(len(names) ** 3, len(scopes))


class TestEntries(base.BaseTestCase):

    def test_common_lists(self):
        record = factories.artifact(name='n', version='1.2.3-a',
                                    visibility='public')
        found = _entries(record, {})
        self.assertEqual(
            {'created_at', 'updated_at', 'activated_at', 'name', 'version',
             'type_version', 'status', 'visibility', 'owner'}, set(found))
        self.assertEqual({encoding.ABSENT}, found['created_at'])
        for key, kind in (('name', 'string'), ('version', 'semver'),
                          ('updated_at', 'datetime'), ('owner', 'string')):
            self.assertEqual(
                {encoding.encode(kind, getattr(record, key))}, found[key])

    def test_every_sortable_common_field_has_an_order(self):
        # but those that are one value in a whole list of one type
        record = factories.artifact()
        sortable = {name for name, field in common.COMMON.items()
                    if field.sortable}
        self.assertEqual({'type_name'}, sortable - set(_entries(record, {})))

    def test_tags_and_metadata(self):
        found = _entries(factories.artifact(
            tags=['a', 'b'], metadata={'k': 'v', 'l': ''}))
        self.assertEqual({encoding.encode('string', tag) for tag in 'ab'},
                         found['tags'])
        self.assertEqual({encoding.member('string', 'k', 'v'),
                          encoding.member('string', 'l', '')},
                         found['metadata'])

    def test_fields_of_the_type(self):
        found = _entries(factories.artifact(fields={
            'count': 3, 'words': ['x', 'y', 'x'], 'scores': {'a': 0.5},
            'seen': 'z', 'fixed': 'f', 'secret': 's', 'prose': 'p'}))
        self.assertEqual({encoding.encode('integer', 3)}, found['count'])
        self.assertEqual({encoding.encode('string', 'x'),
                          encoding.encode('string', 'y')}, found['words'])
        self.assertEqual({encoding.member('float', 'a', 0.5)},
                         found['scores'])
        self.assertEqual({encoding.encode('string', 'z')}, found['seen'])
        for name in ('fixed', 'secret', 'prose', 'data'):
            self.assertNotIn(name, found)

    def test_no_value_is_an_entry_too(self):
        # so that a sort loses nothing; a list has one for each element only
        found = _entries(factories.artifact(status='drafted'))
        for name in ('word', 'count', 'ratio', 'flag', 'moment',
                     'activated_at'):
            self.assertEqual({encoding.ABSENT}, found[name])
        for name in ('words', 'counts', 'scores', 'tags', 'metadata'):
            self.assertNotIn(name, found)

    def test_a_field_that_the_record_has_not(self):
        record = factories.artifact()
        record.fields.clear()
        self.assertEqual({encoding.ABSENT}, _entries(record)['count'])

    def test_long_values_are_bounded(self):
        found = _entries(factories.artifact(
            name='\U0001f600' * 255, tags=['\U0001f600' * 255],
            metadata={'\U0001f600' * 255: 'x' * 4096}))
        self.assertEqual({992}, {len(value) for key in (
            'name', 'tags', 'metadata') for value in found[key]})


class TestLookup(base.BaseTestCase):

    def _assert_finds(self, record, name, kind, key, value):
        field = common.COMMON.get(name) or factories.FIELDS[name]
        self.assertIn(postings.lookup(field, kind, key, value),
                      postings.entries(record, factories.FIELDS))

    def test_finds_what_entries_wrote(self):
        record = factories.artifact(
            tags=['t'], metadata={'k': 'v' * 2000},
            fields={'word': 'w' * 255, 'long': 'l' * 5000, 'words': ['x'],
                    'counts': [1], 'scores': {'a': 1.0}, 'flag': False})
        for found in (('name', 'string', None, 'a name'),
                      ('owner', 'string', None, 'p'),
                      ('version', 'semver', None, '1.0.0'),
                      ('tags', 'string', None, 't'),
                      ('metadata', 'string', 'k', 'v' * 2000),
                      ('word', 'string', None, 'w' * 255),
                      ('long', 'string', None, 'l' * 5000),
                      ('words', 'string', None, 'x'),
                      ('counts', 'integer', None, 1),
                      ('scores', 'float', 'a', 1.0),
                      ('flag', 'boolean', None, False)):
            self._assert_finds(record, *found)

    def test_what_has_no_list(self):
        for name in ('id', 'pool', 'type_name', 'created_at'):
            self.assertIsNone(postings.lookup(
                common.COMMON[name], 'string', None, 'x'), name)
        self.assertIsNone(postings.lookup(
            factories.FIELDS['fixed'], 'string', None, 'x'))


class TestDump(base.BaseTestCase):

    def _rows(self, record):
        return postings.rows(record.type_name, postings.dump(
            postings.audiences(record),
            postings.entries(record, factories.FIELDS)))

    def test_other_audiences_have_the_same_entries(self):
        record = factories.artifact(visibility='shared', tags=['\xe4', 'b'])
        entries = postings.entries(record, factories.FIELDS)
        alone = postings.dump(postings.audiences(record), entries)
        for members in ({}, {'q': 'accepted', 'r': 'pending'}):
            wanted = postings.audiences(factories.artifact(
                visibility='shared', members=factories.members(**members)))
            self.assertEqual(postings.dump(wanted, entries),
                             postings.readdress(alone, wanted))

    def test_rows_are_every_entry_for_each_audience(self):
        record = factories.artifact(visibility='public', tags=['\xe4'])
        self.assertEqual(
            {(postings.scope(audience, 'samples', key), value)
             for audience in postings.audiences(record)
             for key, value in postings.entries(record, factories.FIELDS)},
            self._rows(record))

    def test_nothing_when_deleted(self):
        self.assertEqual(set(), self._rows(factories.artifact(
            status='deleted')))

    def test_same_text_whatever_the_order(self):
        record = factories.artifact(tags=['a', 'b', 'c'])
        entries = postings.entries(record, factories.FIELDS)
        texts = {postings.dump(reversed(sorted(audiences)), order)
                 for audiences in (['*', 'project:p'],)
                 for order in (sorted(entries), sorted(entries)[::-1])}
        self.assertEqual(1, len(texts))
        audiences, _ = json.loads(texts.pop())
        self.assertEqual(['*', 'project:p'], audiences)

    def test_projects_share_no_row(self):
        one, other = (self._rows(factories.artifact(owner=owner))
                      for owner in ('public', '*'))
        admins = {postings.scope('*', 'samples', key)
                  for key, _ in postings.entries(factories.artifact(),
                                                 factories.FIELDS)}
        self.assertTrue(one and other)
        self.assertEqual(set(), {scope for scope, _ in one & other} - admins)
        public = {postings.scope('public', 'samples', key)
                  for key, _ in postings.entries(factories.artifact(),
                                                 factories.FIELDS)}
        self.assertEqual(set(), {scope for scope, _ in one | other} & public)
