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

"""What the figures are judged by."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
import dataclasses

from bench.metadata import measure
from bench.metadata import result
from bench.metadata import shapes

#: The size that growth is measured from.
BASE = 10_000
_FLAT = 1.3
_WITH_IMAGES = 2.0
_EXAMINED = 2000
_STATEMENTS = {'show': 2, 'create': 6}
_PAGE = 4
_OF_GLANCE = 0.4
_FASTER = {1000: (3.0, (('newest', 'Glance'),)),
           100_000: (20.0, (('newest', 'Glance'), ('1/2', 'Glance, 1/2'),
                            ('1/1,000', 'Glance, 1/1,000')))}
_SPREAD = 10.0
_GROWTH = 0.05


@dataclasses.dataclass(frozen=True)
class Verdict:
    """One figure and what it should be.

    :param over: what does not meet the aim, worst first, where that is about
        many requests
    """

    aim: str
    found: str
    met: bool
    over: tuple[tuple[measure.Key, float], ...] = ()


def judge(one: result.Result) -> list[Verdict]:
    """All aims that this result says something about."""
    return [verdict for check in (_flat, _capped, _with_images, _lists,
                                  _singles, _statements, _creators, _mixed)
            for verdict in check(one)]


def growth(one: result.Result, key: measure.Key) -> float | None:
    """By what a request takes longer with the most artifacts.

    None where the answers are not of the same length.
    """
    times = one.times[key]
    low, high = times.get(BASE), times.get(one.sizes[-1])
    if low is None or high is None or low is high:
        return None
    if low.median_rows != high.median_rows:
        return None
    return high.median / low.median


def most_examined(shape: shapes.Shape) -> int:
    """How many rows a page of a bounded walk may look at."""
    return max(_EXAMINED, 10 * shape.limit)


def _keys(test: Callable[[shapes.Shape], bool],
          ) -> Iterator[tuple[shapes.Shape, measure.Key]]:
    for shape in shapes.SHAPES:
        for role in shape.roles if test(shape) else ():
            yield shape, (shape.name, role)


def _flat(one: result.Result) -> Iterator[Verdict]:
    found = {key: growth(one, key) for _, key in
             _keys(lambda shape: shape.aim == shapes.FLAT)}
    known = {key: ratio for key, ratio in found.items() if ratio}
    if known:
        over = {key: ratio for key, ratio in known.items() if ratio > _FLAT}
        yield Verdict(
            'flat lists, %d vs %d artifacts, p50: ≤ %.1f ×' % (
                one.sizes[-1], BASE, _FLAT),
            *_count(known, over))


def _capped(one: result.Result) -> Iterator[Verdict]:
    known, over = {}, {}
    for shape, key in _keys(lambda shape: shape.aim == shapes.CAPPED):
        seen = one.seen.get(key)
        if seen is not None and seen.examined is not None:
            known[key] = seen.examined
            if seen.examined > most_examined(shape):
                over[key] = seen.examined
    if known:
        yield Verdict('rows examined where no index serves: ≤ %d' % _EXAMINED,
                      *_count(known, over))


def _with_images(one: result.Result) -> Iterator[Verdict]:
    for role in (shapes.MEMBER, shapes.ADMIN):
        ratio = growth(one, ('all', role))
        if ratio:
            yield Verdict('``all`` with images, %s: ≤ %.0f ×' % (
                role, _WITH_IMAGES), '%.2f' % ratio, ratio <= _WITH_IMAGES)


def _lists(one: result.Result) -> Iterator[Verdict]:
    for size, (aim, pairs) in _FASTER.items():
        for ours, theirs in pairs if size in one.sizes else ():
            for role in (shapes.MEMBER, shapes.ADMIN):
                ratio = (one.times[theirs, role][size].median
                         / one.times[ours, role][size].median)
                yield Verdict(
                    '%s, %s, at %d: ≥ %.0f × as fast as Glance' % (
                        ours, role, size, aim), '%.1f' % ratio, ratio >= aim)


def _singles(one: result.Result) -> Iterator[Verdict]:
    for name in ('show', 'create'):
        for size in one.sizes:
            ratio = (one.times[name, ''][size].median
                     / one.times['Glance ' + name, ''][size].median)
            yield Verdict('%s at %d: ≤ %.1f × the time of Glance' % (
                name, size, _OF_GLANCE), '%.2f' % ratio, ratio <= _OF_GLANCE)


def _statements(one: result.Result) -> Iterator[Verdict]:
    for name, aim in _STATEMENTS.items():
        if (name, '') in one.seen:
            count = one.seen[name, ''].statements
            yield Verdict('statements of %s: ≤ %d' % (name, aim), str(count),
                          count <= aim)
    lists = {key: seen.statements for key, seen in one.seen.items() if key[1]}
    over = {key: count for key, count in lists.items() if count > _PAGE}
    if lists:
        yield Verdict('statements of a page: ≤ %d' % _PAGE,
                      *_count(lists, over))


def _creators(one: result.Result) -> Iterator[Verdict]:
    if not one.creates:
        return
    errors = sum(len(part.errors) for part in one.creates)
    yield Verdict('8 clients create: no error', str(errors), not errors)
    ratio = one.rate(one.creates) / max(one.rate(one.images), 0.001)
    yield Verdict('8 clients create: ≥ 3 × the rate of Glance',
                  '%.1f' % ratio, ratio >= 3 or one.kind == 'sqlite')


def _mixed(one: result.Result) -> Iterator[Verdict]:
    if one.mixed is None:
        return
    yield Verdict('mixed: no error', str(len(one.mixed.errors)),
                  not one.mixed.errors)
    yield Verdict('mixed: no change is lost', str(one.mixed.lost),
                  not one.mixed.lost)
    yield Verdict('mixed: p99 < %.0f × p50' % _SPREAD,
                  '%.1f' % one.mixed.spread, one.mixed.spread < _SPREAD)
    yield Verdict('mixed: memory grows by < %.0f %%' % (100 * _GROWTH),
                  '%.1f %%' % (100 * one.mixed.growth),
                  one.mixed.growth < _GROWTH)


def _count(known: dict[measure.Key, float], over: dict[measure.Key, float],
           ) -> tuple[str, bool, tuple[tuple[measure.Key, float], ...]]:
    """How many are as they should be, and which are not."""
    return ('%d of %d' % (len(known) - len(over), len(known)), not over,
            tuple(sorted(over.items(), key=lambda item: -item[1])))
