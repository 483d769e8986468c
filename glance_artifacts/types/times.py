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

"""The kind of field that holds a moment."""

from __future__ import annotations

import datetime
import re
from typing import Any

from glance_artifacts.types.field import fail
from glance_artifacts.types.field import Field
from glance_artifacts.types.scalars import check_characters

RFC_3339 = re.compile(
    r'([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]'
    r'([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,32}))?'
    r'(?:[Zz]|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))')


class DateTime(Field):
    """A moment: RFC 3339 with an offset, kept in UTC with microseconds.

    Digits beyond the microsecond are cut off.
    """

    kind = 'datetime'

    def value_schema(self) -> dict[str, Any]:
        return {'type': 'string', 'format': 'date-time'}

    def _normal(self, value: Any, path: str) -> str:
        match = RFC_3339.fullmatch(check_characters(value, path))
        if match is None:
            fail(path, 'must be a time as in RFC 3339, with an offset')
        try:
            moment = _utc(match)
        except (ValueError, OverflowError):
            fail(path, 'must be a time that exists, between the years 1 and '
                 '9999, without leap seconds')
        return moment.isoformat(timespec='microseconds') + 'Z'


def _utc(match: re.Match[str]) -> datetime.datetime:
    *parts, fraction, sign, hours, minutes = match.groups()
    year, month, day, hour, minute, second = map(int, parts)
    microsecond = int((fraction or '')[:6].ljust(6, '0'))
    local = datetime.datetime(year, month, day, hour, minute, second,
                              microsecond)
    offset = datetime.timedelta(hours=int(hours or 0),
                                minutes=int(minutes or 0))
    return local + offset if sign == '-' else local - offset
