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

"""The one pass over the bytes on their way into a store."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from glance_artifacts import exceptions

#: What to say of too many bytes; takes the limit, and how many came.
Refusal = Callable[[int, int], exceptions.TooLarge]


def too_large(limit: int, requested: int) -> exceptions.TooLarge:
    """The answer to more bytes than a blob may have."""
    return exceptions.TooLarge(
        'The blob may have %d bytes; %d or more were sent.'
        % (limit, requested), code='artifact.blob.too_large', limit=limit,
        requested=requested)


class Reader:
    """What a driver reads from: the client's body, within a limit.

    Drivers dress up what goes wrong under them; ``error`` keeps the first
    failure of the client's side as it was.

    :param source: where the bytes come from
    :param limit: most bytes that may come
    :param size: how many the client announced; None when it did not say
    :param refuse: what to say of more than the limit
    """

    def __init__(self, source: BinaryIO, limit: int, size: int | None,
                 refuse: Refusal = too_large) -> None:
        self._source = source
        self._limit = limit
        self._size = size
        self._refuse = refuse
        self.count = 0
        self.error: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._source.read(size)
        except OSError as exc:
            raise self._fail(_truncated()) from exc
        except Exception as exc:
            # what finds no room for the bytes, for one
            raise self._fail(exc)
        self.count += len(data)
        if self.count > self._limit:
            raise self._fail(self._refuse(self._limit, self.count))
        if not data and size and self._size not in (None, self.count):
            raise self._fail(_truncated())
        return data

    def _fail(self, error: Exception) -> Exception:
        self.error = error
        return error


def _truncated() -> exceptions.BadRequest:
    return exceptions.BadRequest(
        'The body ended before all of it had arrived.',
        code='request.truncated')
