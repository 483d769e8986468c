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

"""What it costs Glance's tables to find the images of a page.

    python -m bench.pages [--database-url URL] [--images N ...]

Run it from the top of the repository, in the environment of the functional
tests, with an empty database (SQLite unless one is named). It measures the
one query of ours on Glance's own table.
"""

from __future__ import annotations

import argparse
import datetime
import pathlib
import random
import statistics
import tempfile
import time
import uuid

import sqlalchemy as sa

from bench import machine
from glance_artifacts.db import glance_images
from glance_artifacts.dev import checks
from glance_artifacts.dev import server
from glance_artifacts.repository import orders

PROJECTS = 1000
RUNS = 60
_BATCH = 5000
_IMAGES = sa.table('images', *map(sa.column, (
    'id', 'name', 'status', 'owner', 'visibility', 'created_at',
    'updated_at', 'deleted', 'protected', 'min_disk', 'min_ram',
    'os_hidden', 'disk_format', 'container_format')))


def fill(engine: sa.Engine, first: int, last: int) -> None:
    """Add images: of many projects, one in ten public."""
    chance = random.Random(first)
    began = datetime.datetime(2026, 1, 1)
    for start in range(first, last, _BATCH):
        rows = []
        for number in range(start, min(start + _BATCH, last)):
            moment = began + datetime.timedelta(seconds=number)
            rows.append({
                'id': str(uuid.UUID(int=chance.getrandbits(128))),
                'name': 'image %d' % number, 'status': 'active',
                'owner': 'project %d' % chance.randrange(PROJECTS),
                'visibility': chance.choice(['public', *['private'] * 9]),
                'created_at': moment, 'updated_at': moment, 'deleted': False,
                'protected': False, 'min_disk': 0, 'min_ram': 0,
                'os_hidden': False, 'disk_format': 'raw',
                'container_format': 'bare'})
        with engine.begin() as conn:
            conn.execute(sa.insert(_IMAGES), rows)


def walks() -> dict[str, glance_images.Walk]:
    """What is measured, by its name."""
    newest = orders.NEWEST_FIRST[0].name
    return {'%s, by %s' % (who, key): glance_images.Walk(
        'project 1', admin, ((key, True),), True)
        for who, admin in (('member', False), ('admin', True))
        for key in (newest, 'updated_at')}


def median(engine: sa.Engine, walk: glance_images.Walk,
           after: glance_images.Place | None) -> float:
    """Of the time that a page of 25 takes, in ms."""
    times = []
    for _ in range(RUNS):
        with engine.connect() as conn:
            began = time.perf_counter()
            glance_images.step(conn, walk, after, 26)
            times.append(time.perf_counter() - began)
    return 1000 * statistics.median(times)


def row(engine: sa.Engine, walk: glance_images.Walk) -> list[str]:
    """The first page, and one that begins in the middle."""
    with engine.connect() as conn:
        places = glance_images.step(conn, walk, None, 1000)
    return ['%.1f' % median(engine, walk, None),
            '%.1f' % median(engine, walk, places[len(places) // 2])]


def main() -> None:
    """Measure for each number of images, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--database-url', metavar='URL')
    parser.add_argument('--images', type=int, nargs='+', metavar='N',
                        default=[1000, 10000, 100000])
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix='glance-artifacts-') as top:
        url = args.database_url or 'sqlite:///%s/glance.sqlite' % top
        server.Server(pathlib.Path(top, 'state'), port=checks.free_port(),
                      database_url=url).prepare()
        engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
        print(machine.name(engine.dialect.name))
        there = 0
        print('images | list | first page, ms | later page, ms')
        for number in args.images:
            fill(engine, there, number)
            there = number
            for name, walk in walks().items():
                print(' | '.join([str(number), name, *row(engine, walk)]))


if __name__ == '__main__':
    main()
