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


"""Members: their rows, and the postings that follow from them."""

import dataclasses
import itertools
import random
import threading

from glance_artifacts.db import members
from glance_artifacts.db import models
from glance_artifacts import exceptions
from glance_artifacts.repository import base as repository_base
from glance_artifacts.repository import predicates
from glance_artifacts.tests.functional.db import base
from glance_artifacts.tests.functional.db import lists
from glance_artifacts.tests.unit import factories
from glance_artifacts.types import common

STATUSES = ('pending', 'accepted', 'rejected')
UNLIMITED = -1


class MembersTestCase(base.MigratedTestCase):

    def shared(self, **values):
        return self.create(visibility='shared', **values)

    def add(self, artifact, *projects, limit=UNLIMITED):
        return [self.repository.add_member(artifact, project, limit)
                for project in projects]

    def statuses(self, artifact):
        """The rows of an artifact's members."""
        with self.database.reader() as conn:
            found = members.of(conn, artifact.id)
        return {name: one.status for name, one in found.items()}

    def query(self, *filters, sort='created_at', descending=True, limit=1000,
              member_status='accepted', after=None):
        return repository_base.Query(
            factories.Sample, filters, (lists.key(sort, descending),), limit,
            after, member_status=member_status)

    def listed(self, project, *filters, **kwargs):
        """The ids that all pages of a list have."""
        query, found = self.query(*filters, **kwargs), []
        while True:
            page = self.repository.page(factories.caller(project), query)
            found += [one.id for one in page.artifacts]
            if page.next is None:
                return found
            query = dataclasses.replace(query, after=page.next)


def visible(op, *values):
    return predicates.Predicate(common.COMMON['visibility'], 'string', op,
                                values)


