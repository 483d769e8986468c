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
"""Objects from the middle on, by drivers of glance_store.

``get`` of a driver takes an offset, and that of files alone heeds it. Those of
Swift and S3 get what they ask for in one place each, where a range is asked
for instead; all else, as trying again where the connection breaks, stays
theirs. What others send before the offset is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
import copy
import functools
from typing import Any

from glance_store import capabilities
from glance_store import driver as store_driver
from glance_store import exceptions as store_exc
from glance_store import location as store_location

from glance_artifacts.store import pieces


def read(driver: store_driver.Store, location: store_location.Location,
         offset: int, length: int) -> Iterator[bytes]:
    """``length`` bytes of an object from ``offset``.

    :raises Exception: what the driver raises
    """
    if driver.is_capable(capabilities.BitMasks.READ_RANDOM):
        chunks, _size = driver.get(location, offset=offset, chunk_size=length)
        return pieces.cut(chunks, 0, length)
    reading = _beginning(driver, offset, length) if offset else None
    chunks, _size = (reading or driver).get(location)
    return pieces.cut(chunks, 0 if reading else offset, length)


def _beginning(driver: store_driver.Store, offset: int,
               length: int) -> store_driver.Store | None:
    """A copy that begins at an offset; None where there is no way.

    :param length: bytes that are wanted; more may come
    """
    for name, replacement in (
            ('_get_object', functools.partial(_swift, offset)),
            ('_create_s3_client', functools.partial(_s3, offset, length))):
        original = getattr(driver, name, None)
        if original is not None:
            reading = copy.copy(driver)
            setattr(reading, name, functools.partial(replacement, original))
            return reading
    return None


def _swift(offset: int, read: Callable[..., Any], location: Any,
           manager: Any, start: int | None = None) -> tuple[Any, Any]:
    """What ``_get_object`` does; it is called again where it broke off."""
    start = offset + (start or 0)
    headers, body = read(location, manager=manager, start=start)
    _check(headers.get('content-range'), start)
    return headers, body


def _s3(offset: int, length: int, connect: Callable[[], Any]) -> Any:
    """A client whose ``get_object`` asks for the range."""
    def ask(params: dict[str, Any], **kwargs: Any) -> None:
        params['Range'] = 'bytes=%d-%d' % (offset, offset + length - 1)

    def check(parsed: dict[str, Any], **kwargs: Any) -> None:
        if 'Error' not in parsed:
            _check(parsed.get('ContentRange'), offset)

    client = connect()
    client.meta.events.register('before-parameter-build.s3.GetObject', ask)
    client.meta.events.register('after-call.s3.GetObject', check)
    return client


def _check(content_range: str | None, offset: int) -> None:
    """Whatever is in between may have sent all of it, and with success."""
    if not (content_range or '').startswith('bytes %d-' % offset):
        raise store_exc.BackendException('not the range that was asked for')
