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

"""All rows of a database of one size, as files, sorted as their keys are.

They are made once for all databases, by several processes, and read in the
order of the keys: a B-tree that is filled at its right edge needs no memory.
"""

from __future__ import annotations

import multiprocessing
import os
import pathlib
import shutil
import subprocess
import sys

from bench.metadata import rows
from glance_artifacts.cmd import progress

#: Images cost more to fill, and aims name no more.
MOST_IMAGES = 100_000
_CHUNK = 2000
#: In one file, and so in one transaction.
_LINES = 400_000


def make(directory: pathlib.Path, size: int) -> pathlib.Path:
    """Write the rows, unless they are there already; the directory."""
    spool = directory / ('rows-%d' % size)
    done = spool / 'done'
    if done.exists():
        return spool
    shutil.rmtree(spool, ignore_errors=True)
    spool.mkdir(parents=True)
    _write(spool, size)
    for table in rows.TABLES:
        _merge(spool / table, 'sort' if table == 'gart_index' else 'cat')
    done.touch()
    return spool


def files(spool: pathlib.Path) -> list[tuple[str, pathlib.Path]]:
    """Table and file, in the order to load them."""
    return [(table, path) for table in rows.TABLES
            for path in sorted((spool / table).iterdir())]


def images(size: int) -> int:
    """How many images there are beside so many artifacts."""
    return min(size, MOST_IMAGES)


def _write(spool: pathlib.Path, size: int) -> None:
    chunks = [(spool, size, first, min(first + _CHUNK, size))
              for first in range(0, size, _CHUNK)]
    shown = progress.Progress(len(chunks), sys.stderr)
    shown.note('making the rows of %d artifacts' % size)
    found = []
    with multiprocessing.Pool(os.cpu_count()) as pool:
        for usage in pool.imap_unordered(_write_chunk, chunks):
            found.append(usage)
            shown.step()
    shown.close()
    part = rows.Part(spool, 'usage')
    part.usage(rows.add_up(found))
    part.close()


def _write_chunk(chunk: tuple[pathlib.Path, int, int, int]) -> rows.Usage:
    spool, size, first, last = chunk
    usage: rows.Usage = {}
    part = rows.Part(spool, '%08d' % first)
    for number in range(first, last):
        part.artifact(number, size, usage)
        if number < images(size):
            part.image(number)
    part.close()
    return usage


def _merge(directory: pathlib.Path, command: str) -> None:
    """Make fewer files of those in a directory.

    :param command: ``cat``, or ``sort`` to have all lines in order: tabs and
        digits sort as the bytes that they stand for
    """
    names = sorted(map(str, directory.iterdir()))
    arguments = {'cat': ['xargs', '-0', 'cat'], 'sort': [
        'sort', '--files0-from=-', '--buffer-size=512M',
        '--temporary-directory=%s' % directory.parent]}
    source = subprocess.Popen(
        arguments[command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**os.environ, 'LC_ALL': 'C'})
    split = subprocess.Popen(
        ['split', '--lines=%d' % _LINES, '--suffix-length=5', '-',
         str(directory / 'merged-')], stdin=source.stdout)
    source.stdout.close()
    source.stdin.write('\0'.join(names).encode())
    source.stdin.close()
    if source.wait() or split.wait():
        raise RuntimeError('the rows could not be merged')
    for name in names:
        os.unlink(name)
