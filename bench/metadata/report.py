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

"""The figures as reStructuredText."""

from __future__ import annotations

import statistics
import textwrap

from bench import machine
from bench.metadata import aims
from bench.metadata import asking
from bench.metadata import load
from bench.metadata import measure
from bench.metadata import result
from bench.metadata import shapes
from bench import statistic

_MET = {True: 'yes', False: '**no**'}


def whole(results: list[result.Result], rounds: int) -> str:
    """All of a run."""
    named = machine.name('databases as below')
    lines = ['%s; %d rounds.' % (named, rounds), '']
    for one in results:
        lines += _of(one)
    return '\n'.join(lines)


def _of(one: result.Result) -> list[str]:
    lines = ['', _TITLES[one.kind], '-' * len(_TITLES[one.kind]), '',
             one.facts + '.', '']
    if one.filled:
        lines += ['Filled in: %s.' % ', '.join(
            '%s in %.0f s' % (_number(size), seconds)
            for size, seconds in one.filled.items()), '']
    verdicts = aims.judge(one)
    lines += [*statistic.table(
        ('aim', 'found', 'met'),
        [(verdict.aim, verdict.found, _MET[verdict.met])
         for verdict in verdicts]), '']
    for verdict in verdicts:
        lines += _over(verdict)
    lines += [*statistic.table(_head(one), _rows(one)), '']
    return lines + _loads(one)


def _over(verdict: aims.Verdict) -> list[str]:
    if not verdict.over:
        return []
    named = '; '.join(' '.join(filter(None, (*key, '%.4g' % value)))
                      for key, value in verdict.over)
    return textwrap.wrap('Not %s – %s.' % (verdict.aim, named), 79,
                         break_on_hyphens=False) + ['']


def _head(one: result.Result) -> list[str]:
    return ['request', 'by', *map(_number, one.sizes), 'growth', 'p99',
            'rows', 'statements', 'examined', 'repository', 'SQL alone']


def _rows(one: result.Result) -> list[list[str]]:
    keys = [(name, '') for name in asking.SINGLE] + [
        (shape.name, role) for shape in shapes.SHAPES
        for role in shape.roles]
    return [_row(one, key) for key in keys if key in one.times]


def _row(one: result.Result, key: measure.Key) -> list[str]:
    times = one.times[key]
    growth = aims.growth(one, key)
    largest = times[one.sizes[-1]]
    cells = [key[0], key[1] or '–',
             *('%.1f' % times[size].median for size in one.sizes),
             '%.2f' % growth if growth else '–', '%.1f' % largest.p99,
             '/'.join('%.0f' % times[size].median_rows
                      for size in one.sizes)]
    seen = one.seen.get(key)
    if seen is None:
        return cells + ['–'] * 4
    return cells + [str(seen.statements),
                    '–' if seen.examined is None else str(seen.examined),
                    '%.1f' % seen.repository,
                    '%.1f' % seen.alone if seen.alone else '–']


def _loads(one: result.Result) -> list[str]:
    lines = []
    if one.creates:
        lines += [*statistic.table(
            ('%d clients create' % load.CLIENTS, 'a second', 'p50, ms',
             'p99, ms', 'errors'),
            [_created(one, name, parts) for name, parts in
             (('artifacts', one.creates), ('images', one.images))]), '']
    if one.mixed is not None:
        lines += [*statistic.table(
            ('mixed', 'requests', 'p50, ms', 'p99, ms'),
            [_mixed(one.mixed, name) for name in
             (*sorted(one.mixed.seconds), '')]), '',
            'Errors %d, changes lost %d, changes that came second %d; memory'
            ' of the workers %.0f MiB, %+.1f %% in the last three fifths.' % (
                len(one.mixed.errors), one.mixed.lost, one.mixed.overtaken,
                one.mixed.memory[-1], 100 * one.mixed.growth), '',
            *sorted(set(one.mixed.errors))[:3], '']
    return lines


def _created(one: result.Result, name: str,
             parts: list[load.Load]) -> list[str]:
    times = [seconds for part in parts for seconds in part.of()]
    errors = [error for part in parts for error in part.errors]
    return [name, '%.1f' % one.rate(parts),
            '%.1f' % (1000 * statistics.median(times)),
            '%.1f' % (1000 * measure.percentile(times, 0.99)),
            '%d %s' % (len(errors), errors[0][:60] if errors else '')]


def _mixed(found: load.Load, name: str) -> list[str]:
    times = found.of(*([name] if name else []))
    return [name or 'all', str(len(times)),
            '%.1f' % (1000 * statistics.median(times)),
            '%.1f' % (1000 * measure.percentile(times, 0.99))]


def _number(size: int) -> str:
    for unit, name in ((1_000_000, 'M'), (1000, 'k')):
        if size % unit == 0:
            return '%d%s' % (size // unit, name)
    return str(size)


_TITLES = {'sqlite': 'SQLite', 'mariadb': 'MariaDB',
           'postgresql': 'PostgreSQL'}
