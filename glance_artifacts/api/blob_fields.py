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

"""The fields that hold bytes, as requests name them."""

from __future__ import annotations

from glance_artifacts import exceptions
from glance_artifacts.types import base as types_base
from glance_artifacts.types import blob as types_blob
from glance_artifacts.types import folder as types_folder

_OCTETS = 'application/octet-stream'
_FORMS = ('application/x-www-form-urlencoded', 'multipart/form-data')

BytesField = types_blob.Blob | types_folder.Folder


def find(type_class: type[types_base.ArtifactType], name: str,
         key: str) -> BytesField:
    """The field of a name, and whether it can have this key.

    :param key: of an entry of a folder; empty for none
    :raises NotFound: when the type has no such field
    :raises InvalidValue: for a key that no entry can have
    """
    field = type_class.folders().get(name)
    if field is None:
        field = type_class.blobs().get(name)
        if field is None or key:
            raise exceptions.NotFound(
                '%s has no blob "%s".' % (type_class.type_name, name),
                code='artifact.blob.unknown')
    elif key:
        types_folder.check_key(key)
    return field


def content_type(said: str | None, field: BytesField,
                 where: str = 'Content-Type') -> str:
    """The media type that is kept of what was said.

    :param where: the header, or the member of a body, that says so
    :raises BadRequest: when it is none
    :raises UnsupportedMediaType: when the field does not take it
    """
    said = said or _OCTETS
    media_type = said.partition(';')[0].strip().lower()
    if not (len(said) <= 255 and said.isascii() and said.isprintable()
            and types_blob.MEDIA_TYPE.fullmatch(media_type)):
        raise exceptions.BadRequest('The %s is not a media type.' % where,
                                    code='request.header', field=where)
    if media_type in _FORMS or (field.content_types
                                and media_type not in field.content_types):
        raise exceptions.UnsupportedMediaType(
            '"%s" does not take %s.' % (field.name, media_type),
            field=field.name)
    return said
