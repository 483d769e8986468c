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

"""What the test runner finds in this folder: Glance's tests and a probe.

Found by accident, by a discovery that takes in the whole tree, it is empty:
Glance's tests need a working directory and a process of their own.
"""

from __future__ import annotations

import os
import pathlib
import unittest

from oslo_config import cfg
from oslo_db import options as db_options

from glance_artifacts.tests.glance_suite import names
from glance_artifacts.tests.glance_suite import outcome
from glance_artifacts.tests.glance_suite import paste
from glance_artifacts.tests.glance_suite import runner


def load_tests(loader: unittest.TestLoader, tests: unittest.TestSuite,
               pattern: str | None) -> unittest.TestSuite:
    """The protocol of unittest: what to load in place of this module."""
    if runner.MODE not in os.environ:
        return tests
    # the suite counts on defaults that others of its modules set
    db_options.set_defaults(cfg.CONF)
    names.install()
    from glance.tests import functional
    if os.environ[runner.MODE] == runner.WITH:
        paste.install(functional.SynchronousAPIBase,
                      runner.database_url(pathlib.Path.cwd()))
    from glance_artifacts.tests.glance_suite import probe
    # the loader at hand takes this tree for the top of everything
    other = unittest.TestLoader()
    tests.addTests(other.discover(outcome.SUITE))
    tests.addTests(other.loadTestsFromModule(probe))
    loader.errors.extend(other.errors)
    return tests
