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

"""Artifact ids: UUIDs of version 7 that carry ``created_at``.

RFC 9562, section 5.7 with method 1: 48 bits of milliseconds, then ten bits
of the microseconds within it, then random bits. So the order by id *is* the
order by (created_at, id), and a range of times is a range of ids.
"""

from __future__ import annotations

import datetime
import secrets
import uuid

#: How an id is written.
PATTERN = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'

#: Below and above every id that is made here.
LOWEST = '00000000-0000-0000-0000-000000000000'
HIGHEST = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62
_MICROSECOND = datetime.timedelta(microseconds=1)
#: Bits behind the microsecond.
_TAIL = 66


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def new(moment: datetime.datetime) -> str:
    """An id that was made at ``moment``."""
    return str(uuid.UUID(int=_floor(_micros(moment))
                         | secrets.randbits(2) << 64 | secrets.randbits(62)))


def first_of(moment: datetime.datetime) -> str:
    """The lowest id that can have been made at ``moment``."""
    return str(uuid.UUID(int=_floor(_micros(moment))))


def after(moment: datetime.datetime) -> str:
    """The lowest id that can have been made after ``moment``."""
    return str(uuid.UUID(int=_floor(_micros(moment) + 1)))


def following(artifact_id: str) -> str:
    """The lowest id above this one."""
    # the highest UUID of all is none that we make
    return str(uuid.UUID(int=min(uuid.UUID(artifact_id).int + 1,
                                 (1 << 128) - 1)))


def tick(artifact_id: str) -> bytes:
    """What the ids of one microsecond have in common; in order of time."""
    return (uuid.UUID(artifact_id).int >> _TAIL).to_bytes(8, 'big')


def moment(tick: bytes) -> datetime.datetime:
    """When the ids of one ``tick`` were made.

    :param tick: anything: a client may have made it up
    :raises OverflowError: when it is after the year 9999
    """
    number = int.from_bytes(tick[:8], 'big')
    return (_EPOCH + datetime.timedelta(milliseconds=number >> 14)
            + (number & 0x3ff) * _MICROSECOND)


def bounds(tick: bytes) -> tuple[str, str]:
    """Ids that stand before and behind all of one ``tick``.

    :param tick: anything: a client may have made it up
    """
    number = int.from_bytes(tick[:8], 'big') & ((1 << 128 - _TAIL) - 1)
    first = number << _TAIL
    return (str(uuid.UUID(int=first)),
            str(uuid.UUID(int=first | (1 << _TAIL) - 1)))


def _micros(moment: datetime.datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _floor(micros: int) -> int:
    # ids begin with the epoch: whatever is before it is before all of them
    millis, micros = divmod(max(micros, 0), 1000)
    return millis << 80 | _VERSION | micros << _TAIL | _VARIANT
