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

import itertools

from oslotest import base

from glance_artifacts import exceptions
from glance_artifacts import lifecycle
from glance_artifacts.tests.unit import factories
from glance_artifacts.types import common

ACTIONS = ('activate', 'deactivate', 'reactivate')


class TestTarget(base.BaseTestCase):

    #: status: where activate, deactivate, reactivate lead; None: nowhere
    TABLE = {
        'drafted': ('active', None, None),
        'active': ('active', 'deactivated', 'active'),
        'deactivated': (None, 'deactivated', 'active'),
        'deleted': (None, None, None),
    }

    def test_every_action_in_every_status(self):
        self.assertEqual(set(common.STATUSES), set(self.TABLE))
        for status, targets in self.TABLE.items():
            for action, target in zip(ACTIONS, targets):
                if target is not None:
                    self.assertEqual(target,
                                     lifecycle.target(status, action))
                    continue
                error = self.assertRaises(
                    exceptions.InvalidTransition, lifecycle.target, status,
                    action)
                self.assertEqual((409, 'artifact.status', 'status'),
                                 (error.status, error.code, error.field))
                self.assertIn(status, error.detail)

    def test_the_action_for_a_change_of_status(self):
        found = {(old, new): lifecycle.action(old, new)
                 for old in common.STATUSES for new in common.STATUSES
                 if old == new or (old, new) in (
                     ('drafted', 'active'), ('active', 'deactivated'),
                     ('deactivated', 'active'))}
        self.assertEqual(
            {('drafted', 'active'): 'activate',
             ('active', 'deactivated'): 'deactivate',
             ('deactivated', 'active'): 'reactivate',
             **{(one, one): None for one in common.STATUSES}}, found)
        for pair in set(itertools.product(common.STATUSES, repeat=2)):
            if pair not in found:
                self.assertRaises(exceptions.InvalidTransition,
                                  lifecycle.action, *pair)

    def test_an_action_that_nobody_knows(self):
        for status in common.STATUSES:
            self.assertRaises(exceptions.InvalidTransition,
                              lifecycle.target, status, 'publish')

    def test_words_are_those_of_the_api(self):
        self.assertEqual(common.STATUSES, (
            lifecycle.DRAFTED, lifecycle.ACTIVE, lifecycle.DEACTIVATED,
            lifecycle.DELETED))


class TestComplete(base.BaseTestCase):

    def _check(self, record):
        lifecycle.check_complete(record, factories.Sample)

    def test_complete(self):
        self._check(factories.with_blobs(
            factories.blob('data'), status='drafted',
            fields={'needed': {'k': ''}}))

    def test_all_that_is_missing_is_named(self):
        error = self.assertRaises(
            exceptions.Incomplete, self._check,
            factories.artifact(status='drafted'))
        self.assertEqual(
            [('artifact.activate.incomplete', 'needed'),
             ('artifact.activate.incomplete', 'data')],
            [(entry['code'], entry['field']) for entry in error.entries()])

    def test_one_is_missing(self):
        for record, missing in (
                (factories.with_blobs(factories.blob('data')), 'needed'),
                (factories.artifact(fields={'needed': {'k': 'v'}}), 'data'),
                (factories.with_blobs(factories.blob('extra'), fields={
                    'needed': {'k': 'v'}}), 'data')):
            error = self.assertRaises(exceptions.Incomplete, self._check,
                                      record)
            self.assertEqual([missing], error.fields)

    def test_an_upload_under_way(self):
        for field in ('data', 'extra'):
            record = factories.with_blobs(
                factories.blob(field, status='saving'),
                fields={'needed': {'k': 'v'}})
            error = self.assertRaises(exceptions.BlobSaving, self._check,
                                      record)
            self.assertEqual(field, error.field)

    def test_what_counts_as_a_value(self):
        t = factories.types
        for field, present, absent in (
                (t.Integer('', required=True), [0, 1], [None]),
                (t.Boolean('', required=True), [False, True], [None]),
                (t.Float('', required=True), [0.0], [None]),
                (t.String('', required=True), ['', 'a'], [None]),
                (t.List('', required=True), [['']], [[], None]),
                (t.Dict('', required=True), [{'a': ''}], [{}, None])):
            one = type('One', (t.ArtifactType,), {'type_name': 'one',
                                                  'it': field})
            for value in present:
                lifecycle.check_complete(
                    factories.artifact(fields={'it': value}), one)
            for value in absent:
                self.assertRaises(
                    exceptions.Incomplete, lifecycle.check_complete,
                    factories.artifact(fields={'it': value}), one)


class TestDraft(base.BaseTestCase):

    def test_only_drafts_may_change(self):
        lifecycle.check_draft(factories.artifact(status='drafted'), 'name')
        for status, field in itertools.product(
                ('active', 'deactivated', 'deleted'), ('name', 'data')):
            error = self.assertRaises(
                exceptions.Immutable, lifecycle.check_draft,
                factories.artifact(status=status), field)
            self.assertEqual((409, 'artifact.immutable', field),
                             (error.status, error.code, error.field))
