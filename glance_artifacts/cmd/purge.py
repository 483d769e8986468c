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

"""The command ``purge``."""

from __future__ import annotations

import argparse
import collections
import json
import sys

from oslo_config import cfg

from glance_artifacts.cmd import common
from glance_artifacts.cmd import configuration
from glance_artifacts.cmd import progress
from glance_artifacts.db import startup
from glance_artifacts.repository import places as repository_places
from glance_artifacts.repository import purge
from glance_artifacts.repository import type_versions
from glance_artifacts.store import standalone
from glance_artifacts.types import registry as types_registry

OLDER_THAN = 3600
#: What the kinds of outcomes are in words, in the order of the output.
_WORDS = {
    purge.UPLOADS: ('uploads and copies ended that nobody works on',
                    'uploads and copies to be ended that nobody works on'),
    purge.SESSIONS: ('uploads in parts ended that nobody went on with',
                     'uploads in parts to be ended that nobody went on with'),
    purge.OBJECTS: ('objects deleted', 'objects to be deleted'),
    purge.ORPHANS: ('objects without a row deleted',
                    'objects without a row to be deleted'),
    purge.ARTIFACTS: ('rows of deleted artifacts dropped',
                      'rows of deleted artifacts to be dropped'),
}
_LEFT = ('%d objects of ended uploads, if they exist, stay in stores that'
         ' cannot be searched')
_FAILED = '%d failed; they stay for the next run'


def add_parser(groups) -> None:
    """Add ``purge`` to the commands."""
    parser = groups.add_parser(
        'purge', help='clear up what died and what waits for deletion',
        description='End the uploads of processes that were killed, and those'
                    ' in parts that nobody went on with for seven days, delete'
                    ' the bytes of what was deleted, delete bytes of ours'
                    ' that no row tells of (in stores of kind file, swift'
                    ' and s3), and drop the'
                    ' rows of deleted artifacts. Images, and what other'
                    ' deployments keep in the same stores, are never touched.'
                    ' Services go on, and it may run on several hosts at'
                    ' once. Run it as the user that glance-api runs as. Exit'
                    ' code 1 if something could not be deleted; it stays for'
                    ' the next run.')
    parser.add_argument(
        '--older-than', metavar='SECONDS', type=_seconds, default=OLDER_THAN,
        help='leave bytes without a row, and rows of deleted artifacts, that'
             ' are younger (default: %(default)s; 0: leave none)')
    parser.add_argument('--dry-run', action='store_true',
                        help='tell how much there is and change nothing')
    parser.add_argument('--json', action='store_true',
                        help='print the numbers as one JSON object')
    parser.set_defaults(run=_run)


def prepare(conf: cfg.ConfigOpts, older_than: float,
            dry: bool = False) -> purge.Purge:
    """A purge of the deployment that ``conf`` describes.

    :raises Misconfigured: when its database is not ready
    """
    database = startup.database(conf)
    # of a plugin that does not load, the stored schema is enough
    registry = types_registry.Registry.load(conf.artifacts.enabled_types)
    places = repository_places.Places(
        type_versions.TypeVersions(database, registry))
    return purge.Purge(database, standalone.Standalone(conf), places,
                       older_than, dry)


def _run(args: argparse.Namespace) -> int:
    conf = configuration.load(args.config)
    with common.quiet():
        work = prepare(conf, args.older_than, args.dry_run)
        found = work.count()
        bar = progress.Progress(sum(found.values()), sys.stderr)
        try:
            done, failed = (_look if args.dry_run else _work)(
                work, found, bar)
        finally:
            bar.close()
    if args.json:
        print(json.dumps({**{kind: done[kind] for kind in _WORDS},
                          purge.LEFT: done[purge.LEFT], 'failed': failed,
                          'dry_run': args.dry_run}))
    else:
        _tell(done, failed, args.dry_run)
    return int(bool(failed))


def _look(work: purge.Purge, found: collections.Counter[str],
          bar: progress.Progress) -> tuple[collections.Counter[str], int]:
    """What there is, by kind, and how much could not be looked at."""
    done, failed = tally(work.sweep(), bar)
    return found + done, failed


def _work(work: purge.Purge, found: collections.Counter[str],
          bar: progress.Progress) -> tuple[collections.Counter[str], int]:
    """What was done, by kind, and how much failed."""
    done: collections.Counter[str] = collections.Counter()
    failed = 0
    for part in (work.settle, work.forget, work.sweep):
        some, wrong = tally(part(), bar)
        done, failed = done + some, failed + wrong
    return done, failed


def tally(outcomes, bar: progress.Progress,
          ) -> tuple[collections.Counter[str], int]:
    """Count what was done, by kind, and what failed; name the latter."""
    done: collections.Counter[str] = collections.Counter()
    failed = 0
    for outcome in outcomes:
        bar.step()
        if outcome.problem is None:
            done[outcome.kind] += 1
        else:
            failed += 1
            bar.note('%s: %s' % (outcome.what, outcome.problem))
    return done, failed


def _tell(done: collections.Counter[str], failed: int, dry: bool) -> None:
    for kind, words in _WORDS.items():
        print('%d %s' % (done[kind], words[dry]))
    if done[purge.LEFT]:
        print(_LEFT % done[purge.LEFT])
    if failed:
        print(_FAILED % failed)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds <= 10 ** 9:
        raise argparse.ArgumentTypeError('must be 0 or more')
    return seconds
