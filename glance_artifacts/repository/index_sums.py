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

"""Two sides of a great many rows, compared without keeping any of them."""

from __future__ import annotations

import array
from collections.abc import Iterable
import hashlib

from glance_artifacts.db import postings

#: Digits of an id that choose its sum: hexadecimal, the random ones.
_DIGITS = 5
_COUNT = 16 ** _DIGITS
_MASK = (1 << 64) - 1


class Sums:
    """What one side has and the other has not, as a million numbers.

    Each row is hashed to 64 bits, which are added for the one side and
    subtracted for the other, in a sum that the id chooses. Where both sides
    have the same rows, in whatever order, the sum is zero; where they have
    not, it is zero by a chance of one to 2^64. So 9 MiB tell which few
    artifacts to look at, however many rows there are.
    """

    def __init__(self) -> None:
        self._sums = array.array('Q', bytes(8 * _COUNT))
        self._marks = bytearray(_COUNT)

    def add(self, artifact_id: str, rows: Iterable[postings.Posting]) -> None:
        """Have rows of an artifact on the one side."""
        self._change(artifact_id, sum(_hashes(artifact_id, rows)))

    def subtract(self, artifact_id: str,
                 rows: Iterable[postings.Posting]) -> None:
        """Have them on the other."""
        self._change(artifact_id, -sum(_hashes(artifact_id, rows)))

    def mark(self, artifact_id: str) -> None:
        """Have an artifact looked at, whatever its rows."""
        self._marks[_number(artifact_id)] = 1

    def differ(self, artifact_id: str) -> bool:
        """Whether an artifact, or one of the same sum, has other rows."""
        return self._sums[_number(artifact_id)] != 0

    def suspect(self, artifact_id: str) -> bool:
        """Whether it differs or is marked."""
        number = _number(artifact_id)
        return self._sums[number] != 0 or self._marks[number] != 0

    @property
    def equal(self) -> bool:
        """Whether both sides have the same rows."""
        return not any(self._sums)

    @property
    def clean(self) -> bool:
        """Whether nothing is to be looked at."""
        return self.equal and not any(self._marks)

    def _change(self, artifact_id: str, more: int) -> None:
        number = _number(artifact_id)
        self._sums[number] = (self._sums[number] + more) & _MASK


def _number(artifact_id: str) -> int:
    return int(artifact_id[-_DIGITS:], 16)


def _hashes(artifact_id: str,
            rows: Iterable[postings.Posting]) -> Iterable[int]:
    mine = artifact_id.encode()
    return (int.from_bytes(hashlib.blake2b(
        scope + mine + value, digest_size=8).digest(), 'big')
        for scope, value in rows)
