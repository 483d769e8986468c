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

"""How many statements each of the common requests takes.

Four for a page of any size, two where nothing is counted first; two to show;
six to create, and those of an upload below. The first artifact of a project
takes more.
"""

import dataclasses
import io
import random

import sqlalchemy as sa

from glance_artifacts.api import views
from glance_artifacts.db import models
from glance_artifacts.db import records
from glance_artifacts.repository import base as repository_base
from glance_artifacts.repository import bodies
from glance_artifacts.repository import predicates
from glance_artifacts.tests.functional.db import lists
from glance_artifacts.tests.unit import factories

FIELDS = lists.FIELDS
key = lists.key


def where(name, op, *values, entry=None):
    field = FIELDS[name]
    of = field.of if field.kind in ('list', 'dict') else field
    return predicates.Predicate(field, of.kind, op, values, entry)


PUBLIC = where('visibility', 'eq', 'public')
ACTIVE = where('status', 'eq', 'active')
#: Lists that are walked as they are: filters, and what else is asked for.
PLAIN = (
    ((), {}), ((), {'descending': False}), ((), {'sort': 'updated_at'}),
    ((), {'sort': 'name'}), ((), {'sort': 'count'}),
    ((where('flag', 'eq', True),), {}),
    ((where('owner', 'eq', 'p'),), {}), ((PUBLIC,), {}), ((ACTIVE,), {}),
    ((where('tags', 'eq', 'a'),), {}),
    ((where('tags', 'in', 'a', 'b'),), {}),
    ((where('metadata', 'eq', 'v', entry='k'),), {}),
    ((where('flag', 'null', True),), {}),
    ((predicates.AnyOf((where('flag', 'eq', True), PUBLIC)),), {}),
    ((where('count', 'gt', 0),), {'sort': 'count'}),
    ((where('version', 'lt', '1.2.0'),), {'sort': 'version'}),
    ((where('name', 'like', 'a%'),), {'sort': 'name'}),
)
#: Those where something is counted first, passed over or put in order.
OTHERS = (
    ((), {'sort': (key('name'), key('version'))}),
    ((where('flag', 'eq', True), PUBLIC), {}),
    ((where('tags', 'eq', 'a'), where('tags', 'eq', 'b')), {}),
    ((where('flag', 'eq', True), where('tags', 'eq', 'a'), PUBLIC), {}),
    ((where('tags', 'eq', 'a'), where('tags', 'eq', 'b')),
     {'sort': 'name'}),
    ((where('flag', 'neq', True),), {}),
    ((where('count', 'nin', 0, 1),), {}),
    ((where('count', 'gt', 0),), {}),
    ((where('version', 'lt', '1.2.0'),), {}),
    ((where('name', 'like', 'a%'),), {}),
    ((ACTIVE,), {'latest': True}),
    ((ACTIVE, where('flag', 'eq', True)), {'latest': True}),
)


class TestPages(lists.ListTestCase):

    def setUp(self):
        super().setUp()
        self.fill(random.Random(1), 300)

    def assert_at_most(self, count, query):
        for caller in (factories.caller('p'), factories.caller('a', True)):
            for limit in (25, 1000):
                query = dataclasses.replace(query, limit=limit)
                with self.statements() as seen:
                    page = self.repository.page(caller, query)
                self.assertLess(0, len(page.artifacts), query)
                self.assertLessEqual(len(seen), count, (query, seen))

    def test_lists_that_are_walked(self):
        for filters, more in PLAIN:
            self.assert_at_most(2, self.query(*filters, **more))

    def test_all_others(self):
        for filters, more in OTHERS:
            self.assert_at_most(4, self.query(*filters, **more))

    def test_a_later_page(self):
        query = self.query(limit=5)
        page = self.repository.page(factories.caller('a', True), query)
        self.assert_at_most(2, dataclasses.replace(query, after=page.next))

    def test_all_types(self):
        self.assert_at_most(2, repository_base.Query(
            None, type_names=('samples', 'others')))


class TestOne(lists.ListTestCase):

    def made(self, *blobs, **values):
        """An artifact that has these blobs, and ``q`` for a member."""
        made = self.create(**values)
        with self.database.writer() as conn:
            for blob in blobs:
                conn.execute(sa.insert(models.blobs).values(
                    artifact_id=made.id, **dataclasses.asdict(blob)))
        if made.visibility == 'shared':
            self.repository.add_member(made, 'q', -1)
        return made

    def test_show(self):
        plain = factories.blob('data'), factories.blob('extra')
        deep = *plain, *(factories.blob('files', name) for name in 'abc')
        for number, (blobs, project, visibility, count) in enumerate((
                ((), 'p', 'private', 1), (plain, 'p', 'private', 1),
                (plain, 'q', 'shared', 1), (deep, 'p', 'shared', 2))):
            made = self.made(*blobs, visibility=visibility,
                             name='n%d' % number)
            with self.statements() as seen:
                shown = self.repository.get(factories.caller(project),
                                            'samples', made.id)
            self.assertEqual({(one.field, one.key): one for one in blobs},
                             shown.blobs)
            self.assertEqual({'q'} & {project}, {*shown.members})
            self.assertEqual(count, len(seen), seen)

    def test_a_list_shows_the_same(self):
        self.made(factories.blob('data'), factories.blob('extra'),
                  factories.blob('one', 'a'), factories.blob('one', 'b'),
                  factories.blob('two', 'a'), visibility='shared')
        for project in ('p', 'q'):
            with self.statements() as seen:
                (shown,) = self.repository.page(
                    factories.caller(project), repository_base.Query(
                        None, type_names=('samples',),
                        member_status='all')).artifacts
            self.assertEqual(2, len(seen))
            self.assertEqual({('data', ''), ('extra', '')}, {*shown.blobs})
            self.assertEqual({'one': records.Summary(2, 22),
                              'two': records.Summary(1, 11)}, shown.folders)
            self.assertEqual({'q'} & {project}, {*shown.members})

    def test_create(self):
        self.create()
        for number in range(3):
            with self.statements() as seen:
                self.create(name='n%d' % number)
            self.assertLessEqual(len(seen), 6, seen)

    def test_a_small_upload(self):
        # the first one of a process asks for the deployment's id as well
        self.upload(self.create(name='first', status='drafted'))
        draft = self.create(name='small', status='drafted')
        with self.statements() as seen:
            self.upload(draft)
        self.assert_takes(21, seen)
        uploaded = self.get(draft)
        self.assertEqual('active', uploaded.blob('data', '').status)
        with self.statements() as seen:
            self.repository.save(uploaded, dataclasses.replace(
                uploaded, status='active'))
        self.assert_takes(5, seen)

    def upload(self, draft):
        self.repository.upload(draft, bodies.Upload(
            type_class=self.types[0], field=self.types[0].fields['data'],
            key='', shown=views.artifact(draft, self.types[0], internal=True),
            body=io.BytesIO(b'hello'), content_type='text/plain', size=5))

    def assert_takes(self, count, seen):
        """SQLite takes each row of the index out with one more."""
        seen = [one for before, one in zip(['', *seen], seen)
                if one != before or 'DELETE FROM gart_index' not in one]
        self.assertLessEqual(len(seen), count, seen)
