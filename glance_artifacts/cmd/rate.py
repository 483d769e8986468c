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

"""Not too many bytes in a second."""

from __future__ import annotations

from collections.abc import Callable
import threading
import time

#: Seconds for which what was not taken may be taken later.
_CREDIT = 1.0


class Rate:
    """Holds up who takes bytes faster than they may, all threads together.

    :param limit: bytes in a second; None: any number
    """

    def __init__(self, limit: int | None,
                 clock: Callable[[], float] = time.monotonic,
                 sleep: Callable[[float], None] = time.sleep) -> None:
        self._limit = limit
        self._clock = clock
        self._sleep = sleep
        # when all that was taken is paid for
        self._due = clock()
        self._lock = threading.Lock()

    def took(self, count: int) -> None:
        """So many were taken; come back when more may be."""
        if self._limit is None:
            return
        with self._lock:
            now = self._clock()
            self._due = max(self._due, now - _CREDIT) + count / self._limit
            pause = self._due - now
        if pause > 0:
            self._sleep(pause)
