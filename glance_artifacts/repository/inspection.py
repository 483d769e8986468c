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

"""What types make of bytes that have arrived and are not shown yet."""

from __future__ import annotations

from typing import Any

from glance_artifacts.db import records
from glance_artifacts.repository import bodies
from glance_artifacts.repository import reading
from glance_artifacts.store import backends as store_backends
from glance_artifacts.types import blob_view
from glance_artifacts.types import hooks


class Inspector:
    """Has types look.

    :param budget: bytes that a type may read of one upload
    """

    def __init__(self, backends: store_backends.Backends,
                 budget: int) -> None:
        self._backends = backends
        self._budget = budget

    def run(self, place: bodies.Place,
            segments: list[records.Segment]) -> dict[str, Any]:
        """What the type makes of the bytes: values of its fields.

        :raises RejectedByType: when it does not want them
        """
        def read_at(offset: int, length: int) -> bytes:
            return b''.join(reading.chunks(reading.pieces(
                self._backends, segments, offset, length)))

        return hooks.inspect(place.type_class, blob_view.BlobView(
            place.field.name, place.key,
            sum(segment.size for segment in segments), place.shown, read_at,
            self._budget))
