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

"""The life of an artifact: drafted, active, deactivated, deleted."""

from __future__ import annotations

from collections.abc import Iterator

from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts.types import base

DRAFTED, ACTIVE, DEACTIVATED, DELETED = (
    'drafted', 'active', 'deactivated', 'deleted')

#: What an action does: (action, from) -> to. An action that finds the
#: artifact where it would lead is no change; any other state is a conflict.
TRANSITIONS = {
    ('activate', DRAFTED): ACTIVE,
    ('deactivate', ACTIVE): DEACTIVATED,
    ('reactivate', DEACTIVATED): ACTIVE,
}


def target(status: str, action: str) -> str:
    """The status that ``action`` leads to from ``status``.

    :raises InvalidTransition: when it leads nowhere from there
    """
    if (action, status) in TRANSITIONS:
        return TRANSITIONS[action, status]
    if status in (to for (name, _), to in TRANSITIONS.items()
                  if name == action):
        return status
    raise exceptions.InvalidTransition(
        'An artifact that is %s cannot be %sd.' % (status, action),
        field='status')


def action(status: str, wanted: str) -> str | None:
    """The action that leads from one status to another.

    None where it is the same already.

    :raises InvalidTransition: when there is none
    """
    if status == wanted:
        return None
    for (name, start), end in TRANSITIONS.items():
        if (start, end) == (status, wanted):
            return name
    raise exceptions.InvalidTransition(
        'An artifact that is %s cannot become %s.' % (status, wanted),
        field='status')


def check_complete(artifact: records.Artifact,
                   type_class: type[base.ArtifactType]) -> None:
    """Whether a draft may become active.

    :raises BlobSaving: while an upload is under way
    :raises Incomplete: with every required field that is missing
    """
    for blob in artifact.blobs.values():
        if blob.status != 'active':
            raise exceptions.BlobSaving(
                'An upload to "%s" is under way.' % blob.field,
                field=blob.field)
    missing = list(_missing(artifact, type_class))
    if missing:
        raise exceptions.Incomplete(missing)


def check_draft(artifact: records.Artifact, field: str) -> None:
    """Whether ``field``, fixed by activation, may still change.

    :raises Immutable: when the artifact is no draft any more
    """
    if artifact.status != DRAFTED:
        raise exceptions.Immutable(
            'Field "%s" is fixed since the artifact was activated.' % field,
            field=field)


def _missing(artifact: records.Artifact,
             type_class: type[base.ArtifactType]) -> Iterator[str]:
    blobs = {blob.field for blob in artifact.blobs.values()}
    for name, field in type_class.fields.items():
        if not field.required:
            continue
        if field.kind in ('blob', 'folder'):
            present = name in blobs
        else:
            present = artifact.fields.get(name) not in (None, [], {})
        if not present:
            yield name
