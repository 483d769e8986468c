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

"""Bytes of unknown length, for stores that have to be told.

glance_store's drivers for s3 and rbd gather such an object in memory; here
it is in a file, but for what is small.
"""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import shutil
import tempfile
from typing import Any

from oslo_utils import units

#: So much is kept in memory.
_SMALL = 8 * units.Mi
_BLOCK = units.Mi
#: What the locations of such stores begin with.
_SCHEMES = frozenset(('s3', 's3+http', 's3+https', 'rbd'))


@contextlib.contextmanager
def measured(driver: Any, source: Any, size: int | None,
             directory: str | None) -> Iterator[tuple[Any, int | None]]:
    """What a driver is to read, and how much that is, if it can be known.

    :param source: has ``read``
    :param size: bytes to come; None when unknown
    :param directory: for temporary files; None: the system's
    :raises OSError: when there is no room
    """
    if size is not None or not _SCHEMES.intersection(driver.get_schemes()):
        yield source, size
        return
    with tempfile.SpooledTemporaryFile(_SMALL, dir=directory) as file:
        shutil.copyfileobj(source, file, _BLOCK)
        length = file.tell()
        file.seek(0)
        yield file, length
