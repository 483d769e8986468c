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

"""Default policies, with Glance's secure roles."""

import itertools

from glance_artifacts.policies import artifacts
from glance_artifacts.policies import base
from glance_artifacts.policies import blobs
from glance_artifacts.policies import catalogue
from glance_artifacts.policies import members
from glance_artifacts.policies import usage

#: The rules that are about artifacts of one type, by name.
OF_ARTIFACTS = frozenset(rule.name for rule in (*artifacts.RULES,
                                                *blobs.RULES,
                                                *members.RULES))


def list_rules() -> itertools.chain:
    """Every default, for oslopolicy-sample-generator and the enforcer."""
    return itertools.chain(base.RULES, catalogue.RULES, artifacts.RULES,
                           blobs.RULES, members.RULES, usage.RULES)
