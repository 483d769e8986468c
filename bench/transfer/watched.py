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

"""glance-api that tells of each request what it waited for.

uWSGI loads it in the place of Glance's own module. What a request took is in
the headers of its answer.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
import functools
import os
import threading
import time
from typing import Any

from glance.wsgi import api
import sqlalchemy as sa
from sqlalchemy.engine import default

HEADER = 'X-Bench-'
#: What is counted: each has a number and seconds.
KINDS = ('statements', 'commits', 'fsyncs')

_local = threading.local()


def _watched(kind: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        began = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            _note(kind, time.perf_counter() - began)
    return call


def _note(kind: str, seconds: float) -> None:
    counts = getattr(_local, 'counts', None)
    if counts is not None:
        number, took = counts[kind]
        counts[kind] = number + 1, took + seconds


def _before(conn: Any, cursor: Any, statement: str, parameters: Any,
            context: Any, many: bool) -> None:
    _local.began = time.perf_counter()


def _after(conn: Any, cursor: Any, statement: str, parameters: Any,
           context: Any, many: bool) -> None:
    _note('statements', time.perf_counter() - _local.began)


def _watch() -> None:
    sa.event.listen(sa.Engine, 'before_cursor_execute', _before)
    sa.event.listen(sa.Engine, 'after_cursor_execute', _after)
    default.DefaultDialect.do_commit = _watched(
        'commits', default.DefaultDialect.do_commit)
    os.fsync = _watched('fsyncs', os.fsync)


def application(environ: dict[str, Any],
                start_response: Callable) -> Iterable[bytes]:
    """The application, with its headers."""
    began = time.perf_counter()
    _local.counts = dict.fromkeys(KINDS, (0, 0.0))

    def start(status: str, headers: list[tuple[str, str]],
              *rest: Any) -> Any:
        took = time.perf_counter() - began
        found = [(HEADER + 'seconds', '%.6f' % took)] + [
            (HEADER + kind, '%d %.6f' % counted)
            for kind, counted in _local.counts.items()]
        return start_response(status, headers + found, *rest)

    return api.application(environ, start)


_watch()
