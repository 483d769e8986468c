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

"""Which names types and their fields may have."""

from __future__ import annotations

import re
from typing import Any

from glance_artifacts.types import common

NAME = re.compile(r'[a-z][a-z0-9_]{0,63}')
TYPE_VERSION = re.compile(r'(0|[1-9][0-9]{0,8})\.(0|[1-9][0-9]{0,8})')

#: Taken by paths below /v2/artifacts, today or in a planned release.
RESERVED_TYPES = frozenset((
    'schemas', 'all', 'usage', 'events', 'pools', 'limits', 'bundles', 'ui'))
#: Taken by paths below an artifact and by query parameters of lists.
RESERVED_FIELDS = frozenset((
    *common.COMMON, 'actions', 'members', 'tags', 'uploads', 'dependencies',
    'dependents', 'attachments', 'events', 'limit', 'marker', 'sort',
    'sort_key', 'sort_dir', 'member_status', 'depth', 'force', 'links'))


def check_type(type_name: Any, type_version: Any) -> None:
    """Refuse names and versions that types may not have.

    :raises TypeError: if either is not a string
    :raises ValueError: if either is malformed or reserved
    """
    _check_name('type_name', type_name)
    # Of the form of the path segment that pins a type version: v1.0.
    if type_name in RESERVED_TYPES or re.match('v[0-9]', type_name):
        raise ValueError('type_name %s is reserved' % type_name)
    if not isinstance(type_version, str):
        raise TypeError('type_version must be a string')
    if not TYPE_VERSION.fullmatch(type_version):
        raise ValueError('type_version must be MAJOR.MINOR')


def check_field(name: Any) -> None:
    """Refuse names that fields may not have, as check_type does."""
    _check_name('a field name', name)
    if name in RESERVED_FIELDS:
        raise ValueError('the name is reserved')


def version_key(type_version: str) -> tuple[int, int]:
    """What orders type versions: 1.10 comes after 1.9."""
    major, minor = type_version.split('.')
    return int(major), int(minor)


def _check_name(label: str, name: Any) -> None:
    if not isinstance(name, str):
        raise TypeError('%s must be a string' % label)
    if not NAME.fullmatch(name):
        raise ValueError('%s must match ^%s$' % (label, NAME.pattern))
