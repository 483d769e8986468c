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

"""Pages from many candidates show all that pages from few do."""

import dataclasses

import sqlalchemy as sa

from glance_artifacts.db import models
from glance_artifacts.db import shown
from glance_artifacts.repository import base as repository_base
from glance_artifacts.repository import predicates
from glance_artifacts.repository import sieve
from glance_artifacts.tests.functional.db import lists
from glance_artifacts.tests.unit import factories


class TestPages(lists.ListTestCase):

    def setUp(self):
        super().setUp()
        for number in range(120):
            self.create(name='other %d' % number,
                        fields={'count': number % 2})
        self.made = self.create(
            name='wanted', visibility='shared', fields={'count': 1},
            created_at=factories.MOMENT.replace(year=2001))
        with self.database.writer() as conn:
            for blob in (factories.blob('data'), factories.blob('files', 'a'),
                         factories.blob('files', 'b')):
                conn.execute(sa.insert(models.blobs).values(
                    artifact_id=self.made.id, **dataclasses.asdict(blob)))
        self.repository.add_member(self.made, 'q', -1)

    def query(self, *filters, **more):
        return repository_base.Query(
            None, filters, type_names=('samples',), limit=3, **more)

    def test_what_a_long_walk_finds(self):
        wanted = predicates.Predicate(
            lists.FIELDS['pool'], 'string', 'eq', ('general',))
        name = predicates.Predicate(
            lists.FIELDS['name'], 'string', 'nin',
            tuple('other %d' % number for number in range(120)))
        for caller, members in ((factories.caller('p'), set()),
                                (factories.caller('q'), {'q'})):
            with self.statements() as seen:
                (found,) = self.repository.page(caller, self.query(
                    wanted, name, member_status='all')).artifacts
            self.assertEqual({('data', '')}, {*found.blobs})
            self.assertEqual(2, found.folders['files'].entries)
            self.assertEqual(members, {*found.members})
            # three are read whole, the rest are looked at for less
            whole = [one for one in seen if models.blobs.name in one]
            if not members:
                self.assertEqual(2, len(whole), seen)

    def test_what_is_put_in_order_here(self):
        odd = predicates.Predicate(lists.FIELDS['count'], 'integer', 'eq',
                                   (1,))
        with self.statements() as seen:
            page = self.repository.page(factories.caller('p'), self.query(
                odd, sort=(lists.key('name'),)))
        self.assertEqual('wanted', page.artifacts[0].name)
        self.assertEqual({('data', '')}, {*page.artifacts[0].blobs})
        self.assertIsNotNone(page.next)
        # count, list, look at all, read three
        self.assertEqual(4, len(seen), seen)
        self.assertEqual(1, len([one for one in seen
                                 if models.blobs.name in one]))

    def test_what_goes_before_the_page_is_whole(self):
        query = self.query()
        with self.database.writer() as conn:
            reader = sieve.Sieve(conn, factories.caller('p'), ('*',), 1000)
            row_ids = conn.scalars(sa.select(models.artifacts.c.id)).all()
            found = reader.passing(query, list(row_ids))
            self.assertEqual(121, len(found))
            self.assertEqual({}, found[self.made.id].blobs)
            gone, *rest = found.values()
            conn.execute(sa.update(models.artifacts).values(live=None)
                         .where(models.artifacts.c.id == gone.id))
            page = reader.completed(query, repository_base.Page(
                [gone, *rest[:2]], None))
            self.assertEqual([one.id for one in rest[:2]],
                             [one.id for one in page.artifacts])

    def test_the_same_for_less(self):
        with self.database.reader() as conn:
            (bare,) = shown.get_bare(conn, [self.made.id],
                                     project_id='q').values()
            (whole,) = shown.get_many(conn, [self.made.id], folders=False,
                                      project_id='q').values()
        self.assertEqual({}, bare.blobs)
        self.assertEqual(dataclasses.replace(whole, blobs={}), bare)