class TestMembers(MembersTestCase):

    def test_one_comes_and_goes(self):
        made = self.shared()
        (added,) = self.add(made, 'q')
        self.assertEqual(('q', 'pending'), (added.member, added.status))
        self.assertEqual(added.created_at, added.updated_at)
        changed = self.repository.change_member(made, 'q', 'accepted')
        self.assertEqual(added.created_at, changed.created_at)
        self.assertGreaterEqual(changed.updated_at, added.updated_at)
        self.assertEqual({'q': changed}, self.get(made).members)
        self.repository.remove_member(made, 'q')
        self.assertEqual({}, self.get(made).members)
        self.assertEqual([], self.rows(models.members))
        self.assert_index_is_exact()

    def test_neither_revision_nor_times_change(self):
        made = self.shared()
        self.add(made, 'q', 'r')
        self.repository.change_member(made, 'q', 'accepted')
        self.repository.remove_member(made, 'r')
        kept = self.get(made)
        self.assertEqual((made.revision, made.updated_at),
                         (kept.revision, kept.updated_at))

    def test_the_index_follows_each_status(self):
        made = self.shared()
        self.add(made, 'q')
        self.assert_index_is_exact()
        for status in (*STATUSES, *STATUSES[::-1], 'rejected'):
            self.repository.change_member(made, 'q', status)
            self.assert_index_is_exact()
            for asked in STATUSES:
                self.assertEqual([made.id] if asked == status else [],
                                 self.listed('q', member_status=asked))
            self.assertEqual([made.id],
                             self.listed('q', member_status='all'))

    def test_names_are_told_apart_by_code_point(self):
        made = self.shared()
        names = ('q', 'Q', 'q ', ' q', '\xe4', 'a', '\U0001f600', 'a' * 64)
        self.add(made, *names)
        self.assertEqual({*names}, {*self.statuses(made)})
        for name in names:
            self.repository.change_member(made, name, 'accepted')
            self.assertEqual([made.id], self.listed(name))
        self.repository.remove_member(made, 'q')
        self.assertEqual({*names} - {'q'}, {*self.statuses(made)})
        self.assert_index_is_exact()

    def test_in_the_order_of_their_coming(self):
        made = self.shared()
        names = ['z', 'b', 'y', 'a']
        self.add(made, *names)
        self.assertEqual(names, list(self.get(made).members))

    def test_twice(self):
        made = self.shared()
        self.add(made, 'q')
        self.repository.change_member(made, 'q', 'accepted')
        self.assertRaises(exceptions.MemberExists, self.add, made, 'q')
        self.assertEqual({'q': 'accepted'}, self.statuses(made))

    def test_nobody(self):
        made = self.shared()
        self.add(made, 'r')
        self.assertRaises(exceptions.MemberNotFound,
                          self.repository.change_member, made, 'q',
                          'accepted')
        self.assertRaises(exceptions.MemberNotFound,
                          self.repository.remove_member, made, 'q')
        self.assertEqual({'r': 'pending'}, self.statuses(made))

    def test_room(self):
        made = self.shared()
        error = self.assertRaises(exceptions.TooLarge, self.add, made, 'q',
                                  limit=0)
        self.assertEqual({'limit': 0, 'used': 0, 'requested': 1},
                         error.numbers)
        self.add(made, 'q', 'r', limit=2)
        error = self.assertRaises(exceptions.TooLarge, self.add, made, 's',
                                  limit=2)
        self.assertEqual({'limit': 2, 'used': 2, 'requested': 1},
                         error.numbers)
        self.add(made, 's', limit=UNLIMITED)
        self.assertEqual(3, len(self.statuses(made)))

    def test_what_is_not_shared_or_not_there(self):
        made = self.create()
        gone = self.shared(name='gone')
        self.repository.delete(gone)
        for artifact, error in ((made, exceptions.NotShared),
                                (gone, exceptions.NotFound)):
            for work in (
                    lambda: self.add(artifact, 'q'),
                    lambda: self.repository.change_member(
                        artifact, 'q', 'accepted'),
                    lambda: self.repository.remove_member(artifact, 'q')):
                self.assertRaises(error, work)
        self.assertEqual([], self.rows(models.members))

    def test_it_goes_with_the_artifact(self):
        made, other = self.shared(), self.shared(name='other')
        for artifact in (made, other):
            self.add(artifact, 'q', 'r')
        self.repository.delete(self.get(made))
        self.assertEqual({other.id}, {
            row['artifact_id'] for row in self.rows(models.members)})
        self.assert_index_is_exact()

    def test_a_write_that_knew_nothing_of_members(self):
        made = self.create()
        shared = self.repository.save(
            made, dataclasses.replace(made, visibility='shared'))
        self.add(shared, 'q')
        self.repository.change_member(shared, 'q', 'accepted')
        # its members were not read, or were others then
        new = self.repository.save(
            shared, dataclasses.replace(shared, tags=['t']))
        self.assertEqual([made.id], self.listed('q'))
        hidden = self.repository.save(
            new, dataclasses.replace(new, visibility='private', members={}))
        self.assertEqual([], self.listed('q', member_status='all'))
        self.assertEqual({'q': 'accepted'}, self.statuses(made))
        self.assert_index_is_exact()
        self.repository.save(
            hidden, dataclasses.replace(hidden, visibility='shared'))
        self.assertEqual([made.id], self.listed('q'))
        self.assert_index_is_exact()

    def test_a_draft_waits(self):
        made = self.shared(status='drafted')
        self.add(made, 'q')
        self.repository.change_member(made, 'q', 'accepted')
        self.assertEqual([], self.listed('q', member_status='all'))
        self.repository.save(made, dataclasses.replace(
            made, status='active', activated_at=made.created_at))
        self.assertEqual([made.id], self.listed('q'))
        self.assert_index_is_exact()

    def test_of_a_type_that_is_gone(self):
        made = self.shared()
        self.types = ()
        self.repository = self.new_repository()
        self.add(made, 'q', 'r')
        self.repository.change_member(made, 'q', 'accepted')
        self.repository.remove_member(made, 'r')
        self.assertEqual({'q': 'accepted'}, self.statuses(made))
        # no posting is lost, though nobody knows its fields now
        self.assert_index_is_exact()

    def test_another_owner(self):
        made = self.shared()
        self.add(made, 'q', 'r')
        self.repository.change_member(made, 'q', 'accepted')
        self.repository.save(made, dataclasses.replace(made, owner='q'))
        self.assert_index_is_exact()
        for project, status, listed in (
                ('q', 'accepted', True), ('q', 'pending', True),
                ('r', 'pending', True), ('r', 'accepted', False),
                ('p', 'all', False)):
            self.assertEqual([made.id] if listed else [],
                             self.listed(project, member_status=status),
                             (project, status))


