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

"""Shows that the suite runs on the pipeline that it is said to run on.

No ``test_`` in the module's name: see :mod:`.test_suite`.
"""

import os

from glance.tests import functional

from glance_artifacts.tests.glance_suite import runner


class ProbeTest(functional.SynchronousAPIBase):
    """Artifacts are there, or are not, and images are there in any case."""

    def test_served(self):
        self.start_server()
        self._assert_artifacts(200)

    def test_not_served(self):
        """No tables: as after the upgrade of the package alone."""
        if _artifacts():
            self.config(connection='sqlite:///%s/none.db' % self.test_dir,
                        group='artifacts_database')
        self.start_server()
        self._assert_artifacts(503)

    def _assert_artifacts(self, status):
        answer = self.api_get('/v2/artifacts')
        self.assertEqual(status if _artifacts() else 404, answer.status_int)
        self.assertEqual(200, self.api_get('/v2/images').status_int)


def _artifacts() -> bool:
    return os.environ[runner.MODE] == runner.WITH
