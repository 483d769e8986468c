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

from glance_artifacts.repository import base as repository_base
from glance_artifacts.repository import everything
from glance_artifacts.repository.images import paging
from glance_artifacts.repository import predicates
from glance_artifacts.tests.unit import factories
from glance_artifacts.types import common


class _Artifacts:
    """Has none."""

    def page(self, caller, query):
        return repository_base.Page([], None)


class _Images:
    """Counts how often it is asked."""

    def __init__(self):
        self.asked = 0

    def page(self, caller, query):
        self.asked += 1
        return paging.Rows([], None)


class TestImages(base.BaseTestCase):
    """Glance is asked only where images can be in the list."""

    def _asked(self, *filters):
        images = _Images()
        everything.Everything(_Artifacts(), images).page(
            factories.caller(), repository_base.Query(
                None, type_names=('generic', 'images'), filters=filters))
        return images.asked

    def _named(self, op, *names):
        return predicates.Predicate(common.COMMON['type_name'], 'string', op,
                                    names)

    def test_all(self):
        self.assertEqual(1, self._asked())

    def test_named(self):
        self.assertEqual(1, self._asked(self._named('in', 'images', 'x')))

    def test_others_are_named(self):
        self.assertEqual(0, self._asked(self._named('in', 'generic')))
        self.assertEqual(0, self._asked(self._named('neq', 'images')))
