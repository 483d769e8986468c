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

"""The command ``worker``: purge, and move, again and again."""

from __future__ import annotations

import argparse
import collections
from collections.abc import Callable, Iterator
import functools
import itertools
import signal
import sys
import threading
import time

from oslo_config import cfg
from oslo_db import exception as db_exc
import sqlalchemy as sa

from glance_artifacts.cmd import common
from glance_artifacts.cmd import configuration
from glance_artifacts.cmd import pool_move
from glance_artifacts.cmd import purge as purge_command
from glance_artifacts.db import startup
from glance_artifacts import exceptions
from glance_artifacts.repository import move_queue
from glance_artifacts.repository import purge
from glance_artifacts.repository import relocation
from glance_artifacts.repository import type_versions
from glance_artifacts.store import pools as store_pools
from glance_artifacts.store import standalone
from glance_artifacts.types import registry as types_registry

_INTERVAL = 60
#: Stores and rows are looked through this often; it takes its time.
_SWEEP_INTERVAL = 3600


def add_parser(groups) -> None:
    """Add ``worker`` to the commands."""
    parser = groups.add_parser(
        'worker', help='do what purge does, and moves, again and again',
        description='End the uploads of processes that were killed, delete'
                    ' what is due, and move what is to be in another pool,'
                    ' once in an interval; once an hour,'
                    ' all that purge does. One is enough for a deployment,'
                    ' several do no harm. SIGTERM ends it, between two'
                    ' objects, or in the middle of one that it moves, which'
                    ' it then leaves where it was. Run it as the user that'
                    ' glance-api runs as.')
    parser.add_argument('--once', action='store_true',
                        help='do all of it once and end; exit code 1 if'
                             ' something could not be done')
    parser.add_argument(
        '--interval', metavar='SECONDS', type=_seconds, default=_INTERVAL,
        help='wait so long after each time (default: %(default)s)')
    parser.set_defaults(run=_run)


class Worker:
    """Does a work, again and again, until it is told to stop.

    :param work: what there is to do now
    :param interval: seconds to wait after each time
    """

    def __init__(self, work: Callable[[], Iterator[purge.Outcome]],
                 interval: float, say: Callable[[str], None]) -> None:
        self._work = work
        self._interval = interval
        self._say = say
        self._said: set[str] = set()
        self._stopped = threading.Event()

    def stop(self, *args: object) -> None:
        """End after the object at hand; may be a signal's handler."""
        self._stopped.set()

    def run(self) -> None:
        """Work until the end."""
        while not self._stopped.is_set():
            try:
                self.once()
            except (db_exc.DBError, sa.exc.SQLAlchemyError) as exc:
                self._complain({'The database does not answer: %s'
                                % type(exc).__name__})
            except Exception as exc:
                # the other one works on; the type alone, as messages may
                # hold locations
                self._complain({'Failed, and will be tried again: %s'
                                % type(exc).__name__})
            self._stopped.wait(self._interval)

    def once(self) -> bool:
        """Do what there is to do; whether all of it went well."""
        done: collections.Counter[str] = collections.Counter()
        problems = set()
        for outcome in self._work():
            if outcome.problem is None:
                done[outcome.kind] += 1
            else:
                problems.add(outcome.problem)
            if self._stopped.is_set():
                break
        del done[purge.SEEN], done[purge.LEFT]
        if done:
            self._say(', '.join('%d %s' % (number, kind)
                                for kind, number in sorted(done.items())))
        self._complain(problems)
        return not problems

    def _complain(self, problems: set[str]) -> None:
        # what lasts is said once: it must not flood the journal
        for problem in sorted(problems - self._said):
            self._say(problem)
        self._said = problems


class Purging:
    """The work of a purge: rows and stores are looked through less often."""

    def __init__(self, work: purge.Purge) -> None:
        self._work = work
        self._next_sweep = 0.0

    def __call__(self) -> Iterator[purge.Outcome]:
        yield from self._work.settle()
        if time.monotonic() >= self._next_sweep:
            yield from itertools.chain(self._work.forget(),
                                       self._work.sweep())
            self._next_sweep = time.monotonic() + _SWEEP_INTERVAL


class Moving:
    """The moves that were asked for.

    :param make: makes what makes them, when it is first needed: what is wrong
        with pools must not keep anybody from clearing up
    """

    def __init__(self, make: Callable[[], move_queue.MoveQueue]) -> None:
        self._make = functools.cache(make)
        self._stopped = threading.Event()

    def stop(self) -> None:
        """Give up what is being copied."""
        self._stopped.set()

    def __call__(self) -> Iterator[purge.Outcome]:
        try:
            yield from self._make().run(self._took)
        except relocation.Stopped:
            return
        except exceptions.Misconfigured as exc:
            yield purge.Outcome(move_queue.MOVES, '', exc.detail)
        except cfg.Error as exc:
            yield purge.Outcome(move_queue.MOVES, '', str(exc))

    def _took(self, count: int) -> None:
        if self._stopped.is_set():
            raise relocation.Stopped


def _run(args: argparse.Namespace) -> int:
    conf = configuration.load(args.config)
    with common.quiet():
        standalone.Standalone(conf).load()  # before there are threads
        moving = Moving(functools.partial(_moves, conf))
        workers = [Worker(work, args.interval, _print) for work in (
            Purging(purge_command.prepare(conf, purge_command.OLDER_THAN)),
            moving)]

        def stop(*_: object) -> None:
            moving.stop()
            for worker in workers:
                worker.stop()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        if args.once:
            return int(not all([worker.once() for worker in workers]))
        # a move may take hours, and others wait for what is to be cleared up
        thread = threading.Thread(target=workers[1].run, name='moves')
        thread.start()
        try:
            workers[0].run()
        finally:
            stop()
            thread.join()
    return 0


def _moves(conf: cfg.ConfigOpts) -> move_queue.MoveQueue:
    database = startup.database(conf)
    types = type_versions.TypeVersions(
        database, types_registry.Registry.load(conf.artifacts.enabled_types))
    return move_queue.MoveQueue(
        database, store_pools.Pools.from_conf(conf),
        pool_move.prepare(conf, database, types))


def _print(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= 10 ** 6:
        raise argparse.ArgumentTypeError('must be more than 0')
    return seconds
