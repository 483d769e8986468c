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

"""Which entries of an archive are acceptable, whatever its format."""

from __future__ import annotations

import dataclasses
import re
from typing import Any
from typing import NamedTuple

from glance_artifacts.types.rejected import Rejected
from glance_artifacts.types.scalars import UNPRINTABLE

NAME_LENGTH = 1024
#: An archive that unpacks to less than this, in bytes, is no bomb.
HARMLESS = 1024 * 1024


class Entry(NamedTuple):
    """One file in an archive; its size is in bytes, unpacked."""

    name: str
    size: int


@dataclasses.dataclass(frozen=True)
class Limits:
    """How much an archive may hold.

    :param packed: size of the archive itself, in bytes
    """

    packed: int
    max_entries: int
    max_size: int
    max_ratio: int

    def check_size(self, size: int) -> None:
        """Refuse an archive that unpacks to so many bytes, or more.

        :raises Rejected: naming the limit
        """
        if size > self.max_size:
            raise Rejected('The archive unpacks to more than %d bytes.'
                           % self.max_size)
        if size > max(HARMLESS, self.max_ratio * self.packed):
            raise Rejected('The archive unpacks to more than %d times its '
                           'own size.' % self.max_ratio)


class Listing:
    """The entries that were found so far, each of them checked.

    ``files`` maps the name of each file to its size and its place, which is
    for the reader of the format alone.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.files: dict[str, tuple[int, Any]] = {}
        self._names: set[str] = set()
        self._count = 0
        self._total = 0

    def add(self, raw_name: str, size: int, place: Any,
            directory: bool = False) -> None:
        """Take in one entry.

        :raises Rejected: if it is not acceptable
        """
        self.check_count(self._count + 1)
        self._count += 1
        self._total += size
        self.limits.check_size(self._total)
        name = _clean(raw_name)
        if directory and not name:
            return
        if not name:
            raise _unsafe(raw_name, 'is empty')
        if name in self._names:
            raise _unsafe(raw_name, 'occurs twice')
        self._names.add(name)
        if not directory:
            self.files[name] = size, place

    def check_count(self, count: int) -> None:
        """Refuse more entries than are allowed."""
        if count > self.limits.max_entries:
            raise Rejected('The archive has more than %d entries.'
                           % self.limits.max_entries)


def _clean(name: str) -> str:
    if len(name) > NAME_LENGTH:
        raise _unsafe(name, 'has more than %d characters' % NAME_LENGTH)
    if UNPRINTABLE.search(name):
        raise _unsafe(name, 'is not UTF-8 or holds control characters')
    if '\\' in name or re.match('[A-Za-z]:', name):
        raise _unsafe(name, 'holds a backslash or a drive letter')
    if name.startswith('/'):
        raise _unsafe(name, 'is absolute')
    parts = [part for part in name.split('/') if part not in ('', '.')]
    if '..' in parts:
        raise _unsafe(name, 'leads out of the archive')
    return '/'.join(parts)


def _unsafe(name: str, problem: str) -> Rejected:
    return Rejected('The name %.100r in the archive %s.' % (name, problem))
