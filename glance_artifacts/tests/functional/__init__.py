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

"""Tests against real servers, on the database that ``databases`` chooses."""

import os

from glance_artifacts.tests.functional import databases


def load_tests(loader, tests, pattern):
    """All of them, or one that says why they are left out."""
    if databases.missing():
        return loader.loadTestsFromTestCase(databases.LeftOut)
    tests.addTests(loader.discover(os.path.dirname(__file__),
                                   pattern or 'test*.py'))
    return tests
