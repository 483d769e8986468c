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


"""Places of images in a list, as bytes for markers and as what columns hold.

In the order of ``created_at`` and ``updated_at`` they compare with the places
of all other artifacts.
"""

from __future__ import annotations

import datetime
from typing import Any

from glance_artifacts.db import encoding
from glance_artifacts.db import glance_images
from glance_artifacts.db import ids
from glance_artifacts import exceptions
from glance_artifacts.repository import base
from glance_artifacts.repository import orders


def columns(query: base.Query) -> tuple[tuple[str, bool], ...]:
    """What the walk is sorted by; all images have one type and version."""
    return tuple((one.name, one.descending) for one in _keys(query))


def encoded(query: base.Query, place: glance_images.Place) -> orders.Place:
    """A row's place in the form of all places."""
    values = iter(place[0])
    return tuple(_bytes(one, next(values)) if _is_column(one)
                 else encoding.ABSENT for one in query.order), place[1]


def decoded(query: base.Query) -> glance_images.Place | None:
    """The place to go on behind, as columns have it.

    :raises InvalidQuery: when it is none
    """
    if query.after is None:
        return None
    values, image_id = query.after
    try:
        return tuple(_value(one, value) for one, value
                     in zip(query.order, values)
                     if _is_column(one)), image_id
    except (ValueError, OverflowError):
        raise exceptions.InvalidQuery('"marker" is not one of ours.',
                                      field='marker') from None


def _keys(query: base.Query) -> list[orders.Key]:
    return [one for one in query.order if _is_column(one)]


def _is_column(key: orders.Key) -> bool:
    return key.name in glance_images.COLUMNS


def _bytes(key: orders.Key, value: Any) -> bytes:
    if isinstance(value, datetime.datetime):
        value = value.replace(tzinfo=datetime.timezone.utc)
    if key.by_id:
        return ids.tick(ids.first_of(value))
    return encoding.encode(key.kind, value)


def _value(key: orders.Key, raw: bytes) -> Any:
    if key.by_id:
        return ids.moment(raw).replace(tzinfo=None)
    found = encoding.decode(key.kind, raw)
    if isinstance(found, datetime.datetime):
        return found.replace(tzinfo=None)
    return found
