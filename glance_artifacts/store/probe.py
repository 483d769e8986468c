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

"""Whether a store would work, without making it one of this process's.

glance_store keeps stores in globals and goes on without one that does not
configure itself; a check before the start has to do better.
"""

from __future__ import annotations

from collections.abc import Iterator
import io
import os
import pathlib

from oslo_config import cfg

from glance_artifacts.conf import values
from glance_artifacts import exceptions
from glance_artifacts.store import backends
from glance_artifacts.store import drivers
from glance_artifacts.store import files
from glance_artifacts.store import reader

_BYTES = b'written to see whether it can be read'


def probe(conf: cfg.ConfigOpts, name: str, kind: str,
          far: bool = False) -> Iterator[exceptions.Misconfigured | str]:
    """Configure a store and see whether it takes bytes.

    :param name: the store's, which is that of its group
    :param kind: of the driver
    :param far: only pools that are served elsewhere use it; it is enough that
        its options have values
    :return: what keeps it from working; as text, what is worth knowing
    """
    try:
        driver_class = drivers.load(name, kind)
        wrong = list(_wrong_values(conf, name, driver_class))
        yield from wrong
        if not wrong and not far:
            note = _configure(conf, name, kind, driver_class)
            if note:
                yield note
    except exceptions.Misconfigured as exc:
        yield exc


def try_out(stores: backends.Backends, name: str, object_name: str) -> None:
    """Write a few bytes to a store, read them and delete them.

    :param object_name: one that purge knows as ours
    :raises ArtifactsError: when the store does not do it
    """
    stored = stores.put(name, object_name, reader.Reader(
        io.BytesIO(_BYTES), len(_BYTES), len(_BYTES)), len(_BYTES))
    try:
        found = b''.join(stores.read(name, stored.location, 0, len(_BYTES)))
    finally:
        stores.delete(name, stored.location)
    if found != _BYTES:
        raise exceptions.Unavailable('It gave other bytes than it got.')


def _wrong_values(conf: cfg.ConfigOpts, name: str, driver_class,
                  ) -> Iterator[exceptions.Misconfigured]:
    return values.problems(conf, name,
                           drivers.register(conf, name, driver_class))


def _configure(conf: cfg.ConfigOpts, name: str, kind: str,
               driver_class) -> str | None:
    absent = [path for path in files.directories(conf, name)
              if not path.exists()]
    if absent:
        # the driver would make it, for whoever runs this check
        return _to_be_made(name, absent[0])
    drivers.configure(conf, name, kind, driver_class)
    return None


def _to_be_made(name: str, path: pathlib.Path) -> str:
    parent = next(each for each in path.absolute().parents if each.exists())
    if not os.access(parent, os.W_OK | os.X_OK):
        raise drivers.broken(
            name, '%s does not exist and cannot be made in %s'
            % (path, parent))
    return ('[%s]/filesystem_store_datadir: %s does not exist yet;'
            ' glance-api makes it when it starts' % (name, path))
