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

"""The API as stories: one request after another, from ``gabbits``."""

import os

from gabbi import driver
from gabbi.handlers import base as handlers

from glance_artifacts.dev import checks
from glance_artifacts.tests.functional.api import charts
from glance_artifacts.tests.functional import base

GABBITS = os.path.join(os.path.dirname(__file__), 'gabbits')


class ChartHandler(handlers.ContentHandler):
    """Packs what a story says of a chart, as ``helm package`` would."""

    test_base = {}

    @staticmethod
    def accepts(content_type):
        return content_type == 'application/gzip'

    @staticmethod
    def dumps(data, pretty=False, test=None):
        return data if isinstance(data, bytes) else charts.pack(**data)


def load_tests(loader, tests, pattern):
    """The tests of every file in ``gabbits``, for unittest and stestr."""
    suite = driver.build_tests(GABBITS, loader, host=checks.HOST,
                               prefix='/v2', content_handlers=[ChartHandler])
    for story in suite:
        for test in story:
            type(test).port = property(_port)
    return suite


def _port(test):
    """Asked for when a test runs: to list tests, no server is started."""
    return int(base.shared_server().server.address.partition(':')[2])
