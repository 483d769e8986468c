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

import itertools
import os
import pathlib

import fixtures
from oslo_config import cfg
from oslo_context import context as oslo_context
from oslo_policy import policy as oslo_policy
from oslotest import base

from glance_artifacts.db import postings
from glance_artifacts import exceptions
from glance_artifacts import policy
from glance_artifacts.tests.unit import factories
from glance_artifacts.types import common

STATUSES = ('drafted', 'active', 'deactivated')
MEMBER_STATUSES = ('accepted', 'pending', 'rejected', 'all')
MEMBERS = factories.members(yes='accepted', wait='pending', no='rejected')


class TestSees(base.BaseTestCase):

    def test_table(self):
        for status, visibility in itertools.product(STATUSES,
                                                    common.VISIBILITIES):
            record = factories.artifact(status=status, visibility=visibility,
                                        members=MEMBERS)
            there = status != 'drafted'
            public = there and visibility == 'public'
            community = there and visibility in ('public', 'community')
            shared = there and visibility != 'private'
            for caller, expected in (
                    (factories.caller('p'), True),
                    (factories.caller('q'), community),
                    (factories.caller('yes'), shared),
                    (factories.caller('wait'), shared),
                    (factories.caller('no'), shared),
                    (factories.caller(None), public),
                    (factories.caller('q', True), True),
                    (factories.caller(None, True), True)):
                self.assertIs(expected, caller.sees(record),
                              (status, visibility, caller))

    def test_members(self):
        record = factories.artifact(visibility='shared', members=MEMBERS)
        for caller, seen in (
                (factories.caller('p'), {*MEMBERS}),
                (factories.caller('yes'), {'yes'}),
                (factories.caller('no'), {'no'}),
                (factories.caller('q'), set()),
                (factories.caller(None), set()),
                (factories.caller(None, True), {*MEMBERS})):
            self.assertEqual(seen, {
                name for name in MEMBERS
                if caller.sees_member(record, name)})

    def test_nobody_has_a_project_without_a_name(self):
        for name in (None, ''):
            for more in ((), (True,), (True, 'all')):
                self.assertEqual((postings.PUBLIC,),
                                 factories.caller(name).audiences_for(*more))


class TestLists(base.BaseTestCase):

    CALLERS = [*map(factories.caller, (
        'p', 'q', 'yes', 'wait', 'no', None, 'public', '*', 'project:p')),
        factories.caller('q', True)]
    ASKED = [*itertools.product((False, True), MEMBER_STATUSES)]

    def records(self):
        for status, visibility, owner in itertools.product(
                STATUSES, common.VISIBILITIES, ('p', 'yes', 'public', '*')):
            yield factories.artifact(status=status, visibility=visibility,
                                     owner=owner, members=MEMBERS)

    def test_table(self):
        for visibility, name, listed in (
                ('public', 'q', {*self.ASKED}), ('private', 'yes', set()),
                ('community', 'q', {(True, one) for one in MEMBER_STATUSES}),
                ('community', None, set()), ('shared', 'q', set()),
                ('community', 'p', {*self.ASKED}),
                ('shared', 'p', {*self.ASKED}),
                ('shared', 'yes', self.with_status('accepted')),
                ('shared', 'wait', self.with_status('pending')),
                ('shared', 'no', self.with_status('rejected'))):
            record = factories.artifact(visibility=visibility,
                                        members=MEMBERS)
            caller = factories.caller(name)
            self.assertEqual(listed, {
                asked for asked in self.ASKED if caller.lists(record, *asked)
            }, (visibility, name))

    def with_status(self, status):
        return {asked for asked in self.ASKED if asked[1] in (status, 'all')}

    def test_what_is_listed_is_seen_and_in_the_lists_that_are_walked(self):
        for record, caller, asked in itertools.product(
                self.records(), self.CALLERS, self.ASKED):
            walked = (set(caller.audiences_for(*asked))
                      & postings.audiences(record))
            if caller.lists(record, *asked):
                self.assertTrue(walked and caller.sees(record))

    def test_the_lists_that_are_walked_hold_nothing_else(self):
        # but what was accepted, where the rest is asked for
        for record, caller, asked in itertools.product(
                self.records(), self.CALLERS, self.ASKED):
            walked = (set(caller.audiences_for(*asked))
                      & postings.audiences(record))
            if asked[1] in ('accepted', 'all'):
                self.assertEqual(bool(walked), caller.lists(record, *asked))
            elif walked:
                self.assertTrue(caller.sees(record))

    def test_unasked(self):
        for caller in self.CALLERS:
            self.assertEqual(caller.audiences_for(),
                             caller.audiences_for(False, 'accepted'))


class EnforcerTestCase(base.BaseTestCase):

    def enforcer(self, policy_file=''):
        home = self.home = pathlib.Path(
            self.useFixture(fixtures.TempDir()).path)
        (home / 'policy.yaml').write_text(policy_file)
        (home / 'glance.conf').write_text(
            '[oslo_policy]\npolicy_file = %s\n' % (home / 'policy.yaml'))
        conf = cfg.ConfigOpts()
        conf([], default_config_files=[str(home / 'glance.conf')])
        return policy.Enforcer(conf)

    def allows(self, enforcer, context, rule, **target):
        caller = enforcer.caller(context)
        try:
            enforcer.enforce(caller, rule, target)
        except exceptions.Forbidden as exc:
            self.assertEqual((403, 'policy.forbidden'),
                             (exc.status, exc.code))
            self.assertIn(rule, exc.detail)
            self.assertFalse(caller.credentials['anonymous'])
            return False
        except exceptions.Unauthorized as exc:
            self.assertEqual(401, exc.status)
            self.assertTrue(caller.credentials['anonymous'])
            return False
        return True


