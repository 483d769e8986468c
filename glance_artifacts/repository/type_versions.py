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

"""Which class a record is of: today's, yesterday's, or one that is gone."""

from __future__ import annotations

import dataclasses
from typing import Any

from oslo_db import exception as db_exc
from oslo_log import log as logging

from glance_artifacts.db import engine as db_engine
from glance_artifacts.db import records
from glance_artifacts.db import type_schemas
from glance_artifacts import exceptions
from glance_artifacts.types import base
from glance_artifacts.types import hooks
from glance_artifacts.types import names
from glance_artifacts.types import registry as types_registry
from glance_artifacts.types import schema as types_schema
from glance_artifacts.types import stored

LOG = logging.getLogger(__name__)

TypeClass = type[base.ArtifactType]


class TypeVersions:
    """The types that plugins offer, and those that only records remember."""

    def __init__(self, database: db_engine.Database,
                 registry: types_registry.Registry) -> None:
        self._database = database
        self.registry = registry
        self._remembered: set[TypeClass] = set()
        self._gone: dict[tuple[str, str], TypeClass] = {}

    def named(self, type_name: str,
              type_version: str | None = None) -> TypeClass:
        """The class of a type: of a version, or of the newest.

        :raises NotFound: when no plugin offers it and no record knows it
        """
        try:
            return self.registry.get(type_name, type_version)
        except exceptions.NotFound:
            if type_version is None:
                type_version = self._newest_stored(type_name)
            found = (self._stand_in(type_name, type_version)
                     if type_version else None)
            if found is None:
                raise
            return found

    def names(self) -> list[str]:
        """The types that a plugin offers or that a record may be of."""
        with self._database.reader() as conn:
            stored_names = type_schemas.names(conn)
        return sorted({*self.registry.enabled, *stored_names})

    def of(self, record: records.Artifact) -> TypeClass:
        """The class that a record was written with."""
        return self.named(record.type_name, record.type_version)

    def current(self, record: records.Artifact) -> records.Artifact:
        """The record in the form of the newest version of its type.

        Nothing is written: the next change of the artifact does that.

        :raises ArtifactsError: ``type.failed``, when the plugin cannot do it
        """
        if record.type_name not in self.registry.enabled:
            return record
        newest = self.registry.get(record.type_name)
        if (names.version_key(record.type_version)
                >= names.version_key(newest.type_version)):
            return record
        fields = hooks.upgrade(newest, record.fields, record.type_version)
        return dataclasses.replace(record, fields=fields, outdated=True,
                                   type_version=newest.type_version)

    def for_list(self, record: records.Artifact) -> records.Artifact:
        """The same; one that cannot be upgraded is left as it is."""
        try:
            return self.current(record)
        except exceptions.ArtifactsError:
            return record

    def remember(self, type_class: TypeClass) -> None:
        """Keep the schema of a type before its first record is written."""
        if (type_class in self._remembered
                or issubclass(type_class, stored.Stored)):
            return
        try:
            self._database.write(
                type_schemas.put, type_class.type_name,
                type_class.type_version,
                schema_of(type_class))
        except db_exc.DBDuplicateEntry:
            pass  # another process was faster
        self._remembered.add(type_class)

    def _newest_stored(self, type_name: str) -> str | None:
        with self._database.reader() as conn:
            known = type_schemas.get(conn, type_name)
        return max(known, key=names.version_key) if known else None

    def _stand_in(self, type_name: str,
                  type_version: str) -> TypeClass | None:
        key = type_name, type_version
        if key not in self._gone:
            with self._database.reader() as conn:
                schema = type_schemas.get(conn, type_name).get(type_version)
            if schema is None:
                return None
            self._gone[key] = stored.from_schema(schema, *key)
        return self._gone[key]


def schema_of(type_class: TypeClass) -> dict[str, Any]:
    """The JSON schema of a type, also of one that is gone."""
    if issubclass(type_class, stored.Stored):
        return type_class.stored_schema
    return types_schema.artifact_schema(type_class)


def check_offered(type_class: TypeClass) -> None:
    """Whether artifacts of this class may be written.

    :raises Conflict: ``type.gone``, when its plugin is not there
    """
    if issubclass(type_class, stored.Stored):
        raise exceptions.Conflict(
            'The plugin of %s %s is not there: its artifacts can be read and'
            ' deleted only.' % (type_class.type_name,
                                type_class.type_version), code='type.gone')
