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

from oslotest import base

from glance_artifacts.api import documents
from glance_artifacts import exceptions
from glance_artifacts.tests.unit import factories
from glance_artifacts import types
from glance_artifacts.types import common


class Defaults(types.ArtifactType):
    """Fields that begin with something."""

    type_name = 'defaults'

    word = types.String('', default='w')
    words = types.List('', default=['a'])
    seen = types.Integer('', computed=True, default=1)
    secret = types.Integer('', internal=True, default=2)


class TestDraft(base.BaseTestCase):

    def _draft(self, type_class=factories.Sample, **body):
        return self._from({'name': 'n', **body}, type_class)

    def _from(self, body, type_class=factories.Sample):
        return documents.draft(type_class, body, 'p', 'general')

    def test_defaults(self):
        draft = self._draft()
        self.assertEqual(
            ('samples', '1.0', 'p', 'general', 'n', '0.0.0', 'drafted',
             'private', 1, None, [], {}, None, {}),
            (draft.type_name, draft.type_version, draft.owner, draft.pool,
             draft.name, draft.version, draft.status, draft.visibility,
             draft.revision, draft.description, draft.tags, draft.metadata,
             draft.activated_at, draft.blobs))
        self.assertEqual(draft.created_at, draft.updated_at)

    def test_the_id_is_of_the_moment(self):
        made = [self._draft() for _ in range(20)]
        self.assertEqual(sorted(made, key=lambda one: one.created_at),
                         sorted(made, key=lambda one: one.id))
        self.assertEqual(20, len({one.id for one in made}))

    def test_fields_of_the_type(self):
        draft = self._draft(word='w', count=1, words=['x'], ratio=2)
        self.assertEqual(('w', 1, ['x'], 2.0, None, {}), tuple(
            draft.fields[name] for name in (
                'word', 'count', 'words', 'ratio', 'flag', 'scores')))
        self.assertEqual(set(factories.FIELDS), set(draft.fields))

    def test_defaults_of_the_type_are_fresh(self):
        one, other = self._draft(Defaults), self._draft(Defaults)
        self.assertEqual({'word': 'w', 'words': ['a'], 'seen': 1,
                          'secret': 2}, one.fields)
        self.assertIsNot(one.fields['words'], other.fields['words'])
        self.assertIsNot(one.tags, other.tags)

    def test_what_a_client_may_say(self):
        draft = self._draft(
            version='1', description='d', tags=['a', 'a'],
            metadata={'k': 'v'}, visibility='public', owner='q', pool='fast')
        self.assertEqual(
            ('1.0.0', 'd', ['a'], {'k': 'v'}, 'public', 'q', 'fast'),
            (draft.version, draft.description, draft.tags, draft.metadata,
             draft.visibility, draft.owner, draft.pool))

    def test_null_takes_the_default(self):
        draft = self._draft(version=None, description=None, visibility=None,
                            tags=None, word=None)
        self.assertEqual(('0.0.0', None, 'private', [], None), (
            draft.version, draft.description, draft.visibility, draft.tags,
            draft.fields['word']))

    def test_what_a_client_may_not_say(self):
        for name in (*set(common.COMMON) - {*common.WRITABLE, 'owner',
                                            'pool'}, 'seen', 'data'):
            error = self.assertRaises(exceptions.ReadOnlyField, self._from,
                                      {'name': 'n', name: None})
            self.assertEqual((400, name), (error.status, error.field))

    def test_what_nobody_knows(self):
        for name in ('nil', '', 'fields', 'revision', 'secret', 'blobs',
                     'postings', 'Name', '\ud800', 'x' * 1000):
            error = self.assertRaises(exceptions.UnknownField, self._draft,
                                      **{name: 1})
            self.assertEqual(name[:64], error.field)

    def test_values_that_break_their_declaration(self):
        for name, value in (
                ('name', ''), ('name', None), ('name', 1),
                ('name', 'x' * 256), ('name', 'a\x00'), ('name', '\ud800'),
                ('version', 'x'), ('version', '1.0.0.0'), ('tags', 'a'),
                ('metadata', {'k': 1}), ('visibility', 'secret'),
                ('visibility', 1), ('count', 'x'), ('count', True),
                ('ratio', float('inf')), ('owner', 1), ('owner', None),
                ('owner', 'x' * 65), ('pool', None), ('moment', 'x')):
            error = self.assertRaises(exceptions.InvalidValue, self._draft,
                                      **{name: value})
            self.assertEqual(name, error.field.partition('/')[0])

    def test_a_name_is_needed(self):
        error = self.assertRaises(exceptions.InvalidValue, documents.draft,
                                  factories.Sample, {}, 'p', 'general')
        self.assertEqual('name', error.field)


class TestChanged(base.BaseTestCase):

    def _changed(self, record, **changes):
        return self._with(record, changes)

    def _with(self, record, changes):
        return documents.changed(record, factories.Sample, changes)

    def test_a_draft(self):
        record = factories.artifact(status='drafted')
        new = self._changed(record, name='m', version='2', word='w',
                            description='d', tags=['a'])
        self.assertEqual(('m', '2.0.0', 'w', 'd', ['a']), (
            new.name, new.version, new.fields['word'], new.description,
            new.tags))
        self.assertEqual((record.id, record.revision, record.status),
                         (new.id, new.revision, new.status))

    def test_the_record_given_stays(self):
        record = factories.artifact(fields={'ratio': 1.0})
        self._changed(record, ratio=2.0, tags=['a'])
        self.assertEqual((1.0, []), (record.fields['ratio'], record.tags))

    def test_none_takes_away(self):
        record = factories.artifact(
            description='d', tags=['a'], metadata={'k': 'v'},
            fields={'ratio': 1.0, 'prose': 'p'})
        new = self._changed(record, description=None, tags=None, ratio=None,
                            metadata=None, prose=None)
        self.assertEqual((None, [], {}, None, None), (
            new.description, new.tags, new.metadata, new.fields['ratio'],
            new.fields['prose']))

    def test_a_name_cannot_be_taken_away(self):
        self.assertRaises(
            exceptions.InvalidValue, self._changed,
            factories.artifact(status='drafted'), name=None)

    def test_fixed_by_activation(self):
        for status in ('active', 'deactivated'):
            record = factories.artifact(status=status)
            for name, value in (('name', 'm'), ('version', '2'),
                                ('word', 'w'), ('name', 'a name')):
                error = self.assertRaises(exceptions.Immutable,
                                          self._changed, record,
                                          **{name: value})
                self.assertEqual((409, name), (error.status, error.field))
            new = self._changed(record, description='d', visibility='public',
                                tags=['a'], metadata={'k': 'v'}, ratio=1.0,
                                prose='p')
            self.assertEqual('public', new.visibility)

    def test_never_by_clients(self):
        for status in ('drafted', 'active'):
            record = factories.artifact(status=status)
            for name in ('id', 'created_at', 'activated_at',
                         'self', 'schema', 'type_name', 'pool', 'seen',
                         'data'):
                error = self.assertRaises(exceptions.ReadOnlyField,
                                          self._with, record, {name: 'x'})
                self.assertEqual((400, name), (error.status, error.field))
            for name in ('nil', 'secret', ''):
                self.assertRaises(exceptions.UnknownField, self._changed,
                                  record, **{name: 'x'})

    def test_values_are_checked(self):
        for name, value in (('ratio', 'x'), ('tags', [1]),
                            ('visibility', 'x'), ('description', 1)):
            error = self.assertRaises(
                exceptions.InvalidValue, self._changed, factories.artifact(),
                **{name: value})
            self.assertEqual(name, error.field.partition('/')[0])
