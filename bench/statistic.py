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

"""Numbers, and how sure they are."""

from __future__ import annotations

from collections.abc import Sequence
import random
import statistics

RESAMPLES = 1000


def ratio(pairs: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    """How the medians of the first and the second compare.

    :return: the ratio and its 95 % interval, by bootstrap of the pairs
    """
    found = sorted(_ratio(random.choices(pairs, k=len(pairs)))
                   for _ in range(RESAMPLES))
    return (_ratio(pairs), found[RESAMPLES // 40],
            found[RESAMPLES - 1 - RESAMPLES // 40])


def _ratio(pairs: Sequence[tuple[float, float]]) -> float:
    first, second = zip(*pairs)
    return statistics.median(first) / statistics.median(second)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A simple table of reStructuredText."""
    columns = list(zip(head, *rows))
    widths = [max(map(len, column)) for column in columns]
    rule = '  '.join('=' * width for width in widths)
    lines = ['  '.join(cell.ljust(width) for cell, width
                       in zip(row, widths)).rstrip()
             for row in (head, *rows)]
    return [rule, lines[0], rule, *lines[1:], rule]
