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

"""Going through a table in the order of a key, batch by batch.

No transaction stays open from one batch to the next, so a walk through
millions of rows holds nobody up; it sees each row as it is when it comes by.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa


def step(conn: sa.Connection, select: sa.Select, key: Sequence[sa.Column],
         after: Sequence[Any] | None, limit: int) -> list[sa.Row]:
    """The next rows in the order of a key.

    :param select: has no order and no limit of its own
    :param key: the columns of an index, or the rest of one whose first
        columns ``select`` holds to one value each
    :param after: the key of the row to go on behind; None: from the first
    """
    found: list[sa.Row] = []
    for conditions in _behind(key, after):
        found += conn.execute(
            select.where(*conditions).order_by(*key)
            .limit(limit - len(found)))
        if len(found) == limit:
            break
    return found


def _behind(key: Sequence[sa.Column], after: Sequence[Any] | None,
            ) -> list[list[sa.ColumnElement[bool]]]:
    """What comes behind a position, as ranges of an index, in order.

    One statement each: not every database finds the ranges in an OR, nor in
    a comparison of tuples.
    """
    if after is None:
        return [[]]
    return [[*(column == value for column, value
               in zip(key[:count], after)), key[count] > after[count]]
            for count in reversed(range(len(key)))]
