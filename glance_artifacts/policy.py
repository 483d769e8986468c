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

"""Who the caller is, what they see, and what they may do."""

from __future__ import annotations

from collections.abc import Iterable
import dataclasses
import time
from typing import Any

from oslo_config import cfg
from oslo_context import context as oslo_context
from oslo_policy import policy as oslo_policy

from glance_artifacts.db import postings
from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts import policies

#: How often the policy files are looked at, in seconds.
LOOK = 1.0


@dataclasses.dataclass(frozen=True)
class Caller:
    """The identity that a request acts with."""

    project_id: str | None
    is_admin: bool
    credentials: dict[str, Any]

    def audiences_for(self, community: bool = False,
                      member_status: str = 'accepted') -> tuple[str, ...]:
        """The posting lists that hold what a list shows.

        :param community: whether it asks for community artifacts
        :param member_status: which of the artifacts that others share with
            the caller it asks for: of one member status, or ``all``
        """
        if self.is_admin:
            return (postings.ADMIN,)
        if not self.project_id:
            return (postings.PUBLIC,)
        found = [postings.project(self.project_id), postings.PUBLIC]
        found += [postings.shared(self.project_id, status)
                  for status in ('pending', 'rejected')
                  if member_status in (status, 'all')]
        return (*found, postings.COMMUNITY) if community else tuple(found)

    def lists(self, artifact: records.Artifact, community: bool = False,
              member_status: str = 'accepted') -> bool:
        """Whether a list shows the artifact, as far as the caller goes.

        The parameters are those of ``audiences_for``, whose lists also hold
        what was accepted when only the rest is asked for.
        """
        if not self.sees(artifact):
            return False
        if self.is_admin or self.project_id == artifact.owner:
            return True
        if artifact.visibility == 'shared':
            member = artifact.members[self.project_id]
            return member_status in (member.status, 'all')
        return community or artifact.visibility != 'community'

    def sees(self, artifact: records.Artifact) -> bool:
        """Whether the artifact exists as far as the caller can tell."""
        if self.is_admin or self.project_id == artifact.owner:
            return True
        if artifact.status == 'drafted':
            return False
        if artifact.visibility == 'shared':
            return self.project_id in artifact.members
        return artifact.visibility == 'public' or (
            artifact.visibility == 'community' and bool(self.project_id))

    def sees_member(self, artifact: records.Artifact, member: str) -> bool:
        """Whether the caller sees a member of an artifact they see.

        Members see themselves alone.
        """
        return self.is_admin or self.project_id in (artifact.owner, member)


class _Enforcer(oslo_policy.Enforcer):
    """oslo.policy's own, which looks for changed files at every question."""

    _next_look = 0.0

    def load_rules(self, force_reload: bool = False) -> None:
        now = time.monotonic()
        if force_reload or now >= self._next_look:
            super().load_rules(force_reload)
            self._next_look = now + LOOK

    def register_default(self, default: oslo_policy.RuleDefault) -> None:
        super().register_default(default)
        self._next_look = 0.0  # it counts once the rules are loaded


class Enforcer:
    """oslo.policy with our defaults, in Glance's own policy file.

    A change of the file holds within ``LOOK`` seconds.
    """

    def __init__(self, conf: cfg.ConfigOpts) -> None:
        self._enforcer = _Enforcer(conf, overwrite=False)
        self._enforcer.register_defaults(policies.list_rules())

    def load(self) -> None:
        """Read the operator's rules, which otherwise the first request does.

        :raises Misconfigured: when the file holds no rules
        """
        try:
            self._enforcer.load_rules()
        except (ValueError, OSError) as exc:
            raise self._unreadable(str(exc)) from exc
        except Exception as exc:
            # what oslo.policy runs into then is anybody's guess
            raise self._unreadable('it must map names to rules') from exc

    def _unreadable(self, reason: str) -> exceptions.Misconfigured:
        return exceptions.Misconfigured(
            'cannot be read: %s' % ' '.join(reason.split()),
            option='[oslo_policy]/policy_file',
            value=self._enforcer.policy_path, remedy='correct the file')

    def doubts(self) -> dict[str, str]:
        """The operator's rules that do not do what they seem to, and why."""
        found = {}
        for name, rule in self._enforcer.file_rules.items():
            if str(rule.check) == '!' and str(rule.check_str).strip() != '!':
                found[name] = ('oslo.policy does not understand "%s" and'
                               ' refuses everybody' % (rule.check_str,))
            elif (name.startswith(policies.base.PREFIX)
                  and name not in self._enforcer.registered_rules):
                found[name] = 'nothing asks a rule of this name'
        return found

    def register(self, rules: Iterable[oslo_policy.RuleDefault]) -> None:
        """Add the defaults of a plugin; ones that are known are left."""
        for rule in rules:
            if rule.name not in self._enforcer.registered_rules:
                self._enforcer.register_default(rule)

    def caller(self, context: oslo_context.RequestContext) -> Caller:
        """The caller that Glance's context middleware has recognized."""
        # a rule that compares with an owner must not find the word "None"
        credentials = {name: value for name, value
                       in context.to_policy_values().items()
                       if value is not None}
        # set by Glance for a request without a token, where
        # allow_anonymous_access lets it in
        credentials['anonymous'] = bool(context.read_only
                                        and not context.user_id)
        admin = self._enforcer.enforce('context_is_admin', {}, credentials)
        return Caller(context.project_id, bool(admin), credentials)

    def enforce(self, caller: Caller, rule: str,
                target: dict[str, Any]) -> None:
        """Ask a rule about a target.

        :raises Forbidden: when the rule does not let the caller do it
        """
        try:
            allowed = self._enforcer.enforce(rule, target, caller.credentials)
        except oslo_policy.InvalidScope:
            allowed = False
        if not allowed and caller.credentials['anonymous']:
            raise exceptions.Unauthorized('This needs a token.')
        if not allowed:
            raise exceptions.Forbidden(
                'Policy %s does not allow this.' % rule)


def target_of(artifact: records.Artifact) -> dict[str, Any]:
    """What rules can look at."""
    return {name: getattr(artifact, name) for name in
            ('type_name', 'pool', 'owner', 'visibility', 'status')}
