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

"""What the database keeps, as Python objects.

A record is never changed in place: a change makes a new one
(``dataclasses.replace``) and hands both to ``artifacts.store``.
"""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

from glance_artifacts.types import common

#: The parts of an artifact that live in its document, beside ``fields``.
_IN_DOCUMENT = ('description', 'tags', 'metadata', 'fields')


@dataclasses.dataclass(frozen=True)
class Blob:
    """What an artifact shows of one blob; no location, ever."""

    field: str
    key: str
    status: str
    upload: str
    content_type: str
    size: int | None = None
    sha256: str | None = None
    md5: str | None = None
    tree_sha256: str | None = None
    external: bool = False
    segments: int = 0

    @property
    def etag(self) -> str:
        """Fixed once the blob is active (RFC 9110, strong)."""
        if self.sha256:
            return 'sha256:' + self.sha256
        return 'tree:%s' % self.tree_sha256


@dataclasses.dataclass(frozen=True)
class Segment:
    """One object of ours in one store."""

    id: str
    artifact_id: str
    field: str
    key: str
    n: int
    status: str
    backend: str
    created_at: datetime.datetime
    location: str | None = None
    size: int | None = None
    sha256: str | None = None
    lease_until: datetime.datetime | None = None
    copy_of: str | None = None


@dataclasses.dataclass(frozen=True)
class Session:
    """An upload in parts to one place of an artifact.

    :param status: ``open`` or ``complete``
    :param size: bytes of all parts together; None: not said beforehand
    :param part_size: bytes of every part but the last
    :param tree_sha256: the digest that the client expects, in hex
    """

    id: str
    artifact_id: str
    field: str
    key: str
    status: str
    size: int | None
    part_size: int
    tree_sha256: str | None
    created_at: datetime.datetime
    expires_at: datetime.datetime


@dataclasses.dataclass(frozen=True)
class Member:
    """A project that an artifact is shared with; it accepts or rejects."""

    member: str
    status: str
    created_at: datetime.datetime
    updated_at: datetime.datetime


@dataclasses.dataclass(frozen=True)
class Summary:
    """What a list shows of a folder; ``size`` in bytes, of what is there."""

    entries: int
    size: int


@dataclasses.dataclass(frozen=True)
class Artifact:
    """One artifact: common columns, the type's own fields, its blobs."""

    id: str
    type_name: str
    type_version: str
    owner: str
    name: str
    version: str
    status: str
    visibility: str
    pool: str
    created_at: datetime.datetime
    updated_at: datetime.datetime
    activated_at: datetime.datetime | None = None
    revision: int = 1
    description: str | None = None
    tags: list[str] = dataclasses.field(default_factory=list)
    metadata: dict[str, str] = dataclasses.field(default_factory=dict)
    fields: dict[str, Any] = dataclasses.field(default_factory=dict)
    blobs: dict[tuple[str, str], Blob] = dataclasses.field(
        default_factory=dict)
    #: By project. Only the one who asks is here, while the artifact is
    #: shared; all of them where the record was read to be changed.
    members: dict[str, Member] = dataclasses.field(default_factory=dict)
    #: Shown in the form of a newer type version than is kept.
    outdated: bool = False
    #: Only in lists, where ``blobs`` holds no entries of folders.
    folders: dict[str, Summary] = dataclasses.field(default_factory=dict)
    #: What the index holds of it, as ``postings.dump`` wrote it; None where
    #: the record was read for showing only.
    postings: str | None = None
    #: Of what is shown, where nobody counts revisions: of images.
    digest: str | None = None

    def document(self) -> dict[str, Any]:
        """The part that is kept as JSON."""
        return {name: getattr(self, name) for name in _IN_DOCUMENT}

    def value(self, name: str) -> Any:
        """The value of a common field or of one of the type's own."""
        if name in common.COMMON:
            return getattr(self, name)
        return self.fields.get(name)

    def blob(self, field: str, key: str = '') -> Blob | None:
        return self.blobs.get((field, key))

    def entries(self, field: str) -> dict[str, Blob]:
        """The entries of a folder, by key in order."""
        return {key: blob for (name, key), blob in sorted(self.blobs.items())
                if name == field}
