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

"""How large the parts of an upload are, and how many there may be."""

from __future__ import annotations

from oslo_utils import units

from glance_artifacts.db import records
from glance_artifacts import exceptions

SMALLEST, LARGEST = 5 * units.Mi, units.Gi
MOST = 10_000


def choose(size: int | None, wish: int | None, usual: int) -> int:
    """The part size of a new session, in bytes.

    :param size: bytes of all parts, where they are known
    :param wish: what the client wants
    :param usual: what is proposed to one that has no wish, if it does
    :raises InvalidValue: when ``size`` does not fit in parts of that size
    """
    least = -(-(size or 0) // MOST)
    if wish is None:
        # to the next MiB: nobody has to reckon with odd numbers
        return max(SMALLEST, min(usual, LARGEST),
                   -(-least // units.Mi) * units.Mi)
    if wish < least:
        raise exceptions.InvalidValue(
            '%d bytes are more than %d parts of %d bytes.'
            % (size, MOST, wish), field='part_size')
    return wish


def most(session: records.Session, max_size: int) -> int:
    """How many parts a session may have.

    :param max_size: most bytes of the blob
    """
    total = max_size if session.size is None else session.size
    return min(MOST, max(1, -(-total // session.part_size)))


def room(session: records.Session, max_size: int, n: int) -> int:
    """The most bytes that a part may have.

    :raises BadRequest: when there can be no part of this number
    """
    if not 1 <= n <= most(session, max_size):
        raise exceptions.BadRequest(
            'There can be the parts 1 to %d.' % most(session, max_size),
            code='artifact.upload.part', field='n')
    total = max_size if session.size is None else session.size
    return min(session.part_size, total - (n - 1) * session.part_size)


def too_large(limit: int, requested: int) -> exceptions.TooLarge:
    """The answer to more bytes than a part may have."""
    return exceptions.TooLarge(
        'This part may have %d bytes; %d or more were sent.'
        % (limit, requested), code='artifact.upload.part_too_large',
        limit=limit, requested=requested)
