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

"""The contract between the API and whatever keeps a type."""

from __future__ import annotations

import abc
from collections.abc import Iterator
import dataclasses
import functools
from typing import Any

from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts import policy
from glance_artifacts.repository import bodies
from glance_artifacts.repository import orders
from glance_artifacts.repository import predicates
from glance_artifacts.store import pieces
from glance_artifacts.types import base as types_base
from glance_artifacts.types import schema as types_schema


class Stale(exceptions.Conflict):
    """The artifact changed since it was read: read again and re-apply."""


@dataclasses.dataclass(frozen=True)
class Query:
    """One page of a list.

    :param type_class: the type that is listed; None: several
    :param filters: what all artifacts of the list pass
    :param sort: the keys to sort by; ties by id, as the last key goes
    :param after: the place in ``order`` that the page before ended at
    :param latest: only the highest active version of each name
    :param type_names: the types that are listed, where there are several
    :param member_status: which of the artifacts that others share with the
        caller are listed: of one member status, or ``all``
    """

    type_class: type[types_base.ArtifactType] | None
    filters: tuple[predicates.Filter, ...] = ()
    sort: orders.Order = orders.NEWEST_FIRST
    limit: int = 25
    after: orders.Place | None = None
    latest: bool = False
    type_names: tuple[str, ...] = ()
    member_status: str = 'accepted'

    @functools.cached_property
    def order(self) -> orders.Order:
        """``sort`` in the keys that matter."""
        return orders.effective(self.sort)

    @property
    def listed_types(self) -> tuple[str, ...]:
        """The names of the types that are listed."""
        if self.type_class is None:
            return self.type_names
        return (self.type_class.type_name,)

    @property
    def community(self) -> bool:
        """Whether community artifacts are asked for, which they have to be."""
        return any(isinstance(one, predicates.Predicate)
                   and one.field.name == 'visibility'
                   and one.op in ('eq', 'in') and 'community' in one.values
                   for one in self.filters)

    @property
    def has_folders(self) -> bool:
        """Whether there can be folders to sum up."""
        return self.type_class is None or bool(self.type_class.folders())


@dataclasses.dataclass(frozen=True)
class Page:
    """Artifacts, and where to go on; a page may be short and yet go on."""

    artifacts: list[records.Artifact]
    next: orders.Place | None


class Repository(abc.ABC):
    """Keeps artifacts; knows nothing of HTTP or policy rules."""

    @abc.abstractmethod
    def page(self, caller: policy.Caller, query: Query) -> Page:
        """The next artifacts that the caller sees and the query wants."""

    @abc.abstractmethod
    def place(self, caller: policy.Caller, query: Query,
              artifact_id: str) -> orders.Place:
        """Where an artifact stands in a list, to start behind it.

        :raises NotFound: when there is none that the caller sees
        """

    @abc.abstractmethod
    def create(self, draft: records.Artifact) -> records.Artifact:
        """Keep a new artifact.

        :raises Duplicate: when its name and version are taken
        :raises TooLarge: when its owner may not have one more
        """

    @abc.abstractmethod
    def get(self, caller: policy.Caller, type_name: str,
            artifact_id: str) -> records.Artifact:
        """One artifact.

        :raises NotFound: when there is none that the caller sees
        """

    @abc.abstractmethod
    def save(self, old: records.Artifact,
             new: records.Artifact) -> records.Artifact:
        """Put ``new`` in the place of ``old``.

        :raises Stale: when ``old`` is not what is kept any more
        :raises Duplicate: when the new name and version are taken
        :raises TooLarge: when a new owner has no room for it
        """

    @abc.abstractmethod
    def delete(self, artifact: records.Artifact) -> None:
        """Delete an artifact and its bytes.

        :raises Stale: when it changed since it was read
        """

    def move(self, artifact: records.Artifact, pool: str) -> None:
        """Have an artifact moved to a pool, soon.

        :raises InvalidValue: when artifacts of its type do not move
        :raises Stale: when it changed since it was read
        :raises TooLarge: when its owner has no room for it there
        """
        raise exceptions.InvalidValue(
            'Images are kept by Glance, in its own stores.', field='pool')

    @abc.abstractmethod
    def members(self, artifact: records.Artifact,
                ) -> dict[str, records.Member]:
        """The projects that it is shared with, by name; else none."""

    @abc.abstractmethod
    def add_member(self, artifact: records.Artifact, member: str,
                   limit: int) -> records.Member:
        """Share an artifact with a project, which has yet to accept.

        :param limit: the most members there may be; any number when negative
        :raises NotShared: when the artifact is not shared
        :raises MemberExists: when it is a member already
        :raises TooLarge: when there is no room for one more
        """

    @abc.abstractmethod
    def change_member(self, artifact: records.Artifact, member: str,
                      status: str) -> records.Member:
        """Let a member accept or reject.

        :raises NotShared: when the artifact is not shared
        :raises MemberNotFound: when the project is not a member
        """

    @abc.abstractmethod
    def remove_member(self, artifact: records.Artifact, member: str) -> None:
        """Share an artifact with a project no longer.

        :raises NotShared: when the artifact is not shared
        :raises MemberNotFound: when the project is not a member
        """

    @abc.abstractmethod
    def upload(self, artifact: records.Artifact,
               upload: bodies.Upload) -> records.Blob:
        """Take in the bytes of a blob; all of them, or nothing stays.

        :raises BlobExists, BlobSaving: when the place is taken
        :raises Immutable: when the artifact is no draft
        :raises DigestMismatch, TooLarge: when the bytes are not right
        :raises Unavailable: when the store fails
        """

    @abc.abstractmethod
    def read(self, artifact: records.Artifact, blob: records.Blob,
             offset: int, length: int) -> Iterator[pieces.Piece]:
        """Exactly ``length`` bytes of an active blob from ``offset``.

        Close each piece before you take the next.

        :raises Unavailable: when a store does not have them now
        """

    @property
    def sessions(self) -> Any:
        """What takes uploads in parts: ``sessions.Sessions``.

        :raises BadRequest: when nothing does
        """
        raise exceptions.BadRequest('Images are uploaded in one request.',
                                    code='image.uploads')

    def check_readable(self, artifact: records.Artifact,
                       blob: records.Blob) -> None:
        """Whether the caller may read; where ``read`` is not called.

        :raises ArtifactsError: as ``read`` would
        """

    def unchanged(self, artifact: records.Artifact,
                  action: str | None = None) -> None:
        """A change, or an action, that leaves all as it is.

        :raises ArtifactsError: when the caller might not make it either
        """

    def action(self, artifact: records.Artifact, action: str) -> str:
        """The action of the life cycle that a request for one means."""
        return action

    def schema(self, type_class: type[types_base.ArtifactType],
               ) -> dict[str, Any]:
        """The JSON schema of a type."""
        return types_schema.artifact_schema(type_class)

    @abc.abstractmethod
    def delete_blob(self, artifact: records.Artifact,
                    blob: records.Blob) -> None:
        """Delete one blob of a draft, or cancel the upload to it.

        :raises Immutable: when the artifact is no draft
        """
