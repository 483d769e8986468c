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

"""What comes in, and where it goes."""

from __future__ import annotations

import dataclasses
from typing import Any
from typing import BinaryIO

from glance_artifacts.types import base as types_base
from glance_artifacts.types import blob as types_blob
from glance_artifacts.types import folder as types_folder


@dataclasses.dataclass(frozen=True)
class Place:
    """Where bytes go.

    :param type_class: the type that looks at the bytes when they are there
    :param key: the entry of a folder; empty for a blob
    :param shown: the artifact as the API shows it, for the type's hooks
    """

    type_class: type[types_base.ArtifactType]
    field: types_blob.Blob | types_folder.Folder
    key: str
    shown: dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Upload(Place):
    """A body on its way in.

    :param size: bytes announced; None when the client did not say
    :param sha256: the digest that the client expects, in hex
    """

    body: BinaryIO
    content_type: str
    size: int | None = None
    sha256: str | None = None
