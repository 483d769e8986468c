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

"""From what clients write to records: new drafts and changes."""

from __future__ import annotations

import dataclasses
from typing import Any

from glance_artifacts.api import views
from glance_artifacts.db import ids
from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts import lifecycle
from glance_artifacts.types import base
from glance_artifacts.types import common
from glance_artifacts.types import field as declared
from glance_artifacts.types import hooks

_ON_CREATE = (*common.WRITABLE, 'owner', 'pool')
#: The state of the life cycle is changed like a field, too.
_ON_CHANGE = (*common.WRITABLE, 'owner', 'status')


def draft(type_class: type[base.ArtifactType], body: dict[str, Any],
          owner: str, pool: str) -> records.Artifact:
    """A new artifact from the body of a POST.

    :param owner: the project it goes to unless the body says otherwise
    :param pool: the pool it goes to unless the body says otherwise
    :raises BadRequest: naming the field that is unknown, read-only or wrong
    """
    for name in body:
        _check_settable(type_class, name, _ON_CREATE)
    shared = type_class.common
    values = {name: shared[name].initial() for name in common.WRITABLE}
    values.update(owner=owner, pool=pool)
    fields = {name: field.initial()
              for name, field in type_class.values().items()}
    for name, value in body.items():
        target = values if name in common.COMMON else fields
        target[name] = _field(type_class, name).coerce(value)
    if values['name'] is None and shared['name'].required:
        raise exceptions.InvalidValue('"name" is required.', field='name')
    moment = ids.now()
    return records.Artifact(
        id=ids.new(moment), type_name=type_class.type_name,
        type_version=type_class.type_version, status=lifecycle.DRAFTED,
        created_at=moment, updated_at=moment, fields=fields, **values)


def changed(artifact: records.Artifact, type_class: type[base.ArtifactType],
            changes: dict[str, Any]) -> records.Artifact:
    """The artifact with new values of some fields; None takes one away.

    :raises BadRequest: naming the field that is unknown, read-only or wrong
    :raises Immutable: naming the field that is fixed since activation
    """
    values: dict[str, Any] = {}
    fields = dict(artifact.fields)
    for name, value in changes.items():
        check_changeable(artifact, type_class, name)
        target = values if name in common.COMMON else fields
        target[name] = _field(type_class, name).coerce(value)
    return dataclasses.replace(artifact, fields=fields, **values)


def validate(artifact: records.Artifact,
             type_class: type[base.ArtifactType]) -> None:
    """Ask the type about an artifact as a whole.

    :raises RejectedByType: when it says no
    """
    hooks.validate(type_class, views.artifact(artifact, type_class,
                                              internal=True))


def activated(artifact: records.Artifact,
              type_class: type[base.ArtifactType]) -> records.Artifact:
    """The active artifact that a draft becomes.

    :raises BlobSaving, Incomplete: when something is missing
    :raises BadRequest: when the declaration, or the type, says no
    """
    lifecycle.check_complete(artifact, type_class)
    # again: the declaration may have changed since the draft was written
    fields = {name: field.coerce(artifact.fields.get(name))
              for name, field in type_class.values().items()}
    artifact = dataclasses.replace(artifact, fields=fields)
    validate(artifact, type_class)
    values = hooks.on_activate(type_class, views.artifact(
        artifact, type_class, internal=True))
    return dataclasses.replace(
        artifact, status=lifecycle.ACTIVE, activated_at=ids.now(),
        fields={**fields, **values})


def moved(artifact: records.Artifact, type_class: type[base.ArtifactType],
          status: str) -> records.Artifact:
    """The artifact in another state of the life cycle.

    :raises InvalidTransition: when none of the actions leads there
    :raises ArtifactsError: as ``activated`` does
    """
    action = lifecycle.action(artifact.status, status)
    if action is None:
        return artifact
    if action == 'activate':
        return activated(artifact, type_class)
    return dataclasses.replace(artifact, status=status)


def check_changeable(artifact: records.Artifact,
                     type_class: type[base.ArtifactType], name: str) -> None:
    """Whether a client may change a field of this artifact now.

    :raises UnknownField, ReadOnlyField: never
    :raises Immutable: not since activation
    """
    _check_settable(type_class, name, _ON_CHANGE)
    if name != 'status' and not _field(type_class, name).mutable:
        lifecycle.check_draft(artifact, name)


def _check_settable(type_class: type[base.ArtifactType], name: str,
                    settable: tuple[str, ...]) -> None:
    field = _field(type_class, name)
    if (name in common.COMMON and name not in settable) or (
            name not in common.COMMON and field.read_only):
        raise exceptions.ReadOnlyField(
            'Field "%s" cannot be set.' % name, field=name)


def _field(type_class: type[base.ArtifactType],
           name: str) -> declared.Field:
    field = type_class.common.get(name) or type_class.fields.get(name)
    if field is None or field.internal:
        raise exceptions.UnknownField(
            'There is no field "%s" in %s.' % (name[:64],
                                               type_class.type_name),
            field=name[:64])
    return field
