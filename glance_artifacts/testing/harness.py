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

"""The rules of the service for the artifacts of one type, in memory."""

from __future__ import annotations

import copy
import hashlib
from typing import Any
import uuid

from glance_artifacts import exceptions
from glance_artifacts.types.base import ArtifactType
from glance_artifacts.types.blob import BytesField
from glance_artifacts.types.blob_view import BlobView
from glance_artifacts.types import common
from glance_artifacts.types.field import Field
from glance_artifacts.types import folder
from glance_artifacts.types import hooks

MOMENT = '2026-01-02T03:04:05.000000Z'


class Artifact:
    """One artifact: flat, as the API shows it, with internal fields.

    :param type_class: its type
    :param body: what a client sends to create it
    :param budget: how many bytes ``inspect`` may read of each file
    :raises ArtifactsError: as the service answers
    """

    def __init__(self, type_class: type[ArtifactType], body: dict[str, Any],
                 budget: int) -> None:
        self._class = type_class
        self._budget = budget
        self.values = self._new()
        self.patch(body)
        if self.values['name'] is None:
            raise exceptions.InvalidValue('"name" is required.', field='name')

    def patch(self, changes: dict[str, Any]) -> None:
        """Change fields, as a PATCH does."""
        changed = copy.deepcopy(self.values)
        for name, value in changes.items():
            changed[name] = self._settable(name).coerce(value)
        hooks.validate(self._class, changed)
        self.values = changed

    def put(self, place: str, data: bytes) -> None:
        """Upload bytes to a blob, or to ``field/key`` of a folder."""
        name, _, key = place.partition('/')
        field: Any = self._class.fields.get(name)
        if not isinstance(field, BytesField) or (
                (name in self._class.folders()) != bool(key)):
            raise exceptions.NotFound('There is no blob %s.' % place)
        if key:
            folder.check_key(key)
        if len(data) > field.max_size:
            raise exceptions.TooLarge(
                '%s has too many bytes.' % place, limit=field.max_size,
                requested=len(data))
        view = BlobView(name, key, len(data), copy.deepcopy(self.values),
                        lambda offset, length: data[offset:offset + length],
                        self._budget)
        self.values.update(hooks.inspect(self._class, view))
        if key:
            self.values[name][key] = _blob(data)
        else:
            self.values[name] = _blob(data)

    def activate(self) -> None:
        """Activate it, as the action does."""
        missing = [name for name, field in self._class.fields.items()
                   if field.required
                   and self.values[name] in (None, [], {}, '')]
        if missing:
            raise exceptions.Incomplete(missing)
        hooks.validate(self._class, self.values)
        self.values.update(hooks.on_activate(self._class, self.values))
        self.values.update(status='active', activated_at=MOMENT)

    def show(self) -> dict[str, Any]:
        """What the API shows of it."""
        return {name: value for name, value in self.values.items()
                if name in common.COMMON
                or not self._class.fields[name].internal}

    def document(self) -> dict[str, Any]:
        """What is kept of the type's own fields."""
        return {name: self.values[name] for name in self._class.values()}

    def matches(self, name: str, value: Any) -> bool:
        """Whether a filter by equality finds it; of maps ``field.key``."""
        name, _, key = name.partition('.')
        own = self.values[name]
        if key:
            return own.get(key) == value
        return value in own if isinstance(own, list) else own == value

    def _new(self) -> dict[str, Any]:
        identifier = str(uuid.UUID(int=1))
        path = '/v2/artifacts/%s' % self._class.type_name
        initial = {name: field.initial()
                   for name, field in {**common.COMMON,
                                       **self._class.fields}.items()}
        return {**initial, 'id': identifier, 'status': 'drafted',
                'type_name': self._class.type_name,
                'type_version': self._class.type_version, 'owner': 'project',
                'pool': 'general', 'created_at': MOMENT, 'updated_at': MOMENT,
                'self': '%s/%s' % (path, identifier),
                'schema': '/v2/artifacts/schemas/%s' % self._class.type_name}

    def _settable(self, name: str) -> Field:
        field = common.COMMON.get(name) or self._class.fields.get(name)
        if field is None or field.internal:
            raise exceptions.UnknownField('There is no field "%s".' % name,
                                          field=name)
        if field.read_only or (name in common.COMMON
                               and name not in common.WRITABLE):
            raise exceptions.ReadOnlyField('Field "%s" cannot be set.' % name,
                                           field=name)
        if self.values['status'] == 'active' and not field.mutable:
            raise exceptions.Immutable('Field "%s" is fixed.' % name,
                                       field=name)
        return field


def _blob(data: bytes) -> dict[str, Any]:
    return {'status': 'active', 'size': len(data),
            'sha256': hashlib.sha256(data).hexdigest(),
            'md5': hashlib.md5(data, usedforsecurity=False).hexdigest(),
            'tree_sha256': None, 'content_type': 'application/octet-stream',
            'external': False, 'segments': 1}
