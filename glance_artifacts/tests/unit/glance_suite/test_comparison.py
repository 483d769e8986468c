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

"""Who is blamed for a test of Glance's that fails."""

from oslotest import base

from glance_artifacts.tests.glance_suite import comparison
from glance_artifacts.tests.glance_suite import outcome
from glance_artifacts.tests.glance_suite import runner


def _outcome(**statuses):
    result = outcome.Outcome(seconds=1.0)
    for name, status in statuses.items():
        result.statuses['%s.%s' % (outcome.SUITE, name)] = status
    result.statuses['%s.there' % outcome.PROBE] = 'passed'
    return result


class _Workspace:
    """Gives prepared outcomes, and keeps what it was asked for."""

    def __init__(self, *outcomes):
        self._outcomes = list(outcomes)
        self.asked = []

    def run(self, mode, *, filters=(), only=()):
        short = {name.rpartition('.')[2] for name in only}
        self.asked.append((mode, list(filters), short))
        return self._outcomes.pop(0)


class CompareTest(base.BaseTestCase):

    def test_all_pass(self):
        workspace = _Workspace(_outcome(a='passed', b='skipped'))
        result = comparison.compare(workspace, ['x'])
        self.assertEqual([(runner.WITH, ['x'], set())], workspace.asked)
        self.assertEqual(set(), result.blamed)
        self.assertEqual(
            ['glance.tests.functional.v2 without: not needed',
             'glance.tests.functional.v2 with: '
             '1 passed, 0 failed, 1 skipped, 1 s',
             ' - Passed: 1', ' - Skipped: 1', ' - Failed: 0'],
            str(result).splitlines())

    def test_fails_without_too(self):
        ours = _outcome(a='failed', b='passed')
        ours.texts['%s.a' % outcome.SUITE] = 'Traceback:\nTimeoutError'
        workspace = _Workspace(ours, _outcome(a='failed'))
        result = comparison.compare(workspace)
        self.assertEqual((runner.WITHOUT, [], {'a', 'there'}),
                         workspace.asked[-1])
        self.assertEqual(set(), result.blamed)
        self.assertIn('fails without artifacts as well: %s.a\nTimeoutError\n'
                      % outcome.SUITE, str(result))
        self.assertEqual([' - Passed: 1', ' - Skipped: 1', ' - Failed: 0'],
                         str(result).splitlines()[-3:])

    def test_blamed(self):
        bad = _outcome(a='failed', b='passed')
        bad.texts['%s.a' % outcome.SUITE] = 'why'
        workspace = _Workspace(bad, _outcome(a='passed'), bad)
        result = comparison.compare(workspace)
        self.assertEqual({'%s.a' % outcome.SUITE}, result.blamed)
        self.assertIn('why', str(result))
        self.assertEqual([' - Passed: 1', ' - Skipped: 0', ' - Failed: 1'],
                         str(result).splitlines()[-3:])

    def test_unsteady(self):
        workspace = _Workspace(_outcome(a='failed'), _outcome(a='passed'),
                               _outcome(a='passed'))
        result = comparison.compare(workspace)
        self.assertEqual(set(), result.blamed)
        self.assertEqual([' - Passed: 1', ' - Skipped: 0', ' - Failed: 0'],
                         str(result).splitlines()[-3:])

    def test_not_run_or_skipped_with_artifacts(self):
        ours = _outcome(b='skipped')
        workspace = _Workspace(ours, _outcome(a='passed', b='passed'), ours)
        result = comparison.compare(workspace, whole=True)
        self.assertEqual((runner.WITHOUT, [], set()), workspace.asked[1])
        self.assertEqual({'%s.a' % outcome.SUITE, '%s.b' % outcome.SUITE},
                         result.blamed)


class OutcomeTest(base.BaseTestCase):

    def test_statuses(self):
        result = outcome.Outcome()
        for status in ('exists', 'success', 'skip', 'fail', 'inprogress'):
            result.add({'id': '%s.%s' % (outcome.SUITE, status),
                        'status': status, 'details': {}})
        self.assertEqual(1, len(result.ids('passed')))
        self.assertEqual(1, len(result.ids('skipped')))
        self.assertEqual({'%s.fail' % outcome.SUITE,
                          '%s.inprogress' % outcome.SUITE},
                         result.ids('failed'))

    def test_check(self):
        _outcome(a='passed').check(0)
        _outcome(a='failed').check(1)
        self.assertRaises(outcome.Flawed, _outcome(a='passed').check, 1)
        self.assertRaises(outcome.Flawed, outcome.Outcome().check, 0)

    def test_check_probe(self):
        result = _outcome(a='passed')
        name = '%s.there' % outcome.PROBE
        result.statuses[name] = 'failed'
        result.texts[name] = 'not there'
        exc = self.assertRaises(outcome.Flawed, result.check, 1)
        self.assertIn('not there', str(exc))
