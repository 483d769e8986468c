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

"""How far ``verify`` has come, in a file."""

from __future__ import annotations

import collections
from collections.abc import Mapping
import json
import os
import pathlib

from glance_artifacts.cmd import common
from glance_artifacts.repository import verification

BYTES = 'bytes'


class State:
    """Where a run stands and what it has found, kept in a file.

    :param path: of the file, which is read if it is there; None: in none
    :param chosen: what the run looks at, which a later one must, too
    :ivar after: where the earlier run ended
    :ivar counts: of outcomes by kind, and the bytes that are verified
    :raises CommandError: when the file cannot be used
    """

    def __init__(self, path: str | None, chosen: Mapping[str, str]) -> None:
        self._path = None if path is None else pathlib.Path(path)
        self._chosen = dict(chosen)
        self.after: verification.Position | None = None
        self.counts: collections.Counter[str] = collections.Counter()
        if self._path is not None and self._path.exists():
            self._load(self._path)
        # to fail before the first byte is read
        self._save()

    def note(self, outcome: verification.Outcome) -> None:
        """Keep what came out."""
        self.counts[outcome.kind] += 1
        if outcome.kind == verification.VERIFIED:
            self.counts[BYTES] += outcome.size
        self.after = outcome.position
        self._save()

    def remove(self) -> None:
        """All is done: the next run begins anew."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def _load(self, path: pathlib.Path) -> None:
        try:
            kept = json.loads(path.read_text())
            chosen, after = kept['chosen'], kept['after']
            if after is not None:
                artifact_id, field, key, n = after
                self.after = artifact_id, field, key, int(n)
            self.counts.update({kind: int(number) for kind, number
                                in kept['counts'].items()})
        except (OSError, ValueError, TypeError, LookupError,
                AttributeError) as exc:
            raise common.CommandError(
                '--state %s: this is no file that verify has written, or it'
                ' cannot be read (%s).' % (path, type(exc).__name__)) from exc
        if chosen != self._chosen:
            raise common.CommandError(
                '--state %s is of a run with %s: go on with the same, or'
                ' delete the file.' % (path, ' '.join(
                    '--%s %s' % one for one in sorted(chosen.items()))
                    or 'neither --pool nor --type nor --id'))

    def _save(self) -> None:
        if self._path is None:
            return
        text = json.dumps({'chosen': self._chosen, 'after': self.after,
                           'counts': self.counts})
        new = self._path.with_name(self._path.name + '.new')
        try:
            new.write_text(text)
            os.replace(new, self._path)
        except OSError as exc:
            raise common.CommandError('--state %s cannot be written: %s' % (
                self._path, exc.strerror)) from exc
