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

"""Bytes on their way out: what the server closes ends the transfer."""

from __future__ import annotations

from collections.abc import Iterator
import io

from glance_artifacts.store import bulkhead


class File(io.FileIO):
    """A whole file, for the server's own sendfile.

    :raises OSError: when it cannot be opened
    """

    def __init__(self, path: str, transfer: bulkhead.Transfer) -> None:
        self._transfer = transfer
        super().__init__(path)

    def close(self) -> None:
        super().close()
        self._transfer.close()


class Chunks:
    """Bytes in pieces, the first of which is there before the headers go.

    A store that fails can still say so then.

    :raises Unavailable: what the store says
    """

    def __init__(self, chunks: Iterator[bytes],
                 transfer: bulkhead.Transfer) -> None:
        self._chunks = chunks
        self._transfer = transfer
        self._first: bytes | None = next(chunks)

    def __iter__(self) -> Chunks:
        return self

    def __next__(self) -> bytes:
        found, self._first = self._first, None
        return next(self._chunks) if found is None else found

    def close(self) -> None:
        """Called by the server in any case (PEP 3333)."""
        close = getattr(self._chunks, 'close', None)
        if close is not None:
            close()
        self._transfer.close()
