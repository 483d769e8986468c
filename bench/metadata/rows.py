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

"""What is in a database of the bench, as rows in text files.

The form is what ``COPY`` of PostgreSQL and ``LOAD DATA`` of MariaDB read:
fields between tabs, ``\\N`` for NULL, bytes as ``\\x`` and digits.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
import contextlib
import datetime
import pathlib
from typing import Any

import sqlalchemy as sa

from bench.metadata import kinds
from bench.metadata import things
from glance_artifacts.db import amounts
from glance_artifacts.db import artifacts
from glance_artifacts.db import models
from glance_artifacts.db import postings

_PARTS = ('created_at', 'updated_at', 'deleted')
_GLANCE = {
    'images': ('id', 'name', 'disk_format', 'container_format', 'size',
               'status', 'visibility', 'min_disk', 'min_ram', 'owner',
               'protected', 'os_hidden', *_PARTS),
    'image_properties': ('image_id', 'name', 'value', *_PARTS),
    'image_tags': ('image_id', 'value', *_PARTS),
    'image_locations': ('image_id', 'value', 'meta_data', 'status', *_PARTS),
}
#: Each table with the columns that are written, in order.
TABLES: dict[str, sa.TableClause] = {
    **{one.name: one for one in (models.artifacts, models.index, models.blobs,
                                 models.segments, models.members,
                                 models.usage)},
    **{name: sa.table(name, *map(sa.column, names))
       for name, names in _GLANCE.items()}}
_NAMES = {name: table.c.keys() for name, table in TABLES.items()}
_ESCAPES = str.maketrans({'\\': '\\\\', '\t': '\\t', '\n': '\\n',
                          '\r': '\\r'})
_FIELDS = kinds.MAIN.values()

Usage = dict[tuple[str, str], amounts.Amount]


def text(value: Any) -> str:
    """One field."""
    if value is None:
        return '\\N'
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, bytes):
        return '\\\\x' + value.hex()
    if isinstance(value, datetime.datetime):
        return value.strftime('%Y-%m-%d %H:%M:%S.%f')
    return str(value).translate(_ESCAPES)


class Part:
    """Files that rows are written to, one for each table."""

    def __init__(self, spool: pathlib.Path, name: str) -> None:
        self._stack = contextlib.ExitStack()
        self._files = {}
        for table in TABLES:
            (spool / table).mkdir(exist_ok=True)
            self._files[table] = self._stack.enter_context(
                open(spool / table / name, 'w', encoding='utf-8'))

    def close(self) -> None:
        self._stack.close()

    def add(self, table: str, values: Mapping[str, Any]) -> None:
        self._files[table].write('\t'.join(
            text(values[name]) for name in _NAMES[table]) + '\n')

    def artifact(self, number: int, size: int, usage: Usage) -> None:
        """All the rows of an artifact, as the product would write them.

        :param usage: counts it, by project and type
        """
        # the very functions that write: private, for nobody else may
        record = artifacts._with_postings(things.artifact(number, size),
                                          _FIELDS)
        self.add('gart_artifacts', artifacts._row(record))
        # most of all rows: no detour
        self._files['gart_index'].writelines(
            '\\\\x%s\t\\\\x%s\t%s\n' % (scope.hex(), value.hex(), record.id)
            for scope, value in postings.rows(record.type_name,
                                              record.postings))
        for blob in record.blobs.values():
            self.add('gart_blobs', {'artifact_id': record.id, **vars(blob)})
            self.add('gart_segments', _segment(record, blob))
        for member in record.members.values():
            self.add('gart_members', {'artifact_id': record.id,
                                      **vars(member)})
        for name in (amounts.TOTAL, record.type_name):
            usage[record.owner, name] = (
                usage.get((record.owner, name), amounts.NOTHING)
                + amounts.of(record))

    def usage(self, usage: Usage) -> None:
        """What the projects use."""
        for (project, name), amount in usage.items():
            self.add('gart_usage', {
                'project': project, 'type_name': name,
                'artifacts_used': amount.artifacts,
                'bytes_used': amount.used, 'bytes_reserved': 0})

    def image(self, number: int) -> None:
        """The rows of an image, as Glance would have written them."""
        found = things.image(number)
        when = {'created_at': found['created_at'],
                'updated_at': found['created_at'], 'deleted': False}
        self.add('images', {
            **when, 'disk_format': 'raw', 'container_format': 'bare',
            'size': 1000, 'status': 'active', 'min_disk': 0, 'min_ram': 0,
            'protected': False, 'os_hidden': False,
            **{name: found[name] for name in ('id', 'name', 'owner',
                                              'visibility')}})
        self._of_image('image_properties', found['id'], when, (
            {'name': name, 'value': value}
            for name, value in found['properties'].items()))
        self._of_image('image_tags', found['id'], when, (
            {'value': tag} for tag in found['tags']))
        self._of_image('image_locations', found['id'], when, [{
            'value': 'file:///bench/' + found['id'], 'status': 'active',
            'meta_data': '{"store": "local"}'}])

    def _of_image(self, table: str, image_id: str, when: dict[str, Any],
                  rows: Iterable[dict[str, Any]]) -> None:
        for row in rows:
            self.add(table, {'image_id': image_id, **when, **row})


def _segment(record, blob) -> dict[str, Any]:
    """The ledger's row of a blob of one segment."""
    return {'id': blob.upload, 'artifact_id': record.id, 'field': blob.field,
            'key': blob.key, 'n': 1, 'status': 'active', 'backend': 'local',
            'location': 'file:///bench/' + blob.upload, 'size': blob.size,
            'sha256': blob.sha256, 'created_at': record.created_at,
            'lease_until': None}


def add_up(parts: Iterable[Usage]) -> Usage:
    """What several parts have counted."""
    found: Usage = {}
    for part in parts:
        for key, amount in part.items():
            found[key] = found.get(key, amounts.NOTHING) + amount
    return found
