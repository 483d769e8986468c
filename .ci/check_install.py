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

"""Prove that an installed glance-artifacts carries all that git tracks.

Run by .ci/run in a fresh virtual environment, in a directory with the list
``tracked``.
"""

import importlib
import importlib.metadata
import pathlib
import pkgutil
import sys

import glance_artifacts

ETC = 'etc/glance-artifacts/'


def missing():
    """List the tracked files that were not installed."""
    package = pathlib.Path(glance_artifacts.__file__).parent
    for name in pathlib.Path('tracked').read_text().splitlines():
        root = sys.prefix if name.startswith(ETC) else package.parent
        if not pathlib.Path(root, name).exists():
            yield name


def import_all():
    """Import every module but the tests, whose needs are not installed.

    And but what starts the service when it is imported.
    """
    for module in pkgutil.walk_packages(glance_artifacts.__path__,
                                        'glance_artifacts.'):
        if not module.name.startswith(('glance_artifacts.tests',
                                       'glance_artifacts.wsgi',
                                       'glance_artifacts.db.migrations')):
            importlib.import_module(module.name)


def load_entry_points():
    """Load what the package registers."""
    distribution = importlib.metadata.distribution('glance-artifacts')
    for entry_point in distribution.entry_points:
        entry_point.load()
    return distribution.version


absent = sorted(missing())
if absent:
    sys.exit('not in the wheel: ' + ', '.join(absent))
import_all()
print('glance-artifacts', load_entry_points(), 'installs whole')
