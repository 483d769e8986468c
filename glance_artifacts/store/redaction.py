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

"""Where our objects are is for no log.

Drivers log paths and URLs, and oslo.log ends each warning with the exception
that is being handled, which names them as well. Every object of ours has a
name that nothing else has, so its place is found in any line; what drivers
say of images, and all else that they say, stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
import contextlib
import logging
import re
import threading
from typing import Any

_OURS = re.compile(r'[^\s\'"]*gart-[0-9a-z]+-[0-9a-f-]{36}')


_LOCK = threading.Lock()
#: How many drivers work for us just now.
_busy = 0


class _Formatter(logging.Formatter):
    def __init__(self, inner: logging.Formatter | None) -> None:
        super().__init__()
        self.inner = inner

    def format(self, record: logging.LogRecord) -> str:
        text = (self.inner or logging.Formatter()).format(record)
        # fluentd's formatter makes no text
        return _OURS.sub('(an object)', text) if isinstance(text, str) else (
            text)


@contextlib.contextmanager
def withheld() -> Iterator[None]:
    """Do it in all that is logged while a driver works for us.

    Not longer: what Glance logs at other times is none of our business.
    """
    _count(1)
    try:
        yield
    finally:
        _count(-1)


def _count(step: int) -> None:
    global _busy
    with _LOCK:
        _busy += step
        for handler in logging.getLogger().handlers:
            formatter = handler.formatter
            if _busy and not isinstance(formatter, _Formatter):
                handler.setFormatter(_Formatter(formatter))
            elif not _busy and isinstance(formatter, _Formatter):
                handler.setFormatter(formatter.inner)


def say(log: Callable[..., None], *args: Any) -> None:
    """Log a line without the exception that is being handled.

    Drivers put into it what they like, credentials included. There is no
    asking oslo.log for this, but it passes over a KeyError.
    """
    try:
        raise KeyError()
    except KeyError:
        log(*args)