def context(*roles, project='p', user='u', **kwargs):
    return oslo_context.RequestContext(
        user_id=user, project_id=project, roles=list(roles), **kwargs)


class TestCaller(EnforcerTestCase):

    def test_a_member(self):
        caller = self.enforcer().caller(context('member', 'reader'))
        self.assertEqual(('p', False), (caller.project_id, caller.is_admin))

    def test_an_admin(self):
        self.assertTrue(self.enforcer().caller(context('admin')).is_admin)

    def test_who_is_admin_is_for_the_operator_to_say(self):
        enforcer = self.enforcer('context_is_admin: role:boss')
        self.assertFalse(enforcer.caller(context('admin')).is_admin)
        self.assertTrue(enforcer.caller(context('boss')).is_admin)

    def test_anonymous(self):
        enforcer = self.enforcer()
        for given, expected in (
                (context(project=None, user=None, read_only=True), True),
                (context(project=None, user=None), False),
                (context('reader', read_only=True), False)):
            self.assertIs(expected,
                          enforcer.caller(given).credentials['anonymous'])


class TestEnforcer(EnforcerTestCase):

    def test_a_rule_for_one_type(self):
        enforcer = self.enforcer(
            '"artifact:get": "role:ml and \'samples\':%(type_name)s"')
        for roles, type_name, expected in (
                (['ml'], 'samples', True), (['ml'], 'others', False),
                (['member'], 'samples', False)):
            self.assertIs(expected, self.allows(
                enforcer, context(*roles), 'artifact:get',
                type_name=type_name))

    def test_what_rules_can_look_at(self):
        record = factories.artifact(visibility='public', pool='fast')
        self.assertEqual(
            {'type_name': 'samples', 'pool': 'fast', 'owner': 'p',
             'visibility': 'public', 'status': 'active'},
            policy.target_of(record))

    def test_a_token_for_no_project(self):
        # oslo.policy refuses its scope outright
        given = context('admin', project=None, system_scope='all')
        enforcer = self.enforcer()
        self.assertFalse(self.allows(enforcer, given, 'artifact:get'))
        self.assertFalse(self.allows(
            enforcer, context('member', project=None), 'artifact:update',
            owner='p'))

    def test_no_project_owns_nothing(self):
        enforcer = self.enforcer()
        for owner in (None, '', 'None'):
            self.assertFalse(self.allows(
                enforcer, context('member', project=None),
                'artifact:update', owner=owner), repr(owner))

    def test_plugins_bring_rules_of_their_own(self):
        enforcer = self.enforcer()
        rule = oslo_policy.DocumentedRuleDefault(
            name='sample:hello', check_str='role:friend', description='.',
            operations=[{'method': 'GET', 'path': '/v2/artifacts'}])
        ours = oslo_policy.DocumentedRuleDefault(
            name='artifact:get', check_str='@', description='.',
            operations=[{'method': 'GET', 'path': '/v2/artifacts'}])
        for _ in range(2):
            enforcer.register([rule, ours])
        for role, expected in (('friend', True), ('member', False)):
            self.assertIs(expected, self.allows(enforcer, context(role),
                                                'sample:hello'))
        self.assertFalse(self.allows(enforcer, context(), 'artifact:get'))


class TestPolicyFile(EnforcerTestCase):

    def test_it_is_looked_at_now_and_then_not_at_every_question(self):
        for seconds, noticed in ((0, True), (3600, False)):
            self.useFixture(fixtures.MockPatchObject(policy, 'LOOK', seconds))
            enforcer = self.enforcer('"artifact:get": "role:reader"')
            self.assertTrue(self.reads(enforcer))
            path = self.home / 'policy.yaml'
            path.write_text('"artifact:get": "!"')
            os.utime(path, (path.stat().st_mtime + 1,) * 2)
            self.assertIs(not noticed, self.reads(enforcer))

    def test_rules_that_come_later_count_at_once(self):
        self.useFixture(fixtures.MockPatchObject(policy, 'LOOK', 3600))
        enforcer = self.enforcer()
        enforcer.load()
        enforcer.register([oslo_policy.RuleDefault('sample:hello', '@')])
        self.assertTrue(self.allows(enforcer, context(), 'sample:hello'))

    def reads(self, enforcer):
        return self.allows(enforcer, context('reader'), 'artifact:get',
                           owner='p')

    def test_one_that_is_as_it_should_be(self):
        enforcer = self.enforcer('"artifact:get": "role:ml"\n'
                                 '"artifact:list": "!"\n'
                                 '"get_image": "role:ml"\n')
        enforcer.load()
        self.assertEqual({}, enforcer.doubts())

    def test_one_that_cannot_be_read(self):
        for text in ('[', '- a\n- b', '"artifact:get": "role:ml', 'word',
                     '\x00'):
            enforcer = self.enforcer(text)
            error = self.assertRaises(exceptions.Misconfigured,
                                      enforcer.load)
            self.assertEqual('[oslo_policy]/policy_file', error.option)

    def test_rules_that_do_not_do_what_they_seem_to(self):
        enforcer = self.enforcer('"artifact:get": "role ml"\n'
                                 '"artifact:gte": "role:ml"\n'
                                 '"artifact:list": "role:ml"\n')
        enforcer.load()
        self.assertEqual({'artifact:get', 'artifact:gte'},
                         set(enforcer.doubts()))
