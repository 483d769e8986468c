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


"""Between Glance's image and our artifact."""

from __future__ import annotations

import datetime
import hashlib
import json
from typing import Any

from glance_artifacts.db import records
from glance_artifacts import exceptions
from glance_artifacts import lifecycle
from glance_artifacts.types import semver

POOL = TYPE = 'images'
VERSION = '1.0'
BLOB = 'file'
#: The property that keeps the version.
VERSION_PROPERTY = 'artifact_version'
NO_VERSION = '0.0.0'
OCTETS = 'application/octet-stream'

#: Common fields that are the attributes of the same names.
SHARED = ('name', 'visibility', 'owner')
#: Fields that clients may change; ``changes`` sends them by these names.
WRITABLE = ('disk_format', 'container_format', 'min_disk', 'min_ram',
            'protected', 'os_hidden')
_COMPUTED = ('size', 'virtual_size', 'checksum', 'os_hash_algo',
             'os_hash_value')
_HIDDEN = ('locations', 'direct_url', 'stores', 'self', 'schema', BLOB)
#: What an image has that is no further property.
ATTRIBUTES = frozenset((*SHARED, *WRITABLE, *_COMPUTED, *_HIDDEN, 'id',
                        'status', 'tags', 'created_at', 'updated_at'))
#: Properties of these names are Glance's own notes.
RESERVED = 'os_glance_'

_STATUS = {'active': lifecycle.ACTIVE, 'deactivated': lifecycle.DEACTIVATED}
#: Deleted, but for the row or the bytes.
GONE = ('pending_delete', 'deleted')
_SAVING = ('saving', 'importing')


class File(records.Blob):
    """The bytes of an image, which never change."""

    @property
    def etag(self) -> str:
        return self.upload


def artifact(image: dict[str, Any]) -> records.Artifact:
    """The artifact that an image of Glance's API is.

    :raises NotFound: when it is deleted but for its bytes
    """
    if image['status'] in GONE:
        raise exceptions.NotFound('There is no images %s.' % image['id'])
    properties = _properties(image)
    fields = {name: image.get(name) for name in (*WRITABLE, *_COMPUTED)}
    return records.Artifact(
        id=image['id'], type_name=TYPE, type_version=VERSION, pool=POOL,
        **{name: image.get(name) for name in SHARED},
        version=_version(properties.pop(VERSION_PROPERTY, NO_VERSION)),
        description=properties.pop('description', None),
        status=_STATUS.get(image['status'], lifecycle.DRAFTED),
        created_at=_moment(image['created_at']),
        updated_at=_moment(image['updated_at']),
        # a set, whose order means nothing
        tags=sorted(image['tags']), metadata=properties,
        fields={'image_status': image['status'], **fields},
        blobs=_blobs(image), digest=_digest(image))


def member(found: dict[str, Any]) -> records.Member:
    """A member of an image, as of an artifact."""
    return records.Member(
        found['member_id'], found['status'], _moment(found['created_at']),
        _moment(found['updated_at']))


def _properties(image: dict[str, Any]) -> dict[str, str]:
    """The further properties that have a value, as text."""
    return {name: value if isinstance(value, str) else json.dumps(value)
            for name, value in sorted(image.items())
            if name not in ATTRIBUTES and not name.startswith(RESERVED)
            and value is not None}


def _version(text: str) -> str:
    """The version that a property means; none if it means none."""
    try:
        return semver.complete(text)
    except exceptions.InvalidValue:
        return NO_VERSION


def _blobs(image: dict[str, Any]) -> dict[tuple[str, str], records.Blob]:
    there = image['status'] in _STATUS
    if not there and image['status'] not in _SAVING:
        return {}
    algorithm, value = image.get('os_hash_algo'), image.get('os_hash_value')
    return {(BLOB, ''): File(
        field=BLOB, key='', status='active' if there else 'saving',
        upload=_etag(image['id'], algorithm, value), content_type=OCTETS,
        size=image.get('size') if there else None,
        sha256=value if algorithm == 'sha256' else None,
        md5=image.get('checksum'), segments=int(there))}


def _etag(image_id: str, algorithm: str | None, value: str | None) -> str:
    if algorithm and value:
        return '%s:%s' % (algorithm, value)
    return 'image:' + image_id  # as good: its bytes are for ever


def _moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


def _digest(image: dict[str, Any]) -> str:
    """What an ETag is made of: all that is shown, and a little more."""
    shown = {name: value for name, value in image.items()
             if name not in _HIDDEN}
    shown['tags'] = sorted(image['tags'])
    text = json.dumps(shown, sort_keys=True, separators=(',', ':'))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
