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

"""What metadata costs: fill databases, ask them, and compare.

    python -m bench.metadata --help
"""

from __future__ import annotations

import argparse
import contextlib
import pathlib
import random
import sys
import tempfile

from bench.metadata import asking
from bench.metadata import databases
from bench.metadata import inside
from bench.metadata import kinds
from bench.metadata import load
from bench.metadata import measure
from bench.metadata import report
from bench.metadata import result
from bench.metadata import sites

_SLICES = 3
_UNITS = {'k': 1000, 'M': 1_000_000}


def _size(text: str) -> int:
    unit = _UNITS.get(text[-1:], 1)
    number = int(text[:-1] if unit > 1 else text) * unit
    if number < 1000 or 10 ** (len(str(number)) - 1) != number:
        raise ValueError(text)
    return number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog='bench.metadata', description=__doc__.partition('\n')[0])
    parser.add_argument(
        '--database', default='sqlite', metavar='KIND,…',
        help='of: %s (default: sqlite)' % ', '.join(databases.KINDS))
    parser.add_argument(
        '--server', action='append', default=[], metavar='KIND=URL',
        help='a server to make databases on, by a user who may (default: one'
        ' that runs here)')
    parser.add_argument(
        '--sizes', default='1k,10k,100k', metavar='N,…',
        help='how many artifacts: powers of ten from 1k (default: %(default)s'
        '; on SQLite 100k at most)')
    parser.add_argument(
        '--rounds', type=int, default=40, metavar='N',
        help='how often everything is asked (default: %(default)s)')
    parser.add_argument(
        '--creates', type=float, default=5.0, metavar='SECONDS',
        help='for each of %d slices of 8 clients who create, 0: none'
        ' (default: %%(default)s)' % _SLICES)
    parser.add_argument(
        '--mixed', type=float, default=0.0, metavar='SECONDS',
        help='of 8 clients who read and write at the largest size, 0: none'
        ' (default: %(default)s)')
    parser.add_argument(
        '--quick', action='store_true',
        help='1k and 10k, 4 rounds, little else: less than three minutes a'
        ' kind of database, on a machine that has nothing else to do')
    parser.add_argument(
        '--keep', type=pathlib.Path, metavar='DIRECTORY',
        help='leave the databases, and rows for others, and use what an'
        ' earlier run has left there')
    parser.add_argument('--output', type=pathlib.Path, metavar='FILE',
                        help='where to write the tables, too')
    return parser


def _arguments() -> argparse.Namespace:
    parser = _parser()
    args = parser.parse_args()
    if args.quick:
        args.sizes, args.rounds, args.creates = '1k,10k', 4, 2.0
    args.kinds = args.database.split(',')
    args.servers = dict(one.partition('=')[::2] for one in args.server)
    for kind in (*args.kinds, *args.servers):
        if kind not in databases.KINDS:
            parser.error('--database, --server: "%s" is none of %s' % (
                kind, ', '.join(databases.KINDS)))
    try:
        args.sizes = sorted(map(_size, args.sizes.split(',')))
    except ValueError as exc:
        parser.error('--sizes: %s is no power of ten from 1k' % exc)
    return args


def _run(place: databases.Place, args: argparse.Namespace,
         directory: pathlib.Path, state: pathlib.Path) -> result.Result:
    """Measure one kind of database."""
    sizes = [size for size in args.sizes if place.kind != 'sqlite'
             or size <= databases.MOST_ON_SQLITE]
    found = result.Result(place.kind, place.facts(), sizes,
                          seconds=args.creates)
    with contextlib.ExitStack() as stack:
        all_sites = [sites.Site(place, size, state) for size in sizes]
        for site in all_sites:
            stack.callback(site.stop, keep=args.keep is not None)
            site.fill(directory)
            if site.filled is not None:
                found.filled[site.size] = site.filled
            site.start()
        askers = {site.size: asking.Asker(site) for site in all_sites}
        for asker in askers.values():
            asker.prepare()
        found.times = measure.run(askers, args.rounds)
        largest = all_sites[-1]
        found.seen = inside.Inside(largest, askers[largest.size]).run()
        _load(found, largest, askers[largest.size], args)
    return found


def _load(found: result.Result, site: sites.Site, asker: asking.Asker,
          args: argparse.Namespace) -> None:
    """Many clients at once, at the largest site."""
    if args.creates or args.mixed:
        site.start(load.PROCESSES)
    for _ in range(_SLICES if args.creates else 0):
        for is_image in random.sample((False, True), 2):
            (found.images if is_image else found.creates).append(
                load.creates(asker.address, args.creates, is_image))
    if args.mixed:
        found.mixed = load.mixed(site, asker, args.mixed)


def main() -> int:
    args = _arguments()
    with tempfile.TemporaryDirectory(prefix='glance-artifacts-') as top:
        state = pathlib.Path(top)
        kinds.install(state / 'plugin')
        directory = args.keep or state
        try:
            places = [databases.Place(kind, directory, args.servers.get(kind))
                      for kind in args.kinds]
        except RuntimeError as exc:
            print(exc, file=sys.stderr)
            return 1
        directory.mkdir(parents=True, exist_ok=True)
        text = report.whole([_run(place, args, directory, state)
                             for place in places], args.rounds)
    print(text)
    if args.output:
        args.output.write_text(text + '\n')
    return 0


if __name__ == '__main__':
    sys.exit(main())
