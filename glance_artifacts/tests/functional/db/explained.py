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

"""What databases make of the statements of lists, in their own words."""

from __future__ import annotations

import collections
from collections.abc import Iterator
import contextlib
import dataclasses
import re
from typing import Any

import sqlalchemy as sa

#: What differs from run to run, or from branch to branch, and says nothing.
_NOISE = (
    (re.compile(r"'(?:[^']|'')*'::\w+(?:\[\])?"), '?'),
    (re.compile(r'(?<=on gart_index) gart_index_\d+'), ''),
    (re.compile(r'(?<=\banon)_\d+|(?<=<derived)\d+'
                r'|(?<=\bgart_index)_\d+'), ''),
    (re.compile(r'(?<=SUBQUERY) \d+|(?<=SCAN) \d+|(?<=  INDEX) \d+'), ''),
    (re.compile(r'(?<=Plan) \d+(?: \(returns \$\d+\))?'), ''),
    (re.compile(r'\w+\.(?=gart_\w+\.)'), ''),
)


@dataclasses.dataclass(frozen=True)
class Statement:
    """A statement as its driver was given it."""

    text: str
    parameters: Any

    @property
    def tables(self) -> list[str]:
        """Our tables that it reads, each once."""
        return sorted(set(re.findall(r'\bgart_[a-z]+', self.text)))

    @property
    def branches(self) -> int:
        """How many SELECTs are merged in it."""
        return 1 + self.text.count('UNION ALL')


@contextlib.contextmanager
def recorded(engine: sa.Engine) -> Iterator[list[Statement]]:
    """The statements on our tables that are executed meanwhile."""
    found: list[Statement] = []

    def note(conn, cursor, text, parameters, context, executemany) -> None:
        if 'gart_' in text:
            found.append(Statement(text, parameters))

    sa.event.listen(engine, 'before_cursor_execute', note)
    try:
        yield found
    finally:
        sa.event.remove(engine, 'before_cursor_execute', note)


def plan(conn: sa.Connection, statement: Statement) -> list[str]:
    """The plan of a statement; lines that say the same stand there once."""
    explain = {'sqlite': _sqlite, 'postgresql': _postgresql}.get(
        conn.dialect.name, _mysql)
    lines = collections.Counter(map(_clean, explain(conn, statement)))
    return [line if count == 1 else '%s  (%d times)' % (line, count)
            for line, count in lines.items()]


def _clean(line: str) -> str:
    for pattern, instead in _NOISE:
        line = pattern.sub(instead, line)
    return line


def _run(conn: sa.Connection, how: str,
         statement: Statement) -> sa.CursorResult:
    return conn.exec_driver_sql('%s %s' % (how, statement.text),
                                statement.parameters)


def _sqlite(conn: sa.Connection, statement: Statement) -> Iterator[str]:
    depth = {0: 0}
    for row in _run(conn, 'EXPLAIN QUERY PLAN', statement):
        depth[row.id] = depth[row.parent] + 1
        yield '  ' * depth[row.parent] + row.detail


def _mysql(conn: sa.Connection, statement: Statement) -> Iterator[str]:
    for row in _run(conn, 'EXPLAIN', statement).mappings():
        words = [row['select_type'], row['table'], row['type'], row['key'],
                 row['key_len'] and 'key_len=%s' % row['key_len'],
                 row['ref'] and 'ref=%s' % row['ref'], row['Extra']]
        yield '  '.join(str(word) for word in words if word)


def _postgresql(conn: sa.Connection, statement: Statement) -> Iterator[str]:
    for line in _run(conn, 'EXPLAIN (COSTS OFF)', statement).scalars():
        # it says what the scan below it says
        if not line.lstrip().startswith('Recheck Cond'):
            yield line
