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

"""What moving bytes costs: uploads and downloads, beside other servers.

    python -m bench.transfer --help

Run it from the top of the repository, in the environment of the functional
tests. It prints the tables that README.rst keeps.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
import contextlib
import os
import pathlib
import sys
import tempfile

import sqlalchemy as sa

from bench import machine
from bench.transfer import breakdown
from bench.transfer import loader
from bench.transfer import measure
from bench.transfer import memory
from bench.transfer import report
from bench.transfer import systems
from bench.transfer import wire
from glance_artifacts.cmd import progress
from glance_artifacts.dev import checks
from glance_artifacts.tests.functional import servers

_UNITS = {'K': measure.KiB, 'M': measure.MiB, 'G': measure.GiB}
_STEPS = 40


def _size(text: str) -> int:
    unit = _UNITS.get(text[-1:], 1)
    return int(text[:-1] if unit > 1 else text) * unit


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog='bench.transfer', description=__doc__.partition('\n')[0])
    parser.add_argument(
        '--database-url', metavar='URL',
        help='of glance-api: an empty database (default: a new one on a'
             ' MariaDB that runs here, else SQLite)')
    parser.add_argument(
        '--sizes', default='4K,1M,64M,1G', metavar='N,…',
        help='bytes of a transfer (default: %(default)s)')
    parser.add_argument(
        '--clients', default='1,8', metavar='N,…',
        help='at a time (default: %(default)s)')
    parser.add_argument(
        '--rounds', type=int, default=5, metavar='N',
        help='of each, two fifths of that where one moves over 2 GiB'
             ' (default: %(default)s)')
    parser.add_argument(
        '--memory', nargs='?', const=','.join(memory.STORES),
        metavar='STORE,…',
        help='measure memory in the place of speed, with the largest size and'
             ' the most clients, on these stores (alone: %(const)s)')
    parser.add_argument(
        '--quick', action='store_true',
        help='4 KiB and 24 MiB, one round: less than a minute')
    parser.add_argument(
        '--require', action='store_true',
        help='end with status 1 when something to compare with is missing or'
             ' an aim is missed')
    parser.add_argument(
        '--directory', type=pathlib.Path, metavar='DIRECTORY',
        help='where all stores are (default: that of temporary files)')
    parser.add_argument('--output', type=pathlib.Path, metavar='FILE',
                        help='where to write the tables, too')
    return parser


def _arguments() -> argparse.Namespace:
    parser = _parser()
    args = parser.parse_args()
    if args.quick:
        args.sizes, args.rounds = '4K,24M', 1
    try:
        args.sizes = sorted(map(_size, args.sizes.split(',')))
        args.clients = sorted(map(int, args.clients.split(',')))
    except ValueError as exc:
        parser.error('--sizes, --clients: %s' % exc)
    args.memory = args.memory.split(',') if args.memory else []
    for store in args.memory:
        if store not in memory.STORES:
            parser.error('--memory: "%s" is none of %s' % (
                store, ', '.join(memory.STORES)))
    return args


def _mariadb() -> servers.Server | None:
    """One that runs here and lets us in."""
    return next((one for one in map(servers.MariaDB, servers.MariaDB.likely)
                 if one.answers()), None)


@contextlib.contextmanager
def _database(url: str | None) -> Iterator[str | None]:
    """A new database, unless one is given; None for SQLite."""
    server = None if url else _mariadb()
    if server is None:
        yield url
        return
    name = 'gart_bench_transfer_%d' % os.getpid()
    server.create(name)
    try:
        yield server.url_of(name)
    finally:
        server.drop(name)


def _started(stack: contextlib.ExitStack,
             system: systems.System) -> systems.System:
    stack.callback(system.stop)
    system.start()
    return system


def _speed(args: argparse.Namespace, state: pathlib.Path,
           load: loader.Loader, source: measure.Source) -> list[str]:
    lines = []
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(_database(args.database_url))
        compared = [_started(stack, systems.Glance(state / 'glance', url))]
        for program in systems.PROGRAMS:
            if program.path() is None:
                lines.append('Left out: %s is not installed.'
                             % program.package)
            else:
                compared.append(_started(
                    stack, program(state / program.program)))
        lines.append('; '.join(one.about() for one in compared) + '.')
        bench = measure.Bench(load, source, compared, state / 'floor')
        _rounds(bench, args)
    samples = bench.samples
    return [*lines, '', *report.speed(samples, _breakdown(
        args, state, source))]


def _rounds(bench: measure.Bench, args: argparse.Namespace) -> None:
    plans = {(size, clients): measure.plan(size, clients, args.rounds,
                                           args.quick)
             for size in args.sizes for clients in args.clients}
    shown = progress.Progress(sum(one[0] for one in plans.values()),
                              sys.stderr)
    for size in {min(size, measure.CHECKED) for size in args.sizes}:
        bench.check(size)
    for number in range(args.rounds):
        for (size, clients), (rounds, count) in plans.items():
            if number < rounds:
                bench.round(size, clients, count)
                shown.step()
    shown.close()


def _breakdown(args: argparse.Namespace, state: pathlib.Path,
               source: measure.Source) -> list[breakdown.Step]:
    """Of a small size, on a server that looks at itself."""
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(_database(args.database_url))
        glance = systems.Glance(state / 'watched', url,
                                module=breakdown.MODULE)
        _started(stack, glance)
        return breakdown.run(glance, source, breakdown.SIZE,
                             10 if args.quick else _STEPS)


def _memory(args: argparse.Namespace, state: pathlib.Path,
            load: loader.Loader, source: measure.Source) -> list[str]:
    lines, found = [], []
    for store in args.memory:
        reason = memory.missing(store, state)
        if reason:
            lines.append('Left out: %s: %s.' % (store, reason))
            continue
        where = state / store
        where.mkdir()
        with contextlib.ExitStack() as stack:
            url = stack.enter_context(_database(args.database_url))
            beside = (None if store == 'file'
                      else stack.enter_context(memory.far(where)))
            glance = systems.Glance(
                where / 'glance', url, threads=memory.THREADS,
                extra=memory.options(store, beside))
            _started(stack, glance)
            found.append(memory.Watch(load, glance, source).run(
                store, args.sizes[-1], args.clients[-1]))
    return [*lines, '', *report.of_memory(found)]


def _whole(args: argparse.Namespace) -> str:
    with contextlib.ExitStack() as stack:
        state = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(
            prefix='glance-artifacts-', dir=args.directory)))
        measure.check_room(state, measure.needed(args.sizes, args.clients))
        source = measure.Source(state, max(args.sizes[-1], breakdown.SIZE))
        load = stack.enter_context(contextlib.closing(loader.Loader()))
        database = ('MariaDB' if not args.database_url and _mariadb()
                    else sa.make_url(args.database_url or 'sqlite://')
                    .get_backend_name())
        head = '%s, %s; rounds: %d.' % (
            machine.name(database), machine.disk(state), args.rounds)
        run = _memory if args.memory else _speed
        return '\n'.join([head, *run(args, state, load, source)])


def main() -> int:
    args = _arguments()
    try:
        text = _whole(args)
    except (checks.SetupError, wire.Failed) as exc:
        print(exc, file=sys.stderr)
        return 1
    print(text)
    if args.output:
        args.output.write_text(text + '\n')
    return int(args.require and ('Left out' in text or '**no**' in text))


if __name__ == '__main__':
    sys.exit(main())
