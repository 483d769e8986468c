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

"""Values as bytes whose order, by memcmp, is the order of the values.

Every database compares them alike: no collation, no padding, no NULL. The
empty string is an absent value, below every present one.
"""

from __future__ import annotations

import datetime
import hashlib
import struct
from typing import Any

from glance_artifacts import exceptions
from glance_artifacts.types import semver

ABSENT = b''
#: Added to a value, the lowest that is above it.
ABOVE = b'\x00'
#: What every present value begins with.
PRESENT = b'\x01'
#: Above every value.
HIGHEST = b'\xff'
_LONGEST = 1000
_KEPT = 960
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def encode(kind: str, value) -> bytes:
    """The sort key of ``value``, a value in the normal form of ``kind``.

    :param kind: ``Field.kind``: string, text, integer, float, boolean,
                 datetime or semver
    """
    if value is None:
        return ABSENT
    return PRESENT + _ENCODERS[kind](value)


def encode_found(kind: str, value) -> bytes:
    """The same of a value that another type version may have kept.

    One that is no value of ``kind`` counts as absent.
    """
    try:
        return encode(kind, value)
    except (exceptions.InvalidValue, AttributeError, ArithmeticError,
            LookupError, TypeError, ValueError, struct.error):
        return ABSENT


def decode(kind: str, encoded: bytes) -> Any:
    """The value that ``encode`` made a sort key of.

    :param kind: string, integer or datetime
    :raises ValueError, OverflowError: when it made none such
    """
    if encoded == ABSENT:
        return None
    if not encoded.startswith(PRESENT):
        raise ValueError(encoded)
    if kind == 'string':
        return encoded[1:].decode()
    number = int.from_bytes(encoded[1:], 'big') - (1 << 63)
    if len(encoded) != 9:
        raise ValueError(encoded)
    if kind == 'integer':
        return number
    return _EPOCH + datetime.timedelta(microseconds=number)


def member(kind: str, key: str, value) -> bytes:
    """One entry of a map: equal keys stand together."""
    return entry(key) + encode(kind, value)


def bounded(encoded: bytes) -> bytes:
    """``encoded``, or for a very long one its head and a digest of it all.

    Equality stays exact; order among such values is that of their heads.
    """
    if len(encoded) <= _LONGEST:
        return encoded
    return encoded[:_KEPT] + hashlib.sha256(encoded).digest()


def window(op: str, encoded: bytes) -> tuple[bytes, bytes | None]:
    """Lowest and first-beyond bounded value that ``op encoded`` can match.

    A window, not a filter: among very long values it holds neighbours, too.
    """
    if op in ('eq', 'in'):
        exact = bounded(encoded)
        return exact, exact + ABOVE
    low = encoded + ABOVE if op == 'gt' else encoded
    high = encoded if op == 'lt' else encoded + ABOVE
    if len(encoded) > _KEPT:
        # a digest stands on either side of what it was made from
        low = encoded[:_KEPT]
        high = low + b'\xff' * (hashlib.sha256().digest_size + 1)
    return (low, None) if op in ('gt', 'gte') else (PRESENT, high)


def beginning(prefix: bytes) -> tuple[bytes, bytes]:
    """Lowest and first-beyond bounded value of what begins with ``prefix``.

    A window, not a filter, as above.
    """
    low = prefix[:_KEPT]
    # no value goes on with a byte that high, but for its digest
    return low, low + b'\xff' * (hashlib.sha256().digest_size + 1)


def entry(key: str) -> bytes:
    """What every entry of a map at ``key`` begins with."""
    return PRESENT + key.encode() + b'\x00'


def _integer(value: int) -> bytes:
    return (value + (1 << 63)).to_bytes(8, 'big')


def _float(value: float) -> bytes:
    # -0.0 equals 0.0 and must not stand apart from it
    bits = int.from_bytes(struct.pack('>d', value + 0.0), 'big')
    flipped = bits ^ ((1 << 64) - 1 if bits >> 63 else 1 << 63)
    return flipped.to_bytes(8, 'big')


def _datetime(value: str | datetime.datetime) -> bytes:
    if isinstance(value, str):
        value = datetime.datetime.fromisoformat(value)
    return _integer((value - _EPOCH) // datetime.timedelta(microseconds=1))


def _number(value: int) -> bytes:
    digits = b'%d' % value
    return bytes([len(digits)]) + digits


def _semver(value: str) -> bytes:
    version = semver.parse(value)
    core = b''.join(map(_number, (version.major, version.minor,
                                  version.patch)))
    build = version.build.encode()
    if not version.prerelease:
        return core + b'\xff\x00' + build
    return core + b'\x02' + b''.join(
        b'\x01' + _number(part) if isinstance(part, int)
        else b'\x02' + part.encode() + b'\x00'
        for part in version.prerelease) + b'\x00' + build


_ENCODERS = {
    'string': str.encode,
    'text': str.encode,
    'integer': _integer,
    'float': _float,
    'boolean': lambda value: b'\x01' if value else b'\x00',
    'datetime': _datetime,
    'link': str.encode,
    'semver': _semver,
}
