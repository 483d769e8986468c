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

"""Check strings that the defaults are made of.

A target carries ``type_name``, ``pool``, ``owner``, ``visibility`` and
``status``, so that a rule can be written for one type, as in
``"role:ml and 'ml_models':%(type_name)s"``. What a caller may not see is
never judged here: it answers 404 before any rule is asked. Where a project
that an artifact is shared with asks about members, the target of their rules
carries that project as ``member_id``.
"""

from oslo_policy import policy

ADMIN = 'rule:context_is_admin'
READER = f'{ADMIN} or role:reader or anonymous:True'
READER_OR_MEMBER = (
    f'{ADMIN} or (role:reader'
    ' and (project_id:%(owner)s or project_id:%(member_id)s))')
MEMBER = f'{ADMIN} or (role:member and project_id:%(member_id)s)'
OWNER = f'{ADMIN} or (role:member and project_id:%(owner)s)'

SCOPES = ['project']

#: What the names of our rules begin with.
PREFIX = 'artifact:'

RULES = (
    policy.RuleDefault(
        name='context_is_admin', check_str='role:admin',
        description='Who is an administrator. The rule is Glance\'s own.'),
)


def rule(name: str, check_str: str, description: str, method: str,
         *paths: str) -> policy.DocumentedRuleDefault:
    """A default for one operation, on paths below ``/v2/artifacts``."""
    return rule_of(name, check_str, description,
                   *((method, path) for path in paths))


def rule_of(name: str, check_str: str, description: str,
            *operations: tuple[str, str]) -> policy.DocumentedRuleDefault:
    """The same for operations of several methods."""
    return policy.DocumentedRuleDefault(
        name=PREFIX + name, check_str=check_str, scope_types=SCOPES,
        description=description,
        operations=[{'method': method, 'path': f'/v2/artifacts{path}'}
                    for method, path in operations])
