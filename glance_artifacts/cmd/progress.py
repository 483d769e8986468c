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

"""How far a long command has come."""

from __future__ import annotations

from collections.abc import Callable
import time
from typing import TextIO

_WIDTH = 30
_SECONDS = 0.1


class Progress:
    """Shows how many of a number of things are done.

    On a terminal one line that is written over; elsewhere, as in a log, a
    line for each tenth.

    :param total: how many there are
    :param stream: where to show it
    :param what: the things, in words
    :param timed: say, too, how many there are in a second, and how long the
        rest may take
    """

    def __init__(self, total: int, stream: TextIO, what: str = '',
                 timed: bool = False,
                 clock: Callable[[], float] = time.monotonic) -> None:
        self._total = total
        self._clock = clock
        self._began = clock() if timed else None
        self._what = what and ' ' + what
        self._stream = stream
        self._live = stream.isatty()
        self._done = 0
        self._shown = 0.0
        self._tenth = 0

    def step(self, count: int = 1) -> None:
        """So many more are done."""
        self._done += count
        # there may be more by now than were counted
        self._total = max(self._total, self._done, 1)
        if self._live:
            self._redraw()
            return
        tenth = 10 * self._done // self._total
        if tenth > self._tenth:
            self._tenth = tenth
            print(self._text(), file=self._stream, flush=True)

    def note(self, text: str) -> None:
        """Say something in a line of its own."""
        print(('\r\x1b[K' if self._live else '') + text, file=self._stream,
              flush=True)

    def close(self) -> None:
        """Leave the last line as it is."""
        if self._live and self._done:
            self._draw()
            print(file=self._stream, flush=True)

    def _redraw(self) -> None:
        now = self._clock()
        if now - self._shown >= _SECONDS:
            self._shown = now
            self._draw()

    def _draw(self) -> None:
        filled = _WIDTH * self._done // self._total
        print('\r[%s%s] %3d %% %s' % (
            '#' * filled, '.' * (_WIDTH - filled),
            100 * self._done // self._total, self._text()),
            end='', file=self._stream, flush=True)

    def _text(self) -> str:
        text = '%d of %d%s' % (self._done, self._total, self._what)
        if self._began is None or not self._done:
            return text
        rate = self._done / max(self._clock() - self._began, 0.001)
        return '%s, %d%s/s, %s left' % (
            text, rate, self._what,
            _duration((self._total - self._done) / rate))


def _duration(seconds: float) -> str:
    hours, rest = divmod(round(seconds), 3600)
    return '%d:%02d:%02d' % (hours, *divmod(rest, 60))
