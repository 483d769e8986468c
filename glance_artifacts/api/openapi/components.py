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

"""References into the components of the document."""

from __future__ import annotations

from typing import Any


def name_of(prefix: str, name: str) -> str:
    """The name of a component that belongs to a type.

    :param prefix: the type as paths name it, its version included
    """
    return '%s.%s' % (prefix.replace('/', '.'), name)


def schema(name: str) -> dict[str, Any]:
    return {'$ref': '#/components/schemas/' + name}


def parameter(name: str) -> dict[str, Any]:
    return {'$ref': '#/components/parameters/' + name}


def response(name: str) -> dict[str, Any]:
    return {'$ref': '#/components/responses/' + name}


def headers(names: tuple[str, ...]) -> dict[str, Any]:
    return {name: {'$ref': '#/components/headers/' + name} for name in names}
