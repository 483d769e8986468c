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

"""The kind of field that holds bytes."""

from __future__ import annotations

from collections.abc import Sequence
import re
from typing import Any
from typing import NoReturn

from glance_artifacts import exceptions
from glance_artifacts.types.field import check_count
from glance_artifacts.types.field import check_sequence
from glance_artifacts.types.field import Field

KiB = 1024
MiB = 1024 * KiB
GiB = 1024 * MiB
TiB = 1024 * GiB

MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,127}/[a-z0-9!#$&^_.+-]{1,127}")


class BytesField(Field):
    """What fields that hold bytes have in common.

    Clients never set such a field: its bytes have a URL of their own, and
    they are always fixed once the artifact is active.
    """

    can_filter = False
    can_sort = False
    #: in bytes, where the declaration gives no max_size
    SIZE = 10 * GiB

    def __init__(self, description: str = '', *, max_size: int | None = None,
                 content_types: Sequence[str] | None = None,
                 **attributes: Any) -> None:
        super().__init__(description, **attributes)
        #: the declaration says how large the bytes may be
        self.bounded = max_size is not None
        self.max_size = self.SIZE if max_size is None else max_size
        self.content_types = content_types

    @property
    def read_only(self) -> bool:
        return True

    def facts(self) -> dict[str, Any]:
        facts = {**super().facts(), 'max_size': self.max_size}
        if self.content_types is not None:
            facts['content_types'] = list(self.content_types)
        return facts

    def _check_attributes(self) -> None:
        super()._check_attributes()
        if (self.mutable or self.internal or self.computed or self.validators
                or self.default is not None):
            raise TypeError('%s takes required and constraints of bytes only'
                            % type(self).__name__)

    def _check_constraints(self) -> None:
        check_count('max_size', self.max_size, 1)
        if self.content_types is None:
            return
        check_sequence('content_types', self.content_types)
        for media_type in self.content_types:
            if not MEDIA_TYPE.fullmatch(media_type):
                raise ValueError('content_types: %r is not a media type in '
                                 'lower case' % (media_type,))

    def _normal(self, value: Any, path: str) -> NoReturn:
        raise exceptions.ReadOnlyField(
            '"%s" holds bytes: upload them to its own URL.' % path,
            field=path)


class Blob(BytesField):
    """Bytes, uploaded and downloaded by a URL of their own.

    Besides the description it takes only ``required`` and the two
    constraints below: bytes are always fixed once the artifact is active.

    :param max_size: in bytes, 10 GiB unless given
    :param content_types: the media types that are allowed, in lower case and
        without parameters; any unless given
    """

    kind = 'blob'

    def value_schema(self) -> dict[str, Any]:
        return {'$ref': '#/$defs/blob'}

    @staticmethod
    def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
        return {'anyOf': [schema, {'type': 'null'}]}
