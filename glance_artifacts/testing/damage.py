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

"""Damages files in ways that transfers and attackers do."""

from __future__ import annotations

from collections.abc import Iterator
import random

#: how many versions of a file have one bit changed
FLIPS = 50


def damaged(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Damaged versions of a file, the same each time, and what they are."""
    chance = random.Random(len(data))
    yield 'empty', b''
    yield 'random', chance.randbytes(4096)
    for length in (1, len(data) // 2, len(data) - 1):
        if not 0 < length < len(data):
            continue
        yield 'cut to %d bytes' % length, data[:length]
    for _ in range(FLIPS if data else 0):
        at = chance.randrange(len(data))
        flipped = bytes([data[at] ^ (1 << chance.randrange(8))])
        yield 'byte %d changed' % at, data[:at] + flipped + data[at + 1:]
