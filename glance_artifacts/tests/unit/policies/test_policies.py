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

from glance_artifacts.api import routes
from glance_artifacts import policies
from glance_artifacts.tests.unit import test_policy

READ = ('artifact:catalogue', 'artifact:schemas', 'artifact:list',
        'artifact:get', 'artifact:download')
WRITE = ('artifact:create', 'artifact:create_in_pool',
         'artifact:update', 'artifact:delete',
         'artifact:activate', 'artifact:deactivate', 'artifact:reactivate',
         'artifact:upload', 'artifact:delete_blob', 'artifact:add_tag',
         'artifact:delete_tag', 'artifact:communitize',
         'artifact:add_member', 'artifact:delete_member')
#: For the owner's side and for a member, who is named in the target.
READ_MEMBERS = ('artifact:get_members', 'artifact:get_member')
ACCEPT = ('artifact:modify_member',)
ADMIN = ('artifact:publicize', 'artifact:set_owner',
         'artifact:delete_public', 'artifact:download_deactivated',
         'artifact:move')

#: Of one's own project.
OWN = ('artifact:usage',)

READER, MEMBER = ('reader',), ('member', 'reader')
MANAGER = ('manager', 'member', 'reader')
ADMINISTRATOR = ('admin', 'manager', 'member', 'reader')
_context = test_policy.context


class TestDefaults(test_policy.EnforcerTestCase):
    """Who may do what, as the design's table says."""

    def setUp(self):
        super().setUp()
        self.policy = self.enforcer()

    def _assert(self, expected, rules, given, **target):
        target = {'type_name': 'samples', 'pool': 'general', 'owner': 'p',
                  'visibility': 'private', 'status': 'active', **target}
        for rule in rules:
            self.assertIs(expected, self.allows(self.policy, given, rule,
                                                **target), rule)

    def test_each_rule_is_in_one_row(self):
        names = [rule.name for rule in policies.list_rules()]
        self.assertEqual(sorted((*READ, *WRITE, *READ_MEMBERS, *ACCEPT,
                                 *ADMIN, *OWN, 'context_is_admin')),
                         sorted(names))

    def test_nobody(self):
        for given in (_context(), _context(project=None, user=None)):
            self._assert(False, (*READ, *WRITE, *ADMIN, *OWN), given)

    def test_anonymous(self):
        given = _context(project=None, user=None, read_only=True)
        self._assert(True, READ, given, visibility='public')
        self._assert(False, (*WRITE, *ADMIN, *OWN), given,
                     visibility='public')

    def test_reader(self):
        for owner in 'pq':
            self._assert(True, READ, _context(*READER), owner=owner)
            self._assert(False, (*WRITE, *ADMIN), _context(*READER),
                         owner=owner)

    def test_own_project(self):
        for roles in (READER, MEMBER, MANAGER):
            self._assert(True, OWN, _context(*roles))
            self._assert(False, OWN, _context(*roles), owner='q')
            self._assert(False, OWN, _context(*roles), owner=None)

    def test_member(self):
        for roles in (MEMBER, MANAGER):
            self._assert(True, (*READ, *WRITE), _context(*roles))
            self._assert(True, READ, _context(*roles), owner='q')
            self._assert(False, WRITE, _context(*roles), owner='q')
            self._assert(False, ADMIN, _context(*roles))

    def test_admin(self):
        for owner in 'pq':
            self._assert(True, (*READ, *WRITE, *ADMIN, *OWN),
                         _context(*ADMINISTRATOR), owner=owner)

    def test_without_a_target(self):
        # a POST of an admin without a project, and the catalogue
        for rule in READ:
            self.assertTrue(self.allows(self.policy, _context(*READER),
                                        rule))
        for rule in WRITE:
            self.assertFalse(self.allows(self.policy, _context(*MEMBER),
                                         rule, owner=None))

    def test_members(self):
        for given, owner, member, reads, accepts in (
                (_context(), 'p', 'p', False, False),
                (_context(project=None, user=None), 'q', None, False, False),
                (_context(project=None, user=None, read_only=True), 'q',
                 None, False, False),
                (_context(*READER), 'p', None, True, False),
                (_context(*MEMBER), 'p', None, True, False),
                (_context(*READER), 'q', None, False, False),
                (_context(*MEMBER), 'q', None, False, False),
                (_context(*READER), 'q', 'p', True, False),
                (_context(*MEMBER), 'q', 'p', True, True),
                (_context(*MEMBER), 'q', 'r', False, False),
                (_context(*ADMINISTRATOR), 'q', None, True, True)):
            target = {'member_id': member} if member else {}
            for rules, expected in ((READ_MEMBERS, reads),
                                    (ACCEPT, accepts)):
                self._assert(expected, rules, given, owner=owner,
                             visibility='shared', **target)

    def test_a_member_shares_with_nobody(self):
        self._assert(False, ('artifact:add_member', 'artifact:delete_member',
                             'artifact:communitize'), _context(*MEMBER),
                     owner='q', member_id='p', visibility='shared')


class TestRoutes(test_policy.EnforcerTestCase):

    def test_every_route_refuses_a_stranger(self):
        enforcer = self.enforcer()
        for route in routes.ROUTES:
            self.assertFalse(self.allows(
                enforcer, _context('stranger'), route.policy.name,
                owner='q', visibility='public', status='active',
                type_name='samples', pool='general'), route.path)

    def test_every_rule_names_its_route(self):
        paths = {(route.method, _plain(route.path))
                 for route in routes.ROUTES}
        for rule in policies.list_rules():
            for operation in getattr(rule, 'operations', ()):
                path = operation['path'].removeprefix('/v2/artifacts')
                self.assertIn((operation['method'], _plain(path)), paths,
                              rule.name)

    def test_every_route_is_named_by_its_rule(self):
        for route in routes.ROUTES:
            if route.path != '/schemas':
                self.assertIn(
                    (route.method, '/v2/artifacts' + _plain(route.path)),
                    [(one['method'], _plain(one['path']))
                     for one in route.policy.operations])

    def test_rules_are_described(self):
        for rule in policies.list_rules():
            self.assertRegex(rule.description, r'\A[A-Z].*\.\Z')


def _plain(path):
    return path.replace('{artifact_id}', '{id}')
