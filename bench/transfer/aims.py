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

from collections.abc import Iterator
import dataclasses
import statistics

from bench.transfer import floors
from bench.transfer import loader
from bench.transfer import measure
from bench.transfer import memory
from bench.transfer import peers

_OURS = peers.Artifacts.name
_PARTS = peers.Parts.name
_STOCK = peers.Images.name
_REGISTRY = peers.Registry.name
_NGINX = peers.Nginx.name
_FLOORS = floors.Disk.name, floors.Hash.name
_LARGE = 64 * measure.MiB, measure.GiB
_SMALL = 4 * measure.KiB
_ABOVE_IDLE = 150


@dataclasses.dataclass(frozen=True)
class Verdict:
    """One figure and what it should be."""

    aim: str
    found: str
    met: bool


def ratio(samples: measure.Samples, ours: measure.Key,
          name: str) -> float | None:
    """How many times as fast as another: the median of the rounds.

    :return: None where one of the two was not measured
    """
    first = samples.get(ours)
    second = samples.get(dataclasses.replace(ours, name=name))
    if not first or not second:
        return None
    return statistics.median(
        other.seconds / one.seconds for one, other in zip(first, second))


def of_floor(samples: measure.Samples, key: measure.Key) -> float | None:
    """The time of an upload, as a multiple of the larger floor.

    :return: None where there is no floor
    """
    mine = samples.get(key)
    below = [samples.get(dataclasses.replace(key, name=name))
             for name in _FLOORS]
    if not mine or not all(below):
        return None
    return statistics.median(
        one.seconds / max(disk.seconds, digests.seconds)
        for one, disk, digests in zip(mine, *below))


def cost(samples: list[measure.Sample], own: bool = False) -> float:
    """Seconds of the processor for a GiB, of all rounds together.

    :param own: those of the load, not of the server
    """
    return spent(samples, own) / (
        sum(one.size for one in samples) / measure.GiB)


def spent(samples: list[measure.Sample], own: bool) -> float:
    """All seconds of the processor, likewise."""
    return sum(one.own if own else one.server for one in samples)


def judge(samples: measure.Samples) -> list[Verdict]:
    """All aims that these figures say something about."""
    return [verdict for check in (_downloads, _uploads, _small)
            for verdict in check(samples)]


def _downloads(samples: measure.Samples) -> Iterator[Verdict]:
    for key in _measured(samples, loader.DOWNLOAD, _LARGE):
        named = 'download of %s, %s' % (amount(key.size),
                                        many(key.clients))
        found = ratio(samples, key, _NGINX)
        if found is not None:
            yield Verdict('%s: ≥ 0.95 × nginx' % named, '%.2f' % found,
                          found >= 0.95)
        share = cost(samples[key]) / max(cost(samples[
            dataclasses.replace(key, name=_STOCK)]), 0.001)
        yield Verdict('%s: ≤ 0.5 × the CPU of stock Glance' % named,
                      '%.2f' % share, share <= 0.5)


def _uploads(samples: measure.Samples) -> Iterator[Verdict]:
    for key in _measured(samples, loader.UPLOAD, (measure.GiB,)):
        if key.clients != 1:
            continue
        for name, aim in ((_STOCK, 2.0), (_REGISTRY, 1.2)):
            yield from _upload(samples, key, name, aim)
        yield from _upload(samples, dataclasses.replace(key, name=_PARTS),
                           _OURS, 1.6)


def _upload(samples: measure.Samples, key: measure.Key, name: str,
            aim: float) -> Iterator[Verdict]:
    found = ratio(samples, key, name)
    if found is None:
        return
    best = of_floor(samples, dataclasses.replace(key, name=name))
    told = '' if best is None or key.name == _PARTS else (
        ' (the floor: %.2f)' % best)
    yield Verdict('upload of %s, %s: ≥ %.1f × %s' % (
        amount(key.size), key.name, aim, name), '%.2f%s' % (found, told),
        found >= aim)


def _small(samples: measure.Samples) -> Iterator[Verdict]:
    for key in _measured(samples, loader.UPLOAD, (_SMALL,)):
        found = ratio(samples, key, _STOCK)
        if found is not None:
            yield Verdict('%s, create to activate, %s: ≥ 3 × the rate of %s'
                          % (amount(key.size), many(key.clients), _STOCK),
                          '%.2f' % found, found >= 3)


def _measured(samples: measure.Samples, work: str,
              sizes: tuple[int, ...]) -> list[measure.Key]:
    return [key for key in samples if key.name == _OURS
            and key.work == work and key.size in sizes]


def judge_memory(found: list[memory.Memory]) -> list[Verdict]:
    """The same of memory."""
    verdicts = []
    for one in found:
        most = (one.clients * memory.SEGMENT if one.store == 's3'
                else _ABOVE_IDLE)
        told = ('one segment (%d MiB) an upload' % memory.SEGMENT
                if one.store == 's3' else '%d MiB' % most)
        peak = max(one.uploads, one.downloads)
        verdicts.append(Verdict(
            '%s, %d × %s at a time: < %s above idle' % (
                one.store, one.clients, amount(one.size), told),
            '%.0f MiB' % peak, peak < most))
    return verdicts


def amount(size: int) -> str:
    """Bytes, as they are written."""
    for unit, name in ((measure.GiB, 'GiB'), (measure.MiB, 'MiB'),
                       (measure.KiB, 'KiB')):
        if size % unit == 0:
            return '%d %s' % (size // unit, name)
    return '%d bytes' % size


def many(clients: int) -> str:
    return '1 client' if clients == 1 else '%d clients' % clients
