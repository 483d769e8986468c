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

from oslotest import base

from glance_artifacts import exceptions
from glance_artifacts.tests.unit.types import base as field_base
from glance_artifacts import types
from glance_artifacts.types import semver

# In the order of precedence that SemVer 2 gives as its example, and more.
PRECEDENCE = (
    '0.0.0-0', '0.0.0', '0.9.9', '1.0.0-0', '1.0.0-9', '1.0.0-10',
    '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta',
    '1.0.0-beta.2', '1.0.0-beta.11', '1.0.0-rc.1', '1.0.0', '1.0.1',
    '1.2.0', '1.10.0', '2.0.0', '999999999999999999.0.0')


def _precedence(text):
    version = semver.parse(text)
    return (version.major, version.minor, version.patch,
            not version.prerelease,
            [(isinstance(part, str), part) for part in version.prerelease])


class TestParse(base.BaseTestCase):

    def test_parts(self):
        self.assertEqual(
            semver.Version(1, 2, 3, ('rc', 1, 'x-y', '0a'), 'b.001'),
            semver.parse('1.2.3-rc.1.x-y.0a+b.001'))
        self.assertEqual(semver.Version(1, 0, 0), semver.parse('1'))

    def test_parts_give_the_precedence_of_semver(self):
        self.assertEqual(list(PRECEDENCE),
                         sorted(reversed(PRECEDENCE), key=_precedence))

    def test_round_trip(self):
        for text in (*PRECEDENCE, '1.0.0+build', '1.0.0--', '1.0.0-a+b-.-c',
                     '1.0.0+0.00.000', '1.0.0--1', '1.0.0-1a.a1.-'):
            self.assertEqual(text, semver.complete(text))
            self.assertEqual(text, str(semver.parse(text)))

    def test_short_forms_are_completed(self):
        for text, complete in (
                ('0', '0.0.0'), ('1', '1.0.0'), ('1.2', '1.2.0'),
                ('1-rc1', '1.0.0-rc1'), ('1.2-rc1', '1.2.0-rc1'),
                ('1+b', '1.0.0+b'), ('1.2-3.4+5', '1.2.0-3.4+5')):
            self.assertEqual(complete, semver.complete(text))

    def test_rejects(self):
        for text in ('', ' ', 'v1', '1.', '.1', '1..2', '1.2.3.4', '01',
                     '1.02', '1.0.00', '-1', '1-', '1.0.0-', '1.0.0+',
                     '1.0.0-a..b', '1.0.0-.a', '1.0.0-01', '1.0.0-a.00',
                     '1.0.0-a_b', '1.0.0+a+b', '1.0.0 ', ' 1.0.0', '1.0.0\n',
                     '1,0', '\u0661', '1.0.0-\u0661', '1.0.0-\xe9', '1\0',
                     '\ud800', 'latest', '*', '1.x', '>=1',
                     None, 1, 1.0, True, [], {}, b'1.0.0'):
            for function in (semver.parse, semver.complete):
                error = self.assertRaises(exceptions.InvalidValue, function,
                                          text)
                self.assertEqual('version', error.field)

    def test_errors_name_the_field(self):
        error = self.assertRaises(exceptions.InvalidValue, semver.parse, 'x',
                                  'needs/0')
        self.assertEqual('needs/0', error.field)


class TestLimits(base.BaseTestCase):

    def test_digits(self):
        most = '9' * 18
        for form in ('%s', '1.%s', '1.2.%s', '1.2.3-%s', '1.2.3-a.%s'):
            semver.parse(form % most)
            self.assertRaises(exceptions.InvalidValue, semver.parse,
                              form % (most + '9'))
        # Digits among letters and in build metadata are no numbers.
        semver.parse('1.2.3-%s9a+%s9' % (most, most))

    def test_length(self):
        longest = '1.0.0-' + 'a' * 122
        self.assertEqual(128, len(semver.complete(longest)))
        self.assertRaises(exceptions.InvalidValue, semver.parse,
                          longest + 'a')

    def test_length_is_that_of_the_complete_form(self):
        self.assertEqual(128, len(semver.complete('1-' + 'a' * 122)))
        self.assertRaises(exceptions.InvalidValue, semver.parse,
                          '1-' + 'a' * 123)

    def test_hostile_length(self):
        for text in ('1' * 10 ** 6, '1.0.0-' + '0' * 10 ** 6,
                     '1.0.0-' + 'a.' * 10 ** 6):
            self.assertRaises(exceptions.InvalidValue, semver.parse, text)


class TestSemVer(field_base.FieldTestCase):

    def test_field(self):
        field = types.SemVer('Release.', filterable=True, sortable=True,
                             mutable=True, required=True)
        self.assertEqual('semver', field.kind)
        self.assert_accepts(field, ('1', '1.0.0'), ('1.2-rc.1', '1.2.0-rc.1'),
                            ('1.2.3+b', '1.2.3+b'), (None, None))
        self.assert_rejects(field, '', 'v1', '01', '1.2.3.4', 1, 1.2, [],
                            '1' * 19, '1.0.0-' + 'a' * 128, rule='version')
        self.assertEqual('1.0.0', types.SemVer(default='1').initial())
        self.assert_mistake(ValueError, types.SemVer(default='x'), 'default')
