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

"""The stores of glance-api, in a process that is none."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib

from oslo_config import cfg

from glance_artifacts.conf import glance as glance_conf
from glance_artifacts import exceptions
from glance_artifacts.store import backends
from glance_artifacts.store import failures
from glance_artifacts.store import files
from glance_artifacts.store import own
from glance_artifacts.store import pieces
from glance_artifacts.store import pools
from glance_artifacts.store import redaction
from glance_artifacts.store import s3
from glance_artifacts.store import search
from glance_artifacts.store import swift

#: What looks through stores, by the kind of driver; files aside.
_SEARCHES = {'s3': s3.Search, 'swift': swift.Search}


class Standalone(backends.Backends):
    """Makes the driver of a store when it is first asked for.

    A wrong option is found then, and keeps no other store from working. What
    is raised is for the operator.

    :param conf: with ``enabled_backends``, as in glance-api.conf
    """

    def __init__(self, conf: cfg.ConfigOpts) -> None:
        super().__init__(conf, own.Stores(conf, {
            **glance_conf.stores(conf), **conf.artifacts.stores},
            '[DEFAULT]/enabled_backends', pools.far_stores(conf)))

    @property
    def far(self) -> frozenset[str]:
        """The stores of pools that are served, and seen to, elsewhere."""
        return self._own.far

    def names(self) -> list[str]:
        """The stores that the configuration names."""
        return self._own.names()

    def load(self) -> None:
        """Import all drivers now, for who is going to begin threads.

        Some import eventlet where that is installed, which imports
        ``threading`` anew; the thread in which that happens never ends for
        those who join it.
        """
        for name in self._own.names():
            with contextlib.suppress(exceptions.Misconfigured):
                self._own.directories(name)

    def find(self, backend: str, name: str) -> list[search.Object] | None:
        """What there is of a name that a driver was given.

        :returns: None where the store cannot be searched
        :raises Unavailable: when the store does not answer now
        """
        with self._reported(backend):
            found = self._search(backend)
            return None if found is None else found.named(name)

    def listed(self, backend: str, prefix: str) -> Iterator[search.Object]:
        """What has a name that begins so; nothing, if it cannot be searched.

        :raises Unavailable: when the store does not answer now
        """
        with self._reported(backend):
            found = self._search(backend)
            if found is not None:
                yield from found.objects(prefix)

    def whole(self, backend: str, location: str) -> Iterator[bytes]:
        """All bytes of an object, however many the store has.

        :raises Unavailable: ``store.object_missing`` when the store does not
            have it; when the store does not answer now, or breaks off before
            the end that it told of itself
        """
        with self._reported(backend):
            chunks, size = self._driver(backend).get(
                self._location(backend, location))
            yield from pieces.cut(chunks, 0, size) if size else chunks

    def discard(self, backend: str, one: search.Object) -> None:
        """Delete what was found; that it is gone already is fine.

        :raises Unavailable: when the store does not do it now
        """
        with self._reported(backend):
            one.delete()

    def _search(self, backend: str) -> search.Search | None:
        if directories := self._directories(backend):
            return files.Search(directories)
        if getattr(self._conf[backend], 'swift_store_multi_tenant', False):
            return None
        make = _SEARCHES.get(self._own.kind(backend))
        return make and make(self._driver(backend))

    @contextlib.contextmanager
    def _reported(self, backend: str) -> Iterator[None]:
        try:
            with redaction.withheld():
                yield
        except exceptions.ArtifactsError:
            raise
        except Exception as exc:
            raise failures.unavailable(backend, exc) from exc

    def _unusable(self, backend: str,
                  exc: exceptions.Misconfigured) -> exceptions.Unavailable:
        return exc

    def _unknown(self, backend: str) -> exceptions.Unavailable:
        return exceptions.Misconfigured(
            'there are objects of ours in the store "%s", which neither it'
            ' nor [DEFAULT]/enabled_backends names' % backend,
            option=own.OPTION, remedy='name it again until they are gone')
