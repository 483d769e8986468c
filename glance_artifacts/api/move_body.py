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

"""The body that asks for a move to another pool."""

from __future__ import annotations

from typing import Any

from glance_artifacts.api import json_body
from glance_artifacts import exceptions
from glance_artifacts import types

POOL = types.String('The pool that it is to be in.', min_length=1,
                    max_length=64)
POOL.name = 'pool'


def pool(body: Any) -> str:
    """The pool that a body names.

    :raises BadRequest: when it is not an object of this one member
    """
    json_body.check_object(body, ('pool',))
    if body.get('pool') is None:
        raise exceptions.InvalidValue('"pool" is required.', field='pool')
    return POOL.coerce(body['pool'])
