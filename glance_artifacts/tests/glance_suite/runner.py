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

"""One run of the suite, in processes and a folder of its own."""

from __future__ import annotations

from collections.abc import Iterable
import functools
import os
import pathlib
import shutil
import subprocess
import sys
import time

import glance
from oslo_db.sqlalchemy import engines
import subunit
import testtools

from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import migration
from glance_artifacts.tests.glance_suite import outcome as outcomes

MODE = 'GLANCE_ARTIFACTS_SUITE'
WITH, WITHOUT = 'with', 'without'

_HERE = pathlib.Path(__file__).parent
_TOP = _HERE.parents[2]


class Workspace:
    """A working directory as the suite wants it.

    :param folder: an empty one
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        # the suite opens its files by paths from the folder that holds the
        # package, and logs into it: that must not be where it is installed
        package = pathlib.Path(glance.__path__[0])
        shutil.copytree(package / 'tests' / 'etc',
                        folder / 'glance' / 'tests' / 'etc')
        migration.sync(db_engine.Database(
            engines.create_engine(database_url(folder))))

    def run(self, mode: str, *, filters: Iterable[str] = (),
            only: Iterable[str] = ()) -> outcomes.Outcome:
        """Run the suite.

        :param mode: WITH artifacts or WITHOUT
        :param filters: regular expressions; none: all tests
        :param only: the tests' ids, the probes' too; none: all tests
        :raises Flawed: when the run proves nothing
        """
        command = [sys.executable, '-m', 'stestr', 'run', '--subunit',
                   '--test-path', str(_HERE), '--top-dir', str(_TOP)]
        if only:
            names = self.folder / 'names'
            names.write_text('\n'.join(only))
            command += ['--load-list', str(names)]
        if filters:
            command += [*filters, outcomes.PROBE]
        print('==', outcomes.SUITE, mode, 'artifacts', flush=True)
        return self._run(command, mode)

    def _run(self, command: list[str], mode: str) -> outcomes.Outcome:
        outcome = outcomes.Outcome()
        begun = time.monotonic()
        # the tests are not ours, neither are the warnings that they cause
        env = os.environ | {MODE: mode, 'PYTHONWARNINGS': 'ignore'}
        with subprocess.Popen(command, cwd=self.folder, env=env,
                              stdout=subprocess.PIPE) as process:
            stream = testtools.StreamToDict(
                functools.partial(_ended, outcome))
            stream.startTestRun()
            subunit.ByteStreamToStreamResult(
                process.stdout, non_subunit_name='output').run(stream)
            stream.stopTestRun()
        outcome.seconds = time.monotonic() - begun
        outcome.check(process.returncode)
        return outcome


def database_url(folder: pathlib.Path) -> str:
    """The database with the artifacts' tables."""
    return 'sqlite:///%s/artifacts.sqlite' % folder


def _ended(outcome: outcomes.Outcome, test: dict) -> None:
    status = outcome.add(test)
    if status:
        print(test['id'], '...', status, flush=True)
