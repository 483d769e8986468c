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

"""The tables."""

from __future__ import annotations

from collections.abc import Sequence
import dataclasses
import statistics

from bench import statistic
from bench.transfer import aims
from bench.transfer import breakdown
from bench.transfer import loader
from bench.transfer import measure
from bench.transfer import memory
from bench.transfer import peers

_NONE = '–'
_MET = {True: 'yes', False: '**no**'}
_HEAD = ('bytes', 'clients', 'system', 'n', 'MiB/s', 'a second', 'p50, ms',
         'ours is', 'server CPU', 'load CPU')


def speed(samples: measure.Samples, steps: Sequence[breakdown.Step],
          ) -> list[str]:
    """All that is told of speed."""
    lines = verdicts(aims.judge(samples))
    for title, work in (('Uploads', loader.UPLOAD),
                        ('Downloads', loader.DOWNLOAD)):
        keys = sorted((key for key in samples if key.work == work),
                      key=lambda key: (key.size, key.clients, key.name))
        upload = work == loader.UPLOAD
        if keys:
            lines += [title + ':', '', *statistic.table(
                _HEAD + (('of the floor',) if upload else ()) + ('refused',),
                [_row(samples, key, upload) for key in keys]), '']
    return lines + _steps(steps)


def verdicts(judged: Sequence[aims.Verdict]) -> list[str]:
    """The aims, and whether they are met."""
    if not judged:
        return []
    return [*statistic.table(('aim', 'found', 'met'), [
        (one.aim, one.found, _MET[one.met]) for one in judged]), '']


def _row(samples: measure.Samples, key: measure.Key,
         upload: bool) -> list[str]:
    found = samples[key]
    times = [seconds for one in found for seconds in one.times]
    ours = dataclasses.replace(key, name=peers.Artifacts.name)
    ratio = (None if key == ours
             else aims.ratio(samples, ours, key.name))
    cells = [aims.amount(key.size), str(key.clients), key.name,
             str(len(times)),
             '%.1f' % statistics.median(one.speed for one in found),
             '%.1f' % statistics.median(one.rate for one in found),
             '%.1f' % (1000 * statistics.median(times)),
             _NONE if ratio is None else '%.2f ×' % ratio,
             _cost(found, False), _cost(found, True)]
    if upload:
        floor = aims.of_floor(samples, key)
        cells.append(_NONE if floor is None else '%.2f ×' % floor)
    return cells + [str(sum(one.refused for one in found))]


def _cost(found: list[measure.Sample], own: bool) -> str:
    """For a GiB; of small transfers for each, in ms."""
    spent = aims.spent(found, own)
    if not spent:
        return _NONE
    if found[0].size // len(found[0].times) >= measure.MiB:
        return '%.2f s/GiB' % aims.cost(found, own)
    return '%.2f ms' % (1000 * spent / sum(len(one.times) for one in found))


def _steps(steps: Sequence[breakdown.Step]) -> list[str]:
    if not steps:
        return []
    rows = []
    for one in steps:
        rows.append([
            one.system, '``%s``' % one.request, '%.1f' % one.client,
            '%.1f' % one.server,
            *(cell for kind, count in one.counts.items()
              for cell in (str(count), '%.1f' % one.waits[kind])),
            '%.1f' % one.rest])
    return ['What a small upload waits for:', '', *statistic.table(
        ('system', 'request', 'client, ms', 'server, ms', 'statements', 'ms',
         'commits', 'ms', 'fsyncs', 'ms', 'rest, ms'), rows), '']


def of_memory(found: Sequence[memory.Memory]) -> list[str]:
    """All that is told of memory."""
    return verdicts(aims.judge_memory(list(found))) + [*statistic.table(
        ('store', 'bytes', 'clients', 'idle, MiB', 'uploads, above idle',
         'downloads, above idle', 'up, MiB/s', 'down, MiB/s', 'refused'),
        [(one.store, aims.amount(one.size), str(one.clients),
          '%.1f' % one.idle, '%.1f' % one.uploads, '%.1f' % one.downloads,
          '%.1f' % one.upload_speed, '%.1f' % one.download_speed,
          str(one.refused)) for one in found]), '']
