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

"""glance_store's drivers behind five verbs.

Locations come from drivers and go back to drivers; they never leave the
server. Glance has made the drivers of its stores by the time we are called;
those of our own stores are in ``own``.
"""

from __future__ import annotations

from collections.abc import Iterator
import dataclasses
import pathlib
import urllib.parse

import glance_store
from glance_store import capabilities
from glance_store import driver as store_driver
from glance_store import exceptions as store_exc
from glance_store import location as store_location
from oslo_config import cfg
from oslo_log import log as logging

from glance_artifacts.conf import glance as glance_conf
from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts.store import ahead
from glance_artifacts.store import cutter
from glance_artifacts.store import failures
from glance_artifacts.store import files
from glance_artifacts.store import own as own_stores
from glance_artifacts.store import pieces
from glance_artifacts.store import ranged
from glance_artifacts.store import reader as store_reader
from glance_artifacts.store import redaction
from glance_artifacts.store import spool
from glance_artifacts.store import swift

LOG = logging.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Stored:
    """Where the bytes of one object are, and what they are."""

    location: str
    size: int
    sha256: str
    md5: str

    def of(self, segment: records.Segment) -> records.Segment:
        """A segment that says so."""
        return dataclasses.replace(segment, location=self.location,
                                   size=self.size, sha256=self.sha256)


class Backends:
    """Stores by name: our own, and those of Glance.

    :param conf: of Glance
    """

    def __init__(self, conf: cfg.ConfigOpts,
                 own: own_stores.Stores) -> None:
        self._conf = conf
        self._own = own

    def seeks(self, backend: str) -> bool:
        """Whether a store reads any range without what comes before it.

        :raises Unavailable: when no such store is to be had
        """
        return self._driver(backend).is_capable(
            capabilities.BitMasks.READ_RANDOM)

    def put(self, backend: str, name: str,
            source: store_reader.Reader | cutter.Piece,
            size: int | None) -> Stored:
        """Write one object in one pass, with the driver's own digests.

        :param size: bytes to come; None when unknown
        :raises ArtifactsError: what went wrong on the client's side
        :raises Unavailable: what went wrong on the store's side
        """
        driver = self._driver(backend)
        try:
            directories = self._directories(backend)
            _check_room(directories, size or 0)
            with redaction.withheld():
                if size is not None and size <= ahead.BLOCK:
                    return self._add(driver, name, source, size)
                paths = [directory / name for directory in directories]
                return ahead.run(source, lambda body: self._add(
                    driver, name, files.Eager(body, paths), size))
        except Exception as exc:
            if source.error is not None:
                raise source.error from exc
            raise failures.unavailable(backend, exc) from exc

    def _add(self, driver: store_driver.Store, name: str,
             source: ahead.Source, size: int | None) -> Stored:
        with spool.measured(driver, source, size,
                            self._conf.artifacts.spool_dir) as (body, length):
            location, written, md5, sha256, _metadata = driver.add(
                name, body, swift.announced(driver, length or 0),
                hashing_algo='sha256')
        return Stored(location, written, sha256, md5)

    def sync(self, backend: str, location: str) -> None:
        """Have the bytes on disk before anyone is told that they are there.

        Only file stores need it; others answer when they have them.
        """
        path = self.path(backend, location)
        if path is None:
            return
        try:
            files.sync(path)
        except OSError as exc:
            raise failures.unavailable(backend, exc) from exc

    def read(self, backend: str, location: str, offset: int,
             length: int) -> pieces.Piece:
        """``length`` bytes from ``offset``, as they are now.

        :raises Unavailable: when the object cannot be read; at once,
            ``store.object_missing`` when it is not there
        """
        path = self.path(backend, location)
        if path is not None:
            try:
                return pieces.Span(path, offset, length)
            except FileNotFoundError:
                raise failures.unavailable(
                    backend, store_exc.NotFound()) from None
            except OSError as exc:
                raise failures.unavailable(backend, exc) from exc
        return self._guarded(backend, self._chunks(backend, location, offset,
                                                   length))

    def _chunks(self, backend: str, location: str, offset: int,
                length: int) -> Iterator[bytes]:
        driver = self._driver(backend)
        try:
            with redaction.withheld():
                return ranged.read(driver, self._location(backend, location),
                                   offset, length)
        except Exception as exc:
            raise failures.unavailable(backend, exc) from exc

    def _guarded(self, backend: str,
                 chunks: Iterator[bytes]) -> Iterator[bytes]:
        try:
            yield from chunks
        except exceptions.ArtifactsError:
            raise
        except Exception as exc:
            raise failures.unavailable(backend, exc) from exc

    def path(self, backend: str, location: str) -> str | None:
        """The object as a local file; None when it is not one.

        :raises Unavailable: when no such store is configured
        """
        self._check_known(backend)
        if not location.startswith(('file://', 'filesystem://')):
            return None
        parts = urllib.parse.urlparse(location)
        return parts.netloc + parts.path

    def delete(self, backend: str, location: str) -> None:
        """Delete an object; one that is gone already is fine.

        :raises Unavailable: when the store does not do it now
        """
        driver = self._driver(backend)
        try:
            with redaction.withheld():
                driver.delete(self._location(backend, location))
        except store_exc.NotFound as exc:
            if backend in self._own.far:
                raise failures.unavailable(backend, exc) from exc
            redaction.say(LOG.warning, 'An object was gone from store %s '
                          'before it was deleted', backend)
        except Exception as exc:
            raise failures.unavailable(backend, exc) from exc

    def _directories(self, backend: str) -> list[pathlib.Path]:
        self._check_known(backend)
        if backend in self._own:
            return self._own.directories(backend)
        return files.directories(self._conf, backend)

    def _check_known(self, backend: str) -> None:
        if backend not in self._own and backend not in glance_conf.stores(
                self._conf):
            raise self._unknown(backend)

    def _driver(self, backend: str):
        self._check_known(backend)
        try:
            driver = (self._own.driver(backend) if backend in self._own else
                      glance_store.get_store_from_store_identifier(backend))
        except exceptions.Misconfigured as exc:
            raise self._unusable(backend, exc) from exc
        except (store_exc.UnknownScheme, KeyError) as exc:
            raise failures.unavailable(backend, exc) from exc
        return swift.bounded(driver, self._conf.artifacts.store_timeout)

    def _location(self, backend: str, location: str):
        if backend in self._own:
            return self._own.location(backend, location)
        return store_location.get_location_from_uri_and_backend(
            location, backend, conf=self._conf)

    def _unusable(self, backend: str,
                  exc: exceptions.Misconfigured) -> exceptions.Unavailable:
        """What to say of a store of ours whose driver is not to be had."""
        return failures.unavailable(backend, exc)

    def _unknown(self, backend: str) -> exceptions.Unavailable:
        """What to say of a store that is not configured."""
        LOG.error('There are bytes of artifacts in store %s, which is'
                  ' configured no more', backend)
        return exceptions.Unavailable(
            'The store that has the bytes is not configured here.',
            code='store.unknown')


def _check_room(directories: list[pathlib.Path], size: int) -> None:
    """Find a file store full before a byte has been taken."""
    if directories and size > max(map(files.free, directories)):
        raise store_exc.StorageFull()
