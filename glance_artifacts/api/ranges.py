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

"""The Range header of RFC 9110, section 14, for one range of bytes."""

from __future__ import annotations

import re

from glance_artifacts import exceptions

_ONE_RANGE = re.compile(r'bytes=\s*([0-9]{0,99})-([0-9]{0,99})\s*',
                        re.IGNORECASE)


def parse(header: str | None, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last; None for the whole.

    The whole is the answer to no range, several, or one that is malformed.

    :param size: bytes that there are
    :raises RangeNotSatisfiable: when the range lies beyond the end
    """
    found = _ONE_RANGE.fullmatch(header or '')
    if found is None or found[1] == found[2] == '':
        return None
    if not found[1]:
        length = int(found[2])
        start, stop = max(size - length, 0), size
    else:
        start = int(found[1])
        stop = min(int(found[2]) + 1, size) if found[2] else size
        if found[2] and int(found[2]) < start:
            return None
    if start >= size or start == stop:
        raise exceptions.RangeNotSatisfiable(
            'There are %d bytes.' % size,
            headers={'Content-Range': 'bytes */%d' % size})
    return start, stop
