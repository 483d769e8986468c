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

"""Whose failure is it: Glance's, the machine's or ours?"""

from __future__ import annotations

from collections.abc import Iterable
import dataclasses
import shutil

from glance_artifacts.tests.glance_suite import outcome as outcomes
from glance_artifacts.tests.glance_suite import runner


@dataclasses.dataclass
class Comparison:
    """The tests with artifacts and, if any had to be run, without."""

    ours: outcomes.Outcome
    plain: outcomes.Outcome | None = None
    blamed: set[str] = dataclasses.field(default_factory=set)
    unsteady: set[str] = dataclasses.field(default_factory=set)

    @property
    def excused(self) -> set[str]:
        """The tests that fail without artifacts as well."""
        if self.plain is None:
            return set()
        return self.ours.ids('failed') & self.plain.ids('failed')

    def __str__(self) -> str:
        """The report; its last lines are as stestr writes its totals."""
        passed = self.ours.ids('passed') | self.unsteady
        skipped = set(self.ours.statuses) - passed - self.blamed
        return '\n'.join([
            *self._lists(),
            '%s without: %s' % (outcomes.SUITE, self.plain or 'not needed'),
            '%s with: %s' % (outcomes.SUITE, self.ours),
            ' - Passed: %d' % len(passed),
            ' - Skipped: %d' % len(skipped - self.ours.probes),
            ' - Failed: %d' % len(self.blamed)])

    def _lists(self) -> Iterable[str]:
        for name in sorted(self.excused):
            yield 'fails without artifacts as well: %s' % name
            yield from self.ours.texts.get(name, '').splitlines()[-1:]
        if self.excused and not shutil.which('qemu-img'):
            yield ('qemu-img is missing (Debian and Ubuntu: apt install'
                   ' qemu-utils)')
        for name in sorted(self.unsteady):
            yield 'failed once, then passed with artifacts: %s' % name
        for name in sorted(self.blamed):
            yield 'FAILS WITH ARTIFACTS ONLY: %s\n%s' % (
                name, self.ours.texts.get(name, 'did not run'))


def compare(workspace: runner.Workspace, filters: Iterable[str] = (),
            whole: bool = False) -> Comparison:
    """Run the suite with artifacts and, as far as needed, without.

    :param whole: without artifacts, run all tests; else those that failed
    :raises Flawed: when a run proves nothing
    """
    ours = workspace.run(runner.WITH, filters=filters)
    failed = ours.ids('failed')
    if whole:
        plain = workspace.run(runner.WITHOUT, filters=filters)
    elif failed:
        plain = workspace.run(runner.WITHOUT, only=failed | ours.probes)
    else:
        return Comparison(ours)
    blamed = plain.ids('passed') - ours.ids('passed')
    unsteady = set()
    if blamed:
        # the suite waits for seconds where a busy machine needs more: what
        # was better without must be worse with artifacts a second time
        again = workspace.run(runner.WITH, only=blamed | ours.probes)
        unsteady = blamed & again.ids('passed')
    return Comparison(ours, plain, blamed - unsteady, unsteady)
