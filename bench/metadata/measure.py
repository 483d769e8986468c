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

"""Asking several servers the same in turn, so that their times compare."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
import dataclasses
import random
import statistics
import sys

from bench.metadata import asking
from bench.metadata import client
from bench.metadata import shapes
from glance_artifacts.cmd import progress

#: What was asked: name of a shape or of a single request, and the role.
Key = tuple[str, str]


@dataclasses.dataclass
class Times:
    """The times of one request at one site.

    :ivar seconds: of each
    :ivar rows: how many each answered with
    """

    seconds: list[float] = dataclasses.field(default_factory=list)
    rows: list[int] = dataclasses.field(default_factory=list)

    @property
    def median(self) -> float:
        """In ms."""
        return 1000 * statistics.median(self.seconds)

    @property
    def p99(self) -> float:
        """In ms."""
        return 1000 * percentile(self.seconds, 0.99)

    @property
    def median_rows(self) -> float:
        return statistics.median(self.rows)


#: By what was asked and the size of the site.
Found = dict[Key, dict[int, Times]]


def percentile(values: Sequence[float], part: float) -> float:
    """The value that such a part of all is not above."""
    return sorted(values)[max(0, round(part * len(values)) - 1)]


def run(askers: dict[int, asking.Asker], rounds: int) -> Found:
    """Ask all sites everything, so many times, in an order by chance.

    :param askers: by the size of the site
    """
    found: Found = {}
    asked = list(_all())
    shown = progress.Progress(rounds, sys.stderr)
    shown.note('asking in %d rounds' % rounds)
    for turn in range(-1, rounds):
        random.shuffle(asked)
        for key, shape in asked:
            if shape is not None and turn % shape.every:
                continue
            for size in random.sample(list(askers), len(askers)):
                answer = _ask(askers[size], key, shape, turn)
                if turn >= 0:  # the first round fills caches
                    times = found.setdefault(key, {}).setdefault(size,
                                                                 Times())
                    times.seconds.append(answer.seconds)
                    times.rows.append(_rows(answer))
        if turn >= 0:
            shown.step()
    shown.close()
    return found


def _all() -> Iterator[tuple[Key, shapes.Shape | None]]:
    for name in asking.SINGLE:
        yield (name, ''), None
    for shape in shapes.SHAPES:
        for role in shape.roles:
            yield (shape.name, role), shape


def _ask(asker: asking.Asker, key: Key, shape: shapes.Shape | None,
         turn: int) -> client.Answer:
    return client.must(asker.address, asker.single(key[0], turn)
                       if shape is None else asker.list(shape, key[1], turn))


def _rows(answer: client.Answer) -> int:
    for name in ('artifacts', 'images'):
        if isinstance(answer.body, dict) and name in answer.body:
            return len(answer.body[name])
    return 1
