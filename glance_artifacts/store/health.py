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

"""Which stores failed lately, as far as this process knows."""

from __future__ import annotations

from collections.abc import Iterable
import time

from glance_artifacts.store import pools

#: For how long a store that failed is tried last, in seconds.
SECONDS = 30.0


class Health:
    """Remembers failures for a while."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def failed(self, store: str) -> None:
        self._until[store] = time.monotonic() + SECONDS

    def choice(self, pool: pools.Pool) -> list[str]:
        """The stores of a pool that may take bytes, in the order to try."""
        if not pool.fallback:
            return list(pool.stores[:1])
        return self.ordered(pool.stores)

    def ordered(self, stores: Iterable[str]) -> list[str]:
        """The stores, those that failed lately behind the others."""
        now = time.monotonic()
        return sorted(stores, key=lambda one: self._until.get(one, now) > now)
