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

"""Runs the suite with artifacts and asks whether a failure is ours."""

from __future__ import annotations

import argparse
import pathlib
import sys
import tempfile

from glance_artifacts.tests.glance_suite import comparison
from glance_artifacts.tests.glance_suite import outcome
from glance_artifacts.tests.glance_suite import runner


def main() -> int | str:
    """What to exit with."""
    parser = argparse.ArgumentParser(
        prog='python -m %s' % __package__,
        description='Run Glance\'s own functional tests with artifacts in'
                    ' the paste file. Those that fail are run without: one'
                    ' that passes then is a failure of artifacts.')
    parser.add_argument('--without', action='store_true',
                        help='run all of them without artifacts as well')
    parser.add_argument('filters', nargs='*', metavar='FILTER',
                        help='regular expression of the tests to run')
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix='glance-suite-') as folder:
        workspace = runner.Workspace(pathlib.Path(folder))
        try:
            result = comparison.compare(workspace, args.filters, args.without)
        except outcome.Flawed as exc:
            return 'Nothing is proved: %s' % exc
    print(result)
    return 1 if result.blamed else 0


if __name__ == '__main__':
    sys.exit(main())
