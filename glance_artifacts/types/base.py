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

"""The class that every artifact type inherits."""

from __future__ import annotations

import inspect
from typing import Any
from typing import ClassVar

from glance_artifacts.types.blob import Blob
from glance_artifacts.types.blob import BytesField
from glance_artifacts.types.blob_view import BlobView
from glance_artifacts.types.common import COMMON
from glance_artifacts.types.field import Field
from glance_artifacts.types.folder import Folder
from glance_artifacts.types import names


class ArtifactType:
    """An artifact type: its name, its version and its fields.

    A type inherits this class, sets ``type_name`` and declares fields as
    class attributes. The docstring describes it; its first line is the title.
    A class without ``type_name`` is no type yet but a parent that several
    types share. A mistake in a declaration raises TypeError or ValueError
    when the class is made.

    Declarations move from the class body to ``fields``, so a field may have
    any name that is not reserved, ``title`` or ``values`` included.

    The four hooks at the end do nothing until a type overrides them. Each
    call gets a fresh instance, made without arguments: keep no state. None
    runs inside a database transaction. A hook refuses with ``Rejected``,
    whose text the caller gets as a 400; any other exception is a 500 for
    that request alone, logged with the name of the class.
    """

    type_name: ClassVar[str | None] = None
    #: MAJOR.MINOR
    type_version: ClassVar[str] = '1.0'
    title: ClassVar[str] = ''
    #: by name, inherited ones first, each class's in order of declaration
    fields: ClassVar[dict[str, Field]] = {}
    #: the fields that every artifact has, by name
    common: ClassVar[dict[str, Field]] = COMMON
    _declared: ClassVar[dict[str, Field]] = {}

    def __init_subclass__(cls, **kwargs) -> None:
        super().__init_subclass__(**kwargs)
        cls._declared = _declarations(cls)
        for name in cls._declared:
            delattr(cls, name)
        cls.fields = {}
        for base in reversed(cls.__mro__):
            cls.fields.update(vars(base).get('_declared',
                                             _declarations(base)))
        cls.title = inspect.cleandoc(cls.__doc__ or '').partition('\n')[0]
        cls._check()

    @classmethod
    def blobs(cls) -> dict[str, Blob]:
        """The fields that hold bytes, by name."""
        return {name: field for name, field in cls.fields.items()
                if isinstance(field, Blob)}

    @classmethod
    def folders(cls) -> dict[str, Folder]:
        """The fields that hold many files each, by name."""
        return {name: field for name, field in cls.fields.items()
                if isinstance(field, Folder)}

    @classmethod
    def values(cls) -> dict[str, Field]:
        """The fields that hold JSON values, by name."""
        return {name: field for name, field in cls.fields.items()
                if not isinstance(field, BytesField)}

    def validate(self, artifact: dict[str, Any]) -> None:
        """Check what no single field can; runs on create, patch, activation.

        :param artifact: the artifact as the API would show it, with the
            internal fields, too
        :raises Rejected: if its values do not go together
        """

    def inspect(self, blob: BlobView) -> dict[str, Any] | None:
        """Look at bytes that were uploaded, before anyone can read them.

        :param blob: its field, key and size, the artifact, and ``open()``
        :returns: values for computed and internal fields
        :raises Rejected: if the type does not take these bytes, which are
            then deleted
        """

    def on_activate(self, artifact: dict[str, Any]) -> dict[str, Any] | None:
        """Run once everything that is required is there, before activation.

        :param artifact: as for validate
        :returns: values for computed and internal fields
        :raises Rejected: if the artifact has to stay a draft
        """

    def upgrade(self, document: dict[str, Any],
                from_version: str) -> dict[str, Any]:
        """Bring the fields of an older type version into this one's form.

        :param document: by name, the values of the type's own fields as the
            older version kept them; bytes are not among them
        :param from_version: the type version that kept them
        :returns: the values in this version's form; fields that are left
            out get their defaults
        """
        return document

    @classmethod
    def _check(cls) -> None:
        """Raise what is wrong with a declaration, naming class and field."""
        where = cls.__qualname__
        try:
            if cls.type_name is not None:
                names.check_type(cls.type_name, cls.type_version)
            for name, field in cls.fields.items():
                where = '%s.%s' % (cls.__qualname__, name)
                names.check_field(name)
                if field.name != name:
                    raise TypeError('the same field is declared as %s, too'
                                    % field.name)
                field.check()
        except (TypeError, ValueError) as error:
            raise type(error)('%s: %s' % (where, error)) from error


def _declarations(cls: type) -> dict[str, Field]:
    return {name: value for name, value in vars(cls).items()
            if isinstance(value, Field)}
