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

"""File stores from the outside: what lies in their directories."""

from __future__ import annotations

from collections.abc import Iterator
import contextlib
import functools
import os
import pathlib
import tempfile

from oslo_config import cfg
from oslo_utils import units

from glance_artifacts.store import ahead
from glance_artifacts.store import search

#: Bytes of a file after which the disk is to begin with them.
_STRIDE = 16 * units.Mi


def directories(conf: cfg.ConfigOpts, name: str) -> list[pathlib.Path]:
    """The directories of a file store; of others none.

    :param name: of a store whose options are registered
    """
    group = conf[name]
    if 'filesystem_store_datadir' not in group:
        return []
    several = group.filesystem_store_datadirs or ()
    return [pathlib.Path(path)
            for path in (group.filesystem_store_datadir,
                         *(each.partition(':')[0] for each in several))
            if path]


class Search(search.Search):
    """Looks through directories; one that is not there holds nothing."""

    def __init__(self, directories: list[pathlib.Path]) -> None:
        self._directories = directories

    def objects(self, prefix: str) -> Iterator[search.Object]:
        """The files whose names begin with a prefix."""
        for directory in self._directories:
            if directory.exists():
                yield from self._objects(directory, prefix)

    def named(self, name: str) -> list[search.Object]:
        """Without a look at every file of a large directory."""
        return [_object(directory / name, 0.0)
                for directory in self._directories
                if os.path.lexists(directory / name)]

    def _objects(self, directory: pathlib.Path,
                 prefix: str) -> Iterator[search.Object]:
        now = _now(directory)
        with os.scandir(directory) as entries:
            for entry in entries:
                if not entry.name.startswith(prefix):
                    continue
                try:
                    changed = entry.stat(follow_symlinks=False).st_mtime
                except FileNotFoundError:
                    continue  # deleted meanwhile
                yield _object(directory / entry.name,
                              max(0.0, now - changed))


def _object(path: pathlib.Path, age: float) -> search.Object:
    return search.Object(path.name, age,
                         functools.partial(path.unlink, missing_ok=True))


class Eager:
    """What a driver of files reads: has the disk keep up with the driver.

    Otherwise most of a file is written when it is synced, at the end.

    :param paths: where the driver may write to
    """

    def __init__(self, source: ahead.Source,
                 paths: list[pathlib.Path]) -> None:
        self._source = source
        self._paths = paths
        self._given = 0
        self._begun = 0

    def read(self, size: int = -1) -> bytes:
        # what the driver has been given by now it has written
        if self._given - self._begun >= _STRIDE:
            for path in self._paths:
                # it is in one of them; and the sync will have an error again
                with contextlib.suppress(OSError):
                    _begin_to_write(path, self._begun,
                                    self._given - self._begun)
            self._begun = self._given
        data = self._source.read(size)
        self._given += len(data)
        return data


def _begin_to_write(path: pathlib.Path, offset: int, length: int) -> None:
    """Have a part of a file written, without waiting for it.

    Linux begins with that when it is told that the part is not needed, and
    keeps in memory what is not on disk at that moment: all of it.
    """
    fd = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(fd, offset, length, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(fd)


def free(directory: pathlib.Path) -> int:
    """Bytes that there is room for.

    :raises OSError: when the directory is not there
    """
    found = os.statvfs(directory)
    return found.f_bavail * found.f_frsize


def sync(path: str) -> None:
    """Have a file, and the name that it has, on disk."""
    for one in (path, os.path.dirname(path)):
        fd = os.open(one, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def _now(directory: pathlib.Path) -> float:
    """The time by the clock that gives files theirs, perhaps a server's."""
    with tempfile.TemporaryFile(dir=directory) as file:
        return os.fstat(file.fileno()).st_mtime
