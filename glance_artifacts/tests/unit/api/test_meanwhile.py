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

"""Bytes that were moved, or deleted, between two looks at an artifact."""

import types
from unittest import mock

from oslotest import base

from glance_artifacts.api import elsewhere
from glance_artifacts.api.handlers import blobs
from glance_artifacts.api.handlers import uploads
from glance_artifacts.builtin import generic
from glance_artifacts import exceptions
from glance_artifacts.store import bulkhead
from glance_artifacts.tests.unit.api import test_elsewhere
from glance_artifacts.tests.unit import factories


class TestDownload(base.BaseTestCase):

    def read(self, reason, **now):
        """Read from a store that fails.

        :param now: what the artifact is by then
        """
        blob = factories.blob()
        then = factories.artifact(blobs={('data', ''): blob}, pool='here')
        found = factories.artifact(**{'blobs': then.blobs, 'pool': 'here',
                                      **now})
        req = types.SimpleNamespace(
            method='GET', args={'blob': 'data'}, query_string='',
            path_info='/generic/%s/data' % test_elsewhere.ID,
            service=types.SimpleNamespace(pools=test_elsewhere.FOUND),
            record=lambda: found, class_of=lambda _: generic.Generic,
            repository=mock.Mock(read=mock.Mock(side_effect=reason)))
        blobs._bytes(req, then, blob, None, bulkhead.FREE)

    REASONS = (exceptions.Unavailable('It is gone.'), OSError())

    def test_moved_to_another_service(self):
        for reason in self.REASONS:
            error = self.assertRaises(elsewhere.Elsewhere, self.read, reason,
                                      pool='there')
            self.assertTrue(error.answer().location.startswith(
                test_elsewhere.FAR))

    def test_deleted(self):
        for reason in self.REASONS:
            self.assertRaises(exceptions.NotFound, self.read, reason,
                              blobs={})

    def test_nothing(self):
        for reason in self.REASONS:
            error = self.assertRaises(exceptions.Unavailable, self.read,
                                      reason)
            self.assertEqual(503, error.status)


class TestComplete(base.BaseTestCase):

    def complete(self, *pools):
        """Complete an upload whose parts cannot be read.

        :param pools: of the artifact, from look to look
        """
        found = iter([factories.artifact(pool=pool, status='drafted')
                      for pool in pools])
        session = types.SimpleNamespace(field='data', key='')
        sessions = mock.Mock(get=lambda *args: session, complete=mock.Mock(
            side_effect=exceptions.Unavailable('It is gone.')))
        req = types.SimpleNamespace(
            args={'upload': 'x'}, query_string='', json=None,
            path_info='/generic/%s/uploads/x/complete' % test_elsewhere.ID,
            service=types.SimpleNamespace(pools=test_elsewhere.FOUND),
            record=lambda: next(found), authorize=lambda _: None,
            class_of=lambda _: generic.Generic,
            repository=types.SimpleNamespace(sessions=sessions))
        with mock.patch.object(uploads, '_place', autospec=True):
            uploads.complete(req)

    def test_moved_to_another_service(self):
        self.assertRaises(elsewhere.Elsewhere, self.complete, 'here', 'there')

    def test_nothing(self):
        self.assertRaises(exceptions.Unavailable, self.complete, 'here',
                          'here')
