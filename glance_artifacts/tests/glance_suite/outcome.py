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

"""What became of the tests of one run."""

from __future__ import annotations

import dataclasses

SUITE = 'glance.tests.functional.v2'
PROBE = '%s.probe' % __package__

_STATUSES = {'success': 'passed', 'xfail': 'passed', 'skip': 'skipped'}


class Flawed(Exception):
    """A run that proves nothing."""


@dataclasses.dataclass
class Outcome:
    """The tests by id: status (passed, failed, skipped) and traceback."""

    statuses: dict[str, str] = dataclasses.field(default_factory=dict)
    texts: dict[str, str] = dataclasses.field(default_factory=dict)
    seconds: float = 0

    def add(self, test: dict) -> str | None:
        """Keep what :class:`testtools.StreamToDict` says.

        :returns: the status; None for an entry of the list of tests, which
            comes before the run
        """
        if test['status'] == 'exists':
            return None
        name = test['id']
        # a test that never ended ("inprogress") took its process down
        status = _STATUSES.get(test['status'], 'failed')
        self.statuses[name] = status
        if status == 'failed':
            self.texts[name] = '\n'.join(
                detail.as_text() for key, detail in test['details'].items()
                if key.startswith('traceback')).strip()
        return status

    def check(self, exit_code: int) -> None:
        """See that the tests ran, and on the pipeline they should run on.

        :param exit_code: the test runner's
        :raises Flawed: when they did not
        """
        for name in sorted(self._ids('failed') - self.ids('failed')):
            raise Flawed('%s failed\n%s' % (name, self.texts[name]))
        if not self.probes or exit_code and not self.ids('failed'):
            raise Flawed('stestr failed (%d)' % exit_code)

    def ids(self, status: str) -> set[str]:
        """The tests that ended so, our probe left out."""
        return {name for name in self._ids(status)
                if name.startswith(SUITE + '.')}

    @property
    def probes(self) -> set[str]:
        """The tests that show which pipeline it was."""
        return {name for name in self.statuses if name.startswith(PROBE)}

    def __str__(self) -> str:
        counts = ['%d %s' % (len(self.ids(status)), status)
                  for status in ('passed', 'failed', 'skipped')]
        return '%s, %d s' % (', '.join(counts), self.seconds)

    def _ids(self, status: str) -> set[str]:
        return {name for name, its in self.statuses.items() if its == status}
