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

"""The kind of field that holds many files, each by a key of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from glance_artifacts import exceptions
from glance_artifacts.types.blob import BytesField
from glance_artifacts.types.field import check_count
from glance_artifacts.types.scalars import UNPRINTABLE

KEY_LENGTH = 255
MOST_ITEMS = 10_000


class Folder(BytesField):
    """Files by keys such as ``config.json`` or ``weights/1.safetensors``.

    Each file is uploaded and downloaded by a URL of its own. Without any the
    folder is empty, never null; ``required`` asks for one at least.

    :param max_items: the greatest number of files, at most 10,000
    :param max_size: of each file, in bytes, 10 GiB unless given
    :param max_total: of all files together, in bytes; no limit unless given
    :param content_types: the media types that are allowed, in lower case and
        without parameters; any unless given
    """

    kind = 'folder'
    nullable = False

    def __init__(self, description: str = '', *, max_items: int = 1000,
                 max_size: int | None = None, max_total: int | None = None,
                 content_types: Sequence[str] | None = None,
                 **attributes: Any) -> None:
        super().__init__(description, max_size=max_size,
                         content_types=content_types, **attributes)
        self.max_items = max_items
        self.max_total = max_total

    def value_schema(self) -> dict[str, Any]:
        return {'type': 'object', 'maxProperties': self.max_items,
                'propertyNames': {'minLength': 1, 'maxLength': KEY_LENGTH},
                'additionalProperties': {'$ref': '#/$defs/blob'}}

    def facts(self) -> dict[str, Any]:
        facts = {**super().facts(), 'max_items': self.max_items}
        if self.max_total is not None:
            facts['max_total'] = self.max_total
        return facts

    def _check_constraints(self) -> None:
        super()._check_constraints()
        check_count('max_items', self.max_items, 1)
        if self.max_items > MOST_ITEMS:
            raise ValueError('max_items must be at most %d' % MOST_ITEMS)
        if self.max_total is not None:
            check_count('max_total', self.max_total, 1)

    def _absent(self, path: str) -> dict[str, Any]:
        return {}

    def _empty(self) -> dict[str, Any]:
        return {}


def check_key(key: str) -> None:
    """Refuse a key that no file of a folder may have.

    :raises InvalidValue: ``artifact.blob.key``, with ``key`` as the field.
        The key is not repeated: it may not be printable.
    """
    if not 1 <= len(key) <= KEY_LENGTH:
        _fail('must have 1 to %d characters' % KEY_LENGTH)
    if UNPRINTABLE.search(key):
        _fail('must not contain control characters or lone surrogates')
    if any(part in ('', '.', '..') for part in key.split('/')):
        _fail('must consist of parts between "/", none of them empty, "." or '
              '".."')


def _fail(rule: str) -> None:
    raise exceptions.InvalidValue('"key" %s.' % rule, field='key',
                                  code='artifact.blob.key')
