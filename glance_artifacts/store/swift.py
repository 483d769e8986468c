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

"""Stores of kind swift, from the outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import copy
import datetime
import email.utils
import functools
import http.client
from typing import Any

from glance_artifacts.store import search

_PAGE = 1000


def announced(driver, size: int) -> int:
    """How many bytes to tell the driver of; 0 is for an unknown number.

    It wants the last of several pieces to be as long as the others: of a size
    that it knows, which then fails after a minute.
    """
    piece = getattr(driver, 'large_object_chunk_size', None)
    return 0 if (piece and size >= driver.large_object_size
                 and size % piece) else size


def bounded(driver, seconds: int):
    """A driver that does not wait for ever for Swift; others as they are.

    Its own connections do. It is a copy: images have the driver itself.

    :param seconds: for which Swift may be silent, at each attempt
    """
    patient = copy.copy(driver)
    for name in ('get_connection', 'get_store_connection'):
        connect = getattr(driver, name, None)
        if connect is None:
            return driver
        setattr(patient, name, functools.partial(_connect, connect, seconds))
    return patient


def _connect(connect: Callable[..., Any], seconds: int, *args: Any,
             **kwargs: Any) -> Any:
    connection = connect(*args, **kwargs)
    connection.timeout = seconds
    return connection


class Search(search.Search):
    """Looks through the containers of a store.

    :param driver: a configured one, of a single tenant
    """

    def __init__(self, driver) -> None:
        self._driver = driver
        # has the token renewed while a long search goes on
        self._manager = driver.get_manager(
            driver.create_location(''), allow_reauth=True)

    def objects(self, prefix: str) -> Iterator[search.Object]:
        """Objects, and the pieces of those that are kept in pieces."""
        for container in self._containers(prefix):
            yield from self._listed(container, prefix)

    def _containers(self, prefix: str) -> Iterator[str]:
        """Those that may hold such names: one, or many by a seed."""
        first = self._driver.get_container_name(prefix, self._driver.container)
        if first == self._driver.container:
            yield first
            return
        for page in self._pages('get_account', prefix=first):
            yield from (one['name'] for one in page[1])

    def _listed(self, container: str,
                prefix: str) -> Iterator[search.Object]:
        for headers, found in self._pages('get_container', container,
                                          prefix=prefix):
            now = email.utils.parsedate_to_datetime(headers['date'])
            for one in found:
                # without a word about the zone, which is UTC
                changed = datetime.datetime.fromisoformat(
                    one['last_modified']).replace(tzinfo=datetime.UTC)
                yield search.Object(
                    one['name'], max(0.0, (now - changed).total_seconds()),
                    functools.partial(self._delete, container, one['name']))

    def _pages(self, listing: str, *args: str,
               prefix: str) -> Iterator[tuple[dict, list[dict]]]:
        """The pages of a list; there are none of what is not there.

        :param listing: the name of a connection's method
        :returns: headers and entries
        """
        marker = ''
        while page := _unless_absent(functools.partial(
                getattr(self._manager.get_connection(), listing), *args,
                prefix=prefix, marker=marker, limit=_PAGE)):
            if not page[1]:
                return
            yield page
            marker = page[1][-1]['name']

    def _delete(self, container: str, name: str) -> None:
        _unless_absent(functools.partial(
            self._manager.get_connection().delete_object, container, name))


def _unless_absent(request: Callable[[], Any]) -> Any:
    """What is answered; None where there is nothing."""
    import swiftclient
    try:
        return request()
    except swiftclient.ClientException as exc:
        if exc.http_status != http.client.NOT_FOUND:
            raise
        return None
