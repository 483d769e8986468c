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

"""How HTTP routes are declared: ours and those of plugins."""

from __future__ import annotations

from collections.abc import Callable
import dataclasses
import re
from typing import Any

from oslo_policy import policy as oslo_policy

METHODS = frozenset(('DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'))
VARIABLE = re.compile(r'\{([a-z][a-z0-9_]*)\}')
PATH = re.compile(r'(/([A-Za-z0-9_.~-]|%s)+)*' % VARIABLE.pattern)


@dataclasses.dataclass(frozen=True)
class Route:
    """One method of one path below ``/v2/artifacts`` and what answers it.

    :param method: an HTTP method in upper case
    :param path: what follows ``/v2/artifacts``: empty, or parts that each
        begin with ``/`` and may hold variables in braces, as in
        ``/sample_types/{id}/actions/hello``
    :param handler: takes the request and returns a dict (200 with that JSON),
        None (204) or a webob Response; its docstring describes the route in
        the OpenAPI document
    :param policy: the rule that decides who may call it; register it by
        naming it here

    A handler works with

    ``request.args``
        the variables of the path, by name
    ``request.json``
        the parsed body, None without one
    ``request.artifact()``
        the artifact that the type and ``{id}`` in the path name, as the dict
        that the API shows; raises NotFound if the caller may not see it
    ``request.authorize(artifact)``
        checks the policy against an artifact (or None); raises Forbidden.
        A handler calls it before it does anything.
    ``request.context``
        who calls: an oslo.context RequestContext
    """

    method: str
    path: str
    handler: Callable[[Any], Any]
    policy: oslo_policy.DocumentedRuleDefault

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError('%r: method must be one of %s' % (
                self.method, ', '.join(sorted(METHODS))))
        if not PATH.fullmatch(self.path):
            raise ValueError('%r: path must be empty or made of parts like '
                             '/word or /{variable}' % (self.path,))
        variables = VARIABLE.findall(self.path)
        if len(set(variables)) < len(variables):
            raise ValueError('%s: path names a variable twice' % self.path)
        if not callable(self.handler):
            raise TypeError('%s: handler must be callable' % self.path)
        if not isinstance(self.policy, oslo_policy.DocumentedRuleDefault):
            raise TypeError('%s: policy must be a DocumentedRuleDefault'
                            % self.path)
