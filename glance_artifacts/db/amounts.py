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

"""What is counted, how much of it there may be, and what counts for how much.

Pure: nothing here asks a database.
"""

from __future__ import annotations

import dataclasses

from glance_artifacts.db import records
from glance_artifacts import exceptions

#: In the place of a type's name: all of a project, and all in a pool. No type
#: has such a name.
TOTAL = ''
POOL = 'pool:'
#: The limit that is none.
NO_LIMIT = -1


@dataclasses.dataclass(frozen=True)
class Amount:
    """So much, or so much more or less.

    :param artifacts: that are not deleted, drafts included
    :param used: bytes of active blobs
    :param reserved: bytes for uploads under way
    """

    artifacts: int = 0
    used: int = 0
    reserved: int = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.artifacts + other.artifacts,
                      self.used + other.used, self.reserved + other.reserved)

    def __sub__(self, other: Amount) -> Amount:
        return Amount(self.artifacts - other.artifacts,
                      self.used - other.used, self.reserved - other.reserved)

    @property
    def bytes(self) -> int:
        """Those that are there and those that may come."""
        return self.used + self.reserved


NOTHING = Amount()


@dataclasses.dataclass(frozen=True)
class Limit:
    """How much there may be; negative: as much as you like."""

    artifacts: int = NO_LIMIT
    bytes: int = NO_LIMIT


@dataclasses.dataclass(frozen=True)
class Limits:
    """Those that hold for an artifact: of its project, its type, its pool."""

    total: Limit = Limit()
    of_type: Limit = Limit()
    of_pool: Limit = Limit()


UNLIMITED = Limits()


def pool(name: str) -> str:
    """What stands in the place of a type's name for a pool."""
    return POOL + name


def is_type(name: str) -> bool:
    """Whether an amount of this name is that of a type."""
    return name != TOTAL and not name.startswith(POOL)


def of(record: records.Artifact) -> Amount:
    """What an artifact counts for."""
    if record.status == 'deleted':
        return NOTHING
    return Amount(1, sum(blob.size or 0 for blob in record.blobs.values()
                         if blob.status == 'active'))


def check(type_name: str, there: Amount, more: Amount, limit: Limit) -> None:
    """Whether there is room for more; what does not grow always has room.

    :raises TooLarge: ``quota.artifacts``, ``quota.bytes``
    """
    if 0 <= limit.artifacts < there.artifacts + more.artifacts and (
            more.artifacts > 0):
        raise exceptions.TooLarge(
            '%s may have %d artifacts.' % (_whose(type_name),
                                           limit.artifacts),
            code='quota.artifacts', field=_field(type_name, 'artifacts'),
            limit=limit.artifacts, used=there.artifacts,
            requested=more.artifacts)
    if 0 <= limit.bytes < there.bytes + more.bytes and more.bytes > 0:
        raise exceptions.TooLarge(
            '%s may have %d bytes.' % (_whose(type_name), limit.bytes),
            code='quota.bytes', field=_field(type_name, 'bytes'),
            limit=limit.bytes, used=there.bytes, requested=more.bytes)


def _whose(type_name: str) -> str:
    if type_name == TOTAL:
        return 'The project'
    if type_name.startswith(POOL):
        return 'The pool %s of the project' % type_name.removeprefix(POOL)
    return 'All %s of the project' % type_name


def _field(type_name: str, what: str) -> str:
    """Where the limit stands in the body of ``GET usage``."""
    if type_name == TOTAL:
        return what
    if type_name.startswith(POOL):
        return 'pools.%s.%s' % (type_name.removeprefix(POOL), what)
    return 'types.%s.%s' % (type_name, what)