class TestLists(MembersTestCase):
    """Against brute force, by every order, in pages and as a whole."""

    PROJECTS = ('p', 'q', 'r')

    def setUp(self):
        super().setUp()
        rand = random.Random(7)
        self.made = []
        for number in range(60):
            made = self.create(
                name='n%d' % rand.randrange(5), owner=rand.choice('pq'),
                version='1.0.%d' % number,
                visibility=rand.choice((*common.VISIBILITIES, 'shared')),
                status=rand.choice(('drafted', 'active', 'deactivated')),
                fields={'word': rand.choice((None, 'a', 'b'))})
            if made.visibility == 'shared':
                for project in self.PROJECTS:
                    self.perhaps_share(rand, made, project)
            self.made.append(self.get(made))

    def perhaps_share(self, rand, made, project):
        status = rand.choice((None, *STATUSES))
        if status:
            self.add(made, project)
            self.repository.change_member(made, project, status)

    def test_every_list_is_exact(self):
        self.assert_index_is_exact()
        word = predicates.Predicate(factories.FIELDS['word'], 'string', 'eq',
                                    ('a',))
        filters = ((), (word,), (visible('eq', 'shared'),),
                   (visible('eq', 'community'),),
                   (visible('in', 'community', 'shared'), word),
                   (visible('neq', 'community'),))
        for chosen, project, status, sort, limit in itertools.product(
                filters, (*self.PROJECTS, 'nobody', None),
                (*STATUSES, 'all'), ('created_at', 'name', 'word'), (7, 99)):
            caller = factories.caller(project)
            community = any('community' in one.values and one.op != 'neq'
                            for one in chosen)
            expected = {one.id for one in self.made
                        if caller.lists(one, community, status)
                        and all(rule.matches(one) for rule in chosen)}
            found = self.listed(project, *chosen, sort=sort, limit=limit,
                                member_status=status)
            self.assertEqual(len(found), len({*found}))
            self.assertEqual(expected, {*found},
                             (chosen, project, status, sort))

    def test_a_stray_posting_shows_nothing(self):
        made = self.shared()
        self.add(made, 'q')
        self.repository.change_member(made, 'q', 'accepted')
        before = self.listed('q')
        with self.database.writer() as conn:
            members.remove(conn, made.id, 'q')
        self.assertEqual({*before} - {made.id}, {*self.listed('q')})

    def test_no_statement_more_where_others_share(self):
        everything = self.query(visible('eq', 'shared'), limit=5)
        # the index, the artifacts with what they are to the caller
        for project, count in (('nobody', 1), ('r', 2)):
            with self.statements() as seen:
                page = self.repository.page(factories.caller(project),
                                            everything)
            self.assertEqual(count == 2, bool(page.artifacts))
            self.assertEqual(count, len(seen))

    def test_administrators_see_all(self):
        page = self.repository.page(factories.caller('x', True), self.query())
        self.assertEqual({one.id for one in self.made},
                         {one.id for one in page.artifacts})


class TestRaces(MembersTestCase):
    """Writers at the same time, each with connections of its own."""

    def together(self, *works):
        """Run them at once; what each raised, if it did."""
        gate, raised = threading.Barrier(len(works)), [None] * len(works)

        def run(number, work):
            gate.wait()
            try:
                work(self.new_repository())
            except Exception as exc:
                raised[number] = exc

        threads = [threading.Thread(target=run, args=one)
                   for one in enumerate(works)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return raised

    def patched(self, artifact, rounds):
        """Changes of the artifact, again when it was overtaken."""
        def work(repository):
            for number in range(rounds):
                while True:
                    old = self.get(artifact)
                    try:
                        repository.save(old, dataclasses.replace(
                            old, tags=['t%d' % number]))
                        break
                    except repository_base.Stale:
                        continue
        return work

    def test_changes_of_the_artifact_and_of_its_members(self):
        made = self.shared()
        names = ['m%d' % number for number in range(12)]

        def sharing(mine):
            def work(repository):
                for name in mine:
                    repository.add_member(made, name, UNLIMITED)
                    repository.change_member(made, name, 'accepted')
                repository.remove_member(made, mine[0])
            return work

        raised = self.together(
            self.patched(made, 8), self.patched(made, 8),
            sharing(names[:6]), sharing(names[6:]))
        self.assertEqual([None] * 4, raised)
        self.assertEqual(
            dict.fromkeys({*names} - {names[0], names[6]}, 'accepted'),
            self.statuses(made))
        self.assertEqual(made.revision + 16, self.get(made).revision)
        self.assert_index_is_exact()
        for name in names:
            self.assertEqual(name not in (names[0], names[6]),
                             made.id in self.listed(name))

    def test_visibility_and_members(self):
        made = self.shared()

        def hiding(repository):
            for number in range(8):
                old = self.get(made)
                repository.save(old, dataclasses.replace(
                    old, visibility='private' if number % 2 else 'shared'))

        def sharing(repository):
            for number in range(8):
                try:
                    repository.add_member(made, 'm%d' % number, UNLIMITED)
                except exceptions.NotShared:
                    continue

        self.assertEqual([None, None], self.together(hiding, sharing))
        self.assert_index_is_exact()

    def test_one_project_is_added_once(self):
        made = self.shared()
        raised = self.together(*[
            lambda repository: repository.add_member(made, 'q', UNLIMITED)
        ] * 4)
        self.assertEqual(1, raised.count(None))
        for error in raised:
            self.assertIsInstance(error, exceptions.MemberExists | None)
        self.assertEqual({'q': 'pending'}, self.statuses(made))
        self.assert_index_is_exact()

    def test_the_last_place_is_taken_once(self):
        made = self.shared()
        self.add(made, 'first')
        raised = self.together(*[
            lambda repository, name=name: repository.add_member(made, name, 2)
            for name in 'abcd'])
        self.assertEqual(1, raised.count(None))
        for error in raised:
            self.assertIsInstance(error, exceptions.TooLarge | None)
        self.assertEqual(2, len(self.statuses(made)))
        self.assert_index_is_exact()

    def test_it_is_deleted_meanwhile(self):
        made = self.shared()
        raised = self.together(
            lambda repository: repository.delete(made),
            lambda repository: repository.add_member(made, 'q', UNLIMITED))
        self.assertIsNone(raised[0])
        self.assertIsInstance(raised[1], exceptions.NotFound | None)
        self.assertEqual([], self.rows(models.members))
        self.assert_index_is_exact()
